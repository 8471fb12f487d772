// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <optional>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "core/draft/draft_engine.h"
#include "core/media/clip_reader.h"

namespace pai::core {
namespace {

const std::string kShot = std::string(PAI_SOURCE_DIR) + "/assets/sample/";

cv::Mat greyOf(const Picture& p) {
  const cv::Mat bytes(p.height(), p.width(), CV_8UC(p.channels()), const_cast<void*>(p.data()));
  cv::Mat first, out;
  cv::extractChannel(bytes, first, 0);
  first.convertTo(out, CV_32F, 1.0 / 255.0);
  return out;
}

/// How far each pixel's chroma lies from the key's, as FFmpeg's vf_chromakey.c measures it over 3 x 3 pixels.
cv::Mat chromaDistance(const YuvFrame& f, const cv::Scalar& picked) {
  cv::Mat planes[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const cv::Mat half(f.height / 2, f.width / 2, CV_8U, const_cast<std::byte*>(f.planes[i + 1]), static_cast<std::size_t>(f.strides[i + 1]));
    cv::Mat wide;
    cv::resize(half, wide, {f.width, f.height}, 0, 0, cv::INTER_NEAREST);
    wide.convertTo(planes[i], CV_32F);
    planes[i] -= picked[static_cast<int>(i)];
  }
  cv::Mat out;
  cv::magnitude(planes[0], planes[1], out);
  cv::blur(out * (1.0 / (255.0 * std::sqrt(2.0))), out, {3, 3});
  return out;
}

/// The key's chroma, picked from a frame as a user would.
cv::Scalar pickedAt(const YuvFrame& f, cv::Point at) {
  cv::Scalar out;
  for (int i = 0; i < 2; ++i) {
    const auto plane = static_cast<std::size_t>(i + 1);
    const cv::Mat half(f.height / 2, f.width / 2, CV_8U, const_cast<std::byte*>(f.planes[plane]), static_cast<std::size_t>(f.strides[plane]));
    out[i] = std::round(cv::mean(half(cv::Rect(at.x / 2 - 4, at.y / 2 - 4, 8, 8)))[0]);
  }
  return out;
}

/// What is looked at: pixels where the true matte is neither clear nor solid, and those beside them.
struct Band {
  std::vector<float> truth, ours, distance;
};

void append(const cv::Mat& values, const cv::Mat& where, std::vector<float>& out) {
  for (int y = 0; y < where.rows; ++y) {
    for (int x = 0; x < where.cols; ++x) {
      if (where.at<std::uint8_t>(y, x)) out.push_back(values.at<float>(y, x));
    }
  }
}

double meanError(const std::vector<float>& values, const std::vector<float>& truth, double low, double width) {
  double sum = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += std::abs(std::clamp((values[i] - low) / width, 0.0, 1.0) - truth[i]);
  return sum / static_cast<double>(truth.size());
}

/// The least error of chromakey over its similarity and blend.
double bestChromakey(const Band& band) {
  double best = 1.0;
  for (double similarity = 0.01; similarity < 0.15; similarity += 0.01) {
    for (double blend = 0.015; blend < 0.2; blend += 0.015) best = std::min(best, meanError(band.distance, band.truth, similarity, blend));
  }
  return best;
}

TEST(SampleKey, errsMuchLessThanChromakeyAtItsBest) {
  Job job;
  job.shot.plate = "plate";
  job.media.push_back({"plate", kShot + "plate.mp4", "", ""});
  MatteLayer key;
  key.id = "key";
  job.shot.matte = {key};
  job.shot.repairs.enabled = false;
  auto engine = DraftEngine::open(job);
  ASSERT_TRUE(engine.ok()) << describe(engine.error());
  auto plate = ClipReader::open(kShot + "plate.mp4"), matte = ClipReader::open(kShot + "matte.mkv");
  ASSERT_TRUE(plate.ok() && matte.ok());
  Band band;
  std::optional<cv::Scalar> picked;
  DraftRequest request;
  request.composite = false;
  request.matte = true;
  for (const std::int64_t f : {4, 22, 40, 58, 76, 94}) {
    const auto frame = (*engine)->render({f}, request);
    const auto planes = (*plate)->readYuv({f});
    const auto true_ = (*matte)->read({f});
    ASSERT_TRUE(frame.ok() && planes.ok() && true_.ok());
    const cv::Mat truth = greyOf(**true_);
    cv::Mat where = (truth > 0.02f) & (truth < 0.98f);
    cv::dilate(where, where, cv::Mat::ones(3, 3, CV_8U));
    append(truth, where, band.truth);
    append(greyOf(frame->matte), where, band.ours);
    if (!picked) picked = pickedAt(**planes, {960, 135});
    append(chromaDistance(**planes, *picked), where, band.distance);
  }
  const double ours = meanError(band.ours, band.truth, 0.0, 1.0), theirs = bestChromakey(band);
  std::printf("matte error of the sample: %.4f, chromakey at its best %.4f, share %.3f\n", ours, theirs, ours / theirs);
  // Compression alone leaves half of it to a keyer that knows the true colours of screen and subject in each pixel.
  EXPECT_LT(ours, 0.79 * theirs);
}

}  // namespace
}  // namespace pai::core

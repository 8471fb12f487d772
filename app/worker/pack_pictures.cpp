// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/pack_pictures.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::worker {

using core::Picture;
using core::SampleType;

namespace {

int depthOf(SampleType type) { return type == SampleType::kU8 ? CV_8U : type == SampleType::kU16 ? CV_16U : CV_32F; }
double fullOf(SampleType type) { return type == SampleType::kU8 ? 255.0 : type == SampleType::kU16 ? 65535.0 : 1.0; }

bool isLinear(const Picture& picture) {
  return picture.channels() > 1 && (picture.colour.transfer == core::ColourTags::Transfer::kLinear ||
                                    (picture.type() == SampleType::kF32 && picture.colour.transfer == core::ColourTags::Transfer::kUnknown));
}

float coded(float v) { return v <= 0.0031308f ? 12.92f * std::max(0.0f, v) : 1.055f * std::pow(v, 1 / 2.4f) - 0.055f; }
float linear(float v) { return v <= 0.04045f ? v / 12.92f : std::pow((v + 0.055f) / 1.055f, 2.4f); }

template <typename Curve>
void apply(cv::Mat& values, Curve curve) {
  for (int y = 0; y < values.rows; ++y) {
    float* const row = values.ptr<float>(y);
    for (int x = 0; x < values.cols * values.channels(); ++x) row[x] = curve(row[x]);
  }
}

}  // namespace

cv::Mat displayed(const Picture& picture) {
  const cv::Mat samples(picture.height(), picture.width(), CV_MAKETYPE(depthOf(picture.type()), picture.channels()),
                        const_cast<void*>(picture.data()), picture.rowBytes());
  cv::Mat out;
  samples.convertTo(out, CV_32F, 1.0 / fullOf(picture.type()));
  if (out.channels() == 4) cv::cvtColor(out, out, cv::COLOR_RGBA2RGB);
  if (isLinear(picture)) apply(out, coded);
  return out;
}

Picture pictureLike(const cv::Mat& display, const Picture& like) {
  Picture out(display.cols, display.rows, display.channels(), like.type());
  out.colour = like.colour;
  cv::Mat values = display;
  if (isLinear(like)) {
    values = display.clone();
    apply(values, linear);
  }
  cv::Mat samples(out.height(), out.width(), CV_MAKETYPE(depthOf(out.type()), out.channels()), out.data(), out.rowBytes());
  values.convertTo(samples, samples.depth(), fullOf(out.type()));
  return out;
}

void clampToUnit(cv::Mat& values) {
  apply(values, [](float v) { return std::clamp(v, 0.0f, 1.0f); });
}

cv::Mat over(const cv::Mat& front, const cv::Mat& alpha, const cv::Mat& back) {
  cv::Mat out(front.size(), CV_32FC3);
  for (int y = 0; y < out.rows; ++y) {
    const auto* const f = front.ptr<cv::Vec3f>(y);
    const auto* const b = back.ptr<cv::Vec3f>(y);
    const auto* const a = alpha.ptr<float>(y);
    auto* const to = out.ptr<cv::Vec3f>(y);
    for (int x = 0; x < out.cols; ++x) to[x] = f[x] * a[x] + b[x] * (1.0f - a[x]);
  }
  return out;
}

core::Result<core::FrameRange> jobRange(const core::Job& job, std::int64_t shotFrames, const std::string& plate) {
  const core::FrameRange whole{{0}, {shotFrames}};
  const core::FrameRange range = job.range.value_or(whole);
  if (!range.empty() && range.begin >= whole.begin && range.end <= whole.end) return range;
  return core::Error{core::ErrorCode::kFieldInvalid,
                     "the range " + std::to_string(range.begin.value) + ":" + std::to_string(range.end.value) +
                         " does not lie within the shot's " + std::to_string(shotFrames) + " frames",
                     plate, {}};
}

}  // namespace pai::worker

// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <filesystem>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "core/draft/draft_engine.h"
#include "core/media/clip_reader.h"
#include "core/media/image_file.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

/// Where a shot's files lie.
struct SheetShot {
  std::string name, plate, camera;
  std::array<std::string, 3> references;
};

SheetShot bmx() {
  const std::string at = std::string(PAI_SHARED_DIR) + "/footage/bmx-trees/";
  return {"bmx-trees", at + "foreground.mp4", at + "gt.mp4", {at + "ref_begin.png", at + "ref_middle.png", at + "ref_end.png"}};
}

SheetShot sample() {
  const std::string at = std::string(PAI_SOURCE_DIR) + "/assets/sample/";
  return {"sample", at + "plate.mp4", "", {at + "ref_begin.png", at + "ref_middle.png", at + "ref_end.png"}};
}

Job jobOf(const SheetShot& s) {
  Job job;
  job.name = job.shot.name = s.name;
  job.shot.plate = "plate";
  job.media.push_back({"plate", s.plate, "", ""});
  const std::array<AnchorKind, 3> anchors{AnchorKind::kBegin, AnchorKind::kMiddle, AnchorKind::kEnd};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string id = "reference" + std::to_string(i);
    job.media.push_back({id, s.references[i], "", ""});
    Reference r;
    r.id = r.media = id;
    r.anchor.kind = anchors[i];
    job.shot.references.push_back(r);
  }
  MatteLayer key;
  key.id = "key";
  job.shot.matte = {key};
  if (!s.camera.empty()) {
    job.media.push_back({"camera", s.camera, "", ""});
    job.shot.camera.source = CameraSettings::Source::kClip;
    job.shot.camera.clip = "camera";
  }
  return job;
}

cv::Mat matOf(const Picture& p, cv::Size size) {
  cv::Mat in(p.height(), p.width(), p.channels() == 1 ? CV_8UC1 : CV_8UC3, const_cast<void*>(p.data())), out;
  cv::resize(in, out, size, 0, 0, cv::INTER_AREA);
  if (p.channels() == 1) cv::cvtColor(out, out, cv::COLOR_GRAY2RGB);
  return out;
}

/// The plate with the first frame's grid as the camera carries it.
cv::Mat cameraOverlay(cv::Mat plate, const CameraSample& sample, cv::Size full) {
  const cv::Matx33d fromFirst = sample.toFirst.inv();
  const double k = static_cast<double>(plate.cols) / full.width;
  const auto place = [&](double x, double y) {
    const cv::Vec3d p = fromFirst * cv::Vec3d(x * full.width, y * full.height, 1.0);
    return cv::Point(static_cast<int>(p[0] / p[2] * k), static_cast<int>(p[1] / p[2] * k));
  };
  for (double v = -1.0; v <= 2.0; v += 0.125) {
    for (double u = -1.0; u <= 2.0; u += 0.125) {
      const cv::Point at = place(u, v);
      if (cv::Rect({-500, -500}, cv::Size(plate.cols + 1000, plate.rows + 1000)).contains(at)) {
        cv::drawMarker(plate, at, cv::Scalar(255, 220, 0), cv::MARKER_CROSS, 10);
      }
    }
  }
  return plate;
}

void writeSheet(const SheetShot& shot) {
  auto engine = DraftEngine::open(jobOf(shot));
  ASSERT_TRUE(engine.ok()) << describe(engine.error());
  const Status prepared = (*engine)->prepare({}, {});
  ASSERT_TRUE(prepared.ok()) << describe(prepared.error());
  auto reader = ClipReader::open(shot.plate);
  ASSERT_TRUE(reader.ok());
  const ClipInfo& info = (*reader)->info();
  const cv::Size tile(480, 480 * info.height / info.width);
  cv::Mat sheet;
  for (int i = 0; i < 5; ++i) {
    const std::int64_t f = i * (info.frames - 1) / 4;
    DraftRequest request;
    request.background = request.foreground = request.matte = true;
    const auto frame = (*engine)->render({f}, request);
    const auto plate = (*reader)->read({f});
    ASSERT_TRUE(frame.ok() && plate.ok());
    EXPECT_FALSE(frame->composite.empty());
    const cv::Mat row[] = {matOf(**plate, tile), matOf(frame->matte, tile),
                           cameraOverlay(matOf(**plate, tile), (*engine)->camera().samples[static_cast<std::size_t>(f)],
                                         {info.width, info.height}),
                           matOf(frame->background, tile), matOf(frame->foreground, tile), matOf(frame->composite, tile)};
    cv::Mat line;
    cv::hconcat(row, 6, line);
    sheet.push_back(line);
  }
  Picture out(sheet.cols, sheet.rows, 3, SampleType::kU8);
  for (int y = 0; y < sheet.rows; ++y) std::memcpy(out.row<std::uint8_t>(y), sheet.ptr(y), static_cast<std::size_t>(sheet.cols) * 3);
  const std::string path = std::string(PAI_BIN_DIR) + "/../sheet-" + shot.name + ".png";
  ASSERT_TRUE(writeImage(path, out).ok());
  std::printf("%s\n", fs::weakly_canonical(path).c_str());
}

TEST(ContactSheet, ofBmxTrees) {
  if (!fs::exists(bmx().plate)) GTEST_SKIP() << "needs " << bmx().plate;
  writeSheet(bmx());
}

TEST(ContactSheet, ofTheSample) {
  if (!fs::exists(sample().plate) || !fs::exists(sample().references[2])) GTEST_SKIP() << "needs the sample shot";
  writeSheet(sample());
}

}  // namespace
}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
// The bars of the draft engine's camera and background on real footage, with the true matte.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "camera_scene.h"
#include "core/draft/evaluate.h"
#include "core/media/clip_reader.h"
#include "core/media/image_file.h"

namespace pai::core {
namespace {

const std::string kFootage = std::string(PAI_SHARED_DIR) + "/footage/bmx-trees/";

/// The shot's clips, read whole: they are small.
class CameraFootage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFootage + "gt.mp4")) GTEST_SKIP() << "the footage is not beside this checkout: " << kFootage;
    m_gt = read("gt.mp4");
    m_foreground = read("foreground.mp4");
    m_matte = read("matte.mkv");
    ASSERT_EQ(m_gt.size(), 80u);
    ASSERT_EQ(m_foreground.size(), 80u);
    ASSERT_EQ(m_matte.size(), 80u);
  }

  static std::vector<PicturePtr> read(const std::string& name) {
    std::vector<PicturePtr> pictures;
    auto reader = ClipReader::open(kFootage + name);
    EXPECT_TRUE(reader.ok());
    if (!reader.ok()) return pictures;
    for (std::int64_t t = 0; t < (*reader)->info().frames; ++t) {
      auto p = (*reader)->read(FrameIndex{t});
      EXPECT_TRUE(p.ok());
      if (p.ok()) pictures.push_back(*p);
    }
    return pictures;
  }
  static PlacedReference reference(const std::string& name, int frame) {
    PlacedReference r;
    r.id = name;
    r.frame = FrameIndex{frame};
    auto picture = readImage(kFootage + name);
    EXPECT_TRUE(picture.ok());
    if (picture.ok()) r.picture = *picture;
    return r;
  }
  cv::Mat matteOf(std::int64_t t) const {
    cv::Mat m = matOf(*m_matte[t]), grey, out;
    if (m.channels() > 1) cv::extractChannel(m, grey, 0);
    else grey = m;
    grey.convertTo(out, CV_32F, 1 / 255.0);
    return out;
  }
  PlateAccess access(const std::vector<PicturePtr>& clip) const {
    PlateAccess a;
    a.frames = static_cast<std::int64_t>(clip.size());
    a.size = {clip[0]->width(), clip[0]->height()};
    a.picture = [&clip](FrameIndex f) -> Result<PicturePtr> { return clip[f.value]; };
    a.matte = [this](FrameIndex f) -> Result<cv::Mat> { return matteOf(f.value); };
    return a;
  }

  Scores scoresOf(const std::vector<PlacedReference>& references, bool cameraClip) {
    const PlateAccess plate = access(m_foreground), clip = access(m_gt);
    auto camera = solveCamera({}, plate, cameraClip ? &clip : nullptr, references, StopToken(), {});
    EXPECT_TRUE(camera.ok());
    auto background = Background::build(*camera, plate, references, StopToken(), {});
    EXPECT_TRUE(background.ok());
    Scorer scorer;
    for (std::int64_t t = 0; t < plate.frames; ++t) {
      cv::Mat f, a, composite;
      matOf(*m_foreground[t]).convertTo(f, CV_32FC3, 1 / 255.0);
      cv::cvtColor(matteOf(t), a, cv::COLOR_GRAY2RGB);
      cv::Mat b = (*background)->render(FrameIndex{t}, plate.size);
      composite = b + (f - b).mul(a);
      composite.convertTo(composite, CV_8UC3, 255);
      ScoreFrame frame;
      cv::cvtColor(composite, frame.result, cv::COLOR_RGB2BGR);
      cv::cvtColor(matOf(*m_gt[t]), frame.gt, cv::COLOR_RGB2BGR);
      cv::Mat grey;
      matteOf(t).convertTo(grey, CV_8U, 255);
      cv::cvtColor(grey, frame.matte, cv::COLOR_GRAY2BGR);
      EXPECT_TRUE(scorer.add(frame).ok());
    }
    const Scores s = scorer.scores();
    std::cout << "MSE " << s.mse << ", SSIM " << s.ssim << ", motion consistency " << s.motionConsistency.value_or(0) << "\n";
    return s;
  }

  std::vector<PicturePtr> m_gt, m_foreground, m_matte;
};

TEST_F(CameraFootage, threeReferencesAndACameraClipReachTheBars) {
  const Scores s = scoresOf({reference("ref_begin.png", 0), reference("ref_middle.png", 40), reference("ref_end.png", 79)}, true);
  EXPECT_LE(s.mse, 0.011);
  EXPECT_GE(s.ssim, 0.75);
  EXPECT_GE(s.motionConsistency.value_or(0), 0.90);
}

TEST_F(CameraFootage, threeReferencesAndTheForegroundAloneReachTheBars) {
  const Scores s = scoresOf({reference("ref_begin.png", 0), reference("ref_middle.png", 40), reference("ref_end.png", 79)}, false);
  EXPECT_LE(s.mse, 0.036);
  EXPECT_GE(s.motionConsistency.value_or(0), 0.55);
}

TEST_F(CameraFootage, everyReferenceMoreLowersTheError) {
  const PlacedReference begin = reference("ref_begin.png", 0), middle = reference("ref_middle.png", 40), end = reference("ref_end.png", 79);
  const double one = scoresOf({begin}, false).mse, two = scoresOf({begin, end}, false).mse, other = scoresOf({begin, middle}, false).mse,
               three = scoresOf({begin, middle, end}, false).mse;
  EXPECT_LT(two, one);
  EXPECT_LT(other, one);
  EXPECT_LT(three, std::min(two, other));
}

}  // namespace
}  // namespace pai::core

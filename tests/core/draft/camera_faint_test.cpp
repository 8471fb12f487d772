// SPDX-License-Identifier: GPL-3.0-or-later
// Cameras of screens without markers: from blotched paint, and not from what stands in the frame instead of on the screen.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "camera_scene.h"

namespace pai::core {
namespace {

using testing::look;
using testing::Shot3;

/// Blotches of about one level of `strength`, CV_32F.
cv::Mat blotches(cv::Size size, double strength, std::uint64_t seed) {
  cv::RNG random(seed);
  cv::Mat sum = cv::Mat::zeros(size, CV_32F);
  for (const double sigma : {6.0, 14.0, 40.0}) {
    cv::Mat noise(size, CV_32F), mean, deviation;
    random.fill(noise, cv::RNG::NORMAL, 0.0, 1.0);
    cv::GaussianBlur(noise, noise, {0, 0}, sigma);
    cv::meanStdDev(noise, mean, deviation);
    sum += noise * (strength / std::sqrt(3.0) / deviation.at<double>(0));
  }
  return sum;
}

cv::Mat paintedGreen(const cv::Mat& shade) {
  cv::Mat channels[3], picture;
  for (int i = 0; i < 3; ++i) shade.convertTo(channels[i], CV_32F, i == 1 ? 1.0 : 0.3, i == 0 ? 30 : i == 1 ? 165 : 50);
  cv::merge(channels, 3, picture);
  picture.convertTo(picture, CV_8UC3);
  return picture;
}

/// The shot's plate with grain, the same in each reading of a frame, and a pattern that stands in the frame.
PlateAccess grainy(const Shot3& s, double grain, const cv::Mat& pattern = {}) {
  PlateAccess plate = s.access();
  plate.picture = [&s, grain, pattern](FrameIndex f) -> Result<PicturePtr> {
    cv::RNG random(static_cast<std::uint64_t>(f.value) + 5);
    cv::Mat picture, noise(s.size, CV_32FC3);
    random.fill(noise, cv::RNG::NORMAL, 0, grain);
    s.plate(static_cast<int>(f.value)).convertTo(picture, CV_32FC3);
    picture += noise;
    if (!pattern.empty()) picture += pattern;
    picture.convertTo(picture, CV_8UC3);
    return std::make_shared<const Picture>(testing::pictureOf(picture));
  };
  return plate;
}

TEST(CameraFaintTest, blotchedPaintWithoutMarkersGivesTheCamera) {
  Shot3 s;
  s.size = {960, 540};
  s.world = paintedGreen(blotches({2000, 1000}, 2.5, 3));
  const int n = 24;
  for (int t = 0; t < n; ++t) {
    const double u = t / (n - 1.0);
    s.toWorld.push_back(look(s.size, {750 + 260 * u * u + 4 * std::sin(1.1 * t), 500 + 3 * std::cos(0.7 * t)}, 1 + 0.1 * u, 0.4 * std::sin(0.5 * t)));
  }
  s.subject = [](int t) { return cv::Point2d(300 + 12.0 * t, 330); };
  s.subjectHeight = 360;
  const auto c = solveCamera({}, grainy(s, 2.5), nullptr, {}, StopToken(), {});
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->method, CameraMethod::kPlate);
  double error = 0, straight = 0;
  for (int t = 0; t < n; ++t) {
    const cv::Matx33d line = cv::Matx33d::eye() * (1 - t / (n - 1.0)) + s.trueToFirst(n - 1) * (t / (n - 1.0));
    error += cornerRms(c->samples[t].toFirst, s.trueToFirst(t), s.size);
    straight += cornerRms(line, s.trueToFirst(t), s.size);
  }
  EXPECT_LT(error, 0.25 * straight);
}

TEST(CameraFaintTest, patternThatStandsInTheFrameDoesNotHoldTheCamera) {
  Shot3 s;
  s.screen = true;
  const int n = 16;
  for (int t = 0; t < n; ++t) s.toWorld.push_back(look(s.size, {500.0 + 12 * t, 430}));
  cv::Mat pattern;
  cv::cvtColor(blotches(s.size, 3, 8), pattern, cv::COLOR_GRAY2BGR);
  const auto c = solveCamera({}, grainy(s, 0.5, pattern), nullptr, {s.reference(0), s.reference(n - 1)}, StopToken(), {});
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->method, CameraMethod::kReferences);
  EXPECT_NEAR(c->samples[n - 1].pan, 12.0 * (n - 1), 3);
}

TEST(CameraFaintTest, grainAloneGivesNoCamera) {
  Shot3 s;
  s.screen = true;
  for (int t = 0; t < 12; ++t) s.toWorld.push_back(look(s.size, {500.0 + 12 * t, 430}));
  const auto c = solveCamera({}, grainy(s, 6), nullptr, {}, StopToken(), {});
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->method, CameraMethod::kReferences);
}

}  // namespace
}  // namespace pai::core

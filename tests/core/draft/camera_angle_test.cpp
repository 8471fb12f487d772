// SPDX-License-Identifier: GPL-3.0-or-later
// The camera angle from what references show and from the solved space, on colonnades drawn with a known stance.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "camera_scene.h"
#include "core/base/camera_angles.h"
#include "core/draft/camera_angle.h"

namespace pai::core {
namespace {

const cv::Size kSize(640, 360);
constexpr double kFocal = 1.39 * 640;

/// World -> camera of a camera that stands at that pitch and roll, degrees.
cv::Matx33d turnOf(double pitch, double roll) {
  const double p = pitch * CV_PI / 180, r = roll * CV_PI / 180;
  const cv::Matx33d x(1, 0, 0, 0, std::cos(p), std::sin(p), 0, -std::sin(p), std::cos(p));
  const cv::Matx33d z(std::cos(r), std::sin(r), 0, -std::sin(r), std::cos(r), 0, 0, 0, 1);
  return z * x;
}

/// Columns on both sides of a lane, as that camera sees them.
cv::Mat colonnade(double pitch, double roll) {
  cv::Mat picture(kSize, CV_8UC3, cv::Scalar(150, 160, 170));
  const cv::Matx33d turn = turnOf(pitch, roll);
  const auto at = [&](double x, double y, double z) {
    const cv::Vec3d c = turn * cv::Vec3d(x, y, z);
    return cv::Point(cvRound(kFocal * c[0] / c[2] + 0.5 * kSize.width), cvRound(kFocal * c[1] / c[2] + 0.5 * kSize.height));
  };
  for (double z = 16; z >= 6; z -= 2)
    for (const double x : {-2.0, -0.7, 0.8, 1.9}) {
      const std::vector<cv::Point> column{at(x, -3, z), at(x + 0.3, -3, z), at(x + 0.3, 3, z), at(x, 3, z)};
      cv::fillConvexPoly(picture, column, cv::Scalar::all(40 + 8 * z), cv::LINE_AA);
    }
  return picture;
}

CameraCurve curveOf() {
  CameraCurve c;
  c.size = kSize;
  c.samples.resize(3);
  return c;
}

std::string angleOf(double pitch, double roll) {
  PlacedReference r;
  r.id = "r";
  r.picture = testing::pictureOf(colonnade(pitch, roll));
  return cameraAngle(curveOf(), {r});
}

TEST(CameraAngleTest, uprightsTellPitchAndRoll) {
  for (const auto& [pitch, roll] : {std::pair{0.0, 0.0}, {14.0, 0.0}, {-18.0, 3.0}, {5.0, -9.0}}) {
    cv::Mat grey;
    cv::cvtColor(colonnade(pitch, roll), grey, cv::COLOR_RGB2GRAY);
    const auto s = stanceOfUprights(grey, kFocal);
    ASSERT_TRUE(s.has_value()) << pitch;
    EXPECT_NEAR(s->pitch, pitch, 1.5);
    EXPECT_NEAR(s->roll, roll, 1.0);
  }
}

TEST(CameraAngleTest, referencesGiveAChoiceOfThePrompt) {
  EXPECT_EQ(angleOf(1, 0), kEyeLevel);
  EXPECT_EQ(angleOf(17, 0), kLowAngle);
  EXPECT_EQ(angleOf(-17, 0), kHighAngle);
  EXPECT_EQ(angleOf(3, 18), kDutchAngle);
  EXPECT_NE(std::find(kCameraAngles.begin(), kCameraAngles.end(), angleOf(1, 0)), kCameraAngles.end());
}

TEST(CameraAngleTest, pictureWithoutUprightsTellsNothing) {
  PlacedReference r;
  r.id = "r";
  r.picture = testing::pictureOf(testing::sharedWorld()(cv::Rect(0, 0, 640, 360)));
  EXPECT_EQ(cameraAngle(curveOf(), {r}), "");
  EXPECT_EQ(cameraAngle(curveOf(), {}), "");
}

TEST(CameraAngleTest, solvedFloorAndWallGiveTheAngle) {
  const auto in = [](double pitch, const cv::Vec3d& towardPlane) {
    CameraCurve c = curveOf();
    c.space = CameraSpace{kFocal, 0.01, 100, {}, turnOf(pitch, 0) * towardPlane};
    c.space->poses.resize(3);
    return cameraAngle(c, {});
  };
  const cv::Vec3d floor(0, 0.7, 0), wall(0.05, 0, 0.2), slope(0, 0.6, 0.6);
  EXPECT_EQ(in(-3, floor), kEyeLevel);
  EXPECT_EQ(in(-25, floor), kHighAngle);
  EXPECT_EQ(in(4, wall), kEyeLevel);
  EXPECT_EQ(in(20, wall), kLowAngle);
  EXPECT_EQ(in(-20, wall), kHighAngle);
  EXPECT_EQ(in(0, slope), "");
}

}  // namespace
}  // namespace pai::core

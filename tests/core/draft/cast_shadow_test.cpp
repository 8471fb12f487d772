// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/cast_shadow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr int kFloorWidth = 240, kFloorHeight = 135;

/// Somebody who stands in the middle, feet at row 100.
LightSample standing() {
  LightSample out;
  out.solid = cv::Mat::zeros(kFloorHeight, kFloorWidth, CV_8U);
  out.solid(cv::Rect(112, 50, 16, 51)).setTo(255);
  return out;
}

/// A floor on which shadows run away from a point of the horizon, lit at `level` and dark at a fifth of it.
LightSample stripedFloor(cv::Point2f point, float level) {
  constexpr int kFine = 4;
  cv::Mat fine(kFloorHeight * kFine, kFloorWidth * kFine, CV_32FC3), light;
  for (int y = 0; y < fine.rows; ++y)
    for (int x = 0; x < fine.cols; ++x) {
      const double angle = std::atan2(y - kFine * point.y, std::abs(x - kFine * point.x));
      const bool dark = y > kFine * 60 && std::fmod(angle + 1.0, 0.12) < 0.05;
      fine.at<cv::Vec3f>(y, x) = cv::Vec3f::all(dark ? level / 5 : level);
    }
  cv::resize(fine, light, {kFloorWidth, kFloorHeight}, 0, 0, cv::INTER_AREA);
  LightSample out;
  cv::pow(light, 1 / 2.2, out.coded);
  return out;
}

/// The light of one frame, its key from the left or the right.
FrameLight keyFrom(float side) {
  FrameLight out;
  out.key = {1.5f, 1.2f, 0.9f};
  out.towards = {side, 0};
  return out;
}

FrameLight castBy(const GroundSight& sight, FrameLight light) {
  std::vector<FrameLight> lights{light};
  setCastShadow({0}, {sight}, {0}, 4.0, lights);
  return lights[0];
}

cv::Mat standingAlpha() {
  cv::Mat out = cv::Mat::zeros(270, 480, CV_32F);
  out(cv::Rect(200, 100, 32, 101)).setTo(1);
  return out;
}

TEST(CastShadow, fallsAsTheScenesOwnShadowsDo) {
  for (const cv::Point2f point : {cv::Point2f(-150, 58), cv::Point2f(-60, 50), cv::Point2f(330, 55)}) {
    const auto sight = groundSightOf(stripedFloor(point, 0.6f), standing());
    ASSERT_TRUE(sight.has_value());
    EXPECT_NEAR(sight->slope, (100.5f - point.y) / (120.0f - point.x), 0.03f) << point;
    EXPECT_GT(sight->trust, 0.5f) << point;
    EXPECT_NEAR(sight->shade, 0.8f, 0.1f) << point;
    const FrameLight light = castBy(*sight, keyFrom(-1));
    EXPECT_GT(light.shadowTrust, 0.9f);
    EXPECT_GT(light.fall[0], 0.5f);  // away from the key
    EXPECT_NEAR(light.fall[1] / light.fall[0], sight->slope, 1e-4f);
    EXPECT_LT(castBy(*sight, keyFrom(1)).fall[0], -0.5f);
  }
}

TEST(CastShadow, aLittleNoiseTurnsItLittle) {
  const LightSample floor = stripedFloor({-150, 58}, 0.6f);
  float least = 1, most = -1;
  for (int seed = 1; seed <= 12; ++seed) {
    LightSample noisy{floor.coded.clone(), {}};
    cv::Mat grain(noisy.coded.size(), CV_32FC3);
    cv::RNG(static_cast<std::uint64_t>(seed)).fill(grain, cv::RNG::NORMAL, 0.0, 0.12);
    noisy.coded = cv::max(noisy.coded + grain, 0.01);
    const auto sight = groundSightOf(noisy, standing());
    ASSERT_TRUE(sight.has_value());
    least = std::min(least, sight->slope), most = std::max(most, sight->slope);
  }
  EXPECT_LT(most - least, 0.045f) << least << " to " << most;
}

TEST(CastShadow, levelFloorsAndEvenLightThrowNone) {
  LightSample boards = stripedFloor({-150, 58}, 0.6f);
  for (int y = 0; y < kFloorHeight; ++y) boards.coded.row(y).setTo(cv::Scalar::all(y % 12 < 4 ? 0.3 : 0.7));
  const auto level = groundSightOf(boards, standing());
  ASSERT_TRUE(level.has_value());
  EXPECT_LT(castBy(*level, keyFrom(-1)).shadowTrust, 0.05f);
  const auto striped = groundSightOf(stripedFloor({-150, 58}, 0.6f), standing());
  ASSERT_TRUE(striped.has_value());
  EXPECT_EQ(castBy(*striped, FrameLight()).shadowTrust, 0.0f);  // no key light
  boards.coded.setTo(cv::Scalar::all(0.5));
  EXPECT_FALSE(groundSightOf(boards, standing()).has_value());
}

TEST(CastShadow, liesOnTheGroundBesideTheFeet) {
  FrameLight light = castBy({0.2f, 0.5f, 0.7f}, keyFrom(-1));
  const cv::Mat alpha = standingAlpha();
  cv::Mat shadow;
  addCastShadow(light, {}, alpha, shadow);
  ASSERT_EQ(shadow.size(), alpha.size());
  EXPECT_NEAR(shadow.at<float>(212, 276), 0.3f, 0.08f);  // 40 above the feet falls 60 to the right and 12 down
  EXPECT_NEAR(shadow.at<float>(212, 180), 1.0f, 0.01f);  // not to the left
  EXPECT_NEAR(shadow.at<float>(150, 276), 1.0f, 0.01f);  // not above the ground
  cv::Mat kept(alpha.size(), CV_32F, cv::Scalar(0.5));
  addCastShadow(light, {}, alpha, kept);
  EXPECT_NEAR(cv::norm(kept, shadow * 0.5, cv::NORM_INF), 0.0, 1e-5);
}

TEST(CastShadow, obeysItsSettings) {
  const FrameLight light = castBy({0.2f, 0.5f, 0.7f}, keyFrom(-1));
  const cv::Mat alpha = standingAlpha();
  LightSettings settings;
  cv::Mat none, longer, turned;
  settings.castShadow = 0.0;
  addCastShadow(light, settings, alpha, none);
  EXPECT_TRUE(none.empty());
  settings = {};
  settings.castShadowLength = 0.2;
  addCastShadow(light, settings, alpha, longer);
  EXPECT_NEAR(longer.at<float>(212, 276), 1.0f, 0.02f);
  settings = {};
  settings.castShadowTurn = 180.0;
  addCastShadow(light, settings, alpha, turned);
  EXPECT_NEAR(turned.at<float>(192, 156), 0.3f, 0.08f);
  const FrameLight unsure = castBy({0.2f, 0.05f, 0.7f}, keyFrom(-1));
  settings = {};
  cv::Mat cautious, asked;
  addCastShadow(unsure, settings, alpha, cautious);
  EXPECT_TRUE(cautious.empty());
  settings.castShadow = 1.0;
  addCastShadow(unsure, settings, alpha, asked);
  EXPECT_NEAR(asked.at<float>(212, 276), 0.3f, 0.08f);
}

TEST(CastShadow, feetOutOfTheFrameThrowNone) {
  cv::Mat alpha = cv::Mat::zeros(270, 480, CV_32F), shadow;
  alpha(cv::Rect(200, 100, 32, 170)).setTo(1);
  addCastShadow(castBy({0.2f, 0.5f, 0.7f}, keyFrom(-1)), {}, alpha, shadow);
  EXPECT_TRUE(shadow.empty());
  addCastShadow(castBy({0.2f, 0.5f, 0.7f}, keyFrom(-1)), {}, cv::Mat::zeros(270, 480, CV_32F), shadow);
  EXPECT_TRUE(shadow.empty());
}

}  // namespace
}  // namespace pai::core

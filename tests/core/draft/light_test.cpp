// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/draft/light_match.h"

namespace pai::core {
namespace {

constexpr float kCoding = 2.2f;

/// A picture whose levels run evenly from `black` to `white`, coded.
LightSample ramp(const cv::Vec3f& black, const cv::Vec3f& white) {
  LightSample out;
  out.coded.create(64, 100, CV_32FC3);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 100; ++x) out.coded.at<cv::Vec3f>(y, x) = black + (white - black) * (static_cast<float>(x) / 99.0f);
  out.solid = cv::Mat(64, 100, CV_8U, cv::Scalar(255));
  return out;
}

LightCurve matched(const LightSample& subject, const LightSample& scene) {
  auto curve = matchLight(5, [&](FrameIndex) -> Result<LightSample> { return subject; }, [&](FrameIndex) { return scene; }, {}, {});
  EXPECT_TRUE(curve.ok());
  EXPECT_EQ(curve->frames.size(), 5u);
  return *curve;
}

/// A grey pixel of level `coded` after the light, coded again.
cv::Vec3f lit(const LightCurve& curve, LightSettings settings, float coded, float exponent) {
  settings.gradient = 0.0;
  Planes one{cv::Mat(1, 1, CV_32F), cv::Mat(1, 1, CV_32F), cv::Mat(1, 1, CV_32F)};
  for (int c = 0; c < 3; ++c) one.row(c, 0)[0] = std::pow(coded, exponent);
  applyLight(curve.frames[2], settings, exponent, one, cv::Mat(1, 1, CV_32F, cv::Scalar(1)));
  return {std::pow(one.row(0, 0)[0], 1 / exponent), std::pow(one.row(1, 0)[0], 1 / exponent), std::pow(one.row(2, 0)[0], 1 / exponent)};
}

TEST(LightMatch, aHazyScenesVeilLiesBeforeTheSubjectToo) {
  const LightCurve curve = matched(ramp({0.02f, 0.02f, 0.02f}, {0.8f, 0.8f, 0.8f}), ramp({0.22f, 0.18f, 0.14f}, {0.9f, 0.9f, 0.9f}));
  const cv::Vec3f veil = curve.frames.front().veil;
  EXPECT_GT(veil[0], veil[1]);
  EXPECT_GT(veil[1], veil[2]);
  EXPECT_GT(veil[2], 0.005f);
  for (const FrameLight& f : curve.frames) EXPECT_EQ(f.veil, veil);  // one value a shot
  LightSettings settings;
  settings.blacks = 1.0;
  const cv::Vec3f black = lit(curve, settings, 0.02f, kCoding), white = lit(curve, settings, 1.0f, kCoding);
  EXPECT_GT(black[0], 0.15f);
  EXPECT_GT(black[0], black[2]);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(white[c], 1.0f, 0.05f);  // highlights are not lifted with them
  settings.blacks = 0.0;
  EXPECT_LT(lit(curve, settings, 0.02f, kCoding)[0], 0.03f);
}

TEST(LightMatch, theVeilIsTheSameInCodedAndInLinearPlanes) {
  const LightCurve curve = matched(ramp({0.02f, 0.02f, 0.02f}, {0.8f, 0.8f, 0.8f}), ramp({0.2f, 0.2f, 0.2f}, {0.9f, 0.9f, 0.9f}));
  for (const float level : {0.05f, 0.3f, 0.7f}) {
    const cv::Vec3f linear = lit(curve, {}, level, kCoding), coded = lit(curve, {}, level, 1.0f);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(linear[c], coded[c], 1e-4f) << level;
  }
}

TEST(LightMatch, aSceneWithBlacksOfItsOwnLiftsNothing) {
  const LightCurve curve = matched(ramp({0.05f, 0.05f, 0.05f}, {0.9f, 0.9f, 0.9f}), ramp({0.02f, 0.02f, 0.02f}, {0.9f, 0.9f, 0.9f}));
  EXPECT_EQ(curve.frames.front().veil, cv::Vec3f(0, 0, 0));
}

TEST(LightMatch, aWhiteRoomIsNotTakenForThickFog) {
  const LightCurve curve = matched(ramp({0, 0, 0}, {0.5f, 0.5f, 0.5f}), ramp({0.7f, 0.7f, 0.7f}, {1, 1, 1}));
  for (int c = 0; c < 3; ++c) EXPECT_LE(curve.frames.front().veil[c], 0.05f);
}

}  // namespace
}  // namespace pai::core

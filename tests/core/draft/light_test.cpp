// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "core/draft/light_key.h"
#include "core/draft/light_match.h"
#include "core/draft/screen_bounce.h"

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

LightCurve matched(const LightSample& subject, const LightSample& scene, std::optional<int> primary = std::nullopt) {
  auto curve = matchLight(5, [&](FrameIndex) -> Result<LightSample> { return subject; }, [&](FrameIndex) { return scene; }, primary, {}, {});
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

/// A round subject of one reflectance before a screen, lit from the front and shaded towards its border, with `glow` of the
/// screen's green on all of it. Coded.
LightSample figure(const cv::Vec3f& reflectance, float glow) {
  LightSample out;
  out.coded = cv::Mat(90, 160, CV_32FC3, cv::Scalar(0.1, 0.6, 0.15));
  out.solid = cv::Mat::zeros(90, 160, CV_8U);
  for (int y = 10; y < 85; ++y) {
    for (int x = 60; x < 100; ++x) {
      const float u = (static_cast<float>(x) - 79.5f) / 20.0f, lamp = 0.15f + 0.85f * std::sqrt(1.0f - u * u * 0.98f);
      const cv::Vec3f light = reflectance.mul(cv::Vec3f(lamp, lamp + glow * 0.7f, lamp));
      out.solid.at<std::uint8_t>(y, x) = 255;
      for (int c = 0; c < 3; ++c) out.coded.at<cv::Vec3f>(y, x)[c] = std::pow(light[c], 1.0f / kCoding);
    }
  }
  return out;
}

const cv::Vec3f kSkin(0.50f, 0.30f, 0.21f), kOlive(0.20f, 0.24f, 0.09f);

float bounceOf(const LightSample& sample) {
  BounceMeter meter(1);
  for (int i = 0; i < 4; ++i) meter.add(sample);
  return meter.share();
}

TEST(ScreenBounce, aScreensGlowIsToldByTheDarkerSurfacesBeingGreener) {
  for (const cv::Vec3f& reflectance : {kSkin, kOlive}) {
    EXPECT_NEAR(bounceOf(figure(reflectance, 0.2f)), 0.2f, 0.05f);
    EXPECT_NEAR(bounceOf(figure(reflectance, 0.1f)), 0.1f, 0.04f);
  }
}

TEST(ScreenBounce, aGreenGarmentInCleanLightIsNoGlow) {
  EXPECT_EQ(bounceOf(figure(kOlive, 0.0f)), 0.0f);
  EXPECT_EQ(bounceOf(figure({0.1f, 0.4f, 0.1f}, 0.0f)), 0.0f);
}

/// A scene whose left part is `ratio` times as bright as its right one, warm.
LightSample sideLit(float ratio) {
  LightSample out;
  out.coded.create(90, 160, CV_32FC3);
  for (int y = 0; y < 90; ++y) {
    for (int x = 0; x < 160; ++x) {
      const float light = x < 60 ? 0.08f * ratio : 0.08f;
      out.coded.at<cv::Vec3f>(y, x) = {std::pow(light, 1 / kCoding), std::pow(light * 0.8f, 1 / kCoding), std::pow(light * 0.5f, 1 / kCoding)};
    }
  }
  return out;
}

/// The figure's colours in linear light after the light, as a picture of its own size.
Planes relit(const LightSample& subject, const LightCurve& curve, const LightSettings& settings, cv::Mat* alpha = nullptr) {
  Planes out = Planes::make(subject.coded.size());
  cv::Mat cover;
  subject.solid.convertTo(cover, CV_32F, 1.0 / 255.0);
  for (int y = 0; y < cover.rows; ++y)
    for (int x = 0; x < cover.cols; ++x)
      for (int c = 0; c < 3; ++c) out.row(c, y)[x] = std::pow(subject.coded.at<cv::Vec3f>(y, x)[c], kCoding);
  applyLight(curve.frames[2], settings, kCoding, out, cover);
  if (alpha) *alpha = cover;
  return out;
}

TEST(LightApply, theGlowIsTakenOffTheWholeSubject) {
  const LightSample clean = figure(kSkin, 0.0f), lit = figure(kSkin, 0.2f);
  LightSettings settings;
  settings.gradient = settings.blacks = 0.0;
  settings.strength = 1.0;
  FrameLight none, glow;
  glow.bounce = matched(lit, sideLit(1.0f), 1).frames[2].bounce;
  const Planes before = relit(lit, {std::vector(5, none)}, settings), after = relit(lit, {std::vector(5, glow)}, settings);
  const Planes want = relit(clean, {std::vector(5, none)}, settings);
  double was = 0.0, is = 0.0;
  for (int x = 62; x < 98; ++x) {
    const auto hue = [&](const Planes& p) { return p.g.at<float>(45, x) / p.r.at<float>(45, x); };
    was += std::abs(hue(before) - hue(want));
    is += std::abs(hue(after) - hue(want));
    EXPECT_GE(after.g.at<float>(45, x), std::min(after.r.at<float>(45, x), after.b.at<float>(45, x)));  // never magenta
  }
  EXPECT_LT(is, 0.4 * was);
}

TEST(LightApply, aFaceAboveDarkClothesLosesItsOwnShareOfTheGlow) {
  const cv::Vec3f cloth(0.06f, 0.05f, 0.03f);
  const auto dressed = [&](float glow) {
    LightSample out = figure(kSkin, glow);
    figure(cloth, glow).coded.rowRange(22, 90).copyTo(out.coded.rowRange(22, 90));
    return out;
  };
  LightSettings settings;
  settings.gradient = settings.blacks = 0.0;
  settings.strength = 1.0;
  FrameLight none, glow;
  glow.bounce = 0.17f;
  const auto hueOf = [&](const LightSample& subject, const FrameLight& light, int y) {
    const Planes p = relit(subject, {std::vector(5, light)}, settings);
    return p.g.at<float>(y, 79) / p.r.at<float>(y, 79);
  };
  for (const int y : {16, 60}) {
    const float want = hueOf(dressed(0.0f), none, y), was = hueOf(dressed(0.25f), none, y), is = hueOf(dressed(0.25f), glow, y);
    EXPECT_GT(was, 1.15f * want);
    EXPECT_LT(std::abs(is - want), 0.12f * (was - want)) << y;
  }
}

TEST(LightApply, aSceneLitFromOneSideLightsThatSideOfAStudiosSubject) {
  const LightSample lit = figure(kSkin, 0.2f);
  const LightCurve curve = matched(lit, sideLit(12.0f), 1);
  EXPECT_LT(curve.frames[2].towards[0], -0.95f);
  EXPECT_GT(curve.frames[2].key[0], curve.frames[2].key[2]);
  LightSettings settings;
  settings.blacks = 0.0;
  const Planes with = relit(lit, curve, settings);
  settings.gradient = 0.0;
  const Planes without = relit(lit, curve, settings);
  const auto gain = [&](int x) { return with.r.at<float>(45, x) / without.r.at<float>(45, x); };
  EXPECT_GT(gain(61), 1.5f);
  EXPECT_LT(gain(98), 1.0f);
  EXPECT_GT(gain(98), 0.7f);
  const auto light = [&](const Planes& p) { return cv::sum(p.r)[0] * 0.2126 + cv::sum(p.g)[0] * 0.7152 + cv::sum(p.b)[0] * 0.0722; };
  EXPECT_NEAR(light(with) / light(without), 1.0, 0.1) << "light comes from elsewhere, there is no more of it";
  EXPECT_GT(with.r.at<float>(45, 61) / with.b.at<float>(45, 61), 1.1f * without.r.at<float>(45, 61) / without.b.at<float>(45, 61));
}

TEST(LightApply, strandsLetTheLightThrough) {
  FrameLight light;
  light.key = {1.6f, 1.6f, 1.6f};
  light.towards = {-1.0f, 0.0f};
  light.studio = 1.0f;
  // Two subjects with the same border: one solid, one of strands.
  cv::Mat alpha = cv::Mat::zeros(270, 480, CV_32F);
  alpha(cv::Rect(100, 60, 80, 150)).setTo(1.0f);
  const auto lit = [&](const cv::Mat& cover) {
    Planes out = Planes::make(cover.size());
    for (cv::Mat* p : {&out.r, &out.g, &out.b}) p->setTo(0.1f);
    applyLight(light, {}, kCoding, out, cover);
    return out.g.at<float>(90, 104);
  };
  cv::Mat strands = alpha.clone();
  for (int y = 60; y < 120; ++y)
    for (int x = 100; x < 140; ++x) strands.at<float>(y, x) = (x + y) % 2 == 0 ? 1.0f : 0.6f;
  EXPECT_GT(lit(strands), 1.2f * lit(alpha));
}

TEST(LightApply, aSubjectThatMayStandInItsOwnScenesLightIsLitOnlyWhereThatIsAskedFor) {
  const LightSample clean = figure(kSkin, 0.0f);
  const LightCurve curve = matched(clean, sideLit(12.0f), 1);
  LightSettings settings;
  settings.blacks = 0.0;
  const auto border = [&](double direction) {
    settings.gradient = direction;
    return relit(clean, curve, settings).r.at<float>(45, 61);
  };
  EXPECT_NEAR(border(0.5), border(0.0), 0.05f * border(0.0));
  EXPECT_GT(border(1.0), 1.5f * border(0.0));
  EXPECT_EQ(cv::norm(matched(clean, sideLit(1.0f), 1).frames[2].key), 0.0);
}

TEST(SubjectForm, isTheSameAtAnySizeOfThePicture) {
  cv::Mat large = cv::Mat::zeros(1080, 1920, CV_32F), half;
  cv::ellipse(large, {900, 540}, {120, 400}, 0.0, 0.0, 360.0, cv::Scalar(1.0), cv::FILLED);
  cv::resize(large, half, {}, 0.5, 0.5, cv::INTER_AREA);
  const SubjectForm a = formOf(large), b = formOf(half);
  ASSERT_EQ(a.blocks, b.blocks);
  EXPECT_EQ(a.block, 2 * b.block);
  EXPECT_LT(cv::norm(a.depth, b.depth, cv::NORM_INF), 0.51);
  EXPECT_NEAR(a.roundness, b.roundness, 0.02f);
  EXPECT_LT(a.facing.at<cv::Vec2f>(135 - a.blocks.y, 200 - a.blocks.x)[0], -0.95f);
  EXPECT_TRUE(formOf(cv::Mat::zeros(100, 100, CV_32F)).pixels.empty());
  EXPECT_FALSE(formOf(cv::Mat(100, 100, CV_32F, cv::Scalar(1))).depth.empty());  // a subject that fills the frame
}

}  // namespace
}  // namespace pai::core

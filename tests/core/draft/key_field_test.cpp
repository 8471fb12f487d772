// SPDX-License-Identifier: GPL-3.0-or-later
// The screen behind the subject, and what a finer key must not bring back.
#include "core/draft/key_unmix.h"
#include "core/draft/keyer.h"

#include <gtest/gtest.h>

#include "tests/core/draft/key_scene.h"

namespace pai::core {
namespace {

const cv::Vec3f kPaint(0.05f, 0.27f, 0.06f);

/// Paint of one hue under a light, and a subject's colour over it by `alpha`, coded as a 4:2:0 camera does.
Picture paintedStage(const cv::Mat& alpha, const cv::Vec3f& subject, const cv::Mat& light) {
  Planes stage = Planes::make(alpha.size());
  for (int y = 0; y < alpha.rows; ++y) {
    for (int x = 0; x < alpha.cols; ++x) {
      const float a = alpha.at<float>(y, x);
      for (int c = 0; c < 3; ++c) stage.row(c, y)[x] = subject[c] * a + kPaint[c] * light.at<float>(y, x) * (1.0f - a);
    }
  }
  Picture out = pictureOf(stage, SampleType::kU8, {}, 0);
  halveChroma(out);
  return out;
}

Keyer coarseKeyer(const Picture& plate, const KeySettings& settings = {}) {
  auto keyer = Keyer::build(settings, stillPlate(plate), {});
  EXPECT_TRUE(keyer.ok());
  keyer->setCoarseChroma(plate.width());
  return *keyer;
}

TEST(KeyField, aVeilOfThinHairIsNotTakenForTheScreensColour) {
  // Ten per cent of hair for fourteen pixels beside solid hair, in front of the screen.
  const cv::Size size(960, 540);
  cv::Mat alpha = cv::Mat::zeros(size, CV_32F), light(size, CV_32F);
  alpha(cv::Rect(400, 100, 160, 440)) = 1.0f;
  alpha(cv::Rect(560, 100, 14, 440)) = 0.1f;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) light.at<float>(y, x) = 0.8f + 0.3f * static_cast<float>(x) / 960.0f;
  }
  const cv::Vec3f hair(0.15f, 0.09f, 0.05f), paint = kPaint * light.at<float>(300, 567), veiled = paint * 0.9f + hair * 0.1f;
  const Picture plate = paintedStage(alpha, hair, light);
  const cv::Vec3f found = coarseKeyer(plate).rawKey(planesOf(plate)).field.screen.at(567, 300);
  EXPECT_LT(std::abs(found[0] - paint[0]), 0.35f * (veiled[0] - paint[0]));
  EXPECT_LT(std::abs(found[1] - paint[1]), 0.35f * (paint[1] - veiled[1]));
}

TEST(KeyField, chromaSmearedFromAnEdgeIsNotTakenForTheScreensColour) {
  // A red coat with a slanted edge: where its screen is measured, 4:2:0 has put some of its red.
  const cv::Size size(960, 540);
  cv::Mat alpha(size, CV_32F), light(size, CV_32F, cv::Scalar(1.0));
  const auto edge = [](int y) { return 500.3f + 0.21f * static_cast<float>(y); };
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) alpha.at<float>(y, x) = std::clamp(edge(y) - static_cast<float>(x), 0.0f, 1.0f);
  }
  const Picture plate = paintedStage(alpha, {0.35f, 0.04f, 0.03f}, light);
  const CoarseField screen = coarseKeyer(plate).rawKey(planesOf(plate)).field.screen;
  double red = 0.0;
  for (int y = 40; y < 500; ++y) red += screen.at(static_cast<int>(edge(y)) + 2, y)[0];
  EXPECT_NEAR(red / 460.0, kPaint[0], 0.03 * kPaint[0]);
}

TEST(KeyField, aDeepShadowOnTheScreenIsScreen) {
  const cv::Size size(960, 540);
  cv::Mat alpha = cv::Mat::zeros(size, CV_32F), light(size, CV_32F, cv::Scalar(1.0));
  alpha(cv::Rect(400, 100, 160, 340)) = 1.0f;
  cv::ellipse(light, {590, 430}, {44, 15}, 0, 0, 360, cv::Scalar(0.3), -1);
  cv::GaussianBlur(light, light, {0, 0}, 4.0);
  const Picture plate = paintedStage(alpha, {0.04f, 0.03f, 0.02f}, light);
  const cv::Mat found = coarseKeyer(plate).key(plate).alpha;
  EXPECT_LT(cv::mean(found(cv::Rect(575, 420, 60, 20)))[0], 0.05) << cv::mean(found(cv::Rect(575, 420, 60, 20)))[0];
  EXPECT_GT(cv::mean(found(cv::Rect(410, 110, 140, 320)))[0], 0.995);
}

TEST(KeyField, lightHairThatIsAsBrightAsTheScreenIsKeyedByItsColour) {
  // Luma says little of such hair, chroma of half size blurs it: a line between both, found around each pixel, keeps to what
  // they say together.
  KeySceneOptions options;
  options.size = {960, 540};
  options.hair = {0.25f, 0.17f, 0.10f};
  const KeyScene scene = keyScene(options);
  cv::Mat band = (scene.alpha > 0.02f) & (scene.alpha < 0.98f), difference;
  cv::dilate(band, band, cv::Mat::ones(3, 3, CV_8U));
  cv::absdiff(coarseKeyer(scene.plate).key(scene.plate).alpha, scene.alpha, difference);
  EXPECT_LT(cv::mean(difference, band)[0], 0.135);
}

TEST(KeyField, crossesOfTheScreensOwnHueLeaveNothing) {
  // Tape a third as bright as the paint, a little greyer: key and detail see it, the matte must not.
  const cv::Size size(960, 540);
  cv::Mat alpha = cv::Mat::zeros(size, CV_32F), light(size, CV_32F);
  alpha(cv::Rect(430, 140, 120, 400)) = 1.0f;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) light.at<float>(y, x) = 0.7f + 0.4f * static_cast<float>(x) / 960.0f;
  }
  Picture plate = paintedStage(alpha, {0.2f, 0.12f, 0.06f}, light);
  Planes stage = planesOf(plate);
  std::vector<cv::Rect> crosses;
  for (const cv::Point at : {cv::Point(60, 60), {250, 50}, {340, 90}, {620, 80}, {800, 60}, {900, 240}, {80, 300}, {250, 260}}) {
    for (const cv::Rect& bar : {cv::Rect(at.x - 12, at.y - 2, 24, 4), cv::Rect(at.x - 2, at.y - 12, 4, 24)}) {
      stage.r(bar) = 0.030 * light.at<float>(at);
      stage.g(bar) = 0.115 * light.at<float>(at);
      stage.b(bar) = 0.040 * light.at<float>(at);
    }
    crosses.emplace_back(at.x - 22, at.y - 22, 44, 44);
  }
  plate = pictureOf(stage, SampleType::kU8, {}, 0);
  halveChroma(plate);
  KeySettings keep;
  keep.removeMarkers = false;
  const cv::Mat kept = coarseKeyer(plate, keep).key(plate).alpha, found = coarseKeyer(plate).key(plate).alpha;
  for (const cv::Rect& around : crosses) {
    EXPECT_GT(cv::norm(kept(around), cv::NORM_INF), 0.1);
    EXPECT_EQ(cv::norm(found(around), cv::NORM_INF), 0.0) << around;
  }
}

}  // namespace
}  // namespace pai::core

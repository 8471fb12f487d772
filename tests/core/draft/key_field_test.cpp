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
  // Tape of the paint's hue, a third as bright: key and detail see it; neither matte nor shadow may.
  const cv::Size size(1920, 1080);
  cv::Mat alpha = cv::Mat::zeros(size, CV_32F), light(size, CV_32F);
  alpha(cv::Rect(860, 280, 240, 800)) = 1.0f;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) light.at<float>(y, x) = 0.7f + 0.4f * static_cast<float>(x) / 1920.0f;
  }
  Picture plate = paintedStage(alpha, {0.2f, 0.12f, 0.06f}, light);
  Planes stage = planesOf(plate);
  std::vector<cv::Rect> crosses;
  for (const cv::Point at : {cv::Point(120, 120), {503, 100}, {680, 185}, {1246, 162}, {1600, 120}, {1801, 484}, {160, 600}, {505, 520}}) {
    cv::Mat tape = cv::Mat::zeros(size, CV_32F);
    tape(cv::Rect(at.x - 25, at.y - 5, 50, 10)) = 1.0f;
    tape(cv::Rect(at.x - 5, at.y - 25, 10, 50)) = 1.0f;
    const cv::Rect around(at.x - 44, at.y - 44, 88, 88);
    cv::Mat soft = tape(around);
    cv::GaussianBlur(soft, soft, {0, 0}, 1.2);
    for (int y = around.y; y < around.y + around.height; ++y) {
      for (int x = around.x; x < around.x + around.width; ++x) {
        const float t = tape.at<float>(y, x), l = light.at<float>(y, x);
        const cv::Vec3f colour = kPaint * 0.35f;
        for (int c = 0; c < 3; ++c) stage.row(c, y)[x] += (colour[c] * l - stage.row(c, y)[x]) * t;
      }
    }
    crosses.push_back(around);
  }
  plate = pictureOf(stage, SampleType::kU8, {}, 0);
  halveChroma(plate);
  KeySettings keep;
  keep.removeMarkers = false;
  const cv::Mat kept = coarseKeyer(plate, keep).key(plate).alpha;
  const KeyedFrame keyed = coarseKeyer(plate).key(plate);
  for (const cv::Rect& around : crosses) {
    EXPECT_GT(cv::norm(kept(around), cv::NORM_INF), 0.1);
    EXPECT_EQ(cv::norm(keyed.alpha(around), cv::NORM_INF), 0.0) << around;
    double least = 0.0;
    cv::minMaxLoc(keyed.shadow(around), &least);
    EXPECT_GT(least, 0.85) << "a cross is no shadow either: " << around;
  }
}

}  // namespace
}  // namespace pai::core

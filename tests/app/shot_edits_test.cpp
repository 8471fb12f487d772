// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "app/document/shape_edits.h"
#include "app/document/shot_edits.h"
#include "core/draft/camera_geometry.h"

namespace pai::app {
namespace {

core::Shot shotWithKeys() {
  core::Shot shot;
  shot.id = "shot1";
  shot.range = {{0}, {97}};
  core::CameraKey a, b;
  a.frame = {20};
  a.pan = 40;
  a.zoom = 1.1;
  b.frame = {60};
  b.pan = 120;
  b.zoom = 1.3;
  b.roll = 5;
  shot.camera.keys = {a, b};
  return shot;
}

TEST(ShotEditsTest, aKeyframeStaysOnItsPictureWhenTheBeginningIsTrimmed) {
  const core::Shot after = trimmedShot(shotWithKeys(), {{0}, {97}}, {{10}, {97}}, {}, QSize(1920, 1080));
  ASSERT_EQ(after.camera.keys.size(), 2u);
  EXPECT_EQ(after.camera.keys[0].frame.value, 10);
  EXPECT_EQ(after.camera.keys[1].frame.value, 50);
}

TEST(ShotEditsTest, keyframesAreMeasuredFromTheNewFirstFrameSoThatTheMoveBetweenThemStays) {
  std::vector<CameraFacts> solved(97);
  for (std::size_t i = 0; i < solved.size(); ++i) solved[i] = {2.0 * static_cast<double>(i), 0.0, 1.0 + 0.005 * static_cast<double>(i), 0.0, 0.0};
  const core::Shot before = shotWithKeys();
  const core::Shot after = trimmedShot(before, {{0}, {97}}, {{20}, {97}}, solved, QSize(1920, 1080));
  const cv::Size size(1920, 1080);
  const auto map = [&size](const core::CameraKey& k) { return core::similarityOf({k.pan, k.tilt, k.zoom, k.roll}, size); };
  const cv::Matx33d moved = map(before.camera.keys[0]).inv() * map(before.camera.keys[1]);
  const cv::Matx33d now = map(after.camera.keys[0]).inv() * map(after.camera.keys[1]);
  EXPECT_LT(core::cornerRms(moved, now, size), 0.01);
  // The solved camera of the new first frame is where measuring starts: 40 px and 1.1 are nothing left.
  EXPECT_NEAR(after.camera.keys[0].pan, 0.0, 1e-6);
  EXPECT_NEAR(after.camera.keys[0].zoom, 1.0, 1e-9);
}

TEST(ShotEditsTest, aKeyframeThatIsTrimmedAwayComesBackWithTheTrim) {
  const core::Shot before = shotWithKeys();
  const core::Shot cut = trimmedShot(before, {{0}, {97}}, {{30}, {97}}, {}, QSize(1920, 1080));
  EXPECT_EQ(cut.camera.keys[0].frame.value, -10);
  const core::Shot back = trimmedShot(cut, {{30}, {97}}, {{0}, {97}}, {}, QSize(1920, 1080));
  EXPECT_EQ(back.camera.keys[0].frame.value, 20);
  EXPECT_EQ(back.camera.keys[1].frame.value, 60);
}

TEST(ShotEditsTest, trimmingTheEndLeavesKeyframesAlone) {
  const core::Shot before = shotWithKeys();
  EXPECT_EQ(trimmedShot(before, {{0}, {97}}, {{0}, {50}}, {}, QSize(1920, 1080)).camera.keys, before.camera.keys);
}

TEST(ShotEditsTest, reviewedFramesJoinAndAreTakenBackInParts) {
  core::Project project;
  project.shots.push_back(shotWithKeys());
  Document document;
  document.reset(project, {});
  const auto reviewed = [&]() -> const std::vector<core::ReviewedRange>& { return document.shot("shot1")->reviewed; };
  toggleReviewed(document, "shot1", {{10}, {20}});
  toggleReviewed(document, "shot1", {{15}, {30}});
  ASSERT_EQ(reviewed().size(), 1u);
  EXPECT_EQ(reviewed()[0].range, (core::FrameRange{{10}, {30}}));
  toggleReviewed(document, "shot1", {{14}, {16}});
  ASSERT_EQ(reviewed().size(), 2u);
  EXPECT_EQ(reviewed()[1].range, (core::FrameRange{{16}, {30}}));
  EXPECT_TRUE(isReviewed(*document.shot("shot1"), {13}));
  EXPECT_FALSE(isReviewed(*document.shot("shot1"), {15}));
}

class ShapeEditsTest : public testing::Test {
 protected:
  ShapeEditsTest() {
    core::Project project;
    core::Shot shot;
    shot.id = "shot1";
    shot.range = {{0}, {97}};
    project.shots.push_back(shot);
    document.reset(project, {});
    layer = *addShape(document, "shot1", core::MatteOperation::kSubtract, {{0.1, 0.1}, {0.4, 0.1}, {0.4, 0.4}}, {10});
  }
  const core::MatteLayer& shape() const { return *findLayer(*document.shot("shot1"), layer); }
  Document document;
  core::Id layer;
};

TEST_F(ShapeEditsTest, movingOnAnotherFrameMakesAKeyframeAndFramesBetweenAreInterpolated) {
  setShape(document, "shot1", layer, {20}, {{0.3, 0.1}, {0.6, 0.1}, {0.6, 0.4}}, "Move");
  ASSERT_EQ(shape().shape.size(), 2u);
  EXPECT_NEAR(shapeAt(shape(), {15})[0].x, 0.2, 1e-12);
  EXPECT_NEAR(shapeAt(shape(), {40})[0].x, 0.3, 1e-12);
}

TEST_F(ShapeEditsTest, aPointIsAddedToAndRemovedFromEveryKeyframe) {
  setShape(document, "shot1", layer, {20}, {{0.3, 0.1}, {0.6, 0.1}, {0.6, 0.4}}, "Move");
  insertShapePoint(document, "shot1", layer, 0, 0.5);
  ASSERT_EQ(shape().shape[0].points.size(), 4u);
  ASSERT_EQ(shape().shape[1].points.size(), 4u);
  EXPECT_NEAR(shape().shape[1].points[1].x, 0.45, 1e-12);
  removeShapePoint(document, "shot1", layer, 1);
  EXPECT_EQ(shape().shape[0].points.size(), 3u);
  removeShapePoint(document, "shot1", layer, 1);
  EXPECT_EQ(shape().shape[0].points.size(), 3u) << "an outline keeps three points";
}

TEST_F(ShapeEditsTest, theLastKeyframeStays) {
  removeShapeKey(document, "shot1", layer, {10});
  EXPECT_EQ(shape().shape.size(), 1u);
}

TEST_F(ShapeEditsTest, fewerThanThreePointsAreNoOutline) {
  EXPECT_FALSE(addShape(document, "shot1", core::MatteOperation::kSubtract, {{0, 0}, {1, 1}}, {0}));
}

}  // namespace
}  // namespace pai::app

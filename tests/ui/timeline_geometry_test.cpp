// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "ui/timeline/timeline_geometry.h"

namespace pai::ui {
namespace {

TimelineGeometry fitted(std::int64_t frames, int width) {
  TimelineGeometry geometry;
  geometry.setWidth(width);
  geometry.fit(frames);
  return geometry;
}

TEST(TimelineGeometryTest, xAndFrameAreInverseAtEveryZoom) {
  for (double factor : {0.01, 0.3, 1.0, 4.0, 20.0}) {
    TimelineGeometry g = fitted(97, 1200);
    g.zoomAt(300, factor, 97);
    for (std::int64_t f = 0; f < 97; ++f) EXPECT_EQ(g.frameAt(g.xOf(static_cast<double>(f)) + 0.25 * g.pixelsPerFrame()), f);
  }
}

TEST(TimelineGeometryTest, fitShowsTheFirstAndTheLastFrame) {
  const TimelineGeometry g = fitted(97, 1200);
  EXPECT_TRUE(g.showsAll(97));
  EXPECT_EQ(g.visible(97), (core::FrameRange{{0}, {97}}));
}

TEST(TimelineGeometryTest, zoomKeepsTheFrameUnderTheCursor) {
  TimelineGeometry g = fitted(500, 1000);
  const std::int64_t under = g.frameAt(420.5);
  g.zoomAt(420.5, 3.0, 500);
  EXPECT_EQ(g.frameAt(420.5), under);
}

TEST(TimelineGeometryTest, scrollingStaysHalfAViewAroundTheTimeline) {
  TimelineGeometry g = fitted(500, 1000);
  g.scrollBy(1e9, 500);
  EXPECT_LE(g.firstFrame(), 500.0);
  g.scrollBy(-1e9, 500);
  EXPECT_GE(g.firstFrame(), -0.5 * 1000 / g.pixelsPerFrame() - 1e-6);
}

TEST(TimelineGeometryTest, labelsStandAtLeastTheirWidthApart) {
  const core::FrameRate rate = *core::FrameRate::make(24, 1);
  TimelineGeometry g = fitted(97, 1200);
  for (double factor : {0.001, 0.1, 1.0, 10.0}) {
    g.zoomAt(0, factor, 97);
    if (g.pixelsPerFrame() * 21600 * 24 > 96) {
      EXPECT_GE(static_cast<double>(g.labelStep(rate, 96)) * g.pixelsPerFrame(), 96.0);
    }
  }
}

TEST(TimelineGeometryTest, revealScrollsOnlyWhenAFrameIsOutOfView) {
  TimelineGeometry g = fitted(1000, 1000);
  g.zoomAt(0, 10.0, 1000);
  const double before = g.firstFrame();
  g.reveal(g.frameAt(500), 1000);
  EXPECT_DOUBLE_EQ(g.firstFrame(), before);
  g.reveal(900, 1000);
  EXPECT_GE(g.xOf(900), 0.0);
  EXPECT_LE(g.xOf(900), 1000.0);
}

TEST(SnapTest, theNearestPointWithinReachWins) {
  const TimelineGeometry g = fitted(100, 1048);  // 10 pixels a frame
  const std::vector<SnapPoint> points{{SnapPoint::Kind::kBegin, 0}, {SnapPoint::Kind::kPlayhead, 1}, {SnapPoint::Kind::kEnd, 99}};
  EXPECT_EQ(nearestSnap(g, 0.4, points, 8.0), points[0]);
  EXPECT_EQ(nearestSnap(g, 0.8, points, 8.0), points[1]);
  EXPECT_EQ(nearestSnap(g, 50.0, points, 8.0), std::nullopt);
}

TEST(SnapTest, theEarlierPointWinsATie) {
  const TimelineGeometry g = fitted(100, 1048);
  const std::vector<SnapPoint> points{{SnapPoint::Kind::kMiddle, 50}, {SnapPoint::Kind::kPlayhead, 50}};
  EXPECT_EQ(nearestSnap(g, 50.0, points, 8.0)->kind, SnapPoint::Kind::kMiddle);
}

TEST(FlagTest, aFlagNearTheEndHangsToTheLeft) {
  const TimelineGeometry g = fitted(97, 1200);
  EXPECT_FALSE(flagBox(g, 0, 0, 97).flipped);
  const FlagBox last = flagBox(g, 96, 0, 97);
  EXPECT_TRUE(last.flipped);
  EXPECT_TRUE(last.holds(last.pole - 10, last.top + 10));
  EXPECT_FALSE(last.holds(last.pole + 10, last.top + 10));
}

TEST(FlagTest, strengthFollowsTheBarAndIsBounded) {
  const FlagBox box = flagBox(fitted(97, 1200), 10, 0, 97);
  EXPECT_DOUBLE_EQ(strengthAt(box, box.left - 50), 0.0);
  EXPECT_DOUBLE_EQ(strengthAt(box, box.left + box.width / 2), 0.5);
  EXPECT_DOUBLE_EQ(strengthAt(box, box.left + 500), 1.0);
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/draft/keyframe_curve.h"
#include "core/draft/matte_outline.h"

namespace pai::core {
namespace {

using enum KeyInterpolation;

TEST(KeyframeCurve, eachPartGoesAsItsFirstKeyframeSays) {
  const KeyframeCurve c{{0, 10, 20, 30}, {0, 100, 50, 80}, {kSmooth, kLinear, kHold, kSmooth}};
  for (std::size_t i = 0; i < c.at.size(); ++i) EXPECT_EQ(valueAt(c, c.at[i]), c.value[i]) << "at a keyframe its own value";
  EXPECT_EQ(valueAt(c, -5), 0.0);
  EXPECT_EQ(valueAt(c, 35), 80.0);
  EXPECT_DOUBLE_EQ(valueAt(c, 15), 75.0);
  EXPECT_EQ(valueAt(c, 29.99), 50.0) << "held until the next keyframe";
  const double early = valueAt(c, 1) - valueAt(c, 0), middle = valueAt(c, 5.5) - valueAt(c, 4.5);
  EXPECT_LT(early, 0.3 * middle) << "a smooth part starts slowly";
}

TEST(KeyframeCurve, smoothPartsNeverOvershoot) {
  for (const KeyInterpolation beside : {kSmooth, kLinear, kHold}) {
    const KeyframeCurve c{{0, 10, 12, 40}, {0, 90, 100, 400}, {beside, kSmooth, beside, kSmooth}};
    double last = 0.0;
    for (double t = 0; t <= 40; t += 0.25) {
      const double now = valueAt(c, t);
      EXPECT_GE(now, last - 1e-9) << t;
      last = now;
    }
  }
}

TEST(KeyframeCurve, aSmoothPartGoesOnInTheDirectionOfAStraightOne) {
  const KeyframeCurve c{{0, 10, 20}, {0, 50, 100}, {kLinear, kSmooth, kSmooth}};
  EXPECT_NEAR(valueAt(c, 10.01) - valueAt(c, 10), 0.05, 1e-3);
  const KeyframeCurve held{{0, 10, 20}, {0, 50, 100}, {kHold, kSmooth, kSmooth}};
  EXPECT_LT(valueAt(held, 10.1) - valueAt(held, 10), 0.05) << "after a hold it starts from rest";
}

MatteLayer outline(KeyInterpolation first, KeyInterpolation second) {
  MatteLayer l;
  l.source = MatteSource::kShape;
  const auto at = [](std::int64_t frame, double x, KeyInterpolation how) {
    MatteShapeKey k;
    k.frame = {frame};
    k.points = {{x, 0}, {x + 0.1, 0}, {x, 1}};
    k.interpolation = how;
    return k;
  };
  l.shape = {at(0, 0.0, first), at(10, 0.5, second), at(20, 0.5, kLinear)};
  return l;
}

TEST(KeyframeCurve, outlinesMoveAsTheirKeyframesSay) {
  EXPECT_DOUBLE_EQ(outlineAt(outline(kLinear, kLinear), {5})[0].x, 0.25);
  EXPECT_DOUBLE_EQ(outlineAt(outline(kHold, kLinear), {9})[0].x, 0.0);
  EXPECT_DOUBLE_EQ(outlineAt(outline(kHold, kLinear), {10})[0].x, 0.5);
  EXPECT_DOUBLE_EQ(outlineAt(outline(kSmooth, kLinear), {5})[0].x, 0.25);
  EXPECT_LT(outlineAt(outline(kSmooth, kLinear), {1})[0].x, 0.02) << "from rest";
  EXPECT_GT(outlineAt(outline(kSmooth, kLinear), {9})[0].x, 0.48) << "to rest";
  EXPECT_DOUBLE_EQ(outlineAt(outline(kSmooth, kLinear), {5})[2].y, 1.0);
}

TEST(KeyframeCurve, anOutlineOfAnotherNumberOfPointsIsTakenAsItStands) {
  MatteLayer l = outline(kSmooth, kSmooth);
  l.shape[1].points.push_back({0.9, 0.9});
  EXPECT_EQ(outlineAt(l, {5}).size(), 3u);
  EXPECT_DOUBLE_EQ(outlineAt(l, {5})[0].x, 0.0);
  EXPECT_EQ(outlineAt(l, {15}).size(), 4u);
  l.shape.push_back(l.shape[2]);  // two on one frame: the first counts
  l.shape.back().points[0].x = 0.9;
  EXPECT_DOUBLE_EQ(outlineAt(l, {20})[0].x, 0.5);
}

}  // namespace
}  // namespace pai::core

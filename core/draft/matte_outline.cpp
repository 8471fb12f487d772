// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/matte_outline.h"

#include <algorithm>
#include <iterator>

#include "core/draft/keyframe_curve.h"

namespace pai::core {
namespace {

constexpr int kSplineSteps = 16;

/// Outlines around a frame in the order of time: the one at or before it, the next, and one more on either side.
struct Around {
  std::vector<const MatteShapeKey*> keys;
  std::size_t at = 0;  // of the one at or before the frame
};

Around keysAround(const std::vector<MatteShapeKey>& shape, FrameIndex frame) {
  std::vector<const MatteShapeKey*> sorted;
  sorted.reserve(shape.size());
  for (const MatteShapeKey& k : shape) sorted.push_back(&k);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->frame < b->frame; });
  sorted.erase(std::unique(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->frame == b->frame; }), sorted.end());
  const auto after = std::upper_bound(sorted.begin(), sorted.end(), frame, [](FrameIndex f, const auto* k) { return f < k->frame; });
  const auto here = static_cast<std::ptrdiff_t>(after - sorted.begin()) - 1;
  const auto first = std::max<std::ptrdiff_t>(0, here - 1), last = std::min<std::ptrdiff_t>(std::ssize(sorted), here + 3);
  return {{sorted.begin() + first, sorted.begin() + last}, static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, here) - first)};
}

std::vector<MattePoint> pointsAt(const std::vector<MatteShapeKey>& shape, FrameIndex frame) {
  const auto [keys, at] = keysAround(shape, frame);
  const MatteShapeKey& here = *keys[at];
  if (frame <= here.frame || at + 1 == keys.size() || keys[at + 1]->points.size() != here.points.size()) return here.points;
  KeyframeCurve x, y;
  std::vector<const MatteShapeKey*> alike;  // one of another number of points ends the curve
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i]->points.size() == here.points.size()) alike.push_back(keys[i]);
  for (const MatteShapeKey* k : alike) {
    x.at.push_back(static_cast<double>(k->frame.value));
    x.how.push_back(k->interpolation);
  }
  y = x;
  std::vector<MattePoint> out(here.points.size());
  for (std::size_t p = 0; p < out.size(); ++p) {
    x.value.clear();
    y.value.clear();
    for (const MatteShapeKey* k : alike) {
      x.value.push_back(k->points[p].x);
      y.value.push_back(k->points[p].y);
    }
    out[p] = {valueAt(x, static_cast<double>(frame.value)), valueAt(y, static_cast<double>(frame.value))};
  }
  return out;
}

/// A closed Catmull-Rom curve through the points.
std::vector<MattePoint> splineOf(const std::vector<MattePoint>& p) {
  const std::size_t n = p.size();
  if (n < 3) return p;
  std::vector<MattePoint> out;
  out.reserve(n * kSplineSteps);
  for (std::size_t i = 0; i < n; ++i) {
    const MattePoint &a = p[(i + n - 1) % n], &b = p[i], &c = p[(i + 1) % n], &d = p[(i + 2) % n];
    for (int s = 0; s < kSplineSteps; ++s) {
      const double t = static_cast<double>(s) / kSplineSteps, t2 = t * t, t3 = t2 * t;
      const auto mix = [&](double va, double vb, double vc, double vd) {
        return 0.5 * (2 * vb + (vc - va) * t + (2 * va - 5 * vb + 4 * vc - vd) * t2 + (3 * vb - va - 3 * vc + vd) * t3);
      };
      out.push_back({mix(a.x, b.x, c.x, d.x), mix(a.y, b.y, c.y, d.y)});
    }
  }
  return out;
}

}  // namespace

std::vector<MattePoint> outlineAt(const MatteLayer& layer, FrameIndex frame) {
  if (layer.shape.empty()) return {};
  const std::vector<MattePoint> points = pointsAt(layer.shape, frame);
  return layer.closedSpline ? splineOf(points) : points;
}

}  // namespace pai::core

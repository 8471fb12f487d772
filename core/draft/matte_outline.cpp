// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/matte_outline.h"

namespace pai::core {
namespace {

constexpr int kSplineSteps = 16;

std::vector<MattePoint> between(const MatteShapeKey& a, const MatteShapeKey& b, FrameIndex frame) {
  if (a.points.size() != b.points.size() || a.frame == b.frame) return frame < b.frame ? a.points : b.points;
  const double t = static_cast<double>(frame - a.frame) / static_cast<double>(b.frame - a.frame);
  std::vector<MattePoint> out(a.points.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = {a.points[i].x + (b.points[i].x - a.points[i].x) * t, a.points[i].y + (b.points[i].y - a.points[i].y) * t};
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
  const MatteShapeKey* before = nullptr;
  const MatteShapeKey* after = nullptr;
  for (const MatteShapeKey& k : layer.shape) {
    if (k.frame <= frame && (!before || before->frame < k.frame)) before = &k;
    if (k.frame >= frame && (!after || k.frame < after->frame)) after = &k;
  }
  const std::vector<MattePoint> points = !before ? after->points : !after ? before->points : between(*before, *after, frame);
  return layer.closedSpline ? splineOf(points) : points;
}

}  // namespace pai::core

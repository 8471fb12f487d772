// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/keyframe_curve.h"

#include <algorithm>
#include <cmath>

namespace pai::core {
namespace {

constexpr double kSteepestSmooth = 3.0;  // of a smooth part's secant, so that it stays monotone

/// Slope of the part between keyframe k and the next.
double secant(const KeyframeCurve& c, std::size_t k) { return (c.value[k + 1] - c.value[k]) / (c.at[k + 1] - c.at[k]); }

/// Slope of the smooth part `own` at its end where the part `beside` meets it; both lie in the curve.
double slopeBeside(const KeyframeCurve& c, std::size_t own, std::size_t beside) {
  const double a = secant(c, beside), b = secant(c, own);
  if (c.how[beside] == KeyInterpolation::kHold || a * b <= 0) return 0.0;
  if (c.how[beside] == KeyInterpolation::kLinear) return std::copysign(std::min(std::abs(a), kSteepestSmooth * std::abs(b)), b);
  return 2 * a * b / (a + b);
}

}  // namespace

double valueAt(const KeyframeCurve& c, double at) {
  const std::size_t n = c.at.size();
  if (at <= c.at.front()) return c.value.front();
  if (at >= c.at.back()) return c.value.back();
  std::size_t i = 0;
  while (c.at[i + 1] <= at) ++i;
  const double y0 = c.value[i], y1 = c.value[i + 1], h = c.at[i + 1] - c.at[i], s = (at - c.at[i]) / h;
  if (c.how[i] == KeyInterpolation::kHold) return y0;
  if (c.how[i] == KeyInterpolation::kLinear) return y0 + (y1 - y0) * s;
  const double m0 = (i == 0 ? 0.0 : slopeBeside(c, i, i - 1)) * h, m1 = (i + 2 == n ? 0.0 : slopeBeside(c, i, i + 1)) * h;
  const double s2 = s * s, s3 = s2 * s;
  return (2 * s3 - 3 * s2 + 1) * y0 + (s3 - 2 * s2 + s) * m0 + (3 * s2 - 2 * s3) * y1 + (s3 - s2) * m1;
}

}  // namespace pai::core

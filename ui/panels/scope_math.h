// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QImage>

namespace pai::ui {

enum class ScopeKind { kWaveform, kParade, kVectorscope, kHistogram };

/// Levels of a picture as shown, 0..1: the darkest and brightest hundredth of the luma, its mean, the means of R, G and B.
struct ScopeLevels {
  double low = 0.0, high = 0.0, mean = 0.0;
  std::array<double, 3> rgb{};
};

/// Draws a scope of a display picture (32 bits) without graticule; transparent pixels are left out. Any thread.
QImage drawScope(const QImage& picture, ScopeKind kind, QSize size);
/// Levels of a display picture; Rec. 709 luma. Any thread.
ScopeLevels levelsOf(const QImage& picture);
/// Where a colour (0..1) lies on the vectorscope: -1..1 across (Cb) and up (Cr).
QPointF vectorOf(double r, double g, double b);

}  // namespace pai::ui

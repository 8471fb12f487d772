// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pai::core {

/// One row's planes in the order primary, first other, second other.
struct KeyRow {
  const float* primary;
  const float* a;
  const float* b;
};

/// Screen difference: primary - max(a, b).
void screenDifferenceRow(const KeyRow& in, float* out, int count);

/// Sums of a column's pixels that are screen, and their number.
struct ScreenSums {
  float* primary;
  float* a;
  float* b;
  float* count;
};

/// Adds a row's pixels that look like the screen: at least `darkest` in the primary, as saturated as `saturation`, and at least
/// `limit` in screen difference.
void addScreenRow(const KeyRow& in, const float* limit, float darkest, float saturation, const ScreenSums& sums, int count);

/// What a pixel is: no screen, screen in less light, or screen that counts.
enum ScreenMark : unsigned char { kForeign, kShaded, kCounts };

/// The same, and marks each of the row's pixels; what is no less bright and saturated but below `limit` is shaded where neither
/// other channel reaches `tintA` or `tintB` times the primary.
void markScreenRow(const KeyRow& in, const float* limit, float darkest, float saturation, float tintA, float tintB, const ScreenSums& sums,
                   unsigned char* marks, int count);

/// alpha = clamp((screen - d) / (screen - subject)), where `screen` and `subject` are the differences of the bare screen and
/// of the solid subject at each pixel; `solid` (0..1) pulls pixels deep in the subject to 1.
void alphaRow(const float* difference, const float* screen, const float* subject, const float* solid, float* alpha, int count);

/// A row's planes, and those of the frame before.
struct RowPair {
  const float* now[3];
  const float* before[3];
};
/// Moves alpha by `share` towards that of the frame before where the plate itself did not change.
void steadyRow(const RowPair& rows, const float* before, float share, float* alpha, int count);

/// alpha' = clamp((alpha - black) / (white - black)).
void levelsRow(float* alpha, float black, float white, int count);

}  // namespace pai::core

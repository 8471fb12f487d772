// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "inference/tensor.h"

namespace pai::inference {

/// Where a token is: time in latent steps (continuous), row and column in patches.
struct Position {
  double t = 0.0;
  double y = 0.0;
  double x = 0.0;
  bool rotated = true;  // false: padding and joint text, which are left as they are
  bool operator==(const Position&) const = default;
};

/// Positions of a grid in (t, y, x) order; `firstT` is the time of its first step.
std::vector<Position> gridPositions(std::int64_t steps, std::int64_t rows, std::int64_t columns, double firstT = 0.0);

/// Complex columns of the temporal, height and width bands of a head: K - 4 (K / 6), 2 (K / 6), 2 (K / 6), each halved.
std::array<std::int64_t, 3> ropeBands(std::int64_t headWidth);

/// Angular step per position of each of the K / 2 columns, in double: 10000^(-2j / band) with j from 0 in each band.
std::vector<double> ropeSteps(std::int64_t headWidth);

/// Cosine and sine of every token's angles, computed in double and rounded to float once.
struct RopeTable {
  Tensor cos_LK2;
  Tensor sin_LK2;
  RopeTable to(at::Device device) const { return {cos_LK2.to(device), sin_LK2.to(device)}; }
  RopeTable rows(std::int64_t begin, std::int64_t count) const { return {cos_LK2.narrow(-2, begin, count), sin_LK2.narrow(-2, begin, count)}; }
};
RopeTable ropeTable(const std::vector<Position>& positions, std::int64_t headWidth);

/// Rotates interleaved pairs (2j, 2j + 1) of x [B, L, N, K]; the table is [L, K/2] or, per sample, [B, L, K/2].
Tensor rotate(const Tensor& x_BLNK, const RopeTable& table);

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/rope.h"

#include <cmath>

namespace pai::inference {

std::vector<Position> gridPositions(std::int64_t steps, std::int64_t rows, std::int64_t columns, double firstT) {
  std::vector<Position> out;
  out.reserve(static_cast<std::size_t>(steps * rows * columns));
  for (std::int64_t t = 0; t < steps; ++t)
    for (std::int64_t y = 0; y < rows; ++y)
      for (std::int64_t x = 0; x < columns; ++x)
        out.push_back({firstT + static_cast<double>(t), static_cast<double>(y), static_cast<double>(x), true});
  return out;
}

std::array<std::int64_t, 3> ropeBands(std::int64_t headWidth) {
  const std::int64_t space = headWidth / 6;
  return {headWidth / 2 - 2 * space, space, space};
}

std::vector<double> ropeSteps(std::int64_t headWidth) {
  std::vector<double> steps;
  for (const std::int64_t columns : ropeBands(headWidth))
    for (std::int64_t j = 0; j < columns; ++j)
      steps.push_back(1.0 / std::pow(10000.0, static_cast<double>(2 * j) / static_cast<double>(2 * columns)));
  return steps;
}

RopeTable ropeTable(const std::vector<Position>& positions, std::int64_t headWidth) {
  const auto bands = ropeBands(headWidth);
  const std::vector<double> steps = ropeSteps(headWidth);
  const auto rows = static_cast<std::int64_t>(positions.size());
  RopeTable table{at::empty({rows, headWidth / 2}), at::empty({rows, headWidth / 2})};
  auto* cosines = table.cos_LK2.data_ptr<float>();
  auto* sines = table.sin_LK2.data_ptr<float>();
  for (const Position& p : positions) {
    for (std::int64_t j = 0; j < headWidth / 2; ++j) {
      const double place = j < bands[0] ? p.t : j < bands[0] + bands[1] ? p.y : p.x;
      const double angle = p.rotated ? place * steps[static_cast<std::size_t>(j)] : 0.0;
      *cosines++ = static_cast<float>(std::cos(angle));
      *sines++ = static_cast<float>(std::sin(angle));
    }
  }
  return table;
}

Tensor rotate(const Tensor& x_BLNK, const RopeTable& table) {
  if (x_BLNK.scalar_type() == at::kFloat) {  // one complex product
    const Tensor turns = at::complex(table.cos_LK2.contiguous(), table.sin_LK2.contiguous()).unsqueeze(-2);
    return at::view_as_real(at::view_as_complex(x_BLNK.contiguous().unflatten(-1, {-1, 2})) * turns).flatten(-2);
  }
  const auto pairs = x_BLNK.unflatten(-1, {-1, 2});
  const Tensor even = pairs.select(-1, 0), odd = pairs.select(-1, 1);  // [B, L, N, K/2]
  const Tensor cos = table.cos_LK2.unsqueeze(-2).to(x_BLNK.scalar_type());
  const Tensor sin = table.sin_LK2.unsqueeze(-2).to(x_BLNK.scalar_type());
  return at::stack({even * cos - odd * sin, even * sin + odd * cos}, -1).flatten(-2);
}

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/noise.h"

#include <array>
#include <cmath>
#include <cstdint>

namespace pai::inference {

namespace {

/// Philox 4x32 with 10 rounds (Salmon et al. 2011).
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * c[0], b = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key0, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key1,
         static_cast<std::uint32_t>(a)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return c;
}

float normal(const std::array<std::uint32_t, 4>& bits) {
  constexpr double kTwoPi = 6.283185307179586;
  const double u = (static_cast<double>(bits[0]) + 1.0) / 4294967296.0, v = static_cast<double>(bits[1]) / 4294967296.0;
  return static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::cos(kTwoPi * v));
}

}  // namespace

Tensor shotNoise(std::uint64_t seed, std::int64_t firstStep, std::int64_t channels, std::int64_t steps, std::int64_t rows, std::int64_t columns) {
  Tensor out = at::empty({channels, steps, rows, columns});
  auto* to = out.data_ptr<float>();
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t t = 0; t < steps; ++t)
      for (std::int64_t y = 0; y < rows; ++y)
        for (std::int64_t x = 0; x < columns; ++x)
          *to++ = normal(philox({static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), static_cast<std::uint32_t>(firstStep + t), static_cast<std::uint32_t>(c)},
                                static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)));
  return out;
}

}  // namespace pai::inference

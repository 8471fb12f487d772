// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace pai::inference {

/// Loops over float32 rows that LibTorch has only as several passes, or as slow ones. Each runs on the caller's thread. Differences from
/// plain arithmetic are those of rounding: an exponential is right to 2 units in the last place.
struct Kernels {
  const char* name = "";

  /// A block of attention scores [rows, keys], rows `stride` apart and padded to a multiple of kPadding floats, to exp(score - most),
  /// where `most` [rows] is the largest so far and is carried on, as is the sum of exponentials [rows]. What was gathered before in
  /// `gathered` [rows, width] is scaled to the new `most`. Padding is overwritten.
  void (*softmaxBlock)(float* scores, std::int64_t rows, std::int64_t keys, std::int64_t stride, float* most, float* sum, float* gathered, std::int64_t width);

  /// Layer norm of each row, times (1 + scale) plus shift, all [width].
  void (*normModulate)(const float* x, float* out, std::int64_t rows, std::int64_t width, const float* scale, const float* shift, float eps);

  /// Each row x / rms(x) * weight (unless null) in place, then in every head of `headWidth` the pairs (2j, 2j + 1) turned by an angle
  /// whose cosine and sine are [rows, headWidth / 2], times `scale`.
  void (*rmsRotate)(float* x, std::int64_t rows, std::int64_t width, std::int64_t headWidth, const float* weight, const float* cosines, const float* sines, float eps, float scale);

  /// x to x / (1 + exp(-2 u)), u = sqrt(2 / pi) (x + 0.044715 x^3): GELU with tanh.
  void (*gelu)(float* x, std::int64_t count);

  /// bfloat16 values, as their bits, to float32.
  void (*widen)(const std::uint16_t* from, float* to, std::int64_t count);
};

/// Floats that a row of scores is padded to.
inline constexpr std::int64_t kPadding = 16;

/// Those of an instruction set: "avx512", "avx2", "plain"; null where this processor or build has it not.
const Kernels* kernelsOf(const char* name);
/// The best this processor has.
const Kernels& kernels();

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace pai::inference {

/// The bits of a bfloat16 value.
using HalfBits = std::uint16_t;

/// Loops over rows that LibTorch has only as several passes, or as slow ones. Each runs on the caller's thread and computes in float32,
/// whatever the values' type; a bfloat16 result is rounded once. Differences from plain arithmetic are those of rounding: an exponential
/// is right to 2 units in the last place.
template <typename Value>
struct RowKernels {
  /// Layer norm of each row, times (1 + scale) plus shift, all [width].
  void (*normModulate)(const float* x, Value* out, std::int64_t rows, std::int64_t width, const float* scale, const float* shift, float eps);

  /// Each row x / rms(x) * weight (unless null) in place, then in every head of `headWidth` the pairs (2j, 2j + 1) turned by an angle
  /// whose cosine and sine are [rows, headWidth / 2] (unless null), times `scale`.
  void (*rmsRotate)(Value* x, std::int64_t rows, std::int64_t width, std::int64_t headWidth, const float* weight, const float* cosines, const float* sines, float eps, float scale);

  /// x to x / (1 + exp(-2 u)), u = sqrt(2 / pi) (x + 0.044715 x^3): GELU with tanh.
  void (*gelu)(Value* x, std::int64_t count);

  /// Each row x / |x| * sqrt(width) * gamma, and x / (1 + exp(-x)) of that where asked for.
  void (*channelNorm)(const Value* x, Value* out, std::int64_t rows, std::int64_t width, const float* gamma, bool silu);

  /// x + y * gate for rows of [width], into `out`, which may be x.
  void (*addGated)(const float* x, const Value* y, float* out, std::int64_t rows, std::int64_t width, const float* gate);
};

struct Kernels {
  const char* name = "";
  RowKernels<float> wide;
  RowKernels<HalfBits> half;
  /// bfloat16 values to float32.
  void (*widen)(const HalfBits* from, float* to, std::int64_t count);
  /// Float32 values plus others, to bfloat16.
  void (*sumNarrowed)(const float* from, const float* added, HalfBits* to, std::int64_t count);
  template <typename Value>
  const RowKernels<Value>& of() const {
    if constexpr (sizeof(Value) == sizeof(float)) return wide;
    else return half;
  }
};

/// Those of an instruction set: "avx512", "avx2", "plain"; null where this processor or build has it not.
const Kernels* kernelsOf(const char* name);
/// The best this processor has.
const Kernels& kernels();

}  // namespace pai::inference

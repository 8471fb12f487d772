// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/kernels.h"

namespace pai::inference {

/// The row kernels of kernels.h backwards, for training: one pass each, float32 inside, on the caller's thread. `g` is the gradient of
/// the result. What is shared by the rows is summed into float32 that holds the rows before: [width].
template <typename Value>
struct GradientKernels {
  /// Of normModulate, with x and scale as they went in.
  void (*normModulate)(const float* x, const Value* g, float* dx, std::int64_t rows, std::int64_t width, const float* scale, float* dScale, float* dShift, float eps);

  /// Of rmsRotate, with x as it was before; weight and dWeight, cosines and sines may be null. `room` holds a row.
  void (*rmsRotate)(const Value* x, const Value* g, Value* dx, std::int64_t rows, std::int64_t width, std::int64_t headWidth, const float* weight, float* dWeight, const float* cosines, const float* sines,
                    float eps, float scale, float* room);

  /// Of gelu, with x as it was before.
  void (*gelu)(const Value* x, const Value* g, Value* dx, std::int64_t count);

  /// Of addGated by y and the gate; that by x is g itself.
  void (*addGated)(const Value* y, const float* g, Value* dy, std::int64_t rows, std::int64_t width, const float* gate, float* dGate);

  /// The softmax of each row in place, forwards. `room` holds a row.
  void (*softmax)(Value* x, std::int64_t rows, std::int64_t width, float* room);

  /// The gradient g of each row of a softmax's result, in place to that of what went in.
  void (*softmaxBack)(const Value* result, Value* g, std::int64_t rows, std::int64_t width);
};

struct GradientSet {
  GradientKernels<float> wide;
  GradientKernels<HalfBits> half;
  template <typename Value>
  const GradientKernels<Value>& of() const {
    if constexpr (sizeof(Value) == sizeof(float)) return wide;
    else return half;
  }
};

/// Those of an instruction set: "avx512", "avx2", "plain"; null where this processor or build has it not.
const GradientSet* gradientKernelsOf(const char* name);
/// The best this processor has.
const GradientSet& gradientKernels();

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// Values of a weight that are in float32 at once where it is stored in bfloat16: 32 MB, kept for the next.
inline constexpr std::int64_t kSlabValues = 8 << 20;

/// x [..., I] times the transposed weight [O, I], plus the bias unless it is undefined. With `products` kFloat in x's own type, the
/// weight widened or uploaded as needed; else both factors are rounded to that type, sums are float32, and the result is of that type
/// (on a processor without units for it by float32 products of the rounded factors).
Tensor product(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O = {}, at::ScalarType products = at::kFloat);

/// That product of bfloat16 factors by float32 arithmetic on what is widened (attention_kernels.h), for a processor whose own instruction
/// is the slower one. Rows [..., I] and the weight [O, I] on a CPU, I a multiple of kTileDepth and O of kTileSide, nothing to be
/// differentiated.
Tensor widenedProduct(const Tensor& x, const Tensor& weight_OI, const Tensor& bias_O = {});

struct Linear {
  Tensor weight_OI, bias_O;
  at::ScalarType products = at::kFloat;
  Linear() = default;
  /// Products of the weights' own type, or float32 ones.
  Linear(const StateDict& weights, const std::string& prefix, bool exact = false);
  Tensor operator()(const Tensor& x) const { return product(x, weight_OI, bias_O, products); }
};

}  // namespace pai::inference

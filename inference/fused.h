// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/rope.h"

namespace pai::inference {

// Chains of small operations as one pass over memory (kernels.h), where LibTorch would make a tensor for each. For float32 and bfloat16
// on a CPU; anything else takes the same chain of LibTorch's operations. Computed in float32. All but channelNormed can be differentiated
// (fused_gradients.h).

/// Lengths of consecutive runs of tokens, each with a row of its own of a factor [B, R, D] or [1, R, D]; empty: one run of all tokens.
using Runs = std::vector<std::int64_t>;

/// Layer norm over the last axis of x [B, L, D], times (1 + scale) plus shift, both of one row for each run; of the type asked for.
Tensor normModulated(const Tensor& x_BLD, const Tensor& scale_BRD, const Tensor& shift_BRD, at::ScalarType type = at::kFloat, const Runs& runs = {});

/// rmsNorm of x [B, L, D] (none where the weight is undefined), split into heads, turned by the table (unless it is empty) and scaled:
/// [B, L, N, K]. x is used up.
Tensor rmsRotated(Tensor x_BLD, const Tensor& weight_D, const RopeTable& table, std::int64_t heads, double scale);

/// x [B, L, D] plus y, times the gate of one row for each run unless it is undefined; of x's type.
Tensor addGated(const Tensor& x_BLD, const Tensor& y_BLD, const Tensor& gate_BRD = {}, const Runs& runs = {});

/// GELU with tanh; x is used up.
Tensor geluTanh(Tensor x);

/// x [B, C, H, W] / |x| * sqrt(C) * gamma over the channels of each pixel, and then SiLU where asked for; of x's type, channels side by side.
Tensor channelNormed(const Tensor& x_BCHW, const Tensor& gamma_C, bool silu);

}  // namespace pai::inference

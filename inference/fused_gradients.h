// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/fused.h"

namespace pai::inference {

// The fused chains of fused.h, and attention, as operations that can be differentiated, on a CPU: one pass over memory forwards and one
// backwards, where LibTorch would keep a tensor for each small operation. Arguments and results are those of fused.h.

/// Whether these are to be differentiated, and can be so by the operations below: on a CPU, each float32 or bfloat16. Undefined ones are
/// left out.
bool isDifferentiated(std::initializer_list<Tensor> values);

Tensor differentiableNormModulated(const Tensor& x_BLD, const Tensor& scale_BRD, const Tensor& shift_BRD, at::ScalarType type, const Runs& runs);
Tensor differentiableRmsRotated(const Tensor& x_BLD, const Tensor& weight_D, const RopeTable& table, std::int64_t heads, double scale);
Tensor differentiableAddGated(const Tensor& x_BLD, const Tensor& y_BLD, const Tensor& gate_BRD, const Runs& runs);
Tensor differentiableGeluTanh(const Tensor& x);

/// softmax(q k^T * scale) v for q [B, L, N, K], k and v [B, S, N, K]; gives [B, L, N, K]. The matrix of [B, N, L, S] is kept.
Tensor differentiableAttention(const Tensor& q_BLNK, const Tensor& k_BSNK, const Tensor& v_BSNK, double scale);

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// Keys and values in half precision that lie packed at once beside their tensors on a CPU, unless one head has more.
inline constexpr std::int64_t kPackedBytes = 64 << 20;

/// softmax(q k^T * scale) v for q [B, L, N, K], k and v [B, S, N, K]; gives [B, L, N, K]. `keyLengths`, when not empty, holds for
/// each sample how many leading keys count. Memory grows linearly with L and S: one head and a chunk of queries at a time.
/// `poll` is called between chunks.
Tensor attention(const Tensor& q_BLNK, const Tensor& k_BSNK, const Tensor& v_BSNK, double scale,
                 const std::vector<std::int64_t>& keyLengths = {}, const Poll& poll = {});

}  // namespace pai::inference

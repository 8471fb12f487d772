// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// A block to time: as Wan 2.1 of 1.3 billion parameters has them unless told otherwise.
struct BlockSize {
  std::int64_t tokens = 1170, width = 1536, heads = 12, ffnWidth = 8960;
};

/// Times the engine's block with weights stored in bfloat16 and products of the given type beside, in the same run, a plain linear layer of LibTorch in bfloat16 and
/// in float32 and the same block of plain float32 operations. Ratios are medians over `repeats` rounds, each of which takes all of them
/// once, so that what else the machine does falls on all. With the attention's memory at the tokens and at twice as many, and with
/// errors: of the arithmetic against the plain float32 block of the same weights, of storing weights in bfloat16, and, beside products in
/// bfloat16, of the plain operations in that type.
nlohmann::json benchDit(const BlockSize& size, at::ScalarType products, int repeats);

/// The same of the attention alone, against the linear layers and the plain form that keeps all scores.
nlohmann::json benchAttention(const BlockSize& size, at::ScalarType products, int repeats);

}  // namespace pai::inference

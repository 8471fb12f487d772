// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// A transformer of a published shape with random weights, and the video that it works on.
struct ModelSize {
  std::string shape = "wan2.1-t2v-1.3b";
  std::int64_t width = 832, height = 480, frames = 81;
  std::int64_t layers = 0;  // 0: all of the shape's
  int steps = 0;            // of a whole sampling with guidance and the decode; 0: none
};

/// Times, on a device, a block, its self-attention and the whole model, each the best of `repeats` after one that is not counted, beside
/// the best rate of a square matrix product in the same type there; the memory that was forecast and the most that was held; and a
/// whole sampling. Throws Failure.
nlohmann::json benchModel(const ModelSize& size, const Compute& compute, int repeats);

/// The same as rows of a Markdown table: what, value, bar, whether it is met.
std::string modelRows(const nlohmann::json& json);

}  // namespace pai::inference

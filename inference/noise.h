// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// Normal noise [C, T, H, W] for latent steps firstStep .. firstStep + T - 1 of a shot. Counter-based (Philox 4x32-10 and Box-Muller):
/// each value depends on the seed and its own place in the shot alone, so windows, devices and thread counts agree.
Tensor shotNoise(std::uint64_t seed, std::int64_t firstStep, std::int64_t channels, std::int64_t steps, std::int64_t rows, std::int64_t columns);

}  // namespace pai::inference

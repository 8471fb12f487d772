// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

// Parts of a trainer that know nothing of what is learned: optimiser and schedule. Parameters are the tensors of a StateDict that a
// model shares, so that a step of the optimiser is seen by the model at once.

struct AdamWSettings {
  double rate = 6e-4, beta1 = 0.9, beta2 = 0.98, epsilon = 1e-8, weightDecay = 0.01;
  double clipNorm = 1.0;  // of all gradients together
};

/// AdamW (Loshchilov and Hutter): decay apart from the gradient, of matrices alone.
class AdamW {
 public:
  /// Makes the tensors require gradients.
  AdamW(const StateDict& parameters, AdamWSettings settings);
  /// One step with the gradients as they are, which are then cleared; gives their norm before clipping. Throws
  /// Failure(kInternal) where one is not finite.
  double step(double rateScale);

 private:
  struct Slot {
    std::string name;
    Tensor value, mean, square;
  };
  std::vector<Slot> m_slots;
  AdamWSettings m_settings;
  std::int64_t m_steps = 0;
};

/// Share of the full rate at a step: linear warm-up, then a cosine to 2 %.
double warmupCosine(std::int64_t step, std::int64_t steps, std::int64_t warmup);

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

// Parts of a trainer that know nothing of what is learned: optimiser and schedule. Parameters are the tensors of a StateDict that a
// model shares, so that a step of the optimiser is seen by the model at once.

struct OptimiserSettings {
  double rate = 6e-4, beta1 = 0.9, beta2 = 0.98, epsilon = 1e-8, weightDecay = 0.01;
  double clipNorm = 1.0;  // of all gradients together
  /// Rate of the blocks' matrices under orthogonalised momentum; 0: AdamW for them too.
  double matrixRate = 0.0, matrixMomentum = 0.95;
  at::ScalarType products = at::kFloat;  // of the steps that find such a matrix; momentum and weights are float32
};

/// AdamW (Loshchilov and Hutter): decay apart from the gradient, of matrices alone. The blocks' matrices can take steps of equal
/// singular values instead (Jordan et al., "Muon"): the momentum's nearest half-orthogonal matrix by Newton-Schulz.
class Optimiser {
 public:
  /// Makes the tensors require gradients.
  Optimiser(const StateDict& parameters, OptimiserSettings settings);
  /// One step with the gradients as they are, which are then cleared; gives their norm before clipping. Throws
  /// Failure(kInternal) where one is not finite.
  double step(double rateScale);

 private:
  struct Slot {
    std::string name;
    Tensor value, mean, square;  // square is undefined for a matrix under orthogonalised momentum
  };
  void stepAdam(Slot& slot, const Tensor& gradient, double rate) const;
  void stepMatrix(Slot& slot, const Tensor& gradient, double rate) const;
  std::vector<Slot> m_slots;
  OptimiserSettings m_settings;
  std::int64_t m_steps = 0;
};

/// The nearest matrix of equal singular values, roughly (0.7 to 1.2): five Newton-Schulz steps, in a type that the result has too.
Tensor orthogonalised(const Tensor& matrix_OI, at::ScalarType products = at::kFloat);

/// Share of the full rate at a step: linear warm-up, then a cosine to 2 %.
double warmupCosine(std::int64_t step, std::int64_t steps, std::int64_t warmup);

/// The same parameters as leaves of their own, sharing storage: gradients are gathered apart, on a thread of their own.
StateDict sharedLeaves(const StateDict& parameters);
/// Adds the gradients of `from` to those of `to` and clears them.
void addGradients(const StateDict& to, const StateDict& from);

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/solvers.h"

namespace pai::inference {

/// Velocity of a latent at a time; `guided` is false for the branch without conditions.
using VelocityFn = std::function<Tensor(const Tensor& latent, double time, bool guided)>;

/// A sampling run, from noise to latent, that can be stopped after any step and gone on with.
struct SamplerPlan {
  SolverKind solver = SolverKind::kUniPc;
  int steps = 20;
  double shift = 5.0;
  double guidance = 1.0;  // 1: one evaluation a step
  std::string identity;   // what else the result depends on: pack, inputs, seed, size
  /// One line that two plans share only when they give the same result.
  std::string text() const;
};

class Sampler {
 public:
  Sampler(SamplerPlan plan, Tensor noise);

  bool finished() const { return m_solver.step() == m_solver.steps(); }
  int step() const { return m_solver.step(); }
  const Tensor& latent() const { return m_latent; }
  /// The clean latent as predicted at the last step.
  const Tensor& predictedClean() const { return m_clean; }
  void advance(const VelocityFn& velocity);

  /// Saves latent, solver outputs, orders and step, with the plan and a fingerprint of the machine; atomically.
  core::Status save(const std::string& path, const std::string& fingerprint) const;
  /// Goes on from a checkpoint; gives whether the fingerprint is the same, and with it every bit of what follows. Errors: of
  /// loadWeights; kJobBroken when it is another plan's or damaged.
  core::Result<bool> restore(const std::string& path, const std::string& fingerprint);

 private:
  SamplerPlan m_plan;
  Solver m_solver;
  Tensor m_latent, m_clean;
};

}  // namespace pai::inference

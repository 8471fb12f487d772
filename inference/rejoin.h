// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/sampler.h"
#include "inference/windows.h"

namespace pai::inference {

/// Velocity of one window's own steps.
using WindowVelocity = std::function<Tensor(const ShotWindow& window, const Tensor& own_CTHW, double time, bool guided)>;

/// A join that was made again: which, and its seam before and after.
struct Rejoin {
  std::size_t join = 0;
  double before = 0.0, after = 0.0;
  bool kept = false;  // false: the second attempt was no better and the first stands
};

/// Makes each join whose seam is above `seen` again: a window over the join is denoised from the same noise with the steps on both
/// sides frozen to what they are, so that only the shared steps are made anew, with both sides in view; kept where its seam is
/// smaller. `latent` is the shot's, changed in place; `references` lie at latent times.
std::vector<Rejoin> remakeJoins(const std::vector<ShotWindow>& windows, const std::vector<double>& references, double seen, const SamplerPlan& plan,
                                const Tensor& noise_CTHW, const WindowVelocity& velocity, Tensor& latent_CTHW);

}  // namespace pai::inference

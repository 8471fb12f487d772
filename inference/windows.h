// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

/// A part of a shot that is denoised at once: latent steps [begin, end) and which references it sees.
struct ShotWindow {
  std::int64_t begin = 0, end = 0;
  std::vector<std::size_t> references;  // the nearest before it, those inside, the nearest behind it
  bool operator==(const ShotWindow&) const = default;
};

/// Windows of `window` steps over a shot of `steps`, neighbours sharing `overlap` steps or more, evenly spread; one when the shot fits
/// or `window` is 0. References keep their place in the shot (latent times, any order).
std::vector<ShotWindow> planWindows(std::int64_t steps, std::int64_t window, std::int64_t overlap, const std::vector<double>& references);

/// Which references a window of steps [begin, end) sees: the nearest before it, those inside, the nearest behind it.
std::vector<std::size_t> referencesOfWindow(std::int64_t begin, std::int64_t end, const std::vector<double>& references);

/// Evaluates each window and blends them: linear ramps over the shared steps. `part` gives [C, T, H, W] of a window.
Tensor blendWindows(const std::vector<ShotWindow>& windows, const std::function<Tensor(const ShotWindow&)>& part);

/// For each join: the largest motion between neighbouring steps within the overlap, over the median motion elsewhere; about 1 where
/// nothing is seen. Empty for one window.
std::vector<double> seamRatios(const std::vector<ShotWindow>& windows, const Tensor& latent_CTHW);

/// What was done, for people and tools: windows with their references, and the seams.
nlohmann::json windowsJson(const std::vector<ShotWindow>& windows, const std::vector<double>& seams);

}  // namespace pai::inference

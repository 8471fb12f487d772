// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/rejoin.h"

namespace pai::inference {

namespace {

/// Steps made anew: the shared ones and, where windows only touch, the one on each side.
std::pair<std::int64_t, std::int64_t> freeSteps(const ShotWindow& left, const ShotWindow& right, std::int64_t steps) {
  const std::int64_t begin = right.begin, end = left.end;
  return end > begin ? std::pair{begin, end} : std::pair{std::max<std::int64_t>(0, begin - 1), std::min(steps, end + 1)};
}

/// The window around the free steps, as long as the others where the shot allows.
ShotWindow windowAround(std::int64_t begin, std::int64_t end, std::int64_t length, std::int64_t steps, const std::vector<double>& references) {
  const std::int64_t from = std::clamp<std::int64_t>((begin + end - length) / 2, 0, std::max<std::int64_t>(0, steps - length));
  ShotWindow window{from, std::min(steps, from + length), {}};
  window.references = referencesOfWindow(window.begin, window.end, references);
  return window;
}

}  // namespace

std::vector<Rejoin> remakeJoins(const std::vector<ShotWindow>& windows, const std::vector<double>& references, double seen, const SamplerPlan& plan,
                                const Tensor& noise_CTHW, const WindowVelocity& velocity, Tensor& latent_CTHW) {
  std::vector<Rejoin> out;
  const std::vector<double> seams = seamRatios(windows, latent_CTHW);
  for (std::size_t i = 0; i < seams.size(); ++i) {
    if (seams[i] <= seen) continue;
    const std::int64_t steps = latent_CTHW.size(1);
    const auto [first, last] = freeSteps(windows[i], windows[i + 1], steps);
    const ShotWindow window = windowAround(first, last, windows[i].end - windows[i].begin, steps, references);
    const std::int64_t length = window.end - window.begin, from = first - window.begin, count = last - first;
    const Tensor clean = latent_CTHW.narrow(1, window.begin, length), noise = noise_CTHW.narrow(1, window.begin, length).clone();
    // A step whose velocity is noise minus picture goes straight from the one to the other: frozen, at every time as noisy as the rest.
    const Tensor frozen = noise - clean;
    Sampler sampler(plan, noise);
    while (!sampler.finished())
      sampler.advance([&](const Tensor& own, double time, bool guided) {
        Tensor v = frozen.clone();
        v.narrow(1, from, count).copy_(velocity(window, own, time, guided).narrow(1, from, count));
        return v;
      });
    Tensor tried = latent_CTHW.clone();
    tried.narrow(1, first, count).copy_(sampler.latent().narrow(1, from, count));
    Rejoin rejoin{i, seams[i], seamRatios(windows, tried)[i], false};
    rejoin.kept = rejoin.after < rejoin.before;
    if (rejoin.kept) latent_CTHW = tried;
    out.push_back(rejoin);
  }
  return out;
}

}  // namespace pai::inference

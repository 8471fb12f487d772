// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/windows.h"

#include <cmath>

namespace pai::inference {

namespace {

/// Weight of each step of a window: ramps where a neighbour shares it.
Tensor weightsOf(const std::vector<ShotWindow>& windows, std::size_t i) {
  const ShotWindow& own = windows[i];
  const std::int64_t length = own.end - own.begin;
  const std::int64_t left = i > 0 ? windows[i - 1].end - own.begin : 0, right = i + 1 < windows.size() ? own.end - windows[i + 1].begin : 0;
  Tensor weights = at::ones({length});
  for (std::int64_t j = 0; j < length; ++j) {
    double weight = 1.0;
    if (j < left) weight = std::min(weight, static_cast<double>(j + 1) / static_cast<double>(left + 1));
    if (length - 1 - j < right) weight = std::min(weight, static_cast<double>(length - j) / static_cast<double>(right + 1));
    weights[j] = weight;
  }
  return weights.reshape({1, length, 1, 1});
}

}  // namespace

std::vector<std::size_t> referencesOfWindow(std::int64_t begin, std::int64_t end, const std::vector<double>& places) {
  const double first = static_cast<double>(begin) - 0.5, last = static_cast<double>(end) - 0.5;
  std::optional<std::size_t> before, behind;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] < first && (!before || places[i] > places[*before])) before = i;
    if (places[i] > last && (!behind || places[i] < places[*behind])) behind = i;
    if (places[i] >= first && places[i] <= last) out.push_back(i);
  }
  if (before) out.push_back(*before);
  if (behind) out.push_back(*behind);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<ShotWindow> planWindows(std::int64_t steps, std::int64_t window, std::int64_t overlap, const std::vector<double>& references) {
  if (window <= 0 || window >= steps) return {{0, steps, referencesOfWindow(0, steps, references)}};
  const std::int64_t stride = std::max<std::int64_t>(1, window - std::clamp<std::int64_t>(overlap, 0, window - 1));
  const std::int64_t count = (steps - window + stride - 1) / stride + 1;
  std::vector<ShotWindow> out;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t begin = (i * (steps - window) + (count - 1) / 2) / (count - 1);
    out.push_back({begin, begin + window, referencesOfWindow(begin, begin + window, references)});
  }
  return out;
}

Tensor blendWindows(const std::vector<ShotWindow>& windows, const std::function<Tensor(const ShotWindow&)>& part) {
  if (windows.size() == 1) return part(windows[0]);
  Tensor sum, total;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Tensor value = part(windows[i]), weights = weightsOf(windows, i).to(value.device());
    if (!sum.defined()) {
      sum = at::zeros({value.size(0), windows.back().end, value.size(2), value.size(3)}, value.options());
      total = at::zeros({1, windows.back().end, 1, 1}, value.options());
    }
    sum.narrow(1, windows[i].begin, value.size(1)).add_(value * weights);
    total.narrow(1, windows[i].begin, value.size(1)).add_(weights);
  }
  return sum / total;
}

std::vector<double> seamRatios(const std::vector<ShotWindow>& windows, const Tensor& latent_CTHW) {
  if (windows.size() < 2) return {};
  const std::int64_t steps = latent_CTHW.size(1);
  const Tensor motion = at::abs(latent_CTHW.narrow(1, 1, steps - 1) - latent_CTHW.narrow(1, 0, steps - 1)).mean({0, 2, 3}).to(at::kCPU, at::kDouble).contiguous();
  const double* const values = motion.data_ptr<double>();  // [t]: from step t to t + 1
  std::vector<double> within, seams;
  for (std::int64_t t = 0; t + 1 < steps; ++t) {
    bool shared = false;
    for (std::size_t i = 1; i < windows.size(); ++i) shared = shared || (t + 1 >= windows[i].begin && t < windows[i - 1].end);
    if (!shared) within.push_back(values[t]);
  }
  if (within.empty()) within.assign(values, values + steps - 1);
  std::nth_element(within.begin(), within.begin() + static_cast<std::ptrdiff_t>(within.size() / 2), within.end());
  const double median = std::max(1e-9, within[within.size() / 2]);
  for (std::size_t i = 1; i < windows.size(); ++i) {
    double most = 0;
    for (std::int64_t t = std::max<std::int64_t>(0, windows[i].begin - 1); t < std::min(windows[i - 1].end, steps - 1); ++t) most = std::max(most, values[t]);
    seams.push_back(most / median);
  }
  return seams;
}

nlohmann::json windowsJson(const std::vector<ShotWindow>& windows, const std::vector<double>& seams) {
  nlohmann::json list = nlohmann::json::array();
  for (const ShotWindow& window : windows) list.push_back({{"begin", window.begin}, {"end", window.end}, {"references", window.references}});
  return {{"windows", list}, {"seams", seams}};
}

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/train.h"

#include <cmath>

#include <c10/core/GradMode.h>

namespace pai::inference {

AdamW::AdamW(const StateDict& parameters, AdamWSettings settings) : m_settings(settings) {
  for (const auto& [name, value] : parameters.all()) {
    if (!value.is_contiguous() || value.scalar_type() != at::kFloat) fail(core::ErrorCode::kInternal, name + " cannot be trained: it is not plain float");
    value.requires_grad_(true);
    m_slots.push_back({name, value, at::zeros_like(value), at::zeros_like(value)});
  }
}

double AdamW::step(double rateScale) {
  const c10::AutoGradMode off(false);
  double squares = 0;
  for (const Slot& slot : m_slots)
    if (slot.value.grad().defined()) squares += at::sum(slot.value.grad().square()).item<double>();
  const double norm = std::sqrt(squares);
  if (!std::isfinite(norm)) fail(core::ErrorCode::kInternal, "the training diverged: a gradient is not finite");
  ++m_steps;
  const auto n = static_cast<double>(m_steps);
  const double clip = std::min(1.0, m_settings.clipNorm / (norm + 1e-12)), rate = m_settings.rate * rateScale;
  const double unbias1 = 1 - std::pow(m_settings.beta1, n), unbias2 = 1 - std::pow(m_settings.beta2, n);
  for (Slot& slot : m_slots) {
    Tensor gradient = slot.value.grad();
    if (!gradient.defined()) continue;
    gradient = gradient * clip;
    slot.mean.mul_(m_settings.beta1).add_(gradient, 1 - m_settings.beta1);
    slot.square.mul_(m_settings.beta2).addcmul_(gradient, gradient, 1 - m_settings.beta2);
    if (slot.value.dim() == 2) slot.value.mul_(1 - rate * m_settings.weightDecay);
    slot.value.addcdiv_(slot.mean, (slot.square / unbias2).sqrt_().add_(m_settings.epsilon), -rate / unbias1);
    slot.value.mutable_grad() = Tensor();
  }
  return norm;
}

double warmupCosine(std::int64_t step, std::int64_t steps, std::int64_t warmup) {
  if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
  const double done = static_cast<double>(step - warmup) / static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
  return 0.02 + 0.98 * 0.5 * (1 + std::cos(3.141592653589793 * std::min(1.0, done)));
}

}  // namespace pai::inference

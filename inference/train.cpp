// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/train.h"

#include <cmath>

#include <c10/core/GradMode.h>

namespace pai::inference {

Optimiser::Optimiser(const StateDict& parameters, OptimiserSettings settings) : m_settings(settings) {
  for (const auto& [name, value] : parameters.all()) {
    if (!value.is_contiguous() || value.scalar_type() != at::kFloat) fail(core::ErrorCode::kInternal, name + " cannot be trained: it is not plain float");
    value.requires_grad_(true);
    const bool matrix = settings.matrixRate > 0 && value.dim() == 2 && name.starts_with("blocks.");
    m_slots.push_back({name, value, at::zeros_like(value), matrix ? Tensor() : at::zeros_like(value)});
  }
}

void Optimiser::stepAdam(Slot& slot, const Tensor& gradient, double rate) const {
  const auto n = static_cast<double>(m_steps);
  const double unbias1 = 1 - std::pow(m_settings.beta1, n), unbias2 = 1 - std::pow(m_settings.beta2, n);
  slot.mean.mul_(m_settings.beta1).add_(gradient, 1 - m_settings.beta1);
  slot.square.mul_(m_settings.beta2).addcmul_(gradient, gradient, 1 - m_settings.beta2);
  if (slot.value.dim() == 2) slot.value.mul_(1 - rate * m_settings.weightDecay);
  slot.value.addcdiv_(slot.mean, (slot.square / unbias2).sqrt_().add_(m_settings.epsilon), -rate / unbias1);
}

void Optimiser::stepMatrix(Slot& slot, const Tensor& gradient, double rate) const {
  slot.mean.mul_(m_settings.matrixMomentum).add_(gradient);
  const Tensor ahead = gradient + slot.mean * m_settings.matrixMomentum;  // Nesterov's
  const double shape = std::sqrt(std::max(1.0, static_cast<double>(gradient.size(0)) / static_cast<double>(gradient.size(1))));
  slot.value.mul_(1 - rate * m_settings.weightDecay).add_(orthogonalised(ahead, m_settings.products), -rate * shape);
}

double Optimiser::step(double rateScale) {
  const c10::AutoGradMode off(false);
  double squares = 0;
  for (const Slot& slot : m_slots)
    if (slot.value.grad().defined()) squares += at::sum(slot.value.grad().square()).item<double>();
  const double norm = std::sqrt(squares);
  if (!std::isfinite(norm)) fail(core::ErrorCode::kInternal, "the training diverged: a gradient is not finite");
  ++m_steps;
  const double clip = std::min(1.0, m_settings.clipNorm / (norm + 1e-12));
  for (Slot& slot : m_slots) {
    const Tensor gradient = slot.value.grad();
    if (!gradient.defined()) continue;
    if (slot.square.defined()) stepAdam(slot, gradient * clip, m_settings.rate * rateScale);
    else stepMatrix(slot, gradient * clip, m_settings.matrixRate * rateScale);
    slot.value.mutable_grad() = Tensor();
  }
  return norm;
}

Tensor orthogonalised(const Tensor& matrix_OI, at::ScalarType products) {
  const bool tall = matrix_OI.size(0) > matrix_OI.size(1);
  Tensor x = ((tall ? matrix_OI.t() : matrix_OI) / (at::norm(matrix_OI) + 1e-7)).to(products);
  for (int i = 0; i < 5; ++i) {
    const Tensor gram = at::mm(x, x.t());
    x = 3.4445 * x + at::mm(at::addmm(gram, gram, gram, -4.7750, 2.0315), x);
  }
  return tall ? x.t() : x;
}

double warmupCosine(std::int64_t step, std::int64_t steps, std::int64_t warmup) {
  if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
  const double done = static_cast<double>(step - warmup) / static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
  return 0.02 + 0.98 * 0.5 * (1 + std::cos(3.141592653589793 * std::min(1.0, done)));
}

StateDict sharedLeaves(const StateDict& parameters) {
  StateDict out;
  for (const auto& [name, value] : parameters.all()) {
    const Tensor leaf = value.detach();
    leaf.requires_grad_(true);
    out.put(name, leaf);
  }
  return out;
}

void addGradients(const StateDict& to, const StateDict& from) {
  const c10::AutoGradMode off(false);
  for (const auto& [name, value] : from.all()) {
    if (!value.grad().defined()) continue;
    const Tensor& target = to.at(name);
    target.mutable_grad() = target.grad().defined() ? target.grad() + value.grad() : value.grad();
    value.mutable_grad() = Tensor();
  }
}

}  // namespace pai::inference

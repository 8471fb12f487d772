// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/sampler.h"

#include <cstdio>

#include "core/base/safetensors.h"
#include "inference/weights.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

std::string SamplerPlan::text() const {
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, "; steps %d; shift %.17g; guidance %.17g; ", steps, shift, guidance);
  return std::string(solverName(solver)) + numbers + identity;
}

Sampler::Sampler(SamplerPlan plan, Tensor noise)
    : m_plan(std::move(plan)), m_solver(m_plan.solver, makeSchedule(m_plan.solver, m_plan.steps, m_plan.shift)), m_latent(std::move(noise)), m_clean(m_latent) {}

void Sampler::advance(const VelocityFn& velocity) {
  Tensor v = velocity(m_latent, m_solver.time(), true);
  if (m_plan.guidance != 1.0) {
    const Tensor without = velocity(m_latent, m_solver.time(), false);
    v = without + m_plan.guidance * (v - without);
  }
  m_clean = m_solver.predictClean(m_latent, v);
  m_latent = m_solver.advance(m_latent, v);
}

core::Status Sampler::save(const std::string& path, const std::string& fingerprint) const {
  const Solver::State state = m_solver.state();
  std::map<std::string, Tensor, std::less<>> tensors{{"latent", m_latent}, {"clean", m_clean}};
  if (state.lastSample.defined()) tensors["last_sample"] = state.lastSample;
  for (std::size_t i = 0; i < state.outputs.size(); ++i) tensors[std::string("output.").append(std::to_string(i))] = state.outputs[i];
  const std::int64_t numbers[] = {state.step, state.lowerOrders, state.lastOrder};
  tensors["numbers"] = at::tensor(at::ArrayRef<std::int64_t>(numbers));
  return saveWeights(path, tensors, {{"plan", m_plan.text()}, {"fingerprint", fingerprint}});
}

core::Result<bool> Sampler::restore(const std::string& path, const std::string& fingerprint) {
  const auto header = core::readSafetensorsHeader(path);
  if (!header) return header.error();
  const auto text = [&](const char* key) { const auto found = header->metadata.find(key); return found == header->metadata.end() ? std::string() : found->second; };
  if (text("plan") != m_plan.text()) return Error{ErrorCode::kJobBroken, "the checkpoint is of other settings or inputs", path, {}};
  const auto loaded = loadWeights(path);
  if (!loaded) return loaded.error();
  return guarded(path, [&] {
    Solver::State state;
    const Tensor numbers = loaded->at("numbers");
    requireShape(numbers, {3}, "numbers");
    const auto at = [&](std::int64_t i) { return static_cast<int>(numbers[i].item<std::int64_t>()); };
    state.step = at(0), state.lowerOrders = at(1), state.lastOrder = at(2);
    if (state.step < 0 || state.step > m_solver.steps() || state.lowerOrders < 0 || state.lowerOrders > 3 || state.lastOrder < 0 || state.lastOrder > 3)
      fail(ErrorCode::kJobBroken, "the checkpoint's numbers are out of range", path);
    const auto take = [&](const std::string& name) {
      Tensor t = loaded->at(name).to(m_latent.device()).clone();
      requireShape(t, m_latent.sizes(), name.c_str());
      return t;
    };
    for (std::size_t i = 0; loaded->has(std::string("output.").append(std::to_string(i))); ++i) state.outputs.push_back(take(std::string("output.").append(std::to_string(i))));
    if (static_cast<int>(state.outputs.size()) < std::min(state.step, std::max(state.lastOrder, 1)) && m_plan.solver != SolverKind::kEuler)
      fail(ErrorCode::kJobBroken, "the checkpoint lacks solver outputs", path);
    if (loaded->has("last_sample")) state.lastSample = take("last_sample");
    m_latent = take("latent");
    m_clean = take("clean");
    m_solver.restore(std::move(state));
    return text("fingerprint") == fingerprint;
  });
}

}  // namespace pai::inference

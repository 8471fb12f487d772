// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/tensor.h"

namespace pai::inference {

enum class SolverKind { kUniPc, kDpmPlusPlus, kEuler };
std::string_view solverName(SolverKind kind);
std::optional<SolverKind> solverFromName(std::string_view name);

/// shift s / (1 + (shift - 1) s) in double, in this order of operations.
double shiftSigma(double sigma, double shift);

/// Sigmas (steps + 1, the last is 0, rounded to float) and the time given to the model at each step.
struct Schedule {
  std::vector<double> sigmas;
  std::vector<double> times;
};
/// As published: UniPC's grid starts at float32(0.999) and DPM++'s and Euler's at 1; integer times truncate the double product,
/// Euler's are not truncated. `customSigmas` (few-step schedules), when not empty, replaces the unshifted grid.
Schedule makeSchedule(SolverKind kind, int steps, double shift, const std::vector<double>& customSigmas = {});

/// A multistep solver for flow matching; x = (1 - sigma) data + sigma noise, v = noise - data. Its state can be saved and put back.
class Solver {
 public:
  Solver(SolverKind kind, Schedule schedule, int order = 2);

  int steps() const { return static_cast<int>(m_schedule.times.size()); }
  int step() const { return m_step; }
  double time() const { return m_schedule.times[static_cast<std::size_t>(m_step)]; }
  double sigma() const { return m_schedule.sigmas[static_cast<std::size_t>(m_step)]; }
  const Schedule& schedule() const { return m_schedule; }

  /// The predicted clean sample of a velocity at this step.
  Tensor predictClean(const Tensor& sample, const Tensor& velocity) const { return sample - velocity * sigma(); }
  /// The next sample; throws kInternal past the last step.
  Tensor advance(const Tensor& sample, const Tensor& velocity);
  /// UniPC: the sample after the corrector at the last step taken.
  const Tensor& corrected() const { return m_lastSample; }

  /// All that `advance` depends on beside its arguments.
  struct State {
    int step = 0, lowerOrders = 0, lastOrder = 0;
    std::vector<Tensor> outputs;  // predicted clean samples, newest last
    Tensor lastSample;            // may be undefined
  };
  State state() const { return {m_step, m_lowerOrders, m_lastOrder, m_outputs, m_lastSample}; }
  void restore(State state);

 private:
  double lambda(int step) const;
  double sigmaAt(int step) const { return m_schedule.sigmas[static_cast<std::size_t>(step)]; }
  const Tensor& output(int back) const { return m_outputs[m_outputs.size() - 1 - static_cast<std::size_t>(back)]; }
  void remember(const Tensor& clean);
  Tensor uniPcPredict(const Tensor& sample, int order) const;
  Tensor uniPcCorrect(const Tensor& clean, const Tensor& sample) const;
  Tensor dpmAdvance(const Tensor& sample, int order) const;
  Tensor uniPcAdvance(const Tensor& sample, const Tensor& clean);

  SolverKind m_kind;
  Schedule m_schedule;
  int m_order;
  int m_step = 0, m_lowerOrders = 0, m_lastOrder = 0;
  std::vector<Tensor> m_outputs;
  Tensor m_lastSample;
};

}  // namespace pai::inference

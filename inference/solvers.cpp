// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/solvers.h"

#include <cmath>

namespace pai::inference {

using core::ErrorCode;

namespace {

constexpr double kTrainTimes = 1000.0;
constexpr int kMostSteps = 1000;
/// DPM++ lowers its order at the end only below this many steps, where the last sigma is zero always for the last.
constexpr int kFewSteps = 15;

using Row = std::vector<double>;

/// Solves a small dense system with partial pivoting.
Row solve(std::vector<Row> a, Row b) {
  const std::size_t n = b.size();
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t best = c;
    for (std::size_t r = c + 1; r < n; ++r)
      if (std::abs(a[r][c]) > std::abs(a[best][c])) best = r;
    std::swap(a[c], a[best]);
    std::swap(b[c], b[best]);
    for (std::size_t r = c + 1; r < n; ++r) {
      const double f = a[r][c] / a[c][c];
      for (std::size_t k = c; k < n; ++k) a[r][k] -= f * a[c][k];
      b[r] -= f * b[c];
    }
  }
  for (std::size_t c = n; c-- > 0;) {
    for (std::size_t k = c + 1; k < n; ++k) b[c] -= a[c][k] * b[k];
    b[c] /= a[c][c];
  }
  return b;
}

/// The bh2 system of UniPC for step sizes rks (the last is 1): matrix and right side.
std::pair<std::vector<Row>, Row> uniPcSystem(const Row& rks, double hh) {
  std::vector<Row> matrix;
  Row right;
  const double bh = std::expm1(hh);
  double phi = std::expm1(hh) / hh - 1.0, factorial = 1.0;
  for (std::size_t i = 1; i <= rks.size(); ++i) {
    Row row;
    for (const double rk : rks) row.push_back(std::pow(rk, static_cast<double>(i - 1)));
    matrix.push_back(std::move(row));
    right.push_back(phi * factorial / bh);
    factorial *= static_cast<double>(i + 1);
    phi = phi / hh - 1.0 / factorial;
  }
  return {matrix, right};
}

}  // namespace

std::string_view solverName(SolverKind kind) {
  return kind == SolverKind::kUniPc ? "unipc" : kind == SolverKind::kDpmPlusPlus ? "dpmpp" : "euler";
}

std::optional<SolverKind> solverFromName(std::string_view name) {
  for (const SolverKind kind : {SolverKind::kUniPc, SolverKind::kDpmPlusPlus, SolverKind::kEuler})
    if (solverName(kind) == name) return kind;
  return std::nullopt;
}

double shiftSigma(double sigma, double shift) { return shift * sigma / (1.0 + (shift - 1.0) * sigma); }

Schedule makeSchedule(SolverKind kind, int steps, double shift, const std::vector<double>& customSigmas) {
  if (!customSigmas.empty()) steps = static_cast<int>(customSigmas.size());
  if (steps < 1 || steps > kMostSteps || !(shift > 0.0)) fail(ErrorCode::kFieldInvalid, "a schedule needs 1 to 1000 steps and a shift above 0");
  const double first = kind == SolverKind::kUniPc ? static_cast<double>(0.999f) : 1.0;
  const double delta = kind == SolverKind::kUniPc ? (0.0 - first) / steps : -1.0 / steps;
  Schedule out;
  for (int i = 0; i < steps; ++i) {
    const double even = customSigmas.empty() ? i * delta + first : customSigmas[static_cast<std::size_t>(i)];
    const double sigma = shiftSigma(even, shift);
    const double rounded = static_cast<double>(static_cast<float>(sigma));
    out.sigmas.push_back(rounded);
    // Euler's times follow the stored float sigma; the others truncate the double product.
    out.times.push_back(kind == SolverKind::kEuler ? static_cast<double>(static_cast<float>(rounded * kTrainTimes)) : std::trunc(sigma * kTrainTimes));
  }
  out.sigmas.push_back(0.0);
  return out;
}

Solver::Solver(SolverKind kind, Schedule schedule, int order) : m_kind(kind), m_schedule(std::move(schedule)), m_order(order) {
  if (order < 1 || order > 3) fail(ErrorCode::kFieldInvalid, "a solver's order is 1 to 3");
}

double Solver::lambda(int step) const { return std::log(1.0 - sigmaAt(step)) - std::log(sigmaAt(step)); }

void Solver::remember(const Tensor& clean) {
  m_outputs.push_back(clean);
  if (static_cast<int>(m_outputs.size()) > m_order) m_outputs.erase(m_outputs.begin());
}

void Solver::restore(State state) {
  m_step = state.step;
  m_lowerOrders = state.lowerOrders;
  m_lastOrder = state.lastOrder;
  m_outputs = std::move(state.outputs);
  m_lastSample = std::move(state.lastSample);
}

Tensor Solver::uniPcPredict(const Tensor& sample, int order) const {
  const double sigmaT = sigmaAt(m_step + 1), sigmaS = sigmaAt(m_step), alphaT = 1.0 - sigmaT;
  const double lambdaS = lambda(m_step), h = lambda(m_step + 1) - lambdaS, phi1 = std::expm1(-h);
  Tensor next = sample * (sigmaT / sigmaS) - output(0) * (alphaT * phi1);
  if (order == 1) return next;
  Row rks;
  for (int i = 1; i < order; ++i) rks.push_back((lambda(m_step - i) - lambdaS) / h);
  Row weights{0.5};
  if (order > 2) {
    Row all = rks;
    all.push_back(1.0);
    auto [matrix, right] = uniPcSystem(all, -h);
    matrix.pop_back();
    right.pop_back();
    for (Row& row : matrix) row.pop_back();
    weights = solve(matrix, right);
  }
  for (int i = 1; i < order; ++i) {
    const double rk = rks[static_cast<std::size_t>(i - 1)];
    next = next - (output(i) - output(0)) * (alphaT * phi1 * weights[static_cast<std::size_t>(i - 1)] / rk);
  }
  return next;
}

Tensor Solver::uniPcCorrect(const Tensor& clean, const Tensor&) const {
  const double sigmaT = sigmaAt(m_step), sigmaS = sigmaAt(m_step - 1), alphaT = 1.0 - sigmaT;
  const double lambdaS = lambda(m_step - 1), h = lambda(m_step) - lambdaS, phi1 = std::expm1(-h);
  Row rks;
  for (int i = 1; i < m_lastOrder; ++i) rks.push_back((lambda(m_step - i - 1) - lambdaS) / h);
  rks.push_back(1.0);
  Row weights{0.5};
  if (m_lastOrder > 1) {
    const auto [matrix, right] = uniPcSystem(rks, -h);
    weights = solve(matrix, right);
  }
  Tensor corrected = m_lastSample * (sigmaT / sigmaS) - output(0) * (alphaT * phi1);
  for (int i = 1; i < m_lastOrder; ++i) {
    const auto at = static_cast<std::size_t>(i - 1);
    corrected = corrected - (output(i) - output(0)) * (alphaT * phi1 * weights[at] / rks[at]);
  }
  return corrected - (clean - output(0)) * (alphaT * phi1 * weights.back());
}

Tensor Solver::uniPcAdvance(const Tensor& sample, const Tensor& clean) {
  m_lastSample = m_step > 0 && m_lastSample.defined() ? uniPcCorrect(clean, sample) : sample;
  remember(clean);
  const int order = std::min({m_order, steps() - m_step, m_lowerOrders + 1});
  m_lastOrder = order;
  return uniPcPredict(m_lastSample, order);
}

Tensor Solver::dpmAdvance(const Tensor& sample, int order) const {
  const double sigmaT = sigmaAt(m_step + 1), sigmaS = sigmaAt(m_step), alphaT = 1.0 - sigmaT;
  const double lambdaS = lambda(m_step), h = lambda(m_step + 1) - lambdaS, shrink = std::exp(-h) - 1.0;
  const Tensor base = sample * (sigmaT / sigmaS) - output(0) * (alphaT * shrink);
  if (order == 1) return base;
  const double r0 = (lambdaS - lambda(m_step - 1)) / h;
  const Tensor d10 = (output(0) - output(1)) * (1.0 / r0);
  if (order == 2) return base - d10 * (0.5 * alphaT * shrink);
  const double r1 = (lambda(m_step - 1) - lambda(m_step - 2)) / h;
  const Tensor d11 = (output(1) - output(2)) * (1.0 / r1);
  const Tensor d1 = d10 + (d10 - d11) * (r0 / (r0 + r1));
  const Tensor d2 = (d10 - d11) * (1.0 / (r0 + r1));
  return base + d1 * (alphaT * (shrink / h + 1.0)) - d2 * (alphaT * ((shrink + h) / (h * h) - 0.5));
}

Tensor Solver::advance(const Tensor& sample, const Tensor& velocity) {
  if (m_step >= steps()) fail(ErrorCode::kInternal, "the solver is past its last step");
  const Tensor clean = predictClean(sample, velocity);
  Tensor next;
  if (m_kind == SolverKind::kEuler) {
    next = sample + velocity * (sigmaAt(m_step + 1) - sigmaAt(m_step));
  } else if (m_kind == SolverKind::kUniPc) {
    next = uniPcAdvance(sample, clean);
  } else {
    remember(clean);
    int order = std::min(m_order, m_lowerOrders + 1);
    if (m_step == steps() - 1) order = 1;
    else if (m_step == steps() - 2 && steps() < kFewSteps) order = std::min(order, 2);
    next = dpmAdvance(sample, order);
  }
  if (m_lowerOrders < m_order) ++m_lowerOrders;
  ++m_step;
  return next;
}

}  // namespace pai::inference

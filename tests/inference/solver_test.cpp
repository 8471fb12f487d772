// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "inference/attention.h"
#include "inference/solvers.h"

namespace pai::inference {
namespace {

TEST(Solver, aSolverRestoredAtAnyStepGoesOnBitForBit) {
  const Tensor noise = at::linspace(-2, 2, 24).reshape({2, 12});
  const auto velocity = [](const Tensor& x, double time) { return at::sin(x * 3) + x * (time / 1000.0); };
  for (const SolverKind kind : {SolverKind::kUniPc, SolverKind::kDpmPlusPlus, SolverKind::kEuler}) {
    Solver whole(kind, makeSchedule(kind, 8, 5.0));
    std::vector<Tensor> samples{noise};
    std::vector<Solver::State> states{whole.state()};
    while (whole.step() < whole.steps()) {
      samples.push_back(whole.advance(samples.back(), velocity(samples.back(), whole.time())));
      states.push_back(whole.state());
    }
    for (std::size_t from = 0; from < states.size(); ++from) {
      Solver again(kind, makeSchedule(kind, 8, 5.0));
      again.restore(states[from]);
      Tensor x = samples[from];
      while (again.step() < again.steps()) x = again.advance(x, velocity(x, again.time()));
      EXPECT_TRUE(at::equal(x, samples.back())) << solverName(kind) << " from step " << from;
    }
  }
}

TEST(Solver, pastTheLastStepIsRefused) {
  Solver solver(SolverKind::kEuler, makeSchedule(SolverKind::kEuler, 1, 5.0));
  const Tensor x = at::ones({2});
  (void)solver.advance(x, x);
  EXPECT_THROW((void)solver.advance(x, x), Failure);
}

TEST(Schedule, sigmasFallFromOneToZero) {
  const Schedule s = makeSchedule(SolverKind::kDpmPlusPlus, 10, 3.0);
  EXPECT_EQ(s.sigmas.front(), 1.0);
  EXPECT_EQ(s.sigmas.back(), 0.0);
  EXPECT_TRUE(std::is_sorted(s.sigmas.rbegin(), s.sigmas.rend()));
}

TEST(Attention, chunksGiveWhatTheWholeMatrixGives) {
  at::manual_seed(3);
  const Tensor q = at::randn({1, 1500, 2, 16}), k = at::randn({1, 1600, 2, 16}), v = at::randn({1, 1600, 2, 16});
  const Tensor scores = at::softmax(at::matmul(q.permute({0, 2, 1, 3}), k.permute({0, 2, 3, 1})) * 0.25, -1);
  const Tensor whole = at::matmul(scores, v.transpose(1, 2)).transpose(1, 2);
  EXPECT_TRUE(at::allclose(attention(q, k, v, 0.25), whole, 1e-5, 1e-6));
}

TEST(Attention, hiddenKeysDoNotCount) {
  at::manual_seed(4);
  const Tensor q = at::randn({2, 5, 2, 8}), k = at::randn({2, 9, 2, 8}), v = at::randn({2, 9, 2, 8});
  Tensor other = v.clone();
  other.select(0, 1).narrow(0, 6, 3).fill_(100.0);
  EXPECT_TRUE(at::equal(attention(q, k, v, 1.0, {9, 6}), attention(q, k, other, 1.0, {9, 6})));
}

TEST(Attention, aPollThatThrowsStopsIt) {
  const Tensor x = at::ones({1, 4, 1, 8});
  EXPECT_THROW(attention(x, x, x, 1.0, {}, [] { fail(core::ErrorCode::kCancelled, "stopped"); }), Failure);
}

}  // namespace
}  // namespace pai::inference

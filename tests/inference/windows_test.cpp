// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "inference/generate_inputs.h"
#include "inference/text_features.h"
#include "inference/rejoin.h"

namespace pai::inference {
namespace {

TEST(Windows, aShotThatFitsIsOneWindowWithAllItsReferences) {
  const std::vector<double> places{0.0, 3.5, 9.0};
  for (const std::int64_t window : {0, 10, 12}) {
    const auto plan = planWindows(10, window, 2, places);
    ASSERT_EQ(plan.size(), 1u);
    EXPECT_EQ(plan[0], (ShotWindow{0, 10, {0, 1, 2}}));
  }
}

TEST(Windows, theyCoverTheShotAndShareWhatIsAsked) {
  for (std::int64_t steps = 8; steps < 60; ++steps) {
    const auto plan = planWindows(steps, 7, 3, {});
    EXPECT_EQ(plan.front().begin, 0);
    EXPECT_EQ(plan.back().end, steps);
    for (std::size_t i = 0; i < plan.size(); ++i) {
      EXPECT_EQ(plan[i].end - plan[i].begin, 7);
      if (i > 0) {
        EXPECT_GE(plan[i - 1].end - plan[i].begin, 3) << steps;
      }
    }
  }
}

TEST(Windows, aWindowTakesTheReferencesInsideAndTheNearestOutside) {
  const auto plan = planWindows(30, 10, 0, {0.0, 5.0, 12.0, 15.0, 22.0, 29.0});
  ASSERT_EQ(plan.size(), 3u);
  EXPECT_EQ(plan[0].references, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(plan[1].references, (std::vector<std::size_t>{1, 2, 3, 4}));
  EXPECT_EQ(plan[2].references, (std::vector<std::size_t>{3, 4, 5}));
}

TEST(Windows, blendingWhatAgreesChangesNothingAndWeightsAddUp) {
  const Tensor whole = at::arange(2 * 17 * 3 * 4, at::kFloat).reshape({2, 17, 3, 4});
  const auto plan = planWindows(17, 7, 3, {});
  const Tensor blended = blendWindows(plan, [&](const ShotWindow& w) { return whole.narrow(1, w.begin, w.end - w.begin); });
  EXPECT_TRUE(at::allclose(blended, whole, 1e-6, 1e-4));
  const auto one = planWindows(17, 17, 3, {});
  EXPECT_TRUE(at::equal(blendWindows(one, [&](const ShotWindow&) { return whole; }), whole));
}

TEST(Windows, aJumpAtAJoinIsMeasuredAndASteadyMoveIsNot) {
  const auto plan = planWindows(20, 11, 2, {});
  ASSERT_EQ(plan.size(), 2u);
  const Tensor steady = at::arange(20, at::kFloat).reshape({1, 20, 1, 1}).expand({3, 20, 4, 4}).clone();
  EXPECT_NEAR(seamRatios(plan, steady)[0], 1.0, 1e-6);
  Tensor jump = steady.clone();
  jump.narrow(1, 10, 10).add_(4.0);
  EXPECT_NEAR(seamRatios(plan, jump)[0], 5.0, 1e-6);
}

/// A model that sees a picture brightening by one a step, from the first step of its window where that one is known.
Tensor straightOn(const Tensor& own, double time, const Tensor& clean) { return (own - clean) / std::max(1e-6, time / 1000.0); }

TEST(Windows, aSeenJoinIsMadeAgainBetweenItsFrozenSides) {
  const auto plan = planWindows(20, 11, 2, {});
  SamplerPlan sampling;
  sampling.solver = SolverKind::kEuler;
  sampling.steps = 6;
  at::manual_seed(2);
  const Tensor noise = at::randn({3, 20, 4, 4});
  const Tensor steady = at::arange(20, at::kFloat).reshape({1, 20, 1, 1}).expand({3, 20, 4, 4}).clone();
  Tensor latent = steady.clone();
  latent.narrow(1, 9, 2).add_(6.0);  // the shared steps jump
  const Tensor before = latent.clone();
  ShotWindow seen;
  const auto remade = remakeJoins(plan, {}, 2.0, sampling, noise, [&](const ShotWindow& window, const Tensor& own, double time, bool) {
    seen = window;
    return straightOn(own, time, steady.narrow(1, window.begin, window.end - window.begin));
  }, latent);
  ASSERT_EQ(remade.size(), 1u);
  EXPECT_TRUE(remade[0].kept);
  EXPECT_GT(remade[0].before, 5.0);
  EXPECT_NEAR(remade[0].after, 1.0, 1e-3);
  EXPECT_EQ(seen.end - seen.begin, 11);
  EXPECT_TRUE(at::allclose(latent, steady, 1e-4, 1e-3));
  EXPECT_TRUE(at::equal(latent.narrow(1, 0, 9), before.narrow(1, 0, 9)));
  EXPECT_TRUE(at::equal(latent.narrow(1, 11, 9), before.narrow(1, 11, 9)));
}

TEST(Windows, frozenStepsAreAsNoisyAsTheRestAndASecondAttemptThatIsWorseIsDropped) {
  const auto plan = planWindows(20, 11, 2, {});
  SamplerPlan sampling;
  sampling.solver = SolverKind::kUniPc;
  sampling.steps = 5;
  at::manual_seed(2);
  const Tensor noise = at::randn({3, 20, 4, 4});
  Tensor latent = at::arange(20, at::kFloat).reshape({1, 20, 1, 1}).expand({3, 20, 4, 4}).clone();
  latent.narrow(1, 9, 2).add_(6.0);
  const Tensor before = latent.clone();
  const auto remade = remakeJoins(plan, {}, 2.0, sampling, noise, [&](const ShotWindow& window, const Tensor& own, double time, bool) {
    const double sigma = time / 1000.0;
    const Tensor expected = before.narrow(1, window.begin, 11) * (1 - sigma) + noise.narrow(1, window.begin, 11) * sigma;
    // UniPC begins at 0.999 with pure noise: a thousandth of the picture is missing throughout.
    EXPECT_LT((own.narrow(1, 0, 4) - expected.narrow(1, 0, 4)).abs().max().item<double>(), 0.001 * 25) << time;
    return straightOn(own, time, at::full_like(own, 500.0));
  }, latent);
  ASSERT_EQ(remade.size(), 1u);
  EXPECT_FALSE(remade[0].kept);
  EXPECT_TRUE(at::equal(latent, before));
}

TEST(Windows, aReferenceBeforeTheRenderedRangeLiesAtANegativeTime) {
  EXPECT_EQ(relativeLatentPosition(0, true, 4), 0.0);
  EXPECT_EQ(relativeLatentPosition(5, true, 4), 6.5 / 4);
  EXPECT_EQ(relativeLatentPosition(-4, true, 4), -1.0);
  EXPECT_EQ(relativeLatentPosition(-1, false, 4), -1.0);
  EXPECT_EQ(relativeLatentPosition(-3, false, 1), -3.0);
}

TEST(TextFeatures, textIsCleanedAsItWasInTraining) {
  EXPECT_EQ(cleanedText("  a\tcat \n\n on &amp;lt; a&#39;mat  "), "a cat on &lt; a'mat");
  EXPECT_EQ(cleanedText(""), "");
}

}  // namespace
}  // namespace pai::inference

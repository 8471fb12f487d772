// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>

#include "inference/attention.h"
#include "inference/fused_gradients.h"
#include "inference/gradient_kernels.h"
#include "inference/toy_trainer.h"
#include "inference/transformer.h"
#include "tests/inference/small_jobs.h"

namespace pai::inference {
namespace {

constexpr double kRowError = 4e-6;

/// Each instruction set that this machine has.
class EveryGradient : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!(m_kernels = gradientKernelsOf(GetParam()))) GTEST_SKIP() << "this processor has no " << GetParam();
  }
  const GradientSet* m_kernels = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Sets, EveryGradient, testing::Values("plain", "avx2", "avx512"), [](const auto& set) { return std::string(set.param); });

/// A copy that gradients are asked of.
Tensor learned(const Tensor& t, at::ScalarType type) { return t.to(type, false, true).requires_grad_(true); }
Tensor exact(const Tensor& t) { return learned(t, at::kDouble); }

HalfBits* halvesOf(const Tensor& t) { return reinterpret_cast<HalfBits*>(t.data_ptr<c10::BFloat16>()); }
/// Rounded to bfloat16 once: a step of the largest value at most.
constexpr double kHalfError = 0x1p-8;

TEST_P(EveryGradient, ofTheNormIsThatOfItsOperations) {
  for (const std::int64_t width : {30, 64}) {
    const std::int64_t rows = 5;
    const Tensor x = at::randn({rows, width}) + 2, scale = at::randn({width}), shift = at::randn({width}), g = at::randn({rows, width}).to(at::kBFloat16).to(at::kFloat);
    const Tensor wide = exact(x), wideScale = exact(scale), wideShift = exact(shift);
    (layerNorm(wide) * (1 + wideScale) + wideShift).backward(g.to(at::kDouble));
    for (const bool half : {false, true}) {
      const Tensor dx = at::empty_like(x), dScale = at::ones({width}), dShift = at::ones({width}), narrow = g.to(at::kBFloat16);
      const auto run = [&](const auto& kernel, const auto* from) {
        kernel(x.data_ptr<float>(), from, dx.data_ptr<float>(), rows, width, scale.data_ptr<float>(), dScale.data_ptr<float>(), dShift.data_ptr<float>(), 1e-6f);
      };
      if (half) run(m_kernels->half.normModulate, halvesOf(narrow));
      else run(m_kernels->wide.normModulate, g.data_ptr<float>());
      EXPECT_LT(apart(dx, wide.grad()), kRowError) << width;
      EXPECT_LT(apart(dScale - 1, wideScale.grad()), kRowError) << width;
      EXPECT_LT(apart(dShift - 1, wideShift.grad()), kRowError) << width;
    }
  }
}

TEST_P(EveryGradient, ofTheTurnIsThatOfItsOperations) {
  for (const auto& [heads, headWidth, normed, turned] : {std::tuple{3, 10, true, true}, std::tuple{2, 32, true, true}, std::tuple{2, 32, false, true}, std::tuple{3, 10, true, false}, std::tuple{3, 10, false, false}}) {
    const std::int64_t rows = 4, width = heads * headWidth;
    const Tensor x = (at::randn({rows, width}) * 2).to(at::kBFloat16).to(at::kFloat), weight = at::rand({width}) + 0.5, g = at::randn({rows, width}).to(at::kBFloat16).to(at::kFloat);
    const RopeTable table = ropeTable(gridPositions(1, 1, rows, 5.0), headWidth);
    const Tensor wide = exact(x), wideWeight = exact(weight);
    // Not rmsNorm, which rounds to float32 within.
    const Tensor rms = at::rsqrt(at::mean(wide * wide, {-1}, true) + 1e-6), y = (normed ? wide * rms * wideWeight : wide * 1).view({1, rows, heads, headWidth});
    (turned ? rotate(y, table) * 0.25 : y * 0.25).backward(g.to(at::kDouble).view({1, rows, heads, headWidth}));
    const float *w = normed ? weight.data_ptr<float>() : nullptr, *c = turned ? table.cos_LK2.data_ptr<float>() : nullptr, *s = turned ? table.sin_LK2.data_ptr<float>() : nullptr;
    std::vector<float> room(static_cast<std::size_t>(width));
    const auto check = [&](const auto& kernel, const auto* from, const auto* gradient, auto* to, const Tensor& dx, double error) {
      const Tensor dWeight = at::ones({width});
      kernel(from, gradient, to, rows, width, headWidth, w, normed ? dWeight.data_ptr<float>() : nullptr, c, s, 1e-6f, 0.25f, room.data());
      EXPECT_LT(apart(dx.to(at::kFloat), wide.grad()), error) << heads << normed << turned;
      if (normed) {
        EXPECT_LT(apart(dWeight - 1, wideWeight.grad()), kRowError) << heads << turned;
      }
    };
    const Tensor dx = at::empty_like(x), narrow = x.to(at::kBFloat16), narrowG = g.to(at::kBFloat16), narrowDx = at::empty_like(narrow);
    check(m_kernels->wide.rmsRotate, x.data_ptr<float>(), g.data_ptr<float>(), dx.data_ptr<float>(), dx, kRowError);
    check(m_kernels->half.rmsRotate, halvesOf(narrow), halvesOf(narrowG), halvesOf(narrowDx), narrowDx, kHalfError);
  }
}

TEST_P(EveryGradient, ofGeluAndGateAndSoftmaxAreThoseOfTheirOperations) {
  const std::int64_t rows = 3, width = 37;
  const Tensor x = (at::randn({rows, width}) * 4).to(at::kBFloat16).to(at::kFloat), g = at::randn({rows, width}).to(at::kBFloat16).to(at::kFloat), gate = at::randn({width});
  const auto check = [&](const auto& kernels, at::ScalarType type, double error) {
    using Value = std::conditional_t<std::is_same_v<std::remove_cvref_t<decltype(kernels)>, GradientKernels<float>>, float, HalfBits>;
    const auto at = [](const Tensor& t) { return static_cast<Value*>(t.data_ptr()); };
    const Tensor xs = x.to(type), gs = g.to(type), dx = at::empty_like(xs);
    Tensor wide = exact(x);
    at::gelu(wide, "tanh").backward(g.to(at::kDouble));
    kernels.gelu(at(xs), at(gs), at(dx), x.numel());
    EXPECT_LT(apart(dx.to(at::kFloat), wide.grad()), error);

    wide = exact(x);
    const Tensor wideGate = exact(gate), dGate = at::ones({width});
    (wide * wideGate).backward(g.to(at::kDouble));
    kernels.addGated(at(xs), g.data_ptr<float>(), at(dx), rows, width, gate.data_ptr<float>(), dGate.data_ptr<float>());
    EXPECT_LT(apart(dx.to(at::kFloat), wide.grad()), error);
    EXPECT_LT(apart(dGate - 1, wideGate.grad()), kRowError);

    std::vector<float> room(static_cast<std::size_t>(width));
    const Tensor shares = xs.clone(), back = gs.clone();
    kernels.softmax(at(shares), rows, width, room.data());
    EXPECT_LT(apart(shares.to(at::kFloat), at::softmax(x.to(at::kDouble), -1)), error);
    const Tensor p = shares.to(at::kDouble), wanted = p * (g.to(at::kDouble) - (p * g).sum(-1, true));
    kernels.softmaxBack(at(shares), at(back), rows, width);
    EXPECT_LT(apart(back.to(at::kFloat), wanted), error);
  };
  check(m_kernels->wide, at::kFloat, kRowError);
  check(m_kernels->half, at::kBFloat16, kHalfError);
}

/// Gradients of a small in-context model's loss by the products' type; in double all of LibTorch's operations are its own.
std::map<std::string, Tensor> gradientsOf(at::ScalarType weightType, at::ScalarType products) {
  ToyOptions options;
  options.width = 24;
  options.layers = 2;
  options.heads = 2;
  options.ffnWidth = 32;
  options.batch = 2;
  const StateDict weights = randomWeights(toyConfig(options), 5).to(at::kCPU, weightType);
  for (const auto& [name, value] : weights.all()) value.requires_grad_(true);
  toyGradients(InContextModel(weightType == at::kDouble ? weights : weights.forCompute({at::kCPU, products}), toyConfig(options)), options, 3);
  std::map<std::string, Tensor> out;
  for (const auto& [name, value] : weights.all()) out[name] = value.grad().to(at::kDouble);
  return out;
}

TEST(Gradient, ofAModelIsThatOfItsOperationsInDouble) {
  const auto wanted = gradientsOf(at::kDouble, at::kDouble), wide = gradientsOf(at::kFloat, at::kFloat), half = gradientsOf(at::kFloat, at::kBFloat16);
  for (const auto& [name, value] : wanted) {
    EXPECT_LT(apart(wide.at(name), value), 1e-4) << name;
    const double error = (at::norm(half.at(name) - value) / at::norm(value)).item<double>();
    EXPECT_LT(error, 0.05) << name;
    if (isProductWeight(name)) {
      EXPECT_GT(error, 1e-4) << name << " was not rounded";
    }
  }
}

TEST(Gradient, ofRunsGoesToEachRunsFactors) {
  const Tensor x = at::randn({2, 5, 16}), scale = at::randn({2, 2, 16}), shift = at::randn({1, 2, 16}), gate = at::randn({1, 2, 16});
  const Runs runs{2, 3};
  const auto run = [&](at::ScalarType type) {
    const Tensor in = learned(x, type), a = learned(scale, type), b = learned(shift, type), c = learned(gate, type);
    const Tensor y = addGated(in, normModulated(in, a, b, type, runs), c, runs);
    (y * y).sum().backward();
    return std::vector<Tensor>{y.detach(), in.grad(), a.grad(), b.grad(), c.grad()};
  };
  const std::vector<Tensor> made = run(at::kFloat), wanted = run(at::kDouble);
  for (std::size_t i = 0; i < made.size(); ++i) {
    EXPECT_EQ(made[i].sizes(), wanted[i].sizes()) << i;
    EXPECT_LT(apart(made[i], wanted[i]), 1e-5) << i;
  }
}

TEST(Gradient, ofAttentionIsThatOfItsOperations) {
  const Tensor q = at::randn({2, 5, 3, 8}), k = at::randn({2, 7, 3, 8}), v = at::randn({2, 7, 3, 8}), g = at::randn({2, 5, 3, 8});
  const auto run = [&](at::ScalarType type) {
    const Tensor a = learned(q, type), b = learned(k, type), c = learned(v, type), y = attention(a, b, c, 0.3);
    y.backward(g.to(type));
    return std::vector<Tensor>{y.detach().to(at::kDouble), a.grad().to(at::kDouble), b.grad().to(at::kDouble), c.grad().to(at::kDouble)};
  };
  const std::vector<Tensor> wide = run(at::kFloat), half = run(at::kBFloat16), wanted = run(at::kDouble);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_LT(apart(wide[i], wanted[i]), 1e-5) << i;
    EXPECT_LT(apart(half[i], wanted[i]), 0.03) << i;
  }
}

}  // namespace
}  // namespace pai::inference

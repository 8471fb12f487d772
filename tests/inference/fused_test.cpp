// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <limits>

#include "inference/attention.h"
#include "inference/fused.h"
#include "inference/kernels.h"
#include "inference/linear.h"
#include "inference/memory.h"
#include "inference/transformer.h"
#include "tests/inference/small_jobs.h"

namespace pai::inference {
namespace {

/// The same in double, so that what is left is the float32 form's own error.
Tensor exactAttention(const Tensor& q, const Tensor& k, const Tensor& v, double scale) {
  const auto wide = [](const Tensor& t) { return t.to(at::kDouble); };
  return at::matmul(at::softmax(at::matmul(wide(q).permute({0, 2, 1, 3}), wide(k).permute({0, 2, 3, 1})) * scale, -1), wide(v).transpose(1, 2)).transpose(1, 2);
}

constexpr double kRounding = 2e-6;
/// Scores of up to 40 are rounded by 2^-19 at most, and their exponentials by as much of their value.
constexpr double kScoreRounding = 5e-6;

/// Each instruction set that this machine has.
class EveryKernels : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!(m_kernels = kernelsOf(GetParam()))) GTEST_SKIP() << "this processor has no " << GetParam();
  }
  const Kernels* m_kernels = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Sets, EveryKernels, testing::Values("plain", "avx2", "avx512"), [](const auto& set) { return std::string(set.param); });

TEST_P(EveryKernels, geluIsThatOfTanhAtEveryLength) {
  for (const std::int64_t count : {1, 7, 16, 1003}) {
    const Tensor x = at::linspace(-30, 30, count);
    Tensor y = x.clone();
    m_kernels->gelu(y.data_ptr<float>(), count);
    EXPECT_LT(((y - at::gelu(x.to(at::kDouble), "tanh")).abs() / (1e-3 + x.abs())).max().item<double>(), kRounding);
  }
}

TEST_P(EveryKernels, blocksOfScoresAddUpToOneSoftmax) {
  const std::int64_t rows = 5, keys = 37, stride = 48, width = 3, blocks = 4;
  const Tensor scores = at::randn({rows, blocks * keys}) * 20, values = at::randn({blocks * keys, width});
  Tensor most = at::full({rows}, -std::numeric_limits<float>::infinity()), sum = at::zeros({rows}), gathered = at::zeros({rows, width});
  for (std::int64_t b = 0; b < blocks; ++b) {
    Tensor block = at::zeros({rows, stride});
    block.narrow(1, 0, keys).copy_(scores.narrow(1, b * keys, keys));
    m_kernels->softmaxBlock(block.data_ptr<float>(), rows, keys, stride, most.data_ptr<float>(), sum.data_ptr<float>(), gathered.data_ptr<float>(), width);
    gathered += at::mm(block.narrow(1, 0, keys), values.narrow(0, b * keys, keys));
  }
  EXPECT_LT(apart(gathered / sum.unsqueeze(1), at::mm(at::softmax(scores.to(at::kDouble), -1), values.to(at::kDouble))), kRounding);
}

TEST_P(EveryKernels, whatIsNoNumberStaysSo) {
  Tensor block = at::zeros({1, 16}), gathered = at::zeros({1, 1}), most = at::full({1}, -std::numeric_limits<float>::infinity()), sum = at::zeros({1});
  block[0][3] = std::numeric_limits<float>::quiet_NaN();
  m_kernels->softmaxBlock(block.data_ptr<float>(), 1, 16, 16, most.data_ptr<float>(), sum.data_ptr<float>(), gathered.data_ptr<float>(), 1);
  EXPECT_TRUE(at::isnan(sum).item<bool>());
}

TEST_P(EveryKernels, normAndTurnAreThoseOfTheirOperations) {
  const std::int64_t rows = 3, heads = 3, headWidth = 10, width = heads * headWidth;  // no multiple of any number of lanes
  const Tensor x = at::randn({rows, width}) + 2, scale = at::randn({width}), shift = at::randn({width}), weight = at::rand({width});
  Tensor y = at::empty_like(x);
  m_kernels->normModulate(x.data_ptr<float>(), y.data_ptr<float>(), rows, width, scale.data_ptr<float>(), shift.data_ptr<float>(), 1e-6f);
  const Tensor wide = x.to(at::kDouble);
  EXPECT_LT(apart(y, layerNorm(wide) * (1 + scale) + shift), kRounding);
  const RopeTable table = ropeTable(gridPositions(1, 1, rows, 5.0), headWidth);
  y = x.clone();
  m_kernels->rmsRotate(y.data_ptr<float>(), rows, width, headWidth, weight.data_ptr<float>(), table.cos_LK2.data_ptr<float>(), table.sin_LK2.data_ptr<float>(), 1e-6f, 0.25f);
  const Tensor normed = rmsNorm(x, weight).view({1, rows, heads, headWidth});
  EXPECT_LT(apart(y.view_as(normed), rotate(normed, table) * 0.25), kRounding);
}

TEST_P(EveryKernels, widenedBitsAreThoseOfLibTorch) {
  for (const std::int64_t count : {1, 15, 1003}) {
    Tensor halves = at::randn({count}).to(at::kBFloat16);
    halves[0] = std::numeric_limits<float>::infinity();
    Tensor wide = at::zeros({count});
    m_kernels->widen(reinterpret_cast<const std::uint16_t*>(halves.data_ptr<c10::BFloat16>()), wide.data_ptr<float>(), count);
    EXPECT_TRUE(at::equal(wide, halves.to(at::kFloat)));
  }
}

// More rows than are widened at once.
TEST(Product, ofAWeightThatIsWidenedInPartsIsThatOfTheWhole) {
  const c10::InferenceMode inference;
  const std::int64_t inputs = 3001, outputs = kSlabValues / inputs + 7;
  const Tensor weight = (at::randn({outputs, inputs}) * 0.02).to(at::kBFloat16), bias = at::randn({outputs}), x = at::randn({2, 3, inputs});
  for (const Tensor& added : {bias, Tensor()}) {
    const Tensor made = product(x, weight, added), whole = added.defined() ? at::linear(x, weight.to(at::kFloat), added) : at::linear(x, weight.to(at::kFloat));
    EXPECT_EQ(made.sizes(), whole.sizes());
    EXPECT_LT(apart(made, whole), kRounding);
  }
}

TEST(FusedAttention, isExactAtSizesThatNoBlockDivides) {
  at::manual_seed(5);
  for (const auto& [queries, keys, heads, width] : {std::tuple{1, 1, 1, 8}, std::tuple{130, 1025, 2, 64}, std::tuple{300, 511, 3, 10}}) {
    const Tensor q = at::randn({2, queries, heads, width}) * 3, k = at::randn({2, keys, heads, width}), v = at::randn({2, keys, heads, width});
    EXPECT_LT(apart(attention(q, k, v, 0.3), exactAttention(q, k, v, 0.3)), kScoreRounding) << queries << " " << keys;
  }
}

TEST(FusedAttention, countsOnlyTheKeysOfASample) {
  const Tensor q = at::randn({2, 9, 2, 16}), k = at::randn({2, 700, 2, 16}), v = at::randn({2, 700, 2, 16}), both = attention(q, k, v, 1.0, {3, 600});
  EXPECT_LT(apart(both[1].unsqueeze(0), exactAttention(q.narrow(0, 1, 1), k.narrow(0, 1, 1).narrow(1, 0, 600), v.narrow(0, 1, 1).narrow(1, 0, 600), 1.0)), kRounding);
  EXPECT_LT(apart(both[0].unsqueeze(0), exactAttention(q.narrow(0, 0, 1), k.narrow(0, 0, 1).narrow(1, 0, 3), v.narrow(0, 0, 1).narrow(1, 0, 3), 1.0)), kRounding);
}

TEST(FusedAttention, givesTheGradientOfThePlainForm) {
  const Tensor q = at::randn({1, 6, 2, 8}).requires_grad_(), k = at::randn({1, 6, 2, 8}), v = at::randn({1, 6, 2, 8});
  attention(q, k, v, 1.0).sum().backward();
  ASSERT_TRUE(q.grad().defined());
  EXPECT_LT(apart(attention(q, k, v, 1.0).detach(), exactAttention(q.detach(), k, v, 1.0)), kRounding);
}

TEST(FusedAttention, pollsAndCanBeStopped) {
  const Tensor q = at::randn({1, 4096, 2, 16});
  int polls = 0;
  EXPECT_THROW((void)attention(q, q, q, 1.0, {}, [&] { if (++polls == 2) fail(core::ErrorCode::kCancelled, "stop"); }), Failure);
}

TEST(FusedChains, areThoseOfLibTorchsOperations) {
  const Tensor x = at::randn({2, 5, 24}), scale = at::randn({2, 1, 24}), shift = at::randn({1, 1, 24});
  EXPECT_LT(apart(normModulated(x, scale, shift), layerNorm(x) * (1 + scale) + shift), kRounding);
  const RopeTable one = ropeTable(gridPositions(5, 1, 1), 8), each{at::stack({one.cos_LK2, one.sin_LK2}), at::stack({one.sin_LK2, one.cos_LK2})};
  const Tensor weight = at::rand({24});
  for (const RopeTable& table : {one, each})
    EXPECT_LT(apart(rmsRotated(x.clone(), weight, table, 3, 0.5), rotate(rmsNorm(x, weight).unflatten(-1, {3, 8}), table) * 0.5), kRounding);
  EXPECT_LT(apart(rmsRotated(x.clone(), {}, one, 3, 1.0), rotate(x.unflatten(-1, {3, 8}), one)), kRounding);
  EXPECT_LT(apart(geluTanh(x.clone()), at::gelu(x, "tanh")), kRounding);
}

}  // namespace
}  // namespace pai::inference

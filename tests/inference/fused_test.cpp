// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "inference/attention.h"
#include "inference/attention_kernels.h"
#include "inference/fused.h"
#include "inference/kernels.h"
#include "inference/linear.h"
#include "inference/memory.h"
#include "inference/processor.h"
#include "inference/transformer.h"
#include "inference/vae_stream.h"
#include "tests/inference/small_jobs.h"
#include "tests/sanitizers/sanitized.h"

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
    m_kernels->wide.gelu(y.data_ptr<float>(), count);
    EXPECT_LT(((y - at::gelu(x.to(at::kDouble), "tanh")).abs() / (1e-3 + x.abs())).max().item<double>(), kRounding);
  }
}

TEST_P(EveryKernels, normAndTurnAreThoseOfTheirOperations) {
  const std::int64_t rows = 3, heads = 3, headWidth = 10, width = heads * headWidth;  // no multiple of any number of lanes
  const Tensor x = at::randn({rows, width}) + 2, scale = at::randn({width}), shift = at::randn({width}), weight = at::rand({width});
  Tensor y = at::empty_like(x);
  m_kernels->wide.normModulate(x.data_ptr<float>(), y.data_ptr<float>(), rows, width, scale.data_ptr<float>(), shift.data_ptr<float>(), 1e-6f);
  const Tensor wide = x.to(at::kDouble);
  EXPECT_LT(apart(y, layerNorm(wide) * (1 + scale) + shift), kRounding);
  const RopeTable table = ropeTable(gridPositions(1, 1, rows, 5.0), headWidth);
  y = x.clone();
  m_kernels->wide.rmsRotate(y.data_ptr<float>(), rows, width, headWidth, weight.data_ptr<float>(), table.cos_LK2.data_ptr<float>(), table.sin_LK2.data_ptr<float>(), 1e-6f, 0.25f);
  const Tensor normed = rmsNorm(x, weight).view({1, rows, heads, headWidth});
  EXPECT_LT(apart(y.view_as(normed), rotate(normed, table) * 0.25), kRounding);
}

HalfBits* bitsOf(const Tensor& t) { return reinterpret_cast<HalfBits*>(t.data_ptr<c10::BFloat16>()); }

/// Whether a bfloat16 tensor is what these float32 or double values round to, give or take one step where they lie between two.
testing::AssertionResult isRounded(const Tensor& made, const Tensor& values) {
  const Tensor wide = values.to(at::kFloat), off = (made.to(at::kFloat) - wide.to(at::kBFloat16).to(at::kFloat)).abs(), step = wide.abs() * 0x1p-7;
  const double most = (off - step).max().item<double>(), differ = (off > 0).to(at::kFloat).mean().item<double>();
  if (most <= 1e-6 && differ < 0.01) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "off by " << most << " more than a step, " << differ << " of the values differ";
}

TEST_P(EveryKernels, halvesAreTheRoundedResultsOfTheirOperations) {
  for (const auto& [heads, headWidth] : {std::pair{3, 10}, std::pair{2, 64}, std::pair{1, 40}}) {
    const std::int64_t rows = 7, width = heads * headWidth;
    const Tensor x = at::randn({rows, width}) + 2, scale = at::randn({width}), shift = at::randn({width}), weight = at::rand({width});
    Tensor y = at::empty({rows, width}, at::kBFloat16);
    m_kernels->half.normModulate(x.data_ptr<float>(), bitsOf(y), rows, width, scale.data_ptr<float>(), shift.data_ptr<float>(), 1e-6f);
    EXPECT_TRUE(isRounded(y, layerNorm(x.to(at::kDouble)) * (1 + scale) + shift));

    const Tensor halves = x.to(at::kBFloat16), wide = halves.to(at::kFloat);
    const RopeTable table = ropeTable(gridPositions(1, 1, rows, 5.0), headWidth);
    y = halves.clone();
    m_kernels->half.rmsRotate(bitsOf(y), rows, width, headWidth, weight.data_ptr<float>(), table.cos_LK2.data_ptr<float>(), table.sin_LK2.data_ptr<float>(), 1e-6f, 0.25f);
    EXPECT_TRUE(isRounded(y, rotate(rmsNorm(wide, weight).view({1, rows, heads, headWidth}), table).view({rows, width}) * 0.25));
    y = halves.clone();
    m_kernels->half.rmsRotate(bitsOf(y), rows, width, headWidth, weight.data_ptr<float>(), nullptr, nullptr, 1e-6f, 2.0f);
    EXPECT_TRUE(isRounded(y, rmsNorm(wide, weight) * 2));

    y = halves.clone();
    m_kernels->half.gelu(bitsOf(y), y.numel());
    EXPECT_TRUE(isRounded(y, at::gelu(wide.to(at::kDouble), "tanh")));

    Tensor sum = at::empty_like(x);
    m_kernels->half.addGated(x.data_ptr<float>(), bitsOf(halves), sum.data_ptr<float>(), rows, width, scale.data_ptr<float>());
    EXPECT_LT(apart(sum, x + wide * scale), kRounding);
    m_kernels->wide.addGated(x.data_ptr<float>(), wide.data_ptr<float>(), sum.data_ptr<float>(), rows, width, scale.data_ptr<float>());
    EXPECT_LT(apart(sum, x + wide * scale), kRounding);
  }
}

TEST_P(EveryKernels, channelsAreNormedAsByTheirOperations) {
  for (const std::int64_t width : {3, 16, 96, 100}) {
    const std::int64_t rows = 5;
    Tensor x = at::randn({rows, width}) * 3, gamma = at::rand({width}) + 0.5, y = at::empty_like(x), half = at::empty({rows, width}, at::kBFloat16);
    x[2].zero_();  // of no length
    for (const bool silu : {false, true}) {
      const auto exact = [&](const Tensor& t) {
        const Tensor normed = channelNorm(t.to(at::kDouble), gamma);
        return silu ? at::silu(normed) : normed;
      };
      m_kernels->wide.channelNorm(x.data_ptr<float>(), y.data_ptr<float>(), rows, width, gamma.data_ptr<float>(), silu);
      EXPECT_LT(apart(y, exact(x)), kRounding) << width;
      const Tensor halves = x.to(at::kBFloat16);
      m_kernels->half.channelNorm(bitsOf(halves), bitsOf(half), rows, width, gamma.data_ptr<float>(), silu);
      EXPECT_TRUE(isRounded(half, exact(halves))) << width;
    }
  }
}

TEST_P(EveryKernels, roundingKeepsWhatIsNoNumberAndWhatIsInfinite) {
  const float inf = std::numeric_limits<float>::infinity(), values[] = {std::numeric_limits<float>::quiet_NaN(), inf, -inf, 3.4e38f};
  for (const std::int64_t width : {1, 16}) {  // beside the vectors, and in one
    for (const float value : values) {
      const std::vector<float> x(static_cast<std::size_t>(width), value), gate(x.size(), 1.0f);
      std::vector<HalfBits> y(x.size());
      std::vector<float> sum(x.size());
      const Tensor half = at::full({width}, value).to(at::kBFloat16);
      m_kernels->half.addGated(x.data(), bitsOf(half), sum.data(), 1, width, gate.data());
      EXPECT_EQ(std::isnan(sum[0]), std::isnan(value));
      Tensor turned = half.clone();
      m_kernels->half.rmsRotate(bitsOf(turned), 1, width, width, nullptr, nullptr, nullptr, 1e-6f, 1.0f);
      EXPECT_TRUE(std::isnan(value) ? std::isnan(turned[0].item<float>()) : turned[0].item<float>() == half[0].item<float>()) << value;
    }
  }
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

TEST_P(EveryKernels, sumsAreNarrowedAsLibTorchDoes) {
  for (const std::int64_t count : {1, 16, 1003}) {
    const Tensor x = at::randn({count}), added = at::randn({count});
    Tensor narrow = at::empty({count}, at::kBFloat16);
    m_kernels->sumNarrowed(x.data_ptr<float>(), added.data_ptr<float>(), bitsOf(narrow), count);
    EXPECT_TRUE(at::equal(narrow, (x + added).to(at::kBFloat16)));
  }
}

/// Parts of attention, for each instruction set that this machine has.
class EveryAttention : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!(m_kernels = attentionKernelsOf(GetParam()))) GTEST_SKIP() << "this processor has no " << GetParam();
    at::manual_seed(7);
  }
  const AttentionKernels* m_kernels = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Sets, EveryAttention, testing::Values("plain", "avx2", "avx512", "avx512bf16", "widened", "amx"), [](const auto& set) { return std::string(set.param); });

TEST_P(EveryAttention, blocksOfScoresAddUpToOneSoftmax) {
  const std::int64_t rows = 5, keys = 37, stride = 48, width = 3, blocks = 4;
  const Tensor scores = at::randn({rows, blocks * keys}) * 20, values = at::randn({blocks * keys, width});
  Tensor most = at::full({rows}, -std::numeric_limits<float>::infinity()), sum = at::zeros({rows}), gathered = at::zeros({rows, width});
  for (std::int64_t b = 0; b < blocks; ++b) {
    Tensor block = at::zeros({rows, stride});
    block.narrow(1, 0, keys).copy_(scores.narrow(1, b * keys, keys));
    m_kernels->softmaxWide(block.data_ptr<float>(), rows, keys, stride, {most.data_ptr<float>(), sum.data_ptr<float>()}, gathered.data_ptr<float>(), width);
    gathered += at::mm(block.narrow(1, 0, keys), values.narrow(0, b * keys, keys));
  }
  EXPECT_LT(apart(gathered / sum.unsqueeze(1), at::mm(at::softmax(scores.to(at::kDouble), -1), values.to(at::kDouble))), kRounding);
}

/// A bfloat16 tensor's values, as they are when exponentials of a softmax are rounded to it: half a step of 2^-8.
constexpr double kHalfRounding = 0x1p-9;

TEST_P(EveryAttention, blocksOfHalvesAddUpToOneSoftmaxWhateverIsBesideThem) {
  const std::int64_t rows = 5, width = 3, stride = 64;
  const float scale = 0.3f;
  for (const std::int64_t keys : {1, 16, 37, 64}) {
    const std::int64_t blocks = 4, padded = toTiles(keys, kTileDepth);
    const Tensor scores = at::randn({rows, blocks * keys}) * 20, values = at::randn({blocks * keys, width});
    Tensor most = at::full({rows}, -std::numeric_limits<float>::infinity()), sum = at::zeros({rows}), gathered = at::zeros({rows, width}), product = at::zeros({32, 32});
    const Tensor a = at::randn({32, 64}).to(at::kBFloat16), b = at::randn({64, 32}).to(at::kBFloat16);
    std::vector<std::uint32_t> packed(32 * 32);
    packRows(bitsOf(b), 32, 64, 32, packed.data());
    const TileFactors other{bitsOf(a), 64, packed.data(), product.data_ptr<float>(), 32, 32, 64, 32};
    const TileWork beside[] = {{other, false}, {other, true}};
    for (std::int64_t i = 0; i < blocks; ++i) {
      Tensor block = at::full({rows, stride}, std::numeric_limits<float>::quiet_NaN()), shares = at::full({rows, stride}, 7.0f).to(at::kBFloat16);  // what lies behind the keys must not count
      block.narrow(1, 0, keys).copy_(scores.narrow(1, i * keys, keys));
      m_kernels->softmaxHalf({block.data_ptr<float>(), rows, keys, padded, stride, scale, bitsOf(shares), stride, {most.data_ptr<float>(), sum.data_ptr<float>()}, gathered.data_ptr<float>(), width},
                             beside, i == 2 ? 2 : 0);
      if (padded > keys) {
        EXPECT_EQ(shares.narrow(1, keys, padded - keys).to(at::kFloat).abs().max().item<float>(), 0);
      }
      gathered += at::mm(shares.narrow(1, 0, keys).to(at::kFloat), values.narrow(0, i * keys, keys));
    }
    EXPECT_LT(apart(gathered / sum.unsqueeze(1), at::mm(at::softmax(scores.to(at::kDouble) * scale, -1), values.to(at::kDouble))), kHalfRounding) << keys;
    EXPECT_LT(apart(product, at::mm(a.to(at::kDouble), b.to(at::kDouble)) * 2), kRounding);
  }
}

TEST_P(EveryAttention, aHalfThatIsNoNumberStaysSo) {
  Tensor block = at::zeros({1, 32}), gathered = at::zeros({1, 1}), most = at::full({1}, -std::numeric_limits<float>::infinity()), sum = at::zeros({1}), shares = at::zeros({1, 32}, at::kBFloat16);
  block[0][3] = std::numeric_limits<float>::quiet_NaN();
  m_kernels->softmaxHalf({block.data_ptr<float>(), 1, 32, 32, 32, 1.0f, bitsOf(shares), 32, {most.data_ptr<float>(), sum.data_ptr<float>()}, gathered.data_ptr<float>(), 1}, nullptr, 0);
  EXPECT_TRUE(at::isnan(sum).item<bool>());
}

TEST_P(EveryAttention, packedProductsAreThoseOfTheWholeAtEveryNumberOfTiles) {
  for (const auto& [rows, depth, columns] : {std::tuple{16, 32, 16}, std::tuple{48, 96, 48}, std::tuple{32, 64, 80}, std::tuple{16, 10, 7}, std::tuple{64, 33, 100}}) {
    const Tensor a = at::randn({rows, depth}).to(at::kBFloat16), b = at::randn({depth, columns}).to(at::kBFloat16), turned = b.t().contiguous();
    const std::int64_t deep = toTiles(depth, kTileDepth), wide = toTiles(columns, kTileSide);
    const Tensor filled = at::constant_pad_nd(a, {0, deep - depth});
    const Tensor exact = at::mm(a.to(at::kDouble), b.to(at::kDouble));
    std::vector<std::uint32_t> packed(static_cast<std::size_t>(deep * wide / 2));
    Tensor c = at::full({rows, wide}, 5.0f);
    const TileFactors factors{bitsOf(filled), deep, packed.data(), c.data_ptr<float>(), wide, rows, deep, wide};
    packRows(bitsOf(b), columns, depth, columns, packed.data());
    m_kernels->tileProduct({factors, false});
    EXPECT_LT(apart(c.narrow(1, 0, columns), exact), kRounding) << rows << " " << depth << " " << columns;
    packColumns(bitsOf(turned), depth, columns, depth, packed.data());
    m_kernels->tileProduct({factors, true});
    EXPECT_LT(apart(c.narrow(1, 0, columns), exact * 2), kRounding) << rows << " " << depth << " " << columns;
  }
}

// Rows and columns beyond a part, depths beyond what is summed at once, and ends of every kind.
TEST(Product, ofWidenedHalvesIsRoundedOnce) {
  if (!attentionKernelsOf("widened")) GTEST_SKIP() << "this processor has no AVX512-BF16";
  const c10::InferenceMode inference;
  for (const auto& [rows, inputs, outputs] : {std::tuple{1, 32, 16}, std::tuple{17, 160, 96}, std::tuple{300, 64, 1616}, std::tuple{5, 3104, 80}, std::tuple{0, 32, 16}}) {
    const Tensor x = at::randn({rows, 1, inputs}).to(at::kBFloat16), weight = (at::randn({outputs, inputs}) * 0.1).to(at::kBFloat16), bias = at::randn({outputs});
    for (const Tensor& added : {bias, Tensor()}) {
      const Tensor made = widenedProduct(x, weight, added), exact = at::matmul(x.to(at::kDouble), weight.to(at::kDouble).t()) + (added.defined() ? added.to(at::kDouble) : at::zeros({}, at::kDouble));
      ASSERT_EQ(made.sizes(), exact.sizes());
      ASSERT_EQ(made.scalar_type(), at::kBFloat16);
      if (rows > 0) {
        EXPECT_LT(((made.to(at::kDouble) - exact).abs() / (exact.abs() + 0.01)).max().item<double>(), 0x1p-8) << rows << " " << inputs << " " << outputs;
      }
    }
  }
}

TEST(Processor, computesInBfloat16ByWhatIsFastest) {
  const auto of = [](const std::string& vendor, const std::string& flags) { return halfUnitsOf("processor\t: 0\nvendor_id\t: " + vendor + "\nflags\t\t: fpu " + flags + "\nbugs\t\t: amx_bf16 avx512_bf16\n"); };
  EXPECT_EQ(of("GenuineIntel", "avx512f avx512_bf16 avx512_fp16 amx_tile amx_bf16"), HalfUnits::kTiles);
  EXPECT_EQ(of("GenuineIntel", "avx512f avx512_bf16 avx512_fp16"), HalfUnits::kWidened) << "its pairs are at half the rate of float32";
  EXPECT_EQ(of("GenuineIntel", "avx512f avx512_bf16"), HalfUnits::kPairs) << "one of 2020";
  EXPECT_EQ(of("AuthenticAMD", "avx512f avx512_bf16"), HalfUnits::kPairs);
  EXPECT_EQ(of("AuthenticAMD", "avx512f avx512_bf16 avx512_fp16"), HalfUnits::kPairs);
  EXPECT_EQ(of("GenuineIntel", "avx512f avx512_bf16x"), HalfUnits::kNone);
  EXPECT_EQ(of("AuthenticAMD", "avx2 fma"), HalfUnits::kNone);
  EXPECT_EQ(halfUnitsOf(""), HalfUnits::kNone);
}

TEST(Processor, itsUnitsNameTheKernels) {
  const HalfUnits units = processorHalfUnits();
  const std::string kernels = attentionKernels().name;
  EXPECT_EQ(units == HalfUnits::kWidened, kernels == "widened");
  EXPECT_EQ(units == HalfUnits::kPairs, kernels == "avx512bf16");
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

// LibTorch's loops are in its headers: where our code is compiled without OpenMP they run on one thread, and nothing else fails.
TEST(Parallel, loopsOfThisProgramUseTheThreads) {
  if (kSanitized) GTEST_SKIP() << "ThreadSanitizer's build has one thread";
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  int threads[2] = {-1, -1};
  at::parallel_for(0, 2, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) threads[i] = at::get_thread_num();
  });
  at::set_num_threads(before);
  EXPECT_EQ(threads[0], 0);
  EXPECT_EQ(threads[1], 1);
}

TEST(FusedAttention, isExactAtSizesThatNoBlockDivides) {
  at::manual_seed(5);
  for (const auto& [queries, keys, heads, width] : {std::tuple{1, 1, 1, 8}, std::tuple{130, 1025, 2, 64}, std::tuple{300, 511, 3, 10}}) {
    const Tensor q = at::randn({2, queries, heads, width}) * 3, k = at::randn({2, keys, heads, width}), v = at::randn({2, keys, heads, width});
    EXPECT_LT(apart(attention(q, k, v, 0.3), exactAttention(q, k, v, 0.3)), kScoreRounding) << queries << " " << keys;
  }
}

TEST(FusedAttention, ofHalvesIsWithinTheirRoundingAtSizesThatNoBlockDivides) {
  at::manual_seed(6);
  for (const auto& [queries, keys, heads, width] : {std::tuple{1, 1, 1, 8}, std::tuple{130, 1025, 2, 64}, std::tuple{300, 511, 3, 10}, std::tuple{17, 600, 2, 128}}) {
    const auto half = [](const Tensor& t) { return t.to(at::kBFloat16); };
    const Tensor q = half(at::randn({2, queries, heads, width})), k = half(at::randn({2, keys, heads, width})), v = half(at::randn({2, keys, heads, width}));
    EXPECT_LT(apart(attention(q, k, v, 0.3).to(at::kFloat), exactAttention(q, k, v, 0.3)), 2 * kHalfRounding) << queries << " " << keys;
    // Views into one tensor, as a block makes them of heads side by side; and other samples, other numbers of keys.
    const Tensor joined = at::cat({k, v}, 3), few = attention(q, joined.narrow(3, 0, width), joined.narrow(3, width, width), 0.3, {keys, (keys + 1) / 2}).to(at::kFloat);
    EXPECT_TRUE(at::equal(few[0], attention(q, k, v, 0.3)[0].to(at::kFloat)));
    EXPECT_LT(apart(few[1].unsqueeze(0), exactAttention(q.narrow(0, 1, 1), k.narrow(0, 1, 1).narrow(1, 0, (keys + 1) / 2), v.narrow(0, 1, 1).narrow(1, 0, (keys + 1) / 2), 0.3)), 2 * kHalfRounding);
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
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const Tensor q = at::randn({1, 4096, 2, 16}).to(type);
    int polls = 0;
    EXPECT_THROW((void)attention(q, q, q, 1.0, {}, [&] { if (++polls == 2) fail(core::ErrorCode::kCancelled, "stop"); }), Failure);
  }
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

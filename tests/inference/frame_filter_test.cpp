// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "inference/filter_kernels.h"
#include "inference/forecast.h"
#include "inference/frame_filter.h"
#include "inference/fused.h"
#include "inference/memory.h"
#include "inference/published_shapes.h"
#include "inference/vae.h"
#include "inference/vae_stream.h"
#include "tests/sanitizers/sanitized.h"

namespace pai::inference {
namespace {

/// Convolutions by our own kernels beside LibTorch's in float32 of the same bfloat16 values: a result is rounded once.
class FrameFilterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!filterKernels()) GTEST_SKIP() << "this processor has no kernels for it";
    at::manual_seed(7);
  }
  static Tensor half(at::IntArrayRef shape, double scale = 1.0) { return (at::randn(shape) * scale).to(at::kBFloat16); }
  static Tensor wide(const Tensor& t) { return t.to(at::kFloat); }
  static void expectNear(const Tensor& made, const Tensor& exact, double relative) {
    ASSERT_EQ(made.sizes(), exact.sizes());
    EXPECT_LT(((wide(made) - exact).abs().max() / exact.abs().max()).item<double>(), relative);
  }
  const c10::InferenceMode m_inference;
};

/// Each instruction set that this machine has.
class EveryFilter : public FrameFilterTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    if (!filterKernelsOf(GetParam())) GTEST_SKIP() << "this processor has no " << GetParam();
    at::manual_seed(7);
  }
  static FrameFilter filterOf(const std::vector<Tensor>& kernels, const Tensor& bias, bool doubling) { return {kernels, bias, doubling, *filterKernelsOf(GetParam())}; }
};
INSTANTIATE_TEST_SUITE_P(Sets, EveryFilter, testing::Values("widened", "avx512bf16", "amx"), [](const auto& set) { return std::string(set.param); });

constexpr double kRoundingOfHalf = 1.0 / 256;  // of bfloat16

TEST_P(EveryFilter, sumsOverFramesAndAddsWhatIsBeside) {
  for (const auto& [inputs, outputs, rows, columns] : std::vector<std::array<std::int64_t, 4>>{{32, 48, 5, 7}, {96, 96, 34, 33}, {64, 32, 1, 1}, {32, 16, 3, 70}, {32, 32, 21, 150}, {160, 80, 4, 9}}) {
    const std::vector<Tensor> kernels{half({outputs, inputs, 3, 3}, 0.05), half({outputs, inputs, 3, 3}, 0.05), half({outputs, inputs, 3, 3}, 0.05)};
    const Tensor bias = half({outputs}), beside = half({1, outputs, rows, columns});
    const FrameFilter filter = filterOf(kernels, bias, false);
    std::vector<BorderedFrame> frames(3);
    Tensor exact = wide(beside) + wide(bias).reshape({1, -1, 1, 1});
    std::vector<const BorderedFrame*> seen;
    for (std::size_t t = 0; t < 3; ++t) {
      const Tensor x = half({1, inputs, rows, columns});
      frames[t].fill(x);
      seen.push_back(t == 1 ? nullptr : &frames[t]);
      if (t != 1) exact = exact + at::conv2d(wide(x), wide(kernels[t]), {}, {1, 1}, {1, 1});
    }
    expectNear(filter.apply(seen, beside), exact, kRoundingOfHalf);
  }
}

TEST_P(EveryFilter, seesTheDoubledPictureWithoutMakingIt) {
  const Tensor x = half({1, 64, 9, 13}), bias = half({32}), kernel = at::randn({32, 64, 3, 3}) * 0.05;
  BorderedFrame frame;
  frame.fill(x);
  const Tensor doubled = wide(x).repeat_interleave(2, 2).repeat_interleave(2, 3);
  expectNear(filterOf({kernel}, bias, true).apply({&frame}), at::conv2d(doubled, kernel, wide(bias), {1, 1}, {1, 1}), 2 * kRoundingOfHalf);
}

TEST_P(EveryFilter, aFrameThatIsFilledAgainHoldsNothingOfTheLast) {
  const std::vector<Tensor> kernels{half({32, 32, 3, 3}, 0.05)};
  const FrameFilter filter = filterOf(kernels, half({32}), false);
  BorderedFrame used, fresh;
  const Tensor x = half({1, 32, 6, 5}), gamma = at::rand({32}) + 0.5;
  used.fill(half({1, 32, 6, 5}, 100.0));
  used.fill(x, gamma), fresh.fill(channelNormed(x, gamma, true));
  EXPECT_TRUE(at::equal(filter.apply({&used}), filter.apply({&fresh})));
}

TEST_P(EveryFilter, picturesOfABatchAreEachByItself) {
  const FrameFilter plain = filterOf({half({32, 32, 3, 3}, 0.05)}, half({32}), false), doubling = filterOf({half({32, 32, 3, 3}, 0.05)}, half({32}), true);
  const Tensor x = half({3, 32, 7, 6});
  BorderedFrame all, one;
  all.fill(x);
  for (std::int64_t b = 0; b < 3; ++b) {
    one.fill(x.narrow(0, b, 1));
    for (const FrameFilter* filter : {&plain, &doubling}) EXPECT_TRUE(at::equal(filter->apply({&all}).narrow(0, b, 1), filter->apply({&one})));
  }
}

TEST_P(EveryFilter, mayWriteOverWhatIsBeside) {
  const FrameFilter filter = filterOf({half({64, 32, 3, 3}, 0.05)}, half({64}), false);
  BorderedFrame frame;
  frame.fill(half({1, 32, 9, 40}));
  const Tensor beside = half({1, 64, 9, 40}).contiguous(at::MemoryFormat::ChannelsLast), exact = filter.apply({&frame}, beside), over = filter.apply({&frame}, beside, beside);
  EXPECT_EQ(over.data_ptr(), beside.data_ptr());
  EXPECT_TRUE(at::equal(over, exact));
}

/// An autoencoder a third as wide as the published one, whose layers our own kernels take.
ShapeList thirdShapes() {
  ShapeList out;
  for (auto [name, shape] : publishedShapes("wan2.1-vae")) {
    for (std::int64_t& side : shape) side = side % 96 == 0 ? side / 3 : side;
    out[name] = shape;
  }
  return out;
}

StateDict thirdWeights() {
  StateDict out;
  for (const auto& [name, shape] : thirdShapes()) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(c10::multiply_integers(shape)) / static_cast<double>(shape[0]));
    out.put(name, name.ends_with(".gamma") ? at::ones(shape) : at::randn(shape) * scale);
  }
  return out;
}

class FilteredVae : public FrameFilterTest {
 protected:
  void SetUp() override {
    FrameFilterTest::SetUp();
    if (IsSkipped()) return;
    m_weights = thirdWeights();
    m_half.emplace(m_weights, Tensor(), Tensor(), at::kBFloat16);
  }
  static double off(const Tensor& a, const Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }
  StateDict m_weights;
  std::optional<VideoVae> m_half;
  const Tensor m_latent = at::randn({1, 16, 2, 22, 9}), m_video = at::rand({1, 3, 5, 22 * 8, 9 * 8}) * 2 - 1;
};

// Tolerance: some forty layers, each of which rounds by half a step of 2^-8 of what it gives; tiles change no more than that rounding.
constexpr double kHalfVae = 0.02;

TEST_F(FilteredVae, isTheOneInFloatsToItsRounding) {
  const VideoVae exact(m_weights);
  EXPECT_LT(off(m_half->decode(m_latent), exact.decode(m_latent)), kHalfVae);
  EXPECT_LT(off(m_half->encode(m_video), exact.encode(m_video)), kHalfVae);
  // With its margins each of these tiles is the whole picture, and must leave it to the next.
  EXPECT_LT(off(m_half->decodeTiled(m_latent, 12), exact.decode(m_latent)), kHalfVae);
  EXPECT_LT(off(m_half->encodeTiled(m_video, 12), exact.encode(m_video)), kHalfVae);
}

TEST_F(FilteredVae, givesTheSameAgainAndWatchedAndForEachOfABatch) {
  const Observer observer = [](const std::string&, const Tensor&) {};
  const Tensor decoded = m_half->decode(m_latent), encoded = m_half->encode(m_video);
  EXPECT_TRUE(at::equal(m_half->decode(m_latent), decoded));
  EXPECT_TRUE(at::equal(m_half->decode(m_latent, {}, observer), decoded));
  EXPECT_TRUE(at::equal(m_half->encode(m_video, {}, observer), encoded));
  const Tensor two = at::cat({at::randn({1, 16, 2, 4, 5}), at::randn({1, 16, 2, 4, 5})}), both = m_half->decode(two);
  for (std::int64_t b = 0; b < 2; ++b) EXPECT_LT(off(m_half->decode(two.narrow(0, b, 1)), both.narrow(0, b, 1)), kHalfVae);
}

TEST_F(FilteredVae, holdsAWeightOnce) {
  const VaeWeights decoder(m_weights, at::kBFloat16, VaeSide::kDecoder);
  const FrameConvolution &filtered = decoder.convolution("decoder.upsamples.0.residual.2"), &plain = decoder.convolution("decoder.upsamples.3.time_conv");
  EXPECT_TRUE(filtered.filter && filtered.kernels.empty());
  EXPECT_TRUE(!plain.filter && plain.kernels.size() == 3);
  EXPECT_FALSE(decoder.has("encoder.conv1"));
}

/// A pass's own memory beside its forecast, to standard error; the code is 0 where they are within 15 %.
[[noreturn]] void comparePeak(bool decoder) {
  const c10::InferenceMode inference;
  returnFreedMemory();
  constexpr std::int64_t kRows = 34, kColumns = 60;
  const VideoVae vae(thirdWeights(), {}, {}, at::kBFloat16);
  const Tensor latent = at::randn({1, 16, 2, kRows, kColumns}), video = at::rand({1, 3, 5, kRows * 8, kColumns * 8});
  const auto pass = [&](std::int64_t rows, std::int64_t columns) {
    if (decoder) vae.decodeStreamed(latent.narrow(3, 0, rows).narrow(4, 0, columns), [](const Tensor&) {});
    else (void)vae.encode(video.narrow(3, 0, rows * 8).narrow(4, 0, columns * 8));
  };
  pass(2, 2);  // weights and the library's own
  const std::int64_t before = ownMemoryBytes(), forecast = vaePassBytes(thirdShapes(), decoder, kRows, kColumns, 0, at::kBFloat16);
  std::int64_t most = 0;
  for (int i = 0; i < 2; ++i) {
    const PeakMemory peak;
    pass(kRows, kColumns);
    most = std::max(most, peak.bytes() - before);
  }
  std::cerr << "compared: forecast " << (forecast >> 20) << " MiB, measured " << (most >> 20) << " MiB" << std::endl;
  std::_Exit(std::abs(forecast - most) < most * 15 / 100 ? 0 : 1);
}

TEST_F(FilteredVae, takesTheMemoryThatIsForecast) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps freed memory";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const bool decoder : {true, false}) EXPECT_EXIT(comparePeak(decoder), ::testing::ExitedWithCode(0), "compared");
}

}  // namespace
}  // namespace pai::inference

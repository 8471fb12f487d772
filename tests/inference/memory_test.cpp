// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "core/base/pack_files.h"
#include "inference/devices.h"
#include "inference/forecast.h"
#include "inference/memory.h"
#include "inference/published_shapes.h"
#include "inference/umt5.h"
#include "inference/vae.h"
#include "tests/inference/small_jobs.h"
#include "tests/sanitizers/sanitized.h"

namespace pai::inference {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;

/// A folder as a public download is: weights alone.
class BareFolder : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(m_folder = fs::temp_directory_path() / ("pai_memory_" + std::to_string(::getpid()))); }
  void TearDown() override { fs::remove_all(m_folder); }
  /// Small weights with the names of a published set: its first block, every large side an eighth.
  void write(const std::string& name) {
    ShapeList small;
    for (auto [key, shape] : publishedShapes(name)) {
      if (key.starts_with("blocks.") && !key.starts_with("blocks.0.")) continue;
      for (std::int64_t& side : shape) side = side > 128 ? side / 8 : side;
      small[key] = shape;
    }
    const core::Status written = writeRandomWeights((m_folder / (name + ".safetensors")).string(), small, at::kBFloat16, 1);
    ASSERT_TRUE(written.ok()) << core::describe(written.error());
  }
  fs::path m_folder;
};

class MadeVae {
 public:
  MadeVae() : m_weights(loadWeights(PAI_SOURCE_DIR "/tests/golden/vae.safetensors")->forCompute({})), vae(m_weights) {}

 private:
  StateDict m_weights;

 public:
  VideoVae vae;
};

// Tolerance: float32 rounding through some forty convolutions, whose sums are taken in another order for another width of picture.
constexpr double kRounding = 2e-5;

TEST(VaeTiles, decodedInTilesIsTheWholeToRounding) {
  const MadeVae made;
  at::manual_seed(3);
  const Tensor latent = at::randn({1, made.vae.latentChannels(), 2, 22, 17});  // larger than a tile with its margins of 13
  EXPECT_LT(apart(made.vae.decodeTiled(latent, 8), made.vae.decode(latent)), kRounding);
}

TEST(VaeTiles, encodedInTilesIsTheWholeToRounding) {
  const MadeVae made;
  at::manual_seed(4);
  const Tensor video = at::rand({1, 3, 5, 22 * 8, 12 * 8}) * 2 - 1;
  EXPECT_LT(apart(made.vae.encodeTiled(video, 8), made.vae.encode(video)), kRounding);
}

// Tolerance: some forty layers, each of which rounds by half a step of 2^-8 of what it gives; tiles change no more than that rounding.
TEST(VaeTiles, inHalfPrecisionAreTheFloatsToItsRounding) {
  if (!halfUnits()) GTEST_SKIP() << "this processor has no units for bfloat16";
  const StateDict weights = *loadWeights(PAI_SOURCE_DIR "/tests/golden/vae.safetensors");
  const VideoVae exact(weights), half(weights, {}, {}, at::kBFloat16);
  at::manual_seed(5);
  const Tensor latent = at::randn({1, exact.latentChannels(), 2, 22, 17}), video = at::rand({1, 3, 5, 22 * 8, 12 * 8}) * 2 - 1;
  const auto off = [](const Tensor& a, const Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); };
  constexpr double kHalf = 0.02;
  EXPECT_LT(off(half.decode(latent), exact.decode(latent)), kHalf);
  EXPECT_LT(off(half.decodeTiled(latent, 8), exact.decode(latent)), kHalf);
  EXPECT_LT(off(half.encode(video), exact.encode(video)), kHalf);
  EXPECT_LT(off(half.encodeTiled(video, 8), exact.encode(video)), kHalf);
  EXPECT_EQ(half.decode(latent).scalar_type(), at::kFloat);
}

// Frames go through one by one unless they are observed, which changes the order of the work and not the work.
TEST(VaeTiles, whatIsObservedIsWhatIsMade) {
  const MadeVae made;
  at::manual_seed(6);
  int observed = 0;
  const Observer observer = [&](const std::string&, const Tensor&) { ++observed; };
  const Tensor latent = at::randn({1, made.vae.latentChannels(), 3, 4, 6}), video = at::rand({1, 3, 9, 32, 48}) * 2 - 1;
  EXPECT_TRUE(at::equal(made.vae.decode(latent), made.vae.decode(latent, {}, observer)));
  EXPECT_TRUE(at::equal(made.vae.encode(video), made.vae.encode(video, {}, observer)));
  EXPECT_GT(observed, 0);
}

TEST(PublishedShapes, haveTheNumbersOfParametersThatWerePublished) {
  const auto parameters = [](const char* name) {
    std::int64_t sum = 0;
    for (const auto& [key, shape] : publishedShapes(name)) sum += c10::multiply_integers(shape);
    return sum;
  };
  EXPECT_EQ(parameters("wan2.1-t2v-1.3b"), 1'418'996'800);
  EXPECT_EQ(parameters("wan2.1-t2v-14b"), 14'288'491'584);
  EXPECT_EQ(parameters("wan2.1-vae"), 126'892'531);
  EXPECT_EQ(parameters("umt5-xxl"), 5'680'910'336);
  EXPECT_EQ(publishedShapes("wan2.1-t2v-1.3b").size(), 825u);
  EXPECT_EQ(publishedShapes("wan2.1-t2v-14b").size(), 1095u);
  EXPECT_EQ(publishedShapes("wan2.1-vae").size(), 194u);
  EXPECT_EQ(publishedShapes("umt5-xxl").size(), 242u);
  EXPECT_TRUE(publishedShapes("another").empty());
}

TEST(PublishedShapes, areRecognisedByTheirNames) {
  for (const std::string& name : publishedNames()) EXPECT_EQ(recognise(publishedShapes(name)).variant, name);
}

TEST_F(BareFolder, isAPackWithThePublishedRules) {
  write("wan2.1-vace-1.3b");
  write("wan2.1-vae");
  write("umt5-xxl");
  const auto pack = openPack(m_folder.string());
  ASSERT_TRUE(pack.ok()) << core::describe(pack.error());
  EXPECT_EQ(pack->conditioning, Conditioning::kVace);
  EXPECT_TRUE(pack->transformerPath.ends_with("/wan2.1-vace-1.3b.safetensors"));
  EXPECT_TRUE(pack->vaePath.ends_with("/wan2.1-vae.safetensors"));
  EXPECT_TRUE(pack->textEncoderPath.ends_with("/umt5-xxl.safetensors"));
  EXPECT_EQ(pack->rules.width, 832);
  EXPECT_EQ(pack->rules.window, 81);
  fs::remove(m_folder / "wan2.1-vace-1.3b.safetensors");
  const auto rules = core::readPackRules(m_folder.string());
  ASSERT_FALSE(rules.ok());
  EXPECT_EQ(rules.error().code, ErrorCode::kPackInvalid);
}

TEST_F(BareFolder, largeMatricesStayInTheirFile) {
  write("wan2.1-t2v-1.3b");
  const auto loaded = loadWeights((m_folder / "wan2.1-t2v-1.3b.safetensors").string());
  ASSERT_TRUE(loaded.ok());
  const StateDict used = loaded->forCompute({});
  const char* large = "time_projection.1.weight";
  ASSERT_GE(used.at(large).numel(), 1 << 16);
  for (const auto& [name, tensor] : used.all()) {
    const bool stays = staysAsStored(tensor.sizes(), at::kBFloat16);
    EXPECT_EQ(tensor.scalar_type() == at::kBFloat16, stays) << name;
    EXPECT_EQ(tensor.data_ptr() == loaded->at(name).data_ptr(), stays) << name;
  }
}

TEST_F(BareFolder, aModelOfMappedHalvesGivesWhatOneOfFloatsGives) {
  const StateDict golden = *loadWeights(PAI_SOURCE_DIR "/tests/golden/dit_t2v.safetensors");
  StateDict halves, floats;
  for (const auto& [name, tensor] : golden.all()) {
    if (!name.starts_with("blocks.0.ffn")) continue;
    const Tensor wide = tensor.dim() == 2 ? tensor.repeat({16, 16}) : tensor.repeat({16});
    halves.put(name, wide.to(at::kBFloat16));
    floats.put(name, wide.to(at::kBFloat16).to(at::kFloat));
  }
  const StateDict used = halves.forCompute({});
  ASSERT_EQ(used.at("blocks.0.ffn.0.weight").scalar_type(), at::kBFloat16);
  const Tensor x = at::randn({7, floats.at("blocks.0.ffn.0.weight").size(1)});
  EXPECT_TRUE(at::equal(Linear(used, "blocks.0.ffn.0")(x), Linear(floats, "blocks.0.ffn.0")(x)));
}

TEST_F(BareFolder, aRenderThatEncodesNothingCountsTheDecodersWeightsAlone) {
  write("wan2.1-t2v-1.3b");
  write("wan2.1-vae");
  Pack pack = *openPack(m_folder.string());
  const ForecastSize size{5, 64, 64, 1, false, false};
  const std::int64_t fromText = forecastOf(pack, size, 0).weightBytes;
  pack.conditioning = Conditioning::kInContext;
  std::int64_t encoder = 0;
  const ShapeList shapes = *readShapes(pack.vaePath);
  for (const auto& [name, shape] : shapes) encoder += name.starts_with("encoder.") || name.starts_with("conv1.") ? c10::multiply_integers(shape) * 4 : 0;
  EXPECT_NEAR(static_cast<double>(forecastOf(pack, size, 0).weightBytes - fromText), static_cast<double>(encoder), 8.0);
}

TEST_F(BareFolder, aForecastAboveTheLimitIsRefusedWithItsNumbers) {
  write("wan2.1-t2v-1.3b");
  write("wan2.1-vae");
  const auto pack = openPack(m_folder.string());
  ASSERT_TRUE(pack.ok()) << core::describe(pack.error());
  const ForecastSize size{81, 480, 832, 0, false, false};
  const Forecast free = forecastOf(*pack, size, 0);
  EXPECT_EQ(free.vaeTile, 0);
  EXPECT_EQ(free.tokens, 21 * 30 * 52);
  EXPECT_TRUE(fitsMemory(free, free.peakBytes()).ok());
  // Tiles are taken before the render is refused.
  const Forecast tight = forecastOf(*pack, size, free.peakBytes() / 2);
  EXPECT_GT(tight.vaeTile, 0);
  EXPECT_LT(tight.peakBytes(), free.peakBytes());
  const core::Status refused = fitsMemory(forecastOf(*pack, size, 100'000'000), 100'000'000);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(core::exitCodeOf(refused.error().code), 6);
  EXPECT_NE(refused.error().detail.find("0.10 GB"), std::string::npos) << refused.error().detail;
}

/// A text encoder's own memory beside its forecast, to standard error; the code is 0 where they are within 15 %.
[[noreturn]] void compareTextPeak(const Pack& pack) {
  const c10::InferenceMode inference;
  returnFreedMemory();
  const Forecast forecast = forecastOf(pack, {5, 64, 64, 0, false, true}, 0);
  const TextEncoder encoder(loadTextEncoderWeights(pack)->forCompute({}));
  const auto encode = [&](std::int64_t length) { (void)encoder.encode(at::ones({1, length}, at::kLong), at::ones({1, length}, at::kLong)); };
  (void)at::mm(at::ones({512, 512}), at::ones({512, 512}));  // the library's own
  const std::int64_t before = ownMemoryBytes(), told = forecast.stages.at(1).bytes();  // after the sampling's
  std::int64_t most = 0;
  for (int i = 0; i < 2; ++i) {
    const PeakMemory peak;
    encode(pack.textLength);
    most = std::max(most, peak.bytes() - before);
  }
  std::cerr << "compared: forecast " << (told >> 20) << " MiB, measured " << (most >> 20) << " MiB" << std::endl;
  std::_Exit(std::abs(told - most) < most * 15 / 100 ? 0 : 1);
}

TEST_F(BareFolder, aTextEncodersMemoryIsForecast) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps freed memory";
  write("wan2.1-t2v-1.3b");
  write("wan2.1-vae");
  Pack pack = *openPack(m_folder.string());
  pack.textEncoderPath = (m_folder / "text.safetensors").string();
  pack.textLength = 1024;
  constexpr std::int64_t kWidth = 1024, kMiddle = 8192;
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const std::int64_t heads : {4, 16}) {  // the most is in the feed-forward layers, or where it attends
    ShapeList shapes{{"token_embedding.weight", {64, kWidth}}, {"norm.weight", {kWidth}}, {"blocks.0.norm1.weight", {kWidth}}, {"blocks.0.norm2.weight", {kWidth}},
                     {"blocks.0.pos_embedding.embedding.weight", {32, heads}}, {"blocks.0.ffn.gate.0.weight", {kMiddle, kWidth}}, {"blocks.0.ffn.fc1.weight", {kMiddle, kWidth}},
                     {"blocks.0.ffn.fc2.weight", {kWidth, kMiddle}}};
    for (const char* name : {"q", "k", "v", "o"}) shapes["blocks.0.attn." + std::string(name) + ".weight"] = {kWidth, kWidth};
    ASSERT_TRUE(writeRandomWeights(pack.textEncoderPath, shapes, at::kBFloat16, 1).ok());
    EXPECT_EXIT(compareTextPeak(pack), ::testing::ExitedWithCode(0), "compared");
  }
}

/// Allocates and touches 64 MiB; how much was counted meanwhile and afterwards, in MiB, to standard error.
[[noreturn]] void countSixtyFour() {
  returnFreedMemory();
  const std::int64_t before = ownMemoryBytes();
  const PeakMemory peak;
  {
    const Tensor t = at::ones({16 << 20});
    for (int i = 0; i < 1000 && peak.bytes() - before < (56 << 20); ++i) ::usleep(10'000);
  }
  const std::int64_t during = (peak.bytes() - before) >> 20, after = (ownMemoryBytes() - before) >> 20;
  std::cerr << "counted " << during << ", then " << after << std::endl;
  std::_Exit(during >= 56 && during <= 72 && after < 8 ? 0 : 1);
}

// In a process of its own: what other tests freed would be taken again without being counted.
TEST(MemoryDeathTest, whatIsAllocatedAndTouchedIsCounted) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps freed memory";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(countSixtyFour(), ::testing::ExitedWithCode(0), "counted");
}

TEST(Memory, theLimitIsNeverAboveWhatIsAskedFor) { EXPECT_LE(memoryLimitBytes(1 << 20), 1 << 20); }

}  // namespace
}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "inference/key_maps.h"
#include "inference/lora.h"
#include "inference/transformer.h"
#include "inference/vae.h"

namespace pai::inference {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;

class WeightsFolder : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(m_folder = fs::temp_directory_path() / ("pai_weights_" + std::to_string(::getpid()))); }
  void TearDown() override { fs::remove_all(m_folder); }
  std::string file(const std::string& name) const { return (m_folder / name).string(); }
  fs::path m_folder;
};

using Weights = WeightsFolder;

TEST_F(Weights, whatIsWrittenIsReadBackBitForBit) {
  at::manual_seed(1);
  std::map<std::string, Tensor, std::less<>> all{{"a", at::randn({3, 5})}, {"b", at::randn({4}).to(at::kBFloat16)}, {"c", at::arange(7)}};
  ASSERT_TRUE(saveWeights(file("w.safetensors"), all).ok());
  const auto back = loadWeights(file("w.safetensors"));
  ASSERT_TRUE(back.ok());
  for (const auto& [name, tensor] : all) EXPECT_TRUE(at::equal(back->at(name), tensor)) << name;
}

TEST_F(Weights, writingToALoadedTensorLeavesTheFile) {
  ASSERT_TRUE(saveWeights(file("w.safetensors"), {{"a", at::zeros({4})}}).ok());
  loadWeights(file("w.safetensors"))->at("a").fill_(7.0);
  EXPECT_TRUE(at::equal(loadWeights(file("w.safetensors"))->at("a"), at::zeros({4})));
}

TEST_F(Weights, float8IsWidenedThroughItsTable) {
  const std::array<std::byte, 4> codes{std::byte{0x38}, std::byte{0xB8}, std::byte{0x00}, std::byte{0x7E}};  // 1, -1, 0, 448
  ASSERT_TRUE(core::writeSafetensors(file("f8.safetensors"), {{"a", core::TensorType::kF8E4M3, {4}, codes}}).ok());
  const auto w = loadWeights(file("f8.safetensors"));
  ASSERT_TRUE(w.ok());
  EXPECT_TRUE(at::equal(w->at("a").to(at::kFloat), at::tensor({1.0f, -1.0f, 0.0f, 448.0f})));
}

TEST_F(Weights, aHeaderOfAnyLengthIsRead) {
  // Lengths such as 640 begin with the bytes of a pickle.
  for (std::size_t length = 1; length < 1500; length += 8) {
    ASSERT_TRUE(saveWeights(file("w.safetensors"), {{"a", at::zeros({1})}}, {{"note", std::string(length, 'x')}}).ok());
    const auto w = loadWeights(file("w.safetensors"));
    ASSERT_TRUE(w.ok()) << length << ": " << core::describe(w.error());
  }
}

TEST_F(Weights, aShardThatDisagreesWithTheIndexIsRefused) {
  ASSERT_TRUE(saveWeights(file("one.safetensors"), {{"a", at::zeros({4})}}).ok());
  std::ofstream(file("m.safetensors.index.json")) << R"({"weight_map":{"a":"one.safetensors","b":"one.safetensors"}})";
  const auto w = loadWeights(file("m.safetensors.index.json"));
  ASSERT_FALSE(w.ok());
  EXPECT_EQ(w.error().code, ErrorCode::kPackInvalid);
}

TEST_F(Weights, aTruncatedFileIsRefused) {
  ASSERT_TRUE(saveWeights(file("w.safetensors"), {{"a", at::zeros({400})}}).ok());
  fs::resize_file(file("w.safetensors"), fs::file_size(file("w.safetensors")) - 8);
  const auto w = loadWeights(file("w.safetensors"));
  ASSERT_FALSE(w.ok());
  EXPECT_EQ(w.error().code, ErrorCode::kFormatBroken);
}

struct PublishedTransformer {
  const char* variant;
  std::int64_t width, ffn, layers, hints;
};

void addAttention(ShapeList& out, const std::string& prefix, std::int64_t d, bool diffusers) {
  for (const char* n : {"q", "k", "v", "o"}) {
    const std::string name = diffusers ? (n[0] == 'o' ? prefix + "to_out.0" : prefix + "to_" + n) : prefix + n;
    out[name + ".weight"] = {d, d};
    out[name + ".bias"] = {d};
  }
  for (const char* n : {"norm_q", "norm_k"}) out[prefix + n + ".weight"] = {d};
}

void addBlock(ShapeList& out, const std::string& p, const PublishedTransformer& c, bool diffusers) {
  out[p + (diffusers ? "scale_shift_table" : "modulation")] = {1, 6, c.width};
  addAttention(out, p + (diffusers ? "attn1." : "self_attn."), c.width, diffusers);
  addAttention(out, p + (diffusers ? "attn2." : "cross_attn."), c.width, diffusers);
  for (const char* n : {"weight", "bias"}) {
    const bool w = n[0] == 'w';
    out[p + (diffusers ? "norm2." : "norm3.") + n] = {c.width};
    out[p + (diffusers ? "ffn.net.0.proj." : "ffn.0.") + n] = w ? std::vector<std::int64_t>{c.ffn, c.width} : std::vector<std::int64_t>{c.ffn};
    out[p + (diffusers ? "ffn.net.2." : "ffn.2.") + n] = w ? std::vector<std::int64_t>{c.width, c.ffn} : std::vector<std::int64_t>{c.width};
  }
}

void addLinear(ShapeList& out, const std::string& name, std::int64_t o, std::int64_t i) {
  out[name + ".weight"] = {o, i};
  out[name + ".bias"] = {o};
}

/// The names and shapes of a published transformer, in either layout.
ShapeList expectedShapes(const PublishedTransformer& c, bool diffusers) {
  ShapeList out;
  out["patch_embedding.weight"] = {c.width, 16, 1, 2, 2};
  out["patch_embedding.bias"] = {c.width};
  const std::string e = "condition_embedder.";
  addLinear(out, diffusers ? e + "text_embedder.linear_1" : "text_embedding.0", c.width, 4096);
  addLinear(out, diffusers ? e + "text_embedder.linear_2" : "text_embedding.2", c.width, c.width);
  addLinear(out, diffusers ? e + "time_embedder.linear_1" : "time_embedding.0", c.width, 256);
  addLinear(out, diffusers ? e + "time_embedder.linear_2" : "time_embedding.2", c.width, c.width);
  addLinear(out, diffusers ? e + "time_proj" : "time_projection.1", 6 * c.width, c.width);
  addLinear(out, diffusers ? "proj_out" : "head.head", 64, c.width);
  out[diffusers ? "scale_shift_table" : "head.modulation"] = {1, 2, c.width};
  for (std::int64_t i = 0; i < c.layers; ++i) addBlock(out, "blocks." + std::to_string(i) + ".", c, diffusers);
  for (std::int64_t n = 0; n < c.hints; ++n) {
    const std::string p = "vace_blocks." + std::to_string(n) + ".";
    addBlock(out, p, c, diffusers);
    if (n == 0) addLinear(out, p + (diffusers ? "proj_in" : "before_proj"), c.width, c.width);
    addLinear(out, p + (diffusers ? "proj_out" : "after_proj"), c.width, c.width);
  }
  if (c.hints == 0) return out;
  out["vace_patch_embedding.weight"] = {c.width, 96, 1, 2, 2};
  out["vace_patch_embedding.bias"] = {c.width};
  return out;
}

const PublishedTransformer kPublished[] = {{"wan2.1-t2v-1.3b", 1536, 8960, 30, 0}, {"wan2.1-t2v-14b", 5120, 13824, 40, 0},
                                           {"wan2.1-vace-1.3b", 1536, 8960, 30, 15}, {"wan2.1-vace-14b", 5120, 13824, 40, 8}};

TEST(KeyMaps, publishedTransformersAreRecognisedInBothLayouts) {
  for (const auto& c : kPublished) {
    for (const bool diffusers : {false, true}) {
      const Recognition r = recognise(expectedShapes(c, diffusers));
      EXPECT_EQ(r.kind, WeightsKind::kTransformer);
      EXPECT_EQ(r.layout == KeyLayout::kDiffusers, diffusers);
      EXPECT_EQ(r.variant, c.variant);
    }
  }
}

TEST(KeyMaps, diffusersNamesLeadToExactlyTheOriginalOnes) {
  for (const auto& c : kPublished) {
    ShapeList mapped;
    for (const auto& [name, shape] : expectedShapes(c, true)) mapped[*originalKey(name, WeightsKind::kTransformer, KeyLayout::kDiffusers)] = shape;
    EXPECT_EQ(mapped, expectedShapes(c, false)) << c.variant;
  }
}

/// Weights without memory behind them: every value is the same zero.
StateDict hollow(const ShapeList& shapes) {
  StateDict out;
  for (const auto& [name, shape] : shapes) out.put(name, at::zeros(std::vector<std::int64_t>(shape.size(), 1)).expand(shape));
  return out;
}

TEST(KeyMaps, modelsOfThePublishedShapesAreBuilt) {
  for (const auto& c : kPublished) {
    const StateDict weights = hollow(expectedShapes(c, false));
    const TransformerConfig config = detectTransformer(weights);
    EXPECT_EQ(config.heads, c.width / 128);
    EXPECT_EQ(config.layers, c.layers);
    EXPECT_EQ(config.ffnWidth, c.ffn);
    EXPECT_EQ(static_cast<std::int64_t>(config.vaceLayers.size()), c.hints);
    for (std::size_t n = 0; n < config.vaceLayers.size(); ++n) EXPECT_EQ(config.vaceLayers[n], static_cast<std::int64_t>(n) * c.layers / c.hints);
    EXPECT_NO_THROW(Transformer(weights, config));
  }
}

TEST(KeyMaps, diffusersAutoencoderNamesBecomeOriginal) {
  const auto key = [](const char* name) { return *originalKey(name, WeightsKind::kVideoVae, KeyLayout::kDiffusers); };
  EXPECT_EQ(key("encoder.conv_in.weight"), "encoder.conv1.weight");
  EXPECT_EQ(key("encoder.down_blocks.3.conv_shortcut.bias"), "encoder.downsamples.3.shortcut.bias");
  EXPECT_EQ(key("encoder.down_blocks.5.time_conv.weight"), "encoder.downsamples.5.time_conv.weight");
  EXPECT_EQ(key("encoder.mid_block.resnets.1.norm2.gamma"), "encoder.middle.2.residual.3.gamma");
  EXPECT_EQ(key("decoder.mid_block.attentions.0.to_qkv.weight"), "decoder.middle.1.to_qkv.weight");
  EXPECT_EQ(key("decoder.up_blocks.1.resnets.2.conv2.weight"), "decoder.upsamples.6.residual.6.weight");
  EXPECT_EQ(key("decoder.up_blocks.2.upsamplers.0.resample.1.bias"), "decoder.upsamples.11.resample.1.bias");
  EXPECT_EQ(key("decoder.norm_out.gamma"), "decoder.head.0.gamma");
  EXPECT_EQ(key("quant_conv.weight"), "conv1.weight");
  EXPECT_EQ(key("post_quant_conv.weight"), "conv2.weight");
}

TEST(KeyMaps, textEncoderNamesBecomeOriginal) {
  const auto key = [](const char* name) { return originalKey(name, WeightsKind::kTextEncoder, KeyLayout::kDiffusers); };
  EXPECT_EQ(key("encoder.block.23.layer.0.SelfAttention.relative_attention_bias.weight"), "blocks.23.pos_embedding.embedding.weight");
  EXPECT_EQ(key("encoder.block.0.layer.1.DenseReluDense.wi_0.weight"), "blocks.0.ffn.gate.0.weight");
  EXPECT_EQ(key("encoder.block.7.layer.1.layer_norm.weight"), "blocks.7.norm2.weight");
  EXPECT_EQ(key("encoder.embed_tokens.weight"), std::nullopt);
}

TEST(Lora, allSpellingsAddTheSameProduct) {
  at::manual_seed(5);
  const Tensor down = at::randn({2, 6}), up = at::randn({4, 2}), old = at::randn({4, 6});
  const std::string target = "blocks.3.self_attn.q.weight";
  const Tensor expected = old + at::mm(up, down) * (0.5 * 1.0 / 2.0);
  const std::pair<const char*, std::array<const char*, 3>> forms[] = {
      {"diffusion_model.blocks.3.self_attn.q", {".lora_A.weight", ".lora_B.weight", ".alpha"}},
      {"transformer.blocks.3.attn1.to_q", {".lora_A.weight", ".lora_B.weight", ".alpha"}},
      {"lora_unet_blocks_3_self_attn_q", {".lora_down.weight", ".lora_up.weight", ".alpha"}}};
  for (const auto& [base, endings] : forms) {
    StateDict weights, adapter;
    weights.put(target, old);
    adapter.put(std::string(base) + endings[0], down);
    adapter.put(std::string(base) + endings[1], up);
    adapter.put(std::string(base) + endings[2], at::ones({}));
    EXPECT_EQ(mergeLora(weights, adapter, 0.5), 1) << base;
    EXPECT_TRUE(at::allclose(weights.at(target), expected)) << base;
  }
}

TEST(Lora, aHalfPairIsRefused) {
  StateDict weights, adapter;
  weights.put("blocks.0.ffn.0.weight", at::zeros({4, 4}));
  adapter.put("diffusion_model.blocks.0.ffn.0.lora_A.weight", at::zeros({2, 4}));
  EXPECT_THROW(mergeLora(weights, adapter, 1.0), Failure);
}

TEST(VideoVae, lengthsThatAreNotPaddedAreRefusedNotCut) {
  const auto weights = loadWeights(PAI_SOURCE_DIR "/tests/golden/vae.safetensors");
  ASSERT_TRUE(weights.ok());
  const VideoVae vae(*weights);
  EXPECT_THROW((void)vae.encode(at::zeros({1, 3, 11, 32, 48})), Failure);
  EXPECT_THROW((void)vae.encode(at::zeros({1, 3, 9, 30, 48})), Failure);
}

}  // namespace
}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/published_shapes.h"

#include "inference/noise.h"

namespace pai::inference {

using core::ErrorCode;

namespace {

using Shape = std::vector<std::int64_t>;

/// What tells one published transformer from another (the configurations of Wan 2.1).
struct TransformerRule {
  const char* name;
  std::int64_t width, ffn, layers, hints;
};
constexpr TransformerRule kTransformers[] = {{"wan2.1-t2v-1.3b", 1536, 8960, 30, 0}, {"wan2.1-t2v-14b", 5120, 13824, 40, 0},
                                             {"wan2.1-vace-1.3b", 1536, 8960, 30, 15}, {"wan2.1-vace-14b", 5120, 13824, 40, 8}};
constexpr std::int64_t kPatchValues = 4, kLatentChannels = 16, kVaceChannels = 96, kTextWidth = 4096, kFrequencyWidth = 256;

void addBiased(ShapeList& out, const std::string& name, Shape weight) {
  out[name + ".bias"] = {weight[0]};
  out[name + ".weight"] = std::move(weight);
}

/// A block: modulation 1x6xD; self- and cross-attention of q, k, v, o with biases and norms of q and k; norm3 with affine; ffn D-F-D.
void addBlock(ShapeList& out, const std::string& block, const TransformerRule& r) {
  out[block + "modulation"] = {1, 6, r.width};
  for (const std::string attention : {"self_attn.", "cross_attn."}) {
    for (const char* part : {"q", "k", "v", "o"}) addBiased(out, block + attention + part, {r.width, r.width});
    for (const char* part : {"norm_q", "norm_k"}) out[block + attention + part + ".weight"] = {r.width};
  }
  addBiased(out, block + "norm3", {r.width});
  addBiased(out, block + "ffn.0", {r.ffn, r.width});
  addBiased(out, block + "ffn.2", {r.width, r.ffn});
}

ShapeList transformerShapes(const TransformerRule& r) {
  ShapeList out;
  addBiased(out, "patch_embedding", {r.width, kLatentChannels, 1, 2, 2});
  addBiased(out, "text_embedding.0", {r.width, kTextWidth});
  addBiased(out, "text_embedding.2", {r.width, r.width});
  addBiased(out, "time_embedding.0", {r.width, kFrequencyWidth});
  addBiased(out, "time_embedding.2", {r.width, r.width});
  addBiased(out, "time_projection.1", {6 * r.width, r.width});
  addBiased(out, "head.head", {kLatentChannels * kPatchValues, r.width});
  out["head.modulation"] = {1, 2, r.width};
  for (std::int64_t i = 0; i < r.layers; ++i) addBlock(out, "blocks." + std::to_string(i) + ".", r);
  for (std::int64_t i = 0; i < r.hints; ++i) {
    const std::string block = "vace_blocks." + std::to_string(i) + ".";
    addBlock(out, block, r);
    if (i == 0) addBiased(out, block + "before_proj", {r.width, r.width});
    addBiased(out, block + "after_proj", {r.width, r.width});
  }
  if (r.hints > 0) addBiased(out, "vace_patch_embedding", {r.width, kVaceChannels, 1, 2, 2});
  return out;
}

/// Two causal 3x3x3 convolutions with their norms, and a 1x1x1 one past them where the widths differ.
void addResidual(ShapeList& out, const std::string& name, std::int64_t in, std::int64_t to) {
  out[name + ".residual.0.gamma"] = {in, 1, 1, 1};
  addBiased(out, name + ".residual.2", {to, in, 3, 3, 3});
  out[name + ".residual.3.gamma"] = {to, 1, 1, 1};
  addBiased(out, name + ".residual.6", {to, to, 3, 3, 3});
  if (in != to) addBiased(out, name + ".shortcut", {to, in, 1, 1, 1});
}

void addMiddle(ShapeList& out, const std::string& side, std::int64_t width) {
  for (const char* part : {"middle.0", "middle.2"}) addResidual(out, side + part, width, width);
  out[side + "middle.1.norm.gamma"] = {width, 1, 1};
  addBiased(out, side + "middle.1.to_qkv", {3 * width, width, 1, 1});
  addBiased(out, side + "middle.1.proj", {width, width, 1, 1});
}

/// Widths 96 x (1, 2, 4, 4), two residual blocks a level down and three up; time is halved below the second and third level.
ShapeList vaeShapes() {
  constexpr std::int64_t kWidths[] = {96, 192, 384, 384};
  ShapeList out;
  std::int64_t at = 0, in = 96;
  addBiased(out, "encoder.conv1", {in, 3, 3, 3, 3});
  for (int level = 0; level < 4; ++level) {
    const std::int64_t width = kWidths[level];
    for (int i = 0; i < 2; ++i, in = width) addResidual(out, "encoder.downsamples." + std::to_string(at++), in, width);
    if (level == 3) break;
    const std::string name = "encoder.downsamples." + std::to_string(at++);
    addBiased(out, name + ".resample.1", {width, width, 3, 3});
    if (level > 0) addBiased(out, name + ".time_conv", {width, width, 3, 1, 1});
  }
  addMiddle(out, "encoder.", in);
  out["encoder.head.0.gamma"] = {in, 1, 1, 1};
  addBiased(out, "encoder.head.2", {2 * kLatentChannels, in, 3, 3, 3});
  addBiased(out, "conv1", {2 * kLatentChannels, 2 * kLatentChannels, 1, 1, 1});
  addBiased(out, "conv2", {kLatentChannels, kLatentChannels, 1, 1, 1});
  addBiased(out, "decoder.conv1", {in, kLatentChannels, 3, 3, 3});
  addMiddle(out, "decoder.", in);
  at = 0;
  for (int level = 3; level >= 0; --level) {
    const std::int64_t width = kWidths[level];
    for (int i = 0; i < 3; ++i, in = width) addResidual(out, "decoder.upsamples." + std::to_string(at++), in, width);
    if (level == 0) break;
    const std::string name = "decoder.upsamples." + std::to_string(at++);
    addBiased(out, name + ".resample.1", {width / 2, width, 3, 3});
    if (level > 1) addBiased(out, name + ".time_conv", {2 * width, width, 3, 1, 1});
    in = width / 2;
  }
  out["decoder.head.0.gamma"] = {in, 1, 1, 1};
  addBiased(out, "decoder.head.2", {3, in, 3, 3, 3});
  return out;
}

/// 24 blocks without biases; 64 heads of 64, gated ffn of 10,240, a table of 32 position buckets in each block.
ShapeList textEncoderShapes() {
  constexpr std::int64_t kVocabulary = 256384, kFfn = 10240, kBuckets = 32, kHeads = 64, kLayers = 24;
  ShapeList out{{"token_embedding.weight", {kVocabulary, kTextWidth}}, {"norm.weight", {kTextWidth}}};
  for (std::int64_t i = 0; i < kLayers; ++i) {
    const std::string block = "blocks." + std::to_string(i) + ".";
    for (const char* part : {"norm1", "norm2"}) out[block + part + ".weight"] = {kTextWidth};
    for (const char* part : {"attn.q", "attn.k", "attn.v", "attn.o"}) out[block + part + ".weight"] = {kTextWidth, kTextWidth};
    for (const char* part : {"ffn.gate.0", "ffn.fc1"}) out[block + part + ".weight"] = {kFfn, kTextWidth};
    out[block + "ffn.fc2.weight"] = {kTextWidth, kFfn};
    out[block + "pos_embedding.embedding.weight"] = {kBuckets, kHeads};
  }
  return out;
}

bool isNorm(const std::string& name) { return name.ends_with(".gamma") || (name.find("norm") != std::string::npos && name.ends_with(".weight")); }

}  // namespace

ShapeList publishedShapes(std::string_view name) {
  for (const TransformerRule& rule : kTransformers)
    if (name == rule.name) return transformerShapes(rule);
  if (name == "wan2.1-vae") return vaeShapes();
  if (name == "umt5-xxl") return textEncoderShapes();
  return {};
}

const std::vector<std::string>& publishedNames() {
  static const std::vector<std::string> names{"wan2.1-t2v-1.3b", "wan2.1-t2v-14b", "wan2.1-vace-1.3b", "wan2.1-vace-14b", "wan2.1-vae", "umt5-xxl"};
  return names;
}

core::Status writeRandomWeights(const std::string& path, const ShapeList& shapes, at::ScalarType type, std::uint64_t seed) {
  constexpr std::int64_t kShifts = 4099;
  std::int64_t most = 1, widest = 1;
  for (const auto& [name, shape] : shapes) {
    most = std::max(most, c10::multiply_integers(shape));
    if (isNorm(name)) widest = std::max(widest, c10::multiply_integers(shape));
  }
  // Every tensor is a part of this table, at a place of its own.
  const Tensor small = shotNoise(seed, 0, 1, 1, 1024, 1024).flatten() * 0.02;
  const Tensor table = small.to(type).repeat({(most + kShifts) / small.numel() + 1}), ones = at::ones({widest}, table.options());
  std::vector<core::TensorToWrite> list;
  std::int64_t shift = 0;
  for (const auto& [name, shape] : shapes) {
    const auto* bytes = static_cast<const std::byte*>((isNorm(name) ? ones : table.narrow(0, shift, most)).data_ptr());
    shift = (shift + 1009) % kShifts;
    const auto size = static_cast<std::size_t>(c10::multiply_integers(shape)) * table.element_size();
    list.push_back({name, type == at::kFloat ? core::TensorType::kF32 : core::TensorType::kBF16, shape, {bytes, size}});
  }
  return core::writeSafetensors(path, list, {{"source", "random values"}});
}

}  // namespace pai::inference

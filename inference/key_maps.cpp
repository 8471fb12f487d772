// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/key_maps.h"

#include <array>

#include "core/base/pack_parts.h"

namespace pai::inference {

using core::ErrorCode;

namespace {

struct Rename {
  std::string_view from, to;
};

/// Parts of names in the Diffusers layout of the transformer. The first that fits is taken; names are matched from the front.
constexpr std::array kTransformerRenames{
    Rename{"condition_embedder.time_embedder.linear_1.", "time_embedding.0."},
    Rename{"condition_embedder.time_embedder.linear_2.", "time_embedding.2."},
    Rename{"condition_embedder.time_proj.", "time_projection.1."},
    Rename{"condition_embedder.text_embedder.linear_1.", "text_embedding.0."},
    Rename{"condition_embedder.text_embedder.linear_2.", "text_embedding.2."},
    Rename{"scale_shift_table", "head.modulation"},
    Rename{"proj_out.", "head.head."}};
constexpr std::array kBlockRenames{
    Rename{"attn1.to_out.0.", "self_attn.o."},  Rename{"attn1.to_", "self_attn."},       Rename{"attn1.", "self_attn."},
    Rename{"attn2.to_out.0.", "cross_attn.o."}, Rename{"attn2.to_", "cross_attn."},      Rename{"attn2.", "cross_attn."},
    Rename{"norm2.", "norm3."},                 Rename{"ffn.net.0.proj.", "ffn.0."},     Rename{"ffn.net.2.", "ffn.2."},
    Rename{"scale_shift_table", "modulation"},  Rename{"proj_in.", "before_proj."},      Rename{"proj_out.", "after_proj."}};
constexpr std::array kResidualRenames{
    Rename{"norm1.", "residual.0."}, Rename{"conv1.", "residual.2."}, Rename{"norm2.", "residual.3."},
    Rename{"conv2.", "residual.6."}, Rename{"conv_shortcut.", "shortcut."}};
constexpr std::array kTextBlockRenames{
    Rename{"layer.0.SelfAttention.relative_attention_bias.", "pos_embedding.embedding."},
    Rename{"layer.0.SelfAttention.", "attn."}, Rename{"layer.0.layer_norm.", "norm1."},
    Rename{"layer.1.DenseReluDense.wi_0.", "ffn.gate.0."}, Rename{"layer.1.DenseReluDense.wi_1.", "ffn.fc1."},
    Rename{"layer.1.DenseReluDense.wo.", "ffn.fc2."}, Rename{"layer.1.layer_norm.", "norm2."}};

template <std::size_t kCount>
std::string renamed(const std::string& name, const std::array<Rename, kCount>& list) {
  for (const Rename& r : list)
    if (name.starts_with(r.from)) return std::string(r.to).append(name.substr(r.from.size()));
  return name;
}

/// "<prefix>12.rest" as the number and the rest; nullopt otherwise.
std::optional<std::pair<std::int64_t, std::string>> numbered(const std::string& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const auto dot = name.find('.', prefix.size());
  if (dot == std::string::npos || dot == prefix.size() || dot - prefix.size() > 4) return std::nullopt;
  const std::string digits = name.substr(prefix.size(), dot - prefix.size());
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::pair{std::stoll(digits), name.substr(dot + 1)};
}

std::string joined(std::string_view prefix, std::int64_t number, const std::string& rest) {
  return std::string(prefix).append(std::to_string(number)).append(".").append(rest);
}

std::string transformerKey(const std::string& name) {
  for (const std::string_view prefix : {"blocks.", "vace_blocks."})
    if (const auto part = numbered(name, prefix)) return joined(prefix, part->first, renamed(part->second, kBlockRenames));
  return renamed(name, kTransformerRenames);
}

/// One side of the autoencoder: encoder blocks are a flat list, decoder blocks come in groups of three and an upsampler.
std::string vaeSideKey(const std::string& side, const std::string& name) {
  if (name.starts_with("conv_in.")) return side + "conv1." + name.substr(8);
  if (name.starts_with("norm_out.")) return side + "head.0." + name.substr(9);
  if (name.starts_with("conv_out.")) return side + "head.2." + name.substr(9);
  if (name.starts_with("mid_block.attentions.0.")) return side + "middle.1." + name.substr(23);
  if (const auto part = numbered(name, "mid_block.resnets.")) return joined(side + "middle.", 2 * part->first, renamed(part->second, kResidualRenames));
  if (const auto part = numbered(name, "down_blocks.")) return joined(side + "downsamples.", part->first, renamed(part->second, kResidualRenames));
  const auto block = numbered(name, "up_blocks.");
  if (!block) return side + name;
  if (const auto part = numbered(block->second, "resnets.")) return joined(side + "upsamples.", 4 * block->first + part->first, renamed(part->second, kResidualRenames));
  if (const auto part = numbered(block->second, "upsamplers.")) return joined(side + "upsamples.", 4 * block->first + 3, part->second);
  return side + name;
}

std::string vaeKey(const std::string& name) {
  if (name.starts_with("quant_conv.")) return "conv1." + name.substr(11);
  if (name.starts_with("post_quant_conv.")) return "conv2." + name.substr(16);
  for (const std::string side : {"encoder.", "decoder."})
    if (name.starts_with(side)) return vaeSideKey(side, name.substr(side.size()));
  return name;
}

std::optional<std::string> textKey(const std::string& name) {
  if (name == "encoder.embed_tokens.weight") return std::nullopt;  // the shared embedding once more
  if (name == "shared.weight") return "token_embedding.weight";
  if (name == "encoder.final_layer_norm.weight") return "norm.weight";
  if (const auto part = numbered(name, "encoder.block.")) return joined("blocks.", part->first, renamed(part->second, kTextBlockRenames));
  return name;
}

WeightsKind kindOf(core::WeightsPart part) {
  switch (part) {
    case core::WeightsPart::kTransformer: return WeightsKind::kTransformer;
    case core::WeightsPart::kAutoencoder: return WeightsKind::kVideoVae;
    case core::WeightsPart::kTextEncoder: return WeightsKind::kTextEncoder;
    case core::WeightsPart::kPreviewDecoder: return WeightsKind::kPreviewVae;
  }
  return WeightsKind::kUnknown;
}

std::int64_t sizeOf(const ShapeList& shapes, const std::string& name, std::size_t axis) {
  const auto found = shapes.find(name);
  return found == shapes.end() || axis >= found->second.size() ? 0 : found->second[axis];
}

std::string variantOf(const ShapeList& shapes, const Recognition& r) {
  const bool original = r.layout == KeyLayout::kOriginal;
  if (r.kind == WeightsKind::kTransformer) {
    const std::int64_t width = sizeOf(shapes, r.prefix + "patch_embedding.weight", 0);
    const bool vace = shapes.contains(r.prefix + "vace_patch_embedding.weight");
    const std::string size = width == 1536 ? "1.3b" : width == 5120 ? "14b" : "";
    return size.empty() || sizeOf(shapes, r.prefix + "patch_embedding.weight", 1) != 16 ? "" : std::string(vace ? "wan2.1-vace-" : "wan2.1-t2v-").append(size);
  }
  if (r.kind == WeightsKind::kVideoVae) return sizeOf(shapes, r.prefix + (original ? "encoder.conv1.weight" : "encoder.conv_in.weight"), 0) == 96 ? "wan2.1-vae" : "";
  if (r.kind == WeightsKind::kTextEncoder) return sizeOf(shapes, r.prefix + (original ? "token_embedding.weight" : "shared.weight"), 1) == 4096 ? "umt5-xxl" : "";
  return r.kind == WeightsKind::kPreviewVae && sizeOf(shapes, r.prefix + "decoder.1.weight", 0) == 256 ? "taew2.1" : "";
}

}  // namespace

Recognition recognise(const ShapeList& shapes) {
  const auto mark = core::weightsMark([&](const std::string& name) { return shapes.contains(name); });
  if (!mark) return {};
  Recognition r{kindOf(mark->part), mark->diffusers ? KeyLayout::kDiffusers : KeyLayout::kOriginal, mark->prefix, ""};
  r.variant = variantOf(shapes, r);
  return r;
}

std::optional<std::string> originalKey(const std::string& name, WeightsKind kind, KeyLayout layout) {
  if (layout == KeyLayout::kOriginal) return name;
  if (kind == WeightsKind::kTransformer) return transformerKey(name);
  if (kind == WeightsKind::kVideoVae) return vaeKey(name);
  if (kind == WeightsKind::kTextEncoder) return textKey(name);
  return name;
}

StateDict withOriginalKeys(const StateDict& weights, const Recognition& recognition) {
  StateDict out;
  for (const auto& [name, tensor] : weights.all()) {
    if (!name.starts_with(recognition.prefix)) continue;
    const auto key = originalKey(name.substr(recognition.prefix.size()), recognition.kind, recognition.layout);
    if (!key) continue;
    if (out.has(*key)) fail(ErrorCode::kPackInvalid, "two tensors are named " + core::inQuotes(*key) + " in the original layout");
    out.put(*key, tensor);
  }
  return out;
}

}  // namespace pai::inference

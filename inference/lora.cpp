// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/lora.h"

#include "inference/key_maps.h"

namespace pai::inference {

using core::ErrorCode;

namespace {

struct Pair {
  Tensor down_RI, up_OR;
  double alpha = 0.0;  // 0: the rank
};

/// Base name and part ("down", "up", "alpha") of an adapter's tensor.
std::optional<std::pair<std::string, std::string>> partOf(const std::string& name) {
  for (const auto& [ending, part] : std::initializer_list<std::pair<const char*, const char*>>{
           {".lora_A.weight", "down"}, {".lora_down.weight", "down"}, {".lora_A.default.weight", "down"}, {".lora_B.weight", "up"},
           {".lora_up.weight", "up"}, {".lora_B.default.weight", "up"}, {".alpha", "alpha"}})
    if (name.ends_with(ending)) return std::pair{name.substr(0, name.size() - std::string_view(ending).size()), std::string(part)};
  return std::nullopt;
}

/// The weight's original key for each spelling that an adapter may use.
std::map<std::string, std::string> spellings(const StateDict& weights) {
  std::map<std::string, std::string> out;
  for (const auto& [name, tensor] : weights.all()) {
    if (!name.ends_with(".weight")) continue;
    std::string flat = name.substr(0, name.size() - 7);
    std::replace(flat.begin(), flat.end(), '.', '_');
    out["lora_unet_" + flat] = name;
  }
  return out;
}

std::string targetOf(std::string base, const std::map<std::string, std::string>& flat) {
  if (const auto found = flat.find(base); found != flat.end()) return found->second;
  for (const std::string_view prefix : {"diffusion_model.", "transformer.", "model.diffusion_model."})
    if (base.starts_with(prefix)) base = base.substr(prefix.size());
  const KeyLayout layout = base.find(".attn1.") != std::string::npos || base.find(".attn2.") != std::string::npos || base.find(".ffn.net.") != std::string::npos ||
                                   base.starts_with("condition_embedder.") || base.starts_with("proj_out")
                               ? KeyLayout::kDiffusers
                               : KeyLayout::kOriginal;
  return *originalKey(base + ".weight", WeightsKind::kTransformer, layout);
}

}  // namespace

std::int64_t mergeLora(StateDict& weights, const StateDict& adapter, double strength) {
  std::map<std::string, Pair> pairs;
  const auto flat = spellings(weights);
  for (const auto& [name, tensor] : adapter.all()) {
    const auto part = partOf(name);
    if (!part) fail(ErrorCode::kPackInvalid, "the adapter's tensor " + core::inQuotes(name) + " is of no known form");
    Pair& pair = pairs[targetOf(part->first, flat)];
    if (part->second == "alpha") pair.alpha = tensor.to(at::kDouble).sum().item<double>();
    else (part->second == "down" ? pair.down_RI : pair.up_OR) = tensor.to(at::kFloat);
  }
  for (const auto& [key, pair] : pairs) {
    if (!weights.has(key) || !pair.down_RI.defined() || !pair.up_OR.defined())
      fail(ErrorCode::kPackInvalid, "the adapter's part for " + core::inQuotes(key) + " has no counterpart");
    const Tensor& old = weights.at(key);
    const std::int64_t rank = pair.down_RI.size(0);
    const Tensor down = pair.down_RI.flatten(1), up = pair.up_OR.flatten(1);
    if (rank < 1 || up.size(1) != rank || up.size(0) * down.size(1) != old.numel() || up.size(0) != old.size(0))
      fail(ErrorCode::kPackInvalid, "the adapter's part for " + core::inQuotes(key) + " does not fit " + shapeText(old.sizes()));
    const double scale = strength * (pair.alpha > 0.0 ? pair.alpha / static_cast<double>(rank) : 1.0);
    weights.put(key, (old.to(at::kFloat) + (at::mm(up, down) * scale).reshape(old.sizes())).to(old.scalar_type()));
  }
  return static_cast<std::int64_t>(pairs.size());
}

}  // namespace pai::inference

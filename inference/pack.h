// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/pack_rules.h"
#include "inference/key_maps.h"
#include "inference/solvers.h"
#include "inference/transformer.h"

namespace pai::inference {

using Conditioning = core::PackConditioning;

/// A model pack: what pack.json says, or what the names and shapes of a bare download tell.
struct Pack {
  std::string folder, name;
  Conditioning conditioning = Conditioning::kText;
  core::PackRules rules;  // sizes, windows
  std::string transformerPath, vaePath, textEncoderPath, tokenizerPath;  // the last two may be empty
  std::int64_t heads = 0, textLength = 512;  // heads 0: width / 128
  bool continuousPositions = false;
  SolverKind solver = SolverKind::kUniPc;
  int steps = 50;
  double shift = 5.0, guidance = 5.0;
  std::string negative;  // the text that guidance leads away from
  struct Adapter {
    std::string path;
    double strength = 1.0;
  };
  std::vector<Adapter> adapters;
};

/// Reads a pack. pack.json names its files under "transformer", "vae", "text_encoder", "tokenizer" (base names) and its rules under
/// core/base/pack_rules.h, "heads", "text_length", "positions" (slot, continuous), "solver", "steps", "shift", "guidance", "negative",
/// "lora" ([{file, strength}]). Without pack.json every safetensors file of the folder is recognised by names and shapes.
/// Nothing but headers is read. Errors: kFileMissing, kPackInvalid, kPathForbidden.
core::Result<Pack> openPack(const std::string& folder);

/// The pack's transformer weights under original keys, adapters merged. Errors: kPackInvalid and those of loadWeights.
core::Result<StateDict> loadTransformerWeights(const Pack& pack);
/// The text encoder's weights under original keys.
core::Result<StateDict> loadTextEncoderWeights(const Pack& pack);
/// The VAE's weights under original keys.
core::Result<StateDict> loadVaeWeights(const Pack& pack);
/// Sizes of the pack's transformer.
TransformerConfig packTransformerConfig(const Pack& pack, const StateDict& weights);

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// What a set of weights is.
enum class WeightsKind { kTransformer, kVideoVae, kTextEncoder, kPreviewVae, kUnknown };
/// Whose key names it carries.
enum class KeyLayout { kOriginal, kDiffusers };

/// Kind and layout of weights, from their names alone. A prefix that all names share ("model.diffusion_model.") is allowed.
struct Recognition {
  WeightsKind kind = WeightsKind::kUnknown;
  KeyLayout layout = KeyLayout::kOriginal;
  std::string prefix;   // to be cut from every name
  std::string variant;  // e.g. "wan2.1-t2v-1.3b"; empty when the sizes are none of the published
};
Recognition recognise(const ShapeList& shapes);

/// The original key of a name in a layout; nullopt for names that carry nothing (duplicates of a shared embedding).
std::optional<std::string> originalKey(const std::string& name, WeightsKind kind, KeyLayout layout);

/// Weights under their original keys. Throws Failure(kPackInvalid) when two names lead to one key.
StateDict withOriginalKeys(const StateDict& weights, const Recognition& recognition);

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace pai::core {

/// What a set of weights is.
enum class WeightsPart { kTransformer, kAutoencoder, kTextEncoder, kPreviewDecoder };

/// The part, whose key names it carries, and the prefix that all of them share.
struct WeightsMark {
  WeightsPart part = WeightsPart::kTransformer;
  bool diffusers = false;  // false: the original names
  std::string prefix;      // such as "model.diffusion_model."
};

/// Recognises weights by names that their kind always has. Nothing when they are of no known kind.
std::optional<WeightsMark> weightsMark(const std::function<bool(const std::string& name)>& has);

/// A file of weights in a folder as it was downloaded, or an index with its shards.
struct PackPart {
  std::string path;  // of the file or the index
  std::optional<WeightsMark> mark;
  std::int64_t tensors = 0;
  std::uint64_t sizeBytes = 0;
};

/// A word for people and tools: transformer, autoencoder, text encoder, preview decoder, unknown.
std::string partName(const std::optional<WeightsMark>& mark);

/// Reads every header of a folder without pack.json (pack_files.h), shards against their index. Errors: kPackInvalid where an index and
/// its shards disagree, or where there is no transformer or no autoencoder, without which nothing can be rendered; those of the headers.
Result<std::vector<PackPart>> partsOfFolder(const std::string& folder);

}  // namespace pai::core

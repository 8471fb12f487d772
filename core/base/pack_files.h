// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/pack_rules.h"

namespace pai::core {

/// Files of a model as it was downloaded, without a pack.json.
struct PackFiles {
  std::vector<std::string> weights;  // .safetensors, or the .safetensors.index.json that stands for its shards; sorted
  std::vector<std::string> shards;   // files that an index names
  std::string tokenizer;             // sentencepiece model, or empty
};

/// Looks through a folder and the folders in it that public downloads have: transformer, vae, text_encoder, tokenizer,
/// google/umt5-xxl. Errors: kFileMissing, kLimitExceeded (more than 256 files), those of readSafetensorsIndex.
Result<PackFiles> findPackFiles(const std::string& folder);

/// Rules of such a folder, from the names and shapes in its headers: conditioning by VACE or in context where the transformer has
/// their tensors; 832 x 480 for a width of up to 1,536 and 1280 x 720 above, 81 frames at once, as published. kPackInvalid where it
/// holds no transformer; errors of the headers.
Result<PackRules> rulesOfFiles(const std::string& folder);

/// A hash of a folder's files by names, sizes and headers: gigabytes of values are not read.
Result<std::string> hashOfFiles(const std::string& folder);

}  // namespace pai::core

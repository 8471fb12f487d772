// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/weights.h"

namespace pai::inference {

/// One file of a golden folder: its manifest entry and its tensors.
struct GoldenFile {
  std::string name;  // without ".safetensors"
  nlohmann::json entry;
  StateDict tensors;
  const nlohmann::json& config() const { return entry.at("config"); }
};

/// A golden folder, read whole. Files are bounded and lie in the folder itself.
class GoldenSet {
 public:
  /// Throws Failure.
  explicit GoldenSet(const std::string& folder);
  const std::vector<GoldenFile>& files() const { return m_files; }
  /// Throws Failure(kPackInvalid) when the set has no such file.
  const GoldenFile& file(const std::string& name) const;

 private:
  std::vector<GoldenFile> m_files;
};

/// Values computed for a file's outputs, by tensor name.
using Computed = std::map<std::string, Tensor>;

/// Runs the module that a file is of. Throws Failure(kFormatUnsupported) for a module that is not known.
Computed computeGolden(const GoldenSet& set, const GoldenFile& file);

}  // namespace pai::inference

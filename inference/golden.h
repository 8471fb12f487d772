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
  bool is(std::string_view part) const { return entry.value("module", std::string()).find(part) != std::string::npos; }
};

/// A golden folder, read whole. Files are bounded and lie in the folder itself.
class GoldenSet {
 public:
  /// Tensors are brought to where and to what they are computed in, as a model's are. Throws Failure.
  GoldenSet(const std::string& folder, const Compute& compute);
  const std::vector<GoldenFile>& files() const { return m_files; }
  /// Throws Failure(kPackInvalid) when the set has no such file.
  const GoldenFile& file(const std::string& name) const;
  at::Device device() const { return m_device; }

 private:
  std::vector<GoldenFile> m_files;
  at::Device m_device;
};

/// Values computed for a file's outputs, by tensor name.
using Computed = std::map<std::string, Tensor>;

/// Whether an output of a file depends on products that a model makes in half precision.
bool throughProducts(const GoldenFile& file, const std::string& output, const Compute& compute);

/// Runs the module that a file is of. Throws Failure(kFormatUnsupported) for a module that is not known.
Computed computeGolden(const GoldenSet& set, const GoldenFile& file);

}  // namespace pai::inference

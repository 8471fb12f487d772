// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/safetensors.h"
#include "inference/tensor.h"

namespace pai::inference {

/// Name and shape of a tensor, without its bytes.
using ShapeList = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// Tensors by name as models take them; handles, so that a trainer and a model share them.
class StateDict {
 public:
  StateDict() = default;
  explicit StateDict(std::map<std::string, Tensor, std::less<>> tensors) : m_tensors(std::move(tensors)) {}

  bool has(std::string_view name) const { return m_tensors.find(name) != m_tensors.end(); }
  /// Throws Failure(kPackInvalid) naming the tensor when it is not there.
  const Tensor& at(std::string_view name) const;
  /// An undefined tensor when it is not there.
  Tensor maybe(std::string_view name) const;
  void put(std::string name, Tensor tensor) { m_tensors[std::move(name)] = std::move(tensor); }
  /// 1 + the largest number N for which a name begins with "<prefix>N."; 0 when there is none.
  std::int64_t count(std::string_view prefix) const;
  const std::map<std::string, Tensor, std::less<>>& all() const { return m_tensors; }
  /// Every tensor on a device and as a floating type; integers stay.
  StateDict to(at::Device device, at::ScalarType type) const;

 private:
  std::map<std::string, Tensor, std::less<>> m_tensors;
};

/// Opens a `.safetensors` file or the shards of a `.safetensors.index.json`. Nothing is allocated for a tensor before all
/// headers are checked; bytes are mapped and shared (F8 is widened to BF16 through a table). Errors: those of the headers;
/// kPackInvalid for an index that disagrees with its shards.
core::Result<StateDict> loadWeights(const std::string& path);

/// Names and shapes only. Errors as loadWeights.
core::Result<ShapeList> readShapes(const std::string& path);

/// Writes tensors (F32, F16, BF16, I64) atomically. Errors: kFileUnwritable, kDiskFull.
core::Status saveWeights(const std::string& path, const std::map<std::string, Tensor, std::less<>>& tensors,
                         const std::map<std::string, std::string>& metadata = {});

}  // namespace pai::inference

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
  /// For a model that computes so. On a CPU, and where the device takes weights as they are used, large matrices stay where and as they
  /// are (mapped from their file, in half precision), and the model converts each while it is used. On a device, weights of products are
  /// of the products' type, other large matrices as stored. The rest is float32 on the device.
  StateDict forCompute(const Compute& compute) const;
  /// Type of the products of models that are made of these weights.
  at::ScalarType products() const { return m_products; }

 private:
  at::ScalarType m_products = at::kFloat;
  std::map<std::string, Tensor, std::less<>> m_tensors;
};

/// A weight as it is used beside `x` in a type; the same tensor where it is that already.
inline Tensor usedBeside(const Tensor& x, const Tensor& weight, at::ScalarType type) { return weight.to(x.device(), type); }

/// Whether a tensor of this name is a weight of the products that a model makes in half precision: those of attention and of the
/// feed-forward layers. Patches, times, the text's embedding and the head are float32 products.
bool isProductWeight(std::string_view name);

/// The type that `forCompute` brings a tensor to on the device; nothing: it stays where and as it is.
std::optional<at::ScalarType> computeType(std::string_view name, const Tensor& tensor, const Compute& compute);

/// Whether a weight of this shape and type stays as stored in `forCompute` on a CPU.
bool staysAsStored(at::IntArrayRef shape, at::ScalarType stored);

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

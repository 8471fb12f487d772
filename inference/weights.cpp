// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/weights.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/tensor_values.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;
using core::TensorEntry;
using core::TensorType;

namespace {

/// A file mapped privately: writes would go to copied pages, never to the file.
class Mapping {
 public:
  Mapping(const std::string& path, std::uint64_t size) : m_size(size) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw Failure(core::errnoError(errno, "cannot open", path));
    m_bytes = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    const int problem = errno;
    ::close(fd);
    if (m_bytes == MAP_FAILED) throw Failure(core::errnoError(problem, "cannot map", path));
  }
  ~Mapping() { ::munmap(m_bytes, m_size); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::byte* at(std::uint64_t offset) const { return static_cast<std::byte*>(m_bytes) + offset; }

 private:
  void* m_bytes = nullptr;
  std::uint64_t m_size = 0;
};

std::optional<at::ScalarType> scalarTypeOf(TensorType type) {
  switch (type) {
    case TensorType::kBool: return at::kBool;
    case TensorType::kU8: return at::kByte;
    case TensorType::kI8: return at::kChar;
    case TensorType::kI16: return at::kShort;
    case TensorType::kF16: return at::kHalf;
    case TensorType::kBF16: return at::kBFloat16;
    case TensorType::kI32: return at::kInt;
    case TensorType::kF32: return at::kFloat;
    case TensorType::kI64: return at::kLong;
    case TensorType::kF64: return at::kDouble;
    default: return std::nullopt;
  }
}

TensorType typeOf(at::ScalarType type) {
  if (type == at::kFloat) return TensorType::kF32;
  if (type == at::kHalf) return TensorType::kF16;
  if (type == at::kBFloat16) return TensorType::kBF16;
  if (type == at::kLong) return TensorType::kI64;
  if (type == at::kDouble) return TensorType::kF64;
  fail(ErrorCode::kInternal, "a tensor of this type is not written");
}

Tensor widenF8(const TensorEntry& entry, const std::byte* bytes) {
  std::array<c10::BFloat16, 256> table;
  for (int i = 0; i < 256; ++i) {
    const std::byte code{static_cast<unsigned char>(i)};
    table[static_cast<std::size_t>(i)] = static_cast<float>(core::tensorElement(entry.type, &code));
  }
  Tensor out = at::empty(entry.shape, at::TensorOptions().dtype(at::kBFloat16));
  auto* to = out.data_ptr<c10::BFloat16>();
  for (std::int64_t i = 0; i < entry.elements(); ++i) to[i] = table[std::to_integer<std::size_t>(bytes[i])];
  return out;
}

Tensor tensorOf(const TensorEntry& entry, const std::shared_ptr<Mapping>& mapping, const std::string& file) {
  std::byte* bytes = mapping->at(entry.offset);
  if (entry.type == TensorType::kF8E4M3 || entry.type == TensorType::kF8E5M2) return widenF8(entry, bytes);
  const auto type = scalarTypeOf(entry.type);
  if (!type) fail(ErrorCode::kFormatUnsupported, "tensor " + core::inQuotes(entry.name) + " has an element type LibTorch does not hold", file);
  const auto options = at::TensorOptions().dtype(*type);
  if (entry.sizeBytes == 0) return at::empty(entry.shape, options);
  if (reinterpret_cast<std::uintptr_t>(bytes) % core::tensorTypeBytes(entry.type) == 0)
    return at::from_blob(bytes, entry.shape, [mapping](void*) {}, options);
  Tensor copy = at::empty(entry.shape, options);
  std::memcpy(copy.data_ptr(), bytes, entry.sizeBytes);
  return copy;
}

struct Shard {
  std::string path;
  core::SafetensorsHeader header;
};

bool isIndex(const std::string& path) { return path.ends_with(".index.json"); }

/// Headers of all files, checked, before anything is mapped.
std::vector<Shard> readShards(const std::string& path) {
  std::vector<Shard> shards;
  const auto add = [&](const std::string& file) {
    auto header = core::readSafetensorsHeader(file);
    if (!header) throw Failure(header.error());
    shards.push_back({file, std::move(*header)});
  };
  if (!isIndex(path)) {
    add(path);
    return shards;
  }
  auto index = core::readSafetensorsIndex(path);
  if (!index) throw Failure(index.error());
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
  for (const std::string& name : index->files()) add(folder + name);
  std::size_t found = 0;
  for (const Shard& shard : shards)
    for (const TensorEntry& entry : shard.header.tensors) {
      const auto at = index->fileOf.find(entry.name);
      if (at == index->fileOf.end() || folder + at->second != shard.path)
        fail(ErrorCode::kPackInvalid, "tensor " + core::inQuotes(entry.name) + " is not where the index says", shard.path);
      ++found;
    }
  if (found != index->fileOf.size()) fail(ErrorCode::kPackInvalid, "the index names tensors that no shard holds", path);
  return shards;
}

}  // namespace

const Tensor& StateDict::at(std::string_view name) const {
  const auto found = m_tensors.find(name);
  if (found == m_tensors.end()) fail(ErrorCode::kPackInvalid, "the weights lack the tensor " + core::inQuotes(name));
  return found->second;
}

Tensor StateDict::maybe(std::string_view name) const {
  const auto found = m_tensors.find(name);
  return found == m_tensors.end() ? Tensor() : found->second;
}

std::int64_t StateDict::count(std::string_view prefix) const {
  std::int64_t most = 0;
  for (auto it = m_tensors.lower_bound(prefix); it != m_tensors.end() && it->first.starts_with(prefix); ++it) {
    std::int64_t number = 0;
    std::size_t at = prefix.size();
    while (at < it->first.size() && it->first[at] >= '0' && it->first[at] <= '9' && number < 100000) number = number * 10 + (it->first[at++] - '0');
    if (at > prefix.size() && at < it->first.size() && it->first[at] == '.') most = std::max(most, number + 1);
  }
  return most;
}

StateDict StateDict::to(at::Device device, at::ScalarType type) const {
  StateDict out;
  for (const auto& [name, tensor] : m_tensors)
    out.put(name, tensor.is_floating_point() ? tensor.to(device, type) : tensor.to(device));
  return out;
}

namespace {
constexpr std::int64_t kLarge = 1 << 16;

bool isLarge(at::IntArrayRef shape) { return shape.size() >= 2 && c10::multiply_integers(shape) >= kLarge; }
}  // namespace

bool staysAsStored(at::IntArrayRef shape, at::ScalarType stored) { return (stored == at::kBFloat16 || stored == at::kHalf) && isLarge(shape); }

bool isProductWeight(std::string_view name) {
  if (!name.ends_with(".weight") || name.find(".norm") != std::string_view::npos) return false;
  for (const std::string_view part : {"self_attn.", "cross_attn.", ".ffn.", ".attn.", ".before_proj.", ".after_proj."})
    if (name.find(part) != std::string_view::npos) return true;
  return false;
}

std::optional<at::ScalarType> computeType(std::string_view name, const Tensor& tensor, const Compute& compute) {
  if (!tensor.is_floating_point()) return tensor.scalar_type();
  const bool half = staysAsStored(tensor.sizes(), tensor.scalar_type());
  if (compute.device.is_cpu() ? half : compute.upload && isLarge(tensor.sizes())) return std::nullopt;
  return isProductWeight(name) ? compute.products : half ? tensor.scalar_type() : at::kFloat;
}

StateDict StateDict::forCompute(const Compute& compute) const {
  StateDict out;
  out.m_products = compute.products;
  for (const auto& [name, tensor] : m_tensors) {
    const std::optional<at::ScalarType> type = computeType(name, tensor, compute);
    out.put(name, type ? tensor.to(compute.device, *type) : tensor);
  }
  return out;
}

core::Result<StateDict> loadWeights(const std::string& path) {
  return guarded(path, [&] {
    StateDict out;
    for (const Shard& shard : readShards(path)) {
      const auto mapping = std::make_shared<Mapping>(shard.path, shard.header.fileSize);
      for (const TensorEntry& entry : shard.header.tensors) out.put(entry.name, tensorOf(entry, mapping, shard.path));
    }
    return out;
  });
}

core::Result<ShapeList> readShapes(const std::string& path) {
  return guarded(path, [&] {
    ShapeList out;
    for (const Shard& shard : readShards(path))
      for (const TensorEntry& entry : shard.header.tensors) out[entry.name] = entry.shape;
    return out;
  });
}

core::Status saveWeights(const std::string& path, const std::map<std::string, Tensor, std::less<>>& tensors,
                         const std::map<std::string, std::string>& metadata) {
  std::vector<Tensor> kept;
  std::vector<core::TensorToWrite> list;
  for (const auto& [name, tensor] : tensors) {
    kept.push_back(tensor.detach().cpu().contiguous());
    const Tensor& t = kept.back();
    list.push_back({name, typeOf(t.scalar_type()), t.sizes().vec(), {static_cast<const std::byte*>(t.data_ptr()), t.nbytes()}});
  }
  return core::writeSafetensors(path, list, metadata);
}

}  // namespace pai::inference

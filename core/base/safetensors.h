// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pai::core {

/// Element types of the safetensors format that are a whole number of bytes.
enum class TensorType { kBool, kU8, kI8, kF8E4M3, kF8E5M2, kI16, kU16, kF16, kBF16, kI32, kU32, kF32, kI64, kU64, kF64 };

/// Bytes of one element.
std::size_t tensorTypeBytes(TensorType type);
/// Name in the file, e.g. "F8_E4M3"; and back, nullopt when unknown.
std::string_view tensorTypeName(TensorType type);
std::optional<TensorType> tensorTypeFromName(std::string_view name);

/// Largest header the format allows.
inline constexpr std::uint64_t kSafetensorsHeaderLimit = 100'000'000;

/// One tensor of a file. `offset` counts from the start of the FILE and is not aligned to anything.
struct TensorEntry {
  std::string name;
  TensorType type = TensorType::kF32;
  std::vector<std::int64_t> shape;  // empty: a scalar
  std::uint64_t offset = 0;
  std::uint64_t sizeBytes = 0;
  std::int64_t elements() const;
  bool operator==(const TensorEntry&) const = default;
};

/// A checked header: tensors in the order of their bytes, without holes or overlaps, ending at the end of the file.
struct SafetensorsHeader {
  std::vector<TensorEntry> tensors;
  std::map<std::string, std::string> metadata;
  std::uint64_t dataOffset = 0;  // of the first tensor byte in the file
  std::uint64_t fileSize = 0;
  /// Tensor by name, nullptr when there is none. Logarithmic.
  const TensorEntry* find(std::string_view name) const;

 private:
  friend Result<SafetensorsHeader> parseSafetensorsHeader(std::span<const std::byte>, std::uint64_t, const std::string&);
  std::map<std::string, std::size_t, std::less<>> m_byName;
};

/// Reads and checks the header of a file; tensor data is not read. Everything is checked against the file's size before it is
/// allocated. Errors: kFileMissing, kFileUnreadable, kFormatUnknown (pickle, Git LFS pointer), kFormatBroken, kFormatUnsupported
/// (an element type we don't know), kLimitExceeded.
Result<SafetensorsHeader> readSafetensorsHeader(const std::string& path);

/// The same from memory: `bytes` begins at the file's first byte and holds at least the length field and the header.
Result<SafetensorsHeader> parseSafetensorsHeader(std::span<const std::byte> bytes, std::uint64_t fileSize,
                                                 const std::string& fileName);

/// The shards named by a `*.safetensors.index.json`: tensor name -> base name of the file beside the index.
struct SafetensorsIndex {
  std::map<std::string, std::string> fileOf;
  /// The files, sorted, each once.
  std::vector<std::string> files() const;
};

/// Reads an index. Shards must be plain names in the index's own folder (kPathForbidden). Errors as of JSON, kFieldInvalid.
Result<SafetensorsIndex> readSafetensorsIndex(const std::string& path);
Result<SafetensorsIndex> parseSafetensorsIndex(std::string_view json, const std::string& fileName);

/// A tensor to be written: bytes are little-endian, row-major, and borrowed for the call.
struct TensorToWrite {
  std::string name;
  TensorType type = TensorType::kF32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// Writes a file atomically, the data aligned to 8 bytes. kFieldInvalid when a size does not fit its shape or a name occurs
/// twice; kFileUnwritable, kDiskFull.
Status writeSafetensors(const std::string& path, const std::vector<TensorToWrite>& tensors,
                        const std::map<std::string, std::string>& metadata = {});

}  // namespace pai::core

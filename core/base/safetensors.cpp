// SPDX-License-Identifier: GPL-3.0-or-later
// The format: https://huggingface.co/docs/safetensors, "Format"; stricter where its reference reader is lenient.
#include "core/base/safetensors.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"

namespace pai::core {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "tensor bytes are used as they lie in the file");

struct TypeEntry {
  TensorType type;
  std::string_view name;
  std::size_t bytes;
};
constexpr TypeEntry kTypes[]{
    {TensorType::kBool, "BOOL", 1},      {TensorType::kU8, "U8", 1},          {TensorType::kI8, "I8", 1},
    {TensorType::kF8E4M3, "F8_E4M3", 1}, {TensorType::kF8E5M2, "F8_E5M2", 1}, {TensorType::kI16, "I16", 2},
    {TensorType::kU16, "U16", 2},        {TensorType::kF16, "F16", 2},        {TensorType::kBF16, "BF16", 2},
    {TensorType::kI32, "I32", 4},        {TensorType::kU32, "U32", 4},        {TensorType::kF32, "F32", 4},
    {TensorType::kI64, "I64", 8},        {TensorType::kU64, "U64", 8},        {TensorType::kF64, "F64", 8}};

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMostDimensions = 64;
constexpr std::size_t kIndexLimit = std::size_t{64} << 20;

Error broken(const std::string& why, const std::string& fileName) {
  return {ErrorCode::kFormatBroken, why, fileName, {}};
}

/// What a file is that is often found in place of weights; empty when nothing is recognised.
std::string_view otherFormat(std::string_view begin) {
  // A header's length can begin with the same bytes as another format; the JSON behind it tells.
  if (begin.size() > kLengthBytes && begin.substr(4, 5) == std::string_view("\0\0\0\0{", 5)) return {};
  if (begin.substr(0, 23) == "version https://git-lfs")
    return "a Git LFS pointer stands in place of the weights; fetch them with git lfs pull";
  if (begin.substr(0, 4) == "PK\x03\x04")
    return "it is a zip archive, perhaps a pickled checkpoint, which is never opened";
  if (begin.size() >= 2 && begin[0] == '\x80' && begin[1] >= 2 && begin[1] <= 5)
    return "it is a pickle, which is never opened";
  if (begin.substr(0, 4) == "GGUF") return "it is a GGUF file; convert it to safetensors";
  if (begin.substr(0, 1) == "<") return "it is a web page or XML text, perhaps a failed download";
  return {};
}

/// Length of the header, checked against the format's limit and the file.
Result<std::uint64_t> headerLength(std::string_view begin, std::uint64_t fileSize, const std::string& fileName) {
  if (const auto other = otherFormat(begin); !other.empty())
    return Error{ErrorCode::kFormatUnknown, std::string(other), fileName, {}};
  if (fileSize < kLengthBytes || begin.size() < kLengthBytes)
    return broken("it has " + std::to_string(fileSize) + " bytes, too few for a safetensors file", fileName);
  std::uint64_t length = 0;
  std::memcpy(&length, begin.data(), kLengthBytes);
  if (length > kSafetensorsHeaderLimit)
    return Error{ErrorCode::kLimitExceeded,
                 "the header's length is given as " + std::to_string(length) + " bytes, the format allows " +
                     std::to_string(kSafetensorsHeaderLimit),
                 fileName,
                 {}};
  if (length > fileSize - kLengthBytes)
    return broken("the header's length is given as " + std::to_string(length) + " bytes, the file has " +
                      std::to_string(fileSize),
                  fileName);
  if (length < 2) return broken("the header's length is given as " + std::to_string(length), fileName);
  return length;
}

bool wholeNumber(const json& value, std::uint64_t& out) {
  if (!value.is_number_unsigned()) return false;
  out = value.get<std::uint64_t>();
  return out <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

/// Reads a tensor's entry; sizes are checked against each other, places are checked by the caller.
Result<TensorEntry> readEntry(const std::string& name, const json& value, const std::string& fileName) {
  const auto wrong = [&](const std::string& why) { return broken("tensor " + inQuotes(name) + ": " + why, fileName); };
  if (!value.is_object()) return wrong("its entry is not an object");
  const auto dtype = value.find("dtype"), shape = value.find("shape"), offsets = value.find("data_offsets");
  if (dtype == value.end() || !dtype->is_string()) return wrong("dtype is missing or not a text");
  if (shape == value.end() || !shape->is_array() || shape->size() > kMostDimensions)
    return wrong("shape is missing or not a list of dimensions");
  if (offsets == value.end() || !offsets->is_array() || offsets->size() != 2)
    return wrong("data_offsets is missing or not a list of two");
  const auto& typeName = dtype->get_ref<const std::string&>();
  const auto type = tensorTypeFromName(typeName);
  if (!type)
    return Error{ErrorCode::kFormatUnsupported,
                 "tensor " + inQuotes(name) + " has the unknown element type " + inQuotes(typeName),
                 fileName,
                 {}};
  TensorEntry entry{name, *type, {}, 0, 0};
  std::uint64_t bytes = tensorTypeBytes(*type);
  bool anyZero = false;
  for (const json& item : *shape) {
    std::uint64_t side = 0;
    if (!wholeNumber(item, side)) return wrong("a dimension is not a whole number of at least 0");
    anyZero = anyZero || side == 0;
    entry.shape.push_back(static_cast<std::int64_t>(side));
  }
  for (const std::int64_t side : entry.shape)
    if (!anyZero && __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(side), &bytes))
      return wrong("its shape is too large");
  entry.sizeBytes = anyZero ? 0 : bytes;
  std::uint64_t end = 0;
  if (!wholeNumber((*offsets)[0], entry.offset) || !wholeNumber((*offsets)[1], end))
    return wrong("an offset is not a whole number of at least 0");
  if (end < entry.offset) return wrong("it ends before it begins");
  if (end - entry.offset != entry.sizeBytes)
    return wrong("its shape needs " + std::to_string(entry.sizeBytes) + " bytes, its offsets give " +
                 std::to_string(end - entry.offset));
  return entry;
}

Status readMetadata(const json& value, SafetensorsHeader& header, const std::string& fileName) {
  if (!value.is_object()) return broken("__metadata__ is not an object", fileName);
  for (const auto& [key, item] : value.items()) {
    if (!item.is_string()) return broken("__metadata__ " + inQuotes(key) + " is not a text", fileName);
    header.metadata[key] = item.get<std::string>();
  }
  return {};
}

/// Sorts tensors by place and makes sure that they fill the data without hole or overlap.
Status placeTensors(SafetensorsHeader& header, const std::string& fileName) {
  std::sort(header.tensors.begin(), header.tensors.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::pair(a.offset, a.sizeBytes) < std::pair(b.offset, b.sizeBytes);
  });
  const std::uint64_t dataBytes = header.fileSize - header.dataOffset;
  std::uint64_t end = 0;
  for (TensorEntry& tensor : header.tensors) {
    if (tensor.offset < end) return broken("tensor " + inQuotes(tensor.name) + " overlaps the one before it", fileName);
    if (tensor.offset > end)
      return broken(
          std::to_string(tensor.offset - end) + " bytes before tensor " + inQuotes(tensor.name) + " belong to no tensor",
          fileName);
    if (tensor.sizeBytes > dataBytes - end)
      return broken("tensor " + inQuotes(tensor.name) + " ends past the end of the file (" + std::to_string(dataBytes) +
                        " bytes of data); it may be a broken download",
                    fileName);
    end += tensor.sizeBytes;
    tensor.offset += header.dataOffset;
  }
  if (end != dataBytes)
    return broken(std::to_string(dataBytes - end) + " bytes at the end belong to no tensor", fileName);
  return {};
}

/// A file opened for reading its header.
struct OpenFile {
  int descriptor = -1;
  ~OpenFile() {
    if (descriptor >= 0) systemFiles().close(descriptor);
  }
};

/// Fills `out` from the descriptor's position; fewer bytes when the file ends.
Status readFill(int descriptor, std::string& out, const std::string& path) {
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = systemFiles().read(descriptor, out.data() + have, out.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errnoError(errno, "it cannot be read", path);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return {};
}

bool plainName(const std::string& name) {
  return !name.empty() && name.size() <= 255 && name[0] != '.' &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

}  // namespace

std::size_t tensorTypeBytes(TensorType type) {
  for (const TypeEntry& e : kTypes)
    if (e.type == type) return e.bytes;
  return 0;
}

std::string_view tensorTypeName(TensorType type) {
  for (const TypeEntry& e : kTypes)
    if (e.type == type) return e.name;
  return {};
}

std::optional<TensorType> tensorTypeFromName(std::string_view name) {
  for (const TypeEntry& e : kTypes)
    if (e.name == name) return e.type;
  return std::nullopt;
}

std::int64_t TensorEntry::elements() const { return static_cast<std::int64_t>(sizeBytes / tensorTypeBytes(type)); }

const TensorEntry* SafetensorsHeader::find(std::string_view name) const {
  const auto found = m_byName.find(name);
  return found == m_byName.end() ? nullptr : &tensors[found->second];
}

Result<SafetensorsHeader> parseSafetensorsHeader(std::span<const std::byte> bytes, std::uint64_t fileSize,
                                                 const std::string& fileName) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto length = headerLength(text, fileSize, fileName);
  if (!length) return length.error();
  if (text.size() - kLengthBytes < *length) return broken("the file ends inside its header", fileName);
  const std::string_view body = text.substr(kLengthBytes, *length);
  if (body.front() != '{') return broken("the header does not begin with {", fileName);
  JsonLimits limits{kSafetensorsHeaderLimit, 4, std::size_t{32} << 20, 3'000'000};
  std::vector<std::string> duplicates;
  const auto read = readJson(body, fileName, limits, &duplicates);
  if (!read) {
    Error error = read.error();
    error.detail = "in the header: " + error.detail;
    return error;
  }
  if (!duplicates.empty())
    return broken("in the header: " + duplicates.front().substr(0, duplicates.front().find(';')), fileName);
  SafetensorsHeader header;
  header.dataOffset = kLengthBytes + *length;
  header.fileSize = fileSize;
  for (const auto& [name, value] : read->items()) {
    if (name == "__metadata__") {
      if (Status metadata = readMetadata(value, header, fileName); !metadata) return metadata.error();
      continue;
    }
    auto entry = readEntry(name, value, fileName);
    if (!entry) return entry.error();
    header.tensors.push_back(std::move(*entry));
  }
  if (Status placed = placeTensors(header, fileName); !placed) return placed.error();
  for (std::size_t i = 0; i < header.tensors.size(); ++i) header.m_byName.emplace(header.tensors[i].name, i);
  return header;
}

Result<SafetensorsHeader> readSafetensorsHeader(const std::string& path) {
  OpenFile file{systemFiles().open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0)};
  if (file.descriptor < 0) return errnoError(errno, "it cannot be opened", path);
  struct stat info {};
  if (::fstat(file.descriptor, &info) != 0) return errnoError(errno, "it cannot be examined", path);
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kFormatUnknown, "it is not a regular file", path, {}};
  const auto fileSize = static_cast<std::uint64_t>(info.st_size);
  std::string begin(static_cast<std::size_t>(std::min<std::uint64_t>(fileSize, 64)), '\0');
  if (Status read = readFill(file.descriptor, begin, path); !read) return read.error();
  const auto length = headerLength(begin, fileSize, path);
  if (!length) return length.error();
  std::string bytes(static_cast<std::size_t>(kLengthBytes + *length), '\0');
  const std::size_t have = std::min(begin.size(), bytes.size());
  std::memcpy(bytes.data(), begin.data(), have);
  std::string rest(bytes.size() - have, '\0');
  if (Status read = readFill(file.descriptor, rest, path); !read) return read.error();
  bytes.resize(have + rest.size());
  std::memcpy(bytes.data() + have, rest.data(), rest.size());
  rest = std::string();
  return parseSafetensorsHeader(std::as_bytes(std::span(bytes.data(), bytes.size())), fileSize, path);
}

std::vector<std::string> SafetensorsIndex::files() const {
  std::vector<std::string> names;
  for (const auto& [tensor, file] : fileOf) names.push_back(file);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<SafetensorsIndex> parseSafetensorsIndex(std::string_view text, const std::string& fileName) {
  std::vector<std::string> duplicates;
  const auto read = readJson(text, fileName, {kIndexLimit, 16, 1 << 16, 2'000'000}, &duplicates);
  if (!read) return read.error();
  if (!duplicates.empty())
    return Error{ErrorCode::kFieldInvalid, duplicates.front().substr(0, duplicates.front().find(';')), fileName, {}};
  const auto found = read->is_object() ? read->find("weight_map") : read->end();
  if (!read->is_object() || found == read->end() || !found->is_object())
    return Error{ErrorCode::kFieldInvalid,
                 "field 'weight_map' is missing or not an object; this is not a safetensors index",
                 fileName,
                 {}};
  SafetensorsIndex index;
  for (const auto& [tensor, file] : found->items()) {
    if (!file.is_string())
      return Error{ErrorCode::kFieldInvalid, "the file of tensor " + inQuotes(tensor) + " is not a text", fileName, {}};
    const auto& name = file.get_ref<const std::string&>();
    if (!plainName(name))
      return Error{ErrorCode::kPathForbidden,
                   "tensor " + inQuotes(tensor) + " lies in " + inQuotes(name) + ", which is not a plain file name",
                   fileName,
                   {}};
    index.fileOf.emplace(tensor, name);
  }
  return index;
}

Result<SafetensorsIndex> readSafetensorsIndex(const std::string& path) {
  const auto text = readWholeFile(path, kIndexLimit);
  if (!text) return text.error();
  return parseSafetensorsIndex(*text, path);
}

Status writeSafetensors(const std::string& path, const std::vector<TensorToWrite>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  const auto wrong = [&](const std::string& name, const std::string& why) {
    return Error{ErrorCode::kFieldInvalid, "tensor " + inQuotes(name) + " " + why, path, {}};
  };
  // Wide types first, so that every tensor is aligned to its own element.
  std::vector<const TensorToWrite*> order;
  order.reserve(tensors.size());
  for (const TensorToWrite& t : tensors) order.push_back(&t);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return tensorTypeBytes(a->type) > tensorTypeBytes(b->type); });
  json header = json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::vector<std::string_view> pieces(2);
  std::uint64_t offset = 0;
  for (const TensorToWrite* t : order) {
    std::uint64_t bytes = tensorTypeBytes(t->type);
    for (const std::int64_t side : t->shape)
      if (side < 0 || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(side), &bytes))
        return wrong(t->name, "has an impossible shape");
    if (bytes != t->bytes.size())
      return wrong(t->name,
                   "has " + std::to_string(t->bytes.size()) + " bytes, its shape needs " + std::to_string(bytes));
    if (header.contains(t->name) || t->name == "__metadata__" || invalidUtf8At(t->name) != std::string::npos)
      return wrong(t->name, "has a name that occurs twice or cannot be used");
    header[t->name] = {
        {"dtype", tensorTypeName(t->type)}, {"shape", t->shape}, {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
    pieces.emplace_back(reinterpret_cast<const char*>(t->bytes.data()), t->bytes.size());
  }
  std::string text = jsonText(header, -1);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  if (length > kSafetensorsHeaderLimit)
    return Error{ErrorCode::kLimitExceeded, "the header would be too large", path, {}};
  pieces[0] = std::string_view(reinterpret_cast<const char*>(&length), kLengthBytes);
  pieces[1] = text;
  const auto saved = atomicWritePieces(path, pieces);
  return saved ? Status() : Status(saved.error());
}

}  // namespace pai::core

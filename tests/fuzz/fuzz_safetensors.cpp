// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "core/base/safetensors.h"
#include "core/base/tensor_values.h"

using namespace pai::core;

/// In a header that is taken, every tensor lies within the file and they fill it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto header = parseSafetensorsHeader(std::as_bytes(std::span(data, size)), size, "fuzz");
  if (header) {
    std::uint64_t end = header->dataOffset;
    for (const TensorEntry& tensor : header->tensors) {
      if (tensor.offset != end || tensor.sizeBytes > size - tensor.offset || header->find(tensor.name) != &tensor)
        std::abort();
      end += tensor.sizeBytes;
      for (std::uint64_t at = 0; at < tensor.sizeBytes; at += tensorTypeBytes(tensor.type))
        tensorElement(tensor.type, reinterpret_cast<const std::byte*>(data) + tensor.offset + at);
    }
    if (end != size) std::abort();
  }
  static_cast<void>(parseSafetensorsIndex(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz"));
  return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "core/base/tokenizer.h"

using namespace pai::core;

/// A model that loads gives ids within its size for any text, its own bytes too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto tokenizer = Tokenizer::parse(bytes, "fuzz");
  if (!tokenizer) return 0;
  for (const std::string_view text :
       {std::string_view("The camera pans, \xE5\xA5\xB3 \xF0\x9F\x8E\xAC\xFF  end "), bytes.substr(0, 256)})
    for (const std::int32_t id : tokenizer->encode(text)) {
      if (id < 0 || id >= tokenizer->size()) std::abort();
      tokenizer->piece(id);
    }
  return 0;
}

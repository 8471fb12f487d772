// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "core/base/prompt.h"

using namespace pai::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto prompt = parsePrompt(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!prompt) return 0;
  promptText(*prompt);
  const auto again = parsePrompt(promptJson(*prompt), "fuzz");
  if (!again || !(*again == *prompt)) std::abort();
  return 0;
}

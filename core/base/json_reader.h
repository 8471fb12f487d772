// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::core {

/// Bounds of a JSON text; whatever exceeds one is refused before it is stored.
struct JsonLimits {
  std::size_t sizeBytes = std::size_t{64} << 20;
  int depth = 64;
  std::size_t stringBytes = std::size_t{4} << 20;
  std::size_t values = 2'000'000;
};

/// Reads RFC 8259 JSON strictly: UTF-8 without surrogates, no NaN, Infinity, comments, trailing text or numbers beyond a
/// double. Whole numbers stay exact within 64 bits. Of a key given twice the last value wins and a sentence naming it is
/// added to `duplicates`. Errors name line and byte: kJsonInvalid, kLimitExceeded.
Result<nlohmann::json> readJson(std::string_view text, const std::string& fileName, const JsonLimits& limits = {},
                                std::vector<std::string>* duplicates = nullptr);

/// JSON as this program writes it: indented by `indent` (-1: one line), invalid UTF-8 replaced.
std::string jsonText(const nlohmann::json& value, int indent = 1);

/// Offset of the first byte that is not well-formed UTF-8 (no overlong forms, no surrogates); npos when all is.
std::size_t invalidUtf8At(std::string_view text);

}  // namespace pai::core

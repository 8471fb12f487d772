// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::cli {

// Readers behind `pai check`: the whole file as the editor reads it, nothing else opened. Each gives what it read;
// "warnings" lists what the user would be told.

core::Result<nlohmann::json> checkProject(const std::string& path);
core::Result<nlohmann::json> checkPrompt(const std::string& path);
/// A file, or an index of shards when the name ends in ".index.json".
core::Result<nlohmann::json> checkSafetensors(const std::string& path);
core::Result<nlohmann::json> checkSentencepiece(const std::string& path);

}  // namespace pai::cli

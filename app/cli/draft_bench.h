// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::cli {

/// Rates of the draft engine beside FFmpeg's and MLT's keys and decoding alone, on one clip in one run; frames a second.
/// An empty `clip` makes a 1080p green-screen clip. Rows of tools that are not installed say so.
core::Result<nlohmann::json> benchDraft(const std::string& clip);

}  // namespace pai::cli

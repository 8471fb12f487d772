// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::cli {

/// Frames a second of a clip's first 200 frames: by a bare FFmpeg loop, by our reader as planes, and as 8-bit RGB.
core::Result<nlohmann::json> benchDecode(const std::string& clip);

/// Milliseconds of showing a frame: at random in the clip by a bare FFmpeg loop and by our reader, at random in its proxy,
/// stepping back one by one. Without a clip both make a long-GOP 1080p one.
core::Result<nlohmann::json> benchSeek(const std::string& clip);

}  // namespace pai::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/media/clip_reader.h"

namespace pai::cli {

/// What a clip is, as `pai probe` and `pai check video` print it.
nlohmann::json clipJson(const core::ClipInfo& info);

/// Opens a clip without decoding all of it: `pai probe`.
core::Result<nlohmann::json> probeClip(const std::string& path);
/// Reads every frame of a clip as the editor would; damage is in "warnings" and "damaged_frames".
core::Result<nlohmann::json> checkVideo(const std::string& path);
/// Reads a still as the editor would.
core::Result<nlohmann::json> checkImage(const std::string& path);
/// One of the two above by kind, "video" or "image"; with `json` pretty JSON, else lines for people.
core::Result<std::string> checkMedia(const std::string& kind, const std::string& path, bool json);
/// Lines for people of what the functions above return.
std::string mediaText(const nlohmann::json& media);

}  // namespace pai::cli

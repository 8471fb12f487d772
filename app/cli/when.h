// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace pai::cli {

/// kUsage: what is wrong with the command line.
core::Error usageError(std::string detail);

/// A WHEN of the command line in a clip of `frames` frames: a frame number from 0, `begin`, `middle`, `end`, a timecode (the
/// clip's own where it has one, else from 00:00:00:00), or -1 for the last frame, -2 for the one before.
/// Errors: kUsage (not understood), kReferenceOutside.
core::Result<core::Anchor> parseWhen(std::string_view text, std::int64_t frames, core::FrameRate rate,
                                     const std::optional<core::Timecode>& start);

/// "A:B", half-open, 0 <= A < B. kUsage.
core::Result<core::FrameRange> parseRange(std::string_view text);
/// "WxH", each 16 to 16384. kUsage.
core::Result<std::pair<int, int>> parseSize(std::string_view text);
/// "WHEN=IMAGE" in its two parts. kUsage.
core::Result<std::pair<std::string, std::string>> splitReference(const std::string& text);
/// auto, green, blue or R,G,B (0 to 255, as on screen) into key settings. kUsage.
core::Status parseScreen(std::string_view text, core::KeySettings& key);

}  // namespace pai::cli

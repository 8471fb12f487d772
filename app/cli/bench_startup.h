// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::cli {

/// Milliseconds, medians of several starts: of `pai` to `--version`, of the editor (where it is built) and of a bare window of
/// Qt's to their first paint without a display, of a preview worker to its first word, and with a clip to that clip's first frame
/// in shared memory.
core::Result<nlohmann::json> benchStartup(const std::string& clip);

}  // namespace pai::cli

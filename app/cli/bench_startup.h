// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::cli {

/// Milliseconds, medians of several starts: of each program to `--version`, of a preview worker to its first word, and with a
/// clip to that clip's first frame in shared memory. With a display, of the editor to its first paint.
core::Result<nlohmann::json> benchStartup(const std::string& clip);

}  // namespace pai::cli

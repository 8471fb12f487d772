// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace pai::cli {

/// Becomes `pai-infer` with these arguments; returns only when it cannot. kWorkerFailed.
core::Status becomeInfer(const std::vector<std::string>& arguments);

/// Standard output of `pai-infer` with these arguments, at most 1 MiB. kWorkerFailed when it does not end well in `timeoutMs`.
core::Result<std::string> askInfer(const std::vector<std::string>& arguments, int timeoutMs);

}  // namespace pai::cli

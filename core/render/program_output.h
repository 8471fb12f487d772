// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace pai::core {

/// What a program printed, and how it ended.
struct ProgramOutput {
  std::string text;  // of standard output, at most 1 MiB
  int exitCode = 0;
};

/// Runs a program to its end and reads its standard output. kWorkerFailed when it cannot be started, is ended by a signal, prints
/// too much, or is not done in `timeoutMs`.
Result<ProgramOutput> programOutput(const std::string& program, const std::vector<std::string>& arguments, int timeoutMs);

}  // namespace pai::core

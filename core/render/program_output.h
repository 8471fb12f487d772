// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
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

/// Own memory that a pack's generate stage will take on this machine's processor, as `pai-infer forecast` says.
struct MemoryForecast {
  std::int64_t peakBytes = 0;    // most at once
  std::int64_t limitBytes = 0;   // what it may take now
  std::int64_t mappedBytes = 0;  // weights used from their files, beside it
  std::int64_t tokens = 0;       // of one pass
  bool fits() const { return peakBytes <= limitBytes; }
};

/// Asks `pai-infer` beside the running program; takes about a second, so not on a thread that draws. `frames` and size are the
/// shot's. Errors: kWorkerFailed, kPackInvalid.
Result<MemoryForecast> askMemoryForecast(const std::string& packFolder, std::int64_t frames, int width, int height, int references);

}  // namespace pai::core

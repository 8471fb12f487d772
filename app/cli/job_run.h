// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/render/job_result.h"

namespace pai::cli {

struct RunOptions {
  std::string jobDirectory;  // "" = one of our own in the cache, removed after success
  bool resume = false;
  bool json = false;
  std::string report;  // file for a JSON report, "" = none
  int ranks = 1;       // processes that compute a pack's frames together
};

/// Blocks SIGINT and SIGTERM in every thread started later; `runJob` takes them. First thing in main.
void blockInterrupts();

/// Renders a job in its directory, shows progress, and prints what it made. Ctrl-C cancels; a job that can be gone on with is
/// named in the error. Errors: those of CONTRACT's exit codes.
core::Result<core::JobResult> runJob(const core::Job& job, const RunOptions& options);

/// Goes on with a job as its job.json says.
core::Result<core::JobResult> resumeJob(const RunOptions& options);

/// Prints what was made: a line for each file.
void printResult(const core::JobResult& result);

/// $PAI_CACHE_DIR, else the user's cache folder.
std::string cacheFolder();

/// Writes a report file: the result, and the job it came from.
core::Status writeReport(const std::string& path, const core::JobResult& result);

/// Path made absolute against the working folder, without opening it.
std::string absolutePath(const std::string& path);

}  // namespace pai::cli

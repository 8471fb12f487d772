// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/render/job_directory.h"
#include "core/render/splice.h"

namespace pai::core {

/// In the directory of a job that finishes anew what another one generated, beside job.json.
inline constexpr const char* kRefinishFile = "refinish.json";

/// What a job directory begins with beside its job; at most one of the two.
struct JobSeed {
  std::optional<Splice> splice;  // join takes instead of rendering
  std::string generatedBy;       // directory of an earlier job of the same pictures: only the finish stage runs
};

/// Puts a seed into a new job directory. Generated pictures are linked where that is possible, else copied. Errors: kFileMissing
/// when the earlier job's pictures are gone; those of writing.
Status plantSeed(const JobDirectory& directory, const JobSeed& seed);

/// True when a job directory still holds what it generated.
bool holdsGeneration(const std::string& directory);

}  // namespace pai::core

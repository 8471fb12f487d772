// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/render/job_directory.h"

namespace pai::core {

inline constexpr int kResultVersion = 1;

/// One delivered file or sequence pattern.
struct JobOutput {
  std::string layer;  // composite, background, foreground, matte, shadow, camera
  std::string path;   // absolute
  std::int64_t sizeBytes = 0;
  std::string sha256;  // of a file; of the concatenated files in order for a sequence
  bool operator==(const JobOutput&) const = default;
};

/// result.json: what a finished job made.
struct JobResult {
  int version = kResultVersion;
  std::string engine;
  std::int64_t frames = 0;
  int width = 0, height = 0;
  std::string rate;
  double elapsedSeconds = 0.0;  // of the last run
  std::vector<JobOutput> outputs;
  std::vector<std::string> warnings;
  std::string record;  // path of the sidecar
  bool operator==(const JobResult&) const = default;
};

nlohmann::json resultJson(const JobResult& result);
Result<JobResult> parseResult(std::string_view json, const std::string& fileName);
/// result.json of a job, checked: it can be read, and each file it names is there. kJobBroken otherwise.
Result<JobResult> readResult(const JobDirectory& directory);

}  // namespace pai::core

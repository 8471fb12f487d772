// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_seed.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace pai::core {

namespace {

Status bring(const JobDirectory& from, const JobDirectory& to, JobFolder folder, const char* name) {
  if (!from.has(folder, name))
    return Error{ErrorCode::kFileMissing, "what was generated is not kept any more; render again", from.plainPath(folder, name), {}};
  const Result<std::string> source = from.pathInside(folder, name), target = to.pathInside(folder, name);
  if (!source) return source.error();
  if (!target) return target.error();
  if (::link(source->c_str(), target->c_str()) == 0) return {};
  std::error_code code;
  std::filesystem::copy_file(*source, *target, code);
  return code ? Status(errnoError(code.value(), "what was generated cannot be copied", to.plainPath(folder, name))) : Status();
}

}  // namespace

Status plantSeed(const JobDirectory& directory, const JobSeed& seed) {
  if (seed.splice) return directory.write(JobFolder::kTop, kSpliceFile, spliceJson(*seed.splice).dump(2) + "\n");
  if (seed.generatedBy.empty()) return {};
  Result<JobDirectory> earlier = JobDirectory::open(seed.generatedBy);
  if (!earlier) return std::move(earlier).error();
  if (Status s = bring(*earlier, directory, JobFolder::kInput, kPreparedFile); !s) return s;
  if (Status s = bring(*earlier, directory, JobFolder::kLatents, kGeneratedFile); !s) return s;
  return directory.write(JobFolder::kTop, kRefinishFile, nlohmann::json{{"version", 1}, {"generated_by", seed.generatedBy}}.dump(2) + "\n");
}

bool holdsGeneration(const std::string& directory) {
  std::error_code code;
  return !directory.empty() && std::filesystem::is_regular_file(directory + "/latents/" + kGeneratedFile, code) &&
         std::filesystem::is_regular_file(directory + "/input/" + kPreparedFile, code);
}

}  // namespace pai::core

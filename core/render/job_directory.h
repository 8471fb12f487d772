// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/render/descriptor.h"

namespace pai::core {

inline constexpr std::int64_t kMaxJobBytes = 16 << 20;
inline constexpr std::int64_t kMaxResultBytes = 4 << 20;

/// kJobBroken: a job's `file` is not what it must be.
Error brokenJob(std::string detail, const std::string& file);

/// The folders of a job directory (DESIGN 3).
enum class JobFolder { kTop, kInput, kPreview, kLatents, kFrames, kCheckpoint };

/// A job directory, held open. It is untrusted input: names are base names, opened beneath the directory without following
/// links, regular files only, sizes checked. Any thread for reading; one writer.
class JobDirectory {
 public:
  /// Makes the directory with its folders and job.json. An existing empty directory is taken; kJobExists otherwise.
  static Result<JobDirectory> create(const std::string& path, const Job& job);
  /// Opens an existing one and reads job.json; missing folders are made. Errors: kFileMissing, kJobBroken, kVersionTooNew.
  static Result<JobDirectory> open(const std::string& path);

  const std::string& path() const { return m_path; }
  const Job& job() const { return m_job; }

  /// A file's whole text. Errors: kPathForbidden, kFileMissing, kJobBroken (not a regular file), kLimitExceeded.
  Result<std::string> read(JobFolder folder, const std::string& name, std::int64_t maxBytes) const;
  /// Writes a file aside, syncs it and renames it into place.
  Status write(JobFolder folder, const std::string& name, std::string_view text) const;
  /// True when a regular file of that name is there.
  bool has(JobFolder folder, const std::string& name) const;
  /// Removes a file; a missing one is no error.
  Status remove(JobFolder folder, const std::string& name) const;
  /// Base names of the regular files in a folder, sorted; at most 1,000,000.
  Result<std::vector<std::string>> list(JobFolder folder) const;
  /// Opens a regular file for reading, or (flags with O_CREAT) for writing; never follows a link.
  Result<Descriptor> openFile(JobFolder folder, const std::string& name, int flags) const;
  /// A path that leads into the folder as it was when opened, whatever is renamed meanwhile; valid in this process, while
  /// this object lives. For writers that only take paths.
  Result<std::string> pathInside(JobFolder folder, const std::string& name) const;
  /// Path for people and other processes.
  std::string plainPath(JobFolder folder, const std::string& name) const;

  /// Takes the job for this process until it ends or the result is destroyed; waits up to `waitMs`. kJobBusy.
  Result<Descriptor> lock(int waitMs) const;

 private:
  JobDirectory() = default;
  Status openFolders(bool make);
  int folderFd(JobFolder folder) const { return m_folders[static_cast<std::size_t>(folder)].get(); }

  std::string m_path;
  Job m_job;
  std::vector<Descriptor> m_folders;
};

/// True for a plain file name: not empty, "." or "..", no '/', no NUL, at most 255 bytes.
bool isBaseName(std::string_view name);

/// A new, not yet existing job directory path below `parent` (made if needed), from the time and the job's name.
Result<std::string> newJobPath(const std::string& parent, const std::string& name);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"

namespace pai::core {

/// Holds a project for one window: a file `.<project>.lock` beside it with process, host and program start, kept under
/// flock. Released on destruction. A lock whose process is gone (same host) is taken over.
class ProjectLock {
 public:
  /// Takes the lock. kLocked names who holds it; kFileUnwritable where no lock file can be made (a read-only folder).
  static Result<std::unique_ptr<ProjectLock>> acquire(const std::string& projectPath);
  ~ProjectLock();
  ProjectLock(const ProjectLock&) = delete;
  ProjectLock& operator=(const ProjectLock&) = delete;

  const std::string& path() const { return m_path; }

 private:
  ProjectLock(std::string path, int descriptor) : m_path(std::move(path)), m_descriptor(descriptor) {}
  std::string m_path;
  int m_descriptor;
};

/// Path of a project's lock file.
std::string projectLockPath(const std::string& projectPath);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"

namespace pai::core {

/// A file being written under a temporary name beside its target. `commit` makes it durable and renames it into place;
/// destruction before that removes it, so nothing incomplete ever has the final name.
class AtomicOutput {
 public:
  /// Errors: kFileMissing (no such folder), kFileUnwritable, kDiskFull.
  static Result<std::unique_ptr<AtomicOutput>> create(const std::string& path);
  ~AtomicOutput();
  AtomicOutput(const AtomicOutput&) = delete;
  AtomicOutput& operator=(const AtomicOutput&) = delete;

  /// Writes at the current position. The first failure is kept and returned by `commit` too.
  Status write(const void* bytes, std::size_t count);
  /// Moves the position; returns it, or -1.
  std::int64_t seek(std::int64_t offset, int whence);
  /// Reads back what was written.
  std::int64_t read(void* bytes, std::size_t count);
  Status commit();

  const std::string& path() const { return m_path; }
  const std::string& temporaryPath() const { return m_temporary; }
  int descriptor() const { return m_descriptor; }
  const Status& status() const { return m_status; }

 private:
  AtomicOutput() = default;
  std::string m_path, m_temporary;
  int m_descriptor = -1;
  std::int64_t m_position = 0, m_size = 0;
  Status m_status;
};

/// errnoError of a failed write: what it cannot name counts as unwritable.
Error writeError(int errnoValue, std::string detail, const std::string& file);

/// Makes a rename in the folder of `path` durable, where the file system can.
void syncFolderOf(const std::string& path);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace pai::core {

/// Name of an image sequence, "folder/name.%04d.exr".
struct SequencePattern {
  std::string folder;  // with its slash, or empty
  std::string prefix, suffix;
  int digits = 0;      // least number of digits, zero-padded

  /// kUsage unless the file name holds exactly one %d or %0Nd with N from 1 to 10.
  static Result<SequencePattern> parse(const std::string& path);
  /// Path of a frame number.
  std::string pathOf(std::int64_t number) const;
  /// Numbers of the files that exist, ascending. kFileMissing when there is none, kLimitExceeded when they are too many or
  /// too far apart.
  Result<std::vector<std::int64_t>> numbers() const;
};

/// True when the file name of a path holds a %d.
bool isSequencePath(const std::string& path);

/// Bytes on disk of a clip: of its file, or of all files of a sequence; 0 where none is there.
std::int64_t clipSizeBytes(const std::string& path);

/// Files of a sequence being written into a folder aside; `finish` moves them into place, destruction removes them.
class SequenceOutput {
 public:
  static Result<std::unique_ptr<SequenceOutput>> create(const std::string& path, std::int64_t firstNumber);
  ~SequenceOutput();
  SequenceOutput(const SequenceOutput&) = delete;
  SequenceOutput& operator=(const SequenceOutput&) = delete;
  /// Adds the next file.
  Status add(const void* bytes, std::size_t count);
  Status finish();

 private:
  SequenceOutput() = default;
  SequencePattern m_pattern;
  std::string m_path, m_aside;
  std::int64_t m_next = 0;
  std::vector<std::string> m_names;
};

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/render/descriptor.h"
#include "core/render/job_directory.h"

namespace pai::core {

inline constexpr std::size_t kMaxEventLineBytes = 64 << 10;
inline constexpr std::int64_t kMaxEventLogBytes = 1LL << 30;

/// Appends events to a job's events.jsonl, one whole line in one write. `seq` goes on from what is there. One thread at a time.
class EventWriter {
 public:
  /// A torn last line (a killed writer) is cut off. Errors of the directory.
  static Result<EventWriter> open(const JobDirectory& directory);
  Status append(decltype(JobEvent::body) body);
  std::int64_t nextSeq() const { return m_nextSeq; }

 private:
  Descriptor m_file;
  std::string m_path;
  std::int64_t m_nextSeq = 0;
};

/// Reads events as they are appended. Not thread-safe.
class EventTail {
 public:
  /// Starts at the beginning (kAll) or behind what is there now (kNew). The log need not exist yet.
  enum class From { kAll, kNew };
  static Result<EventTail> open(const JobDirectory& directory, From from);

  /// Whole lines that have come since the last call. Types this build does not know are left out. kJobBroken for a line that
  /// is no event, runs past the bound, or breaks the order of `seq`.
  Result<std::vector<JobEvent>> read();
  /// Descriptor that becomes readable when the log may have grown; `read` consumes the mark.
  int notifyFd() const { return m_notify.get(); }

 private:
  Status openLog(const JobDirectory& directory);

  Descriptor m_notify, m_file;
  std::string m_path, m_partial;
  std::int64_t m_offset = 0, m_lastSeq = -1;
};

/// All events of a job, oldest first.
Result<std::vector<JobEvent>> readEvents(const JobDirectory& directory);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"

namespace pai::inference {

/// Appends whole lines to a job's events.jsonl; `seq` goes on from what is there. Throws Failure.
class EventLines {
 public:
  /// One that keeps silent: of a process that helps with another's job.
  EventLines() = default;
  explicit EventLines(const std::string& directory);
  ~EventLines();
  EventLines(const EventLines&) = delete;
  EventLines& operator=(const EventLines&) = delete;
  void append(decltype(core::JobEvent::body) body);

 private:
  std::string m_path;
  int m_fd = -1;
  std::int64_t m_next = 0;
};

}  // namespace pai::inference

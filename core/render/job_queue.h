// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/job.h"
#include "core/base/result.h"

namespace pai::core {

inline constexpr int kQueueVersion = 1;

/// A job as the queue knows it.
struct QueueEntry {
  std::int64_t id = 0;
  std::string directory;
  std::string title;
  std::string shot;    // id of the shot it renders
  std::string engine;
  JobState state = JobState::kQueued;
  bool resumable = false;  // it ran before: the next run goes on with what is there
  JobStage stage = JobStage::kPrepare;
  std::int64_t step = 0, steps = 0;   // of sampling, or of preparing in hundredths
  std::int64_t done = 0, total = 0;   // frames
  double etaSeconds = 0.0;
  std::string preview;  // base name of the newest preview in the job's preview folder
  std::string output;
  double addedAt = 0.0, startedAt = 0.0, endedAt = 0.0;  // seconds since the epoch; 0 = not yet
  std::vector<std::string> warnings;
  std::optional<Error> error;
  bool operator==(const QueueEntry&) const = default;
};

bool isTerminal(JobState state);
std::string_view jobStateName(JobState state);
std::string_view jobStageName(JobStage stage);

/// The render queue as pure state: who is next, and what each job's events mean. Refused changes leave it as it is and return
/// false. No clock, no files, no threads.
class JobQueue {
 public:
  const std::vector<QueueEntry>& entries() const { return m_entries; }
  const QueueEntry* find(std::int64_t id) const;

  /// Adds behind all others; gives its id.
  std::int64_t add(std::string directory, const Job& job, double now);
  /// Moves an entry to a place in the list.
  bool move(std::int64_t id, std::size_t place);
  /// Forgets a queued or ended job.
  bool remove(std::int64_t id);

  /// First queued job, if fewer than `most` are running; a paused one keeps its place among the running.
  std::optional<std::int64_t> next(std::size_t most) const;
  bool start(std::int64_t id, double now);
  bool pause(std::int64_t id);   // running -> paused
  bool resume(std::int64_t id);  // paused -> running
  bool cancel(std::int64_t id, double now);  // queued -> cancelled; a running one ends by `finish`
  bool retry(std::int64_t id, double now);   // failed or cancelled -> queued, resumable
  void apply(std::int64_t id, const JobEvent& event);
  bool finish(std::int64_t id, JobState state, std::optional<Error> error, double now);

  nlohmann::json json() const;
  /// A queue as it was when its program ended: what was running or paused is queued again, resumable. kFieldInvalid.
  static Result<JobQueue> parse(std::string_view json, const std::string& fileName);
  bool operator==(const JobQueue&) const = default;

 private:
  QueueEntry* entry(std::int64_t id);
  std::vector<QueueEntry> m_entries;
  std::int64_t m_nextId = 1;
};

}  // namespace pai::core

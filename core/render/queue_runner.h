// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/render/job_launcher.h"
#include "core/render/job_queue.h"
#include "core/render/job_seed.h"

namespace pai::core {

/// Runs a JobQueue: starts what is next, keeps the file behind it up to date (written aside, then renamed), and survives a
/// restart of its program. All calls from any thread; callbacks come from threads of its own, one at a time, and may call back.
class QueueRunner {
 public:
  struct Callbacks {
    std::function<void()> changed;  // entries came, went, moved or changed state or progress; read `snapshot`
    std::function<void(const QueueEntry&, const JobOutcome&)> ended;
  };
  /// Reads `file` if it is there; a damaged one is kept aside as FILE.broken and `warning()` says so. `held` = nothing starts
  /// until `setHeld(false)`.
  QueueRunner(std::string file, LaunchOptions options, Callbacks callbacks, bool held = false);
  /// Cancels what runs and waits; it is queued again, resumable, in the file.
  ~QueueRunner();
  QueueRunner(const QueueRunner&) = delete;
  QueueRunner& operator=(const QueueRunner&) = delete;

  JobQueue snapshot() const;
  std::string warning() const;

  /// Makes a job directory, with what it begins with, and queues it.
  Result<std::int64_t> add(const std::string& directory, const Job& job, const JobSeed& seed = {});
  bool move(std::int64_t id, std::size_t place);
  bool remove(std::int64_t id);  // the job's directory stays
  bool pause(std::int64_t id);
  bool resume(std::int64_t id);
  bool cancel(std::int64_t id);
  bool retry(std::int64_t id);
  void setHeld(bool held);
  bool held() const;

 private:
  class Private;
  std::unique_ptr<Private> d;
};

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/render/job_result.h"

namespace pai::core {

/// How a run ended: kSucceeded with a result, or kFailed or kCancelled with the reason.
struct JobOutcome {
  JobState state = JobState::kFailed;
  std::optional<JobResult> result;
  std::optional<Error> error;
};

struct LaunchOptions {
  std::string workerPath;  // "" = pai-worker beside the running program
  std::string inferPath;   // "" = pai-infer beside the running program
  bool resume = false;     // go on with what an interrupted run left
  int graceMs = 3000;      // from SIGTERM to SIGKILL
  /// Without a sign of life: the worker hangs if it stood still (a hundredth of it in processor time) or used as much of the
  /// processor; one that merely gets too little of a busy machine goes on. 0 = no watchdog.
  int hangMs = 180000;
  std::int64_t memoryLimitBytes = 0;  // of a worker's own memory; 0 = nine tenths of the machine's
  int niceness = 0;        // added to ours
  int ranks = 1;           // processes that compute a pack's frames together (pai-infer --ranks)
};

/// One run of a job directory: `pai-worker` for a draft; prepare, generate (`pai-infer`) and finish for a pack. Its own thread
/// watches the child; callbacks come from that thread. A child that crashes, hangs or writes garbage ends as kFailed here.
class JobRun {
 public:
  struct Callbacks {
    std::function<void(const JobEvent&)> event;
    std::function<void(const JobOutcome&)> done;  // once, last
  };
  /// Errors: of JobDirectory::open, kJobExists when it ran before and `resume` is off, kWorkerFailed.
  static Result<std::unique_ptr<JobRun>> start(const std::string& directory, const LaunchOptions& options,
                                               Callbacks callbacks);
  /// Cancels if still running, and waits for the child's end.
  ~JobRun();
  JobRun(const JobRun&) = delete;
  JobRun& operator=(const JobRun&) = delete;

  // Any thread; return at once.
  void cancel();
  void pause();   // the child is stopped; its processor time is free at once
  void resume();

  /// Waits for the end.
  JobOutcome wait();

 private:
  class Loop;
  explicit JobRun(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> m_loop;
};

}  // namespace pai::core

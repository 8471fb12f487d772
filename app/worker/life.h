// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::worker {

/// Blocks the signals that ask for an end in every thread started later; `StopOnSignal` takes them. First thing in main.
void blockSignals();

/// Turns SIGTERM and SIGINT into the stop token. Work that does not end within a second after that is left behind: the part
/// files of `outputs` are removed and the process exits with 5.
class StopOnSignal {
 public:
  explicit StopOnSignal(core::StopToken stop);
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  /// Paths whose part files of this process are removed at a forced end.
  void guard(std::vector<std::string> outputs);

 private:
  class Private;
  std::unique_ptr<Private> d;
};

/// Removes what this program's writers leave beside a path when killed (".NAME.PID-N.part"): of process `pid`, or (0) of all that
/// are gone.
void removePartFiles(const std::string& path, long pid);

/// Tells the launcher that work goes on; cheap, any thread.
void beat();

/// Tells the launcher why the job fails, beside the job's own log of events: that may be what cannot be written.
void tellFailure(const core::Error& error);

/// Bounds this process's own memory; allocation beyond it fails. 0 = no bound.
void limitMemory(std::int64_t bytes);

/// Runs `body`; what the libraries throw becomes an Error (no memory: kOutOfMemory; else kInternal).
core::Status guarded(const std::function<core::Status()>& body);

}  // namespace pai::worker

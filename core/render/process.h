// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/render/descriptor.h"

namespace pai::core {

/// How a process ended.
struct ProcessEnd {
  int exitCode = 0;  // when `signal` is 0
  int signal = 0;
};

struct ProcessOptions {
  std::string program;                 // absolute path
  std::vector<std::string> arguments;  // without the program's name
  std::vector<std::pair<std::string, std::string>> environment;  // set on top of ours
  std::vector<std::pair<int, int>> descriptors;  // ours -> the child's number; all others are closed
};

/// A child in a process group of its own, so that a terminal's Ctrl-C does not reach it and a kill reaches all it started.
/// Destruction kills and reaps it.
class Process {
 public:
  /// Errors: kWorkerFailed when the program cannot be started.
  static Result<Process> start(const ProcessOptions& options);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;

  pid_t pid() const { return m_pid; }
  /// Becomes readable when the process ended.
  int endFd() const { return m_endFd.get(); }
  /// Processor time it has used, of all its threads and not of its children; 0 when it is gone.
  std::chrono::milliseconds processorTime() const;
  /// Sends a signal to the whole group; nothing happens after `reap` gave an end.
  void signal(int number) const;
  /// The end, once it is there; never waits.
  std::optional<ProcessEnd> reap();

 private:
  Process() = default;
  pid_t m_pid = -1;
  Descriptor m_endFd;
  std::optional<ProcessEnd> m_end;
};

/// Path of a program beside the running one.
std::string programBeside(const std::string& name);

/// Makes this process follow its launcher: SIGTERM when it dies, and at once when it is dead already (`launcherPid` > 0).
void followLauncher(pid_t launcherPid);

}  // namespace pai::core

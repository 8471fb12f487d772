// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>

#include "inference/generate.h"
#include "inference/main/commands.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

std::atomic<bool> g_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "it is set in a signal handler");
void onSignal(int) { g_stop.store(true); }

/// Stops on SIGTERM or SIGINT and when the launcher is gone; gives a sign of life on PAI_BEAT_FD ten times a second.
class Watch {
 public:
  explicit Watch(long launcher) : m_launcher(launcher) {
    const char* fd = std::getenv("PAI_BEAT_FD");
    m_beat = fd ? std::atoi(fd) : -1;
  }
  void operator()() {
    if (g_stop.load()) fail(ErrorCode::kCancelled, "stopped by the user");
    const auto now = std::chrono::steady_clock::now();
    if (now - m_last < std::chrono::milliseconds(100)) return;
    m_last = now;
    if (m_launcher > 0 && ::getppid() != static_cast<pid_t>(m_launcher)) fail(ErrorCode::kCancelled, "the program that started this render has ended");
    const char beat = '.';
    if (m_beat >= 0) (void)!::write(m_beat, &beat, 1);
  }

 private:
  long m_launcher;
  int m_beat = -1;
  std::chrono::steady_clock::time_point m_last;
};

}  // namespace

core::Result<int> runJob(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--resume"});
  const std::string directory = arguments.value("--job", "");
  if (directory.empty() || !arguments.places().empty() || !arguments.unknown({"--job", "--launcher"}).empty())
    return Error{ErrorCode::kUsage, "usage: pai-infer --job DIR [--resume] [--launcher PID]", "", {}};
  struct sigaction action {};
  action.sa_handler = onSignal;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  const auto watch = std::make_shared<Watch>(arguments.number("--launcher", 0));
  const core::Status done = runGenerate(directory, arguments.flag("--resume"), [watch] { (*watch)(); });
  if (!done) return done.error();
  return 0;
}

}  // namespace pai::inference

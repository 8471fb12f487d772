// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/base/json_reader.h"
#include "inference/generate.h"
#include "inference/main/commands.h"
#include "inference/memory.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

std::atomic<int> g_stop{0};  // the signal that came
static_assert(std::atomic<int>::is_always_lock_free, "it is set in a signal handler");
void onSignal(int signal) { g_stop.store(signal); }

/// Stops on SIGTERM or SIGINT and when the launcher is gone; gives a sign of life on PAI_BEAT_FD ten times a second.
class Watch {
 public:
  explicit Watch(long launcher) : m_launcher(launcher) {
    const char* fd = std::getenv("PAI_BEAT_FD");
    m_beat = fd ? std::atoi(fd) : -1;
  }
  void operator()() {
    if (g_stop.load() != 0) fail(ErrorCode::kCancelled, "stopped by the user");
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

namespace {

void takeSignals() {
  struct sigaction action {};
  action.sa_handler = onSignal;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  // Before anything large is allocated.
  returnFreedMemory();
}

/// Jobs one after the other, their directories separated by NUL on standard input; models stay loaded. One line of JSON a job on
/// standard output. SIGINT cancels the job at hand, SIGTERM and the end of input end the program.
int serve(long launcher, std::int64_t memoryLimit) {
  GenerateEngine engine;
  std::string directory;
  for (int c = std::getchar(); c != EOF; c = std::getchar()) {
    if (c != 0) {
      if (directory.size() < 65536) directory += static_cast<char>(c);
      continue;
    }
    g_stop.store(0);
    const auto watch = std::make_shared<Watch>(launcher);
    const core::Status done = engine.run(directory, true, [watch] { (*watch)(); }, memoryLimit);
    nlohmann::json line{{"job", directory}, {"exit", done ? 0 : core::exitCodeOf(done.error().code)}};
    if (!done) line["error"] = core::describe(done.error());
    std::printf("%s\n", core::jsonText(line, -1).c_str());
    std::fflush(stdout);
    directory.clear();
    if (g_stop.load() == SIGTERM) break;
  }
  return 0;
}

}  // namespace

core::Result<int> runJob(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--resume", "--serve"});
  const std::string directory = arguments.value("--job", "");
  const bool serves = arguments.flag("--serve");
  if (directory.empty() != serves || !arguments.places().empty() || !arguments.unknown({"--job", "--launcher", "--memory-limit"}).empty())
    return Error{ErrorCode::kUsage, "usage: pai-infer --job DIR [--resume] [--launcher PID] [--memory-limit BYTES], or pai-infer --serve [--launcher PID] [--memory-limit BYTES]", "", {}};
  takeSignals();
  const long launcher = arguments.number("--launcher", 0);
  const std::int64_t limit = arguments.number("--memory-limit", 0);
  if (serves) return serve(launcher, limit);
  const auto watch = std::make_shared<Watch>(launcher);
  const core::Status done = runGenerate(directory, arguments.flag("--resume"), [watch] { (*watch)(); }, limit);
  if (!done) return done.error();
  return 0;
}

}  // namespace pai::inference

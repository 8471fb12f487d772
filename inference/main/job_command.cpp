// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/base/json_reader.h"
#include "inference/generate.h"
#include "inference/main/commands.h"
#include "inference/main/siblings.h"
#include "inference/memory.h"

namespace pai::inference {

using core::Error;
using core::ErrorCode;

namespace {

std::atomic<int> g_stop{0};  // the signal that came for the job at hand
std::atomic<bool> g_ends{false}, g_waits{false};  // told to end; between jobs
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free, "they are set in a signal handler");
void onSignal(int signal) {
  g_stop.store(signal);
  if (signal != SIGTERM) return;
  g_ends.store(true);
  if (g_waits.load()) ::_exit(0);
}

/// Stops on SIGTERM or SIGINT and when the launcher is gone; gives a sign of life on PAI_BEAT_FD ten times a second.
class Watch {
 public:
  explicit Watch(long launcher) : m_launcher(launcher) {
    const char* fd = std::getenv("PAI_BEAT_FD");
    m_beat = fd ? std::atoi(fd) : -1;
  }
  void operator()() {
    if (g_stop.load() != 0 || g_ends.load()) fail(ErrorCode::kCancelled, "stopped by the user");
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

/// Texts ended by NUL on standard input.
class Requests {
 public:
  /// The next; nothing at the end of input, or when told to end meanwhile. What is longer than a path can be is cut.
  std::optional<std::string> next() {
    std::string text;
    for (;; ++m_at) {
      if (m_at == m_size && !fill()) return std::nullopt;
      if (m_bytes[m_at] == '\0') break;
      if (text.size() < PATH_MAX) text += m_bytes[m_at];
    }
    ++m_at;
    return text;
  }

 private:
  bool fill() {
    ssize_t n = -1;
    g_waits.store(true);  // from here a signal that ends the program does so at once
    while (!g_ends.load() && (n = ::read(0, m_bytes.data(), m_bytes.size())) < 0 && errno == EINTR) {
    }
    g_waits.store(false);
    m_at = 0;
    m_size = n > 0 ? static_cast<std::size_t>(n) : 0;
    return m_size > 0;
  }
  std::array<char, 4096> m_bytes{};
  std::size_t m_at = 0, m_size = 0;
};

/// Jobs one after the other, their directories ended by NUL on standard input; models stay loaded. One line of JSON a job on standard
/// output. SIGINT cancels the job at hand, SIGTERM and the end of input end the program.
int serve(long launcher, std::int64_t memoryLimit) {
  GenerateEngine engine;
  Requests requests;
  while (const std::optional<std::string> directory = requests.next()) {
    g_stop.store(0);
    if (g_ends.load()) break;
    const auto watch = std::make_shared<Watch>(launcher);
    const bool named = !directory->empty() && directory->size() < PATH_MAX;
    const core::Status done = named ? engine.run(*directory, true, [watch] { (*watch)(); }, memoryLimit)
                                    : core::Status(Error{ErrorCode::kUsage, "the path of a job directory has 1 to " + std::to_string(PATH_MAX - 1) + " bytes", "", {}});
    nlohmann::json line{{"job", *directory}, {"exit", done ? 0 : core::exitCodeOf(done.error().code)}};
    if (!done) line["error"] = core::describe(done.error());
    std::printf("%s\n", core::jsonText(line, -1).c_str());
    std::fflush(stdout);
    if (g_ends.load()) break;
  }
  return 0;
}

}  // namespace

namespace {

constexpr const char* kJobUsage =
    "usage: pai-infer --job DIR [--resume] [--launcher PID] [--memory-limit BYTES]\n"
    "                 [--ranks N [--rank R --store FILE [--address IP]] [--rank-timeout SECONDS]]\n"
    "       pai-infer --serve [--launcher PID] [--memory-limit BYTES]";

/// A file that the processes of one render meet at. It lies in memory, so that nothing stays however this process ends.
class Store {
 public:
  Store() : m_fd(::memfd_create("pai-ranks", MFD_CLOEXEC)) {}
  ~Store() {
    if (m_fd >= 0) ::close(m_fd);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  bool made() const { return m_fd >= 0; }
  /// For this process and those of the same user, while this one lives.
  std::string path() const { return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(m_fd); }

 private:
  int m_fd;
};

struct JobArguments {
  std::string directory;
  bool resume = false;
  long launcher = 0;
  std::int64_t memoryLimit = 0;
  RankPlace place;
};

core::Status runHere(const JobArguments& a) {
  const auto watch = std::make_shared<Watch>(a.launcher);
  return runGenerate(a.directory, a.resume, [watch] { (*watch)(); }, a.memoryLimit, a.place);
}

/// Rank 0, which starts the others on this machine and shares its threads and memory with them.
core::Status runWithSiblings(JobArguments a) {
  const int count = a.place.count, threads = std::max(1, at::get_num_threads() / count);
  at::set_num_threads(threads);
  a.memoryLimit = memoryLimitBytes(a.memoryLimit) / count;
  const Store store;
  if (!store.made()) return core::errnoError(errno, "cannot make a file in memory for the processes to meet at", "");
  a.place.store = store.path();
  std::vector<std::string> words{"--job", a.directory, "--launcher", std::to_string(::getpid()), "--memory-limit", std::to_string(a.memoryLimit),
                                 "--ranks", std::to_string(count), "--store", store.path(), "--rank-timeout", std::to_string(a.place.patienceSeconds)};
  if (a.resume) words.emplace_back("--resume");
  auto siblings = Siblings::start(count, words, threads);
  if (!siblings) return siblings.error();
  a.place.ended = [&siblings] { return siblings->failed(); };
  return runHere(a);
}

/// One job by several processes; ends the program, since a group that failed cannot be taken apart.
[[noreturn]] void runRanks(const JobArguments& a, bool alone) {
  const core::Status done = alone ? runWithSiblings(a) : runHere(a);
  if (!done) std::fprintf(stderr, "%s%s\n", a.place.rank > 0 ? ("rank " + std::to_string(a.place.rank) + ": ").c_str() : "", core::describe(done.error()).c_str());
  std::fflush(nullptr);
  std::_Exit(done ? 0 : core::exitCodeOf(done.error().code));
}

}  // namespace

core::Result<int> runJob(const std::vector<std::string>& words) {
  Arguments arguments(words, {"--resume", "--serve"});
  JobArguments a;
  a.directory = arguments.value("--job", "");
  a.resume = arguments.flag("--resume");
  a.launcher = arguments.number("--launcher", 0);
  a.memoryLimit = arguments.number("--memory-limit", 0);
  const bool serves = arguments.flag("--serve"), alone = arguments.value("--rank", "").empty();
  const long count = arguments.number("--ranks", 1), rank = arguments.number("--rank", 0), patience = arguments.number("--rank-timeout", a.place.patienceSeconds);
  a.place.store = arguments.value("--store", "");
  a.place.address = arguments.value("--address", a.place.address);
  const bool known = arguments.places().empty() && arguments.unknown({"--job", "--launcher", "--memory-limit", "--ranks", "--rank", "--store", "--address", "--rank-timeout"}).empty();
  const bool placed = count >= 1 && count <= Ranks::kMost && rank >= 0 && rank < count && patience >= 1 && patience <= 86400 && (alone || count > 1) && alone == a.place.store.empty();
  if (!known || !placed || a.directory.empty() != serves || (serves && count > 1)) return Error{ErrorCode::kUsage, kJobUsage, "", {}};
  a.place.count = static_cast<int>(count), a.place.rank = static_cast<int>(rank), a.place.patienceSeconds = static_cast<int>(patience);
  takeSignals();
  if (serves) return serve(a.launcher, a.memoryLimit);
  if (count > 1) runRanks(a, alone);
  const core::Status done = runHere(a);
  if (!done) return done.error();
  return 0;
}

}  // namespace pai::inference

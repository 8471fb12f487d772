// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <thread>

#include "core/render/event_log.h"
#include "core/render/job_seed.h"
#include "core/render/process.h"

namespace pai::core {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMaxLogBytes = 1 << 20;
constexpr std::size_t kTailBytes = 4096;
constexpr int kBeatDescriptor = 3;

/// Programs a job needs, in order.
struct StageCommand {
  std::string program;
  std::vector<std::string> arguments;
  bool last = false;
};

std::int64_t outOfMemoryKills() {
  std::ifstream file("/proc/vmstat");
  std::string name;
  std::int64_t value = 0;
  while (file >> name >> value)
    if (name == "oom_kill") return value;
  return 0;
}

std::int64_t defaultMemoryLimit() {
  struct sysinfo info {};
  if (::sysinfo(&info) != 0) return 0;
  return static_cast<std::int64_t>(info.totalram) * info.mem_unit / 10 * 9;
}

std::int64_t freeBytes(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return INT64_MAX;
  return static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
}

/// What a child prints: the beginning into the job's log.txt, the last line for a message.
class ChildLog {
 public:
  explicit ChildLog(Descriptor file) : m_file(std::move(file)) {}
  void add(std::string_view text) {
    if (m_file && m_written < kMaxLogBytes) {
      const std::string_view part = text.substr(0, static_cast<std::size_t>(kMaxLogBytes - m_written));
      if (::write(m_file.get(), part.data(), part.size()) < 0) m_file.reset();
      m_written += static_cast<std::int64_t>(part.size());
    }
    m_tail.append(text);
    if (m_tail.size() > kTailBytes) m_tail.erase(0, m_tail.size() - kTailBytes);
  }
  std::string lastLine() const {
    std::string text = m_tail;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    text.erase(0, text.find_last_of('\n') == std::string::npos ? 0 : text.find_last_of('\n') + 1);
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    return text.substr(0, 200);
  }

 private:
  Descriptor m_file;
  std::int64_t m_written = 0;
  std::string m_tail;
};

}  // namespace

class JobRun::Loop {
 public:
  Loop(JobDirectory directory, const LaunchOptions& options, Callbacks callbacks)
      : m_directory(std::move(directory)), m_options(options), m_callbacks(std::move(callbacks)) {}

  Status begin();
  void ask(int what) {
    m_asked.fetch_or(what);
    const std::uint64_t one = 1;
    (void)!::write(m_wake.get(), &one, sizeof one);
  }
  JobOutcome wait() {
    std::unique_lock lock(m_mutex);
    m_ended.wait(lock, [this] { return m_outcome.has_value(); });
    return *m_outcome;
  }
  void join() {
    if (m_thread.joinable()) m_thread.join();
  }

  static constexpr int kCancel = 1, kPause = 2, kResume = 4;

 private:
  void run();
  JobOutcome runStages();
  /// Runs one child to its end; nothing = it did well.
  bool hangs(const Process& process);
  std::optional<JobOutcome> runChild(const StageCommand& command);
  Result<Process> spawn(const StageCommand& command, Descriptor& output, Descriptor& beat);
  void obey(Process& process);
  std::optional<Error> takeEvents();
  void drain(Descriptor& pipe, ChildLog* log);
  void hear(std::string_view bytes);
  /// Why the child fails, told beside the log of events, which may be what it could not write.
  std::optional<Error> lastWord() const;
  void stop(Process& process);
  JobOutcome judge(const StageCommand& command, const ProcessEnd& end, const ChildLog& log, std::int64_t killsBefore);
  Error crashOf(const StageCommand& command, const ProcessEnd& end, const ChildLog& log, std::int64_t killsBefore) const;
  std::vector<StageCommand> commands() const;

  JobDirectory m_directory;
  LaunchOptions m_options;
  Callbacks m_callbacks;
  std::optional<EventTail> m_events;
  Descriptor m_wake;
  std::atomic<int> m_asked{0};
  std::thread m_thread;
  std::mutex m_mutex;
  std::condition_variable m_ended;
  std::optional<JobOutcome> m_outcome;

  // Of the run's thread.
  bool m_cancelling = false, m_paused = false;
  Clock::time_point m_lastLife, m_killAt;
  std::chrono::milliseconds m_usedAtLife{}, m_usedAtLook{};  // processor time
  std::optional<Error> m_failure;  // told by the child
  std::string m_word;              // what came with its signs of life
  std::optional<Error> m_verdict;  // ours: it hangs or writes garbage
};

Status JobRun::Loop::begin() {
  m_wake.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!m_wake) return errnoError(errno, "a run cannot be started", m_directory.path());
  Result<EventTail> tail = EventTail::open(m_directory, EventTail::From::kNew);
  if (!tail) return tail.error();
  m_events.emplace(std::move(tail).value());
  m_thread = std::thread([this] { run(); });
  return {};
}

void JobRun::Loop::run() {
  JobOutcome outcome = runStages();
  if (m_callbacks.done) m_callbacks.done(outcome);
  const std::scoped_lock lock(m_mutex);
  m_outcome = std::move(outcome);
  m_ended.notify_all();
}

std::vector<StageCommand> JobRun::Loop::commands() const {
  const std::string worker = m_options.workerPath.empty() ? programBeside("pai-worker") : m_options.workerPath;
  std::vector<std::string> common{"--job", m_directory.path(), "--launcher", std::to_string(::getpid())};
  if (m_options.resume) common.emplace_back("--resume");
  std::vector<std::string> limits;
  const std::int64_t memory = m_options.memoryLimitBytes > 0 ? m_options.memoryLimitBytes : defaultMemoryLimit();
  if (memory > 0) limits = {"--memory-limit", std::to_string(memory)};
  if (m_options.niceness != 0) limits.insert(limits.end(), {"--nice", std::to_string(m_options.niceness)});
  auto stage = [&](const std::string& program, std::vector<std::string> more, bool last) {
    StageCommand command{program, common, last};
    command.arguments.insert(command.arguments.end(), more.begin(), more.end());
    return command;
  };
  if (m_directory.job().engine == "draft" || m_directory.has(JobFolder::kTop, kSpliceFile)) return {stage(worker, limits, true)};
  std::vector<std::string> prepare = limits, finish = limits;
  prepare.insert(prepare.end(), {"--stage", "prepare"});
  finish.insert(finish.end(), {"--stage", "finish"});
  if (m_directory.has(JobFolder::kTop, kRefinishFile)) return {stage(worker, finish, true)};
  const std::string infer = m_options.inferPath.empty() ? programBeside("pai-infer") : m_options.inferPath;
  std::vector<std::string> generate;
  if (memory > 0) generate = {"--memory-limit", std::to_string(memory)};
  if (m_options.ranks > 1) generate.insert(generate.end(), {"--ranks", std::to_string(m_options.ranks)});
  return {stage(worker, prepare, false), stage(infer, generate, false), stage(worker, finish, true)};
}

JobOutcome JobRun::Loop::runStages() {
  if (m_options.resume)
    if (Result<JobResult> done = readResult(m_directory)) return {JobState::kSucceeded, std::move(done).value(), {}};
  // A result of an earlier run must not pass for this one's.
  if (Status s = m_directory.remove(JobFolder::kTop, "result.json"); !s) return {JobState::kFailed, {}, s.error()};
  for (const StageCommand& command : commands()) {
    if (m_asked.load() & kCancel) return {JobState::kCancelled, {}, Error{ErrorCode::kCancelled, "", m_directory.path(), {}}};
    if (std::optional<JobOutcome> ended = runChild(command)) return *ended;
  }
  Result<JobResult> result = readResult(m_directory);
  if (!result) {
    Error error{ErrorCode::kWorkerFailed, "it ended without a valid result (" + describe(result.error()) + ")",
                m_directory.path(), {}};
    return {JobState::kFailed, {}, std::move(error)};
  }
  return {JobState::kSucceeded, std::move(result).value(), {}};
}

Result<Process> JobRun::Loop::spawn(const StageCommand& command, Descriptor& output, Descriptor& beat) {
  std::array<int, 2> out{}, beats{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return errnoError(errno, "a worker cannot be started", command.program);
  output.reset(out[0]);
  Descriptor outWrite(out[1]);
  if (::pipe2(beats.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    return errnoError(errno, "a worker cannot be started", command.program);
  beat.reset(beats[0]);
  Descriptor beatWrite(beats[1]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
  ProcessOptions process;
  process.program = command.program;
  process.arguments = command.arguments;
  process.environment = {{"PAI_BEAT_FD", std::to_string(kBeatDescriptor)}};
  // Threads that spin while they wait take the processors from the editor, and from each other's processes.
  if (!std::getenv("OMP_WAIT_POLICY")) process.environment.emplace_back("OMP_WAIT_POLICY", "passive");
  process.descriptors = {{outWrite.get(), 1}, {outWrite.get(), 2}, {beatWrite.get(), kBeatDescriptor}};
  return Process::start(process);
}

void JobRun::Loop::drain(Descriptor& pipe, ChildLog* log) {
  std::array<char, 4096> bytes{};
  // Bounded a round, so that a child that prints without end cannot keep us from watching it.
  for (int round = 0; round < 64; ++round) {
    const ssize_t n = ::read(pipe.get(), bytes.data(), bytes.size());
    if (n <= 0) {
      if (n == 0) pipe.reset();
      return;
    }
    if (log) log->add({bytes.data(), static_cast<std::size_t>(n)});
    else hear({bytes.data(), static_cast<std::size_t>(n)});
  }
}

void JobRun::Loop::hear(std::string_view bytes) {
  m_lastLife = Clock::now();
  // Beats are single letters; a line among them is the child's last word.
  if (bytes.find_first_of("\n{") == std::string_view::npos && m_word.empty()) return;
  m_word.append(bytes.substr(0, kTailBytes - std::min(kTailBytes, m_word.size())));
}

std::optional<Error> JobRun::Loop::lastWord() const {
  const std::size_t begin = m_word.find('{'), end = m_word.find('\n', begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  const Result<std::optional<JobEvent>> event = parseEventLine(std::string_view(m_word).substr(begin, end - begin), m_directory.path());
  if (!event || !event->has_value()) return {};
  const auto* failed = std::get_if<Failed>(&(*event)->body);
  return failed ? std::optional(Error{failed->code, failed->detail, failed->context, failed->arguments}) : std::nullopt;
}

std::optional<Error> JobRun::Loop::takeEvents() {
  Result<std::vector<JobEvent>> events = m_events->read();
  if (!events)
    return Error{ErrorCode::kWorkerFailed, "it wrote an event that cannot be read: " + events.error().detail,
                 events.error().context, {}};
  for (const JobEvent& event : *events) {
    m_lastLife = Clock::now();
    // A worker of an earlier run, on its way out, may still have said that it was cancelled.
    if (std::holds_alternative<Started>(event.body)) m_failure.reset();
    if (const auto* failed = std::get_if<Failed>(&event.body))
      m_failure = Error{failed->code, failed->detail, failed->context, failed->arguments};
    if (m_callbacks.event) m_callbacks.event(event);
  }
  return {};
}

void JobRun::Loop::stop(Process& process) {
  process.signal(SIGTERM);
  if (m_paused) process.signal(SIGCONT);
  m_paused = false;
  m_killAt = Clock::now() + std::chrono::milliseconds(m_options.graceMs);
}

void JobRun::Loop::obey(Process& process) {
  std::uint64_t count = 0;
  (void)!::read(m_wake.get(), &count, sizeof count);
  const int asked = m_asked.fetch_and(kCancel);
  if ((asked & kCancel) && !m_cancelling) {
    m_cancelling = true;
    stop(process);
    return;
  }
  if (m_cancelling) return;
  if ((asked & kPause) && !m_paused) {
    process.signal(SIGSTOP);
    m_paused = true;
  }
  if ((asked & kResume) && m_paused) {
    process.signal(SIGCONT);
    m_paused = false;
    m_lastLife = Clock::now();
  }
}

/// Called when there was no sign of life for long.
bool JobRun::Loop::hangs(const Process& process) {
  const std::chrono::milliseconds used = process.processorTime(), hang(m_options.hangMs);
  const bool stoodStill = used - m_usedAtLook < hang / 100, turnsRound = used - m_usedAtLife >= hang;
  m_usedAtLook = used;
  m_lastLife = Clock::now();
  return stoodStill || turnsRound;
}

std::optional<JobOutcome> JobRun::Loop::runChild(const StageCommand& command) {
  const std::int64_t killsBefore = outOfMemoryKills();
  Descriptor output, beat;
  Result<Process> started = spawn(command, output, beat);
  if (!started) return JobOutcome{JobState::kFailed, {}, started.error()};
  Process process = std::move(started).value();
  Result<Descriptor> logFile = m_directory.openFile(JobFolder::kTop, "log.txt", O_WRONLY | O_CREAT | O_TRUNC);
  ChildLog log(logFile ? std::move(logFile).value() : Descriptor());
  m_lastLife = Clock::now();
  m_usedAtLife = m_usedAtLook = {};
  m_failure.reset();
  m_word.clear();
  std::optional<ProcessEnd> end;
  while (!(end = process.reap())) {
    std::array<pollfd, 5> fds{{{m_wake.get(), POLLIN, 0}, {process.endFd(), POLLIN, 0}, {m_events->notifyFd(), POLLIN, 0},
                               {output.get(), POLLIN, 0}, {beat.get(), POLLIN, 0}}};
    auto until = Clock::time_point::max();
    if (m_cancelling || m_verdict) until = m_killAt;
    else if (m_options.hangMs > 0 && !m_paused) until = m_lastLife + std::chrono::milliseconds(m_options.hangMs);
    int timeout = -1;
    if (until != Clock::time_point::max())
      timeout = static_cast<int>(std::max<std::int64_t>(
          0, std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count() + 1));
    ::poll(fds.data(), fds.size(), timeout);
    const Clock::time_point before = m_lastLife;
    obey(process);
    if (output) drain(output, &log);
    if (beat) drain(beat, nullptr);
    if (!m_verdict)
      if (std::optional<Error> garbage = takeEvents(); garbage && !m_cancelling) {
        m_verdict = std::move(garbage);
        process.signal(SIGKILL);
      }
    if (m_lastLife != before) m_usedAtLife = m_usedAtLook = process.processorTime();
    if (Clock::now() < until || m_paused) continue;
    if (m_cancelling || m_verdict) {
      process.signal(SIGKILL);
      m_killAt = Clock::time_point::max();
    } else if (m_options.hangMs > 0 && Clock::now() >= m_lastLife + std::chrono::milliseconds(m_options.hangMs) && hangs(process)) {
      m_verdict = Error{ErrorCode::kWorkerFailed,
                        std::string("it gave no sign of life for ") + std::to_string(m_options.hangMs / 1000) + " s and was stopped",
                        m_directory.path(), {}};
      stop(process);
    }
  }
  if (output) drain(output, &log);
  if (beat) drain(beat, nullptr);
  if (!m_verdict)
    if (std::optional<Error> garbage = takeEvents(); garbage && !m_cancelling) m_verdict = std::move(garbage);
  JobOutcome outcome = judge(command, *end, log, killsBefore);
  if (outcome.state == JobState::kSucceeded) return {};
  return outcome;
}

Error JobRun::Loop::crashOf(const StageCommand& command, const ProcessEnd& end, const ChildLog& log,
                            std::int64_t killsBefore) const {
  const std::string program = command.program.substr(command.program.rfind('/') + 1);
  Error error{ErrorCode::kWorkerFailed, "", m_directory.path(), {}};
  if (end.signal != 0) {
    if (end.signal == SIGKILL && outOfMemoryKills() > killsBefore) {
      error.code = ErrorCode::kOutOfMemory;
      error.detail = "the system ended " + program + " to free memory";
    } else {
      error.detail = program + " was ended by signal " + std::to_string(end.signal) + " (" + ::strsignal(end.signal) + ")";
    }
  } else if (end.exitCode == 6) {
    const bool full = freeBytes(m_directory.path()) < (1 << 20);
    error.code = full ? ErrorCode::kDiskFull : ErrorCode::kOutOfMemory;
  } else {
    error.detail = program + " ended with code " + std::to_string(end.exitCode);
  }
  if (const std::string line = log.lastLine(); !line.empty()) error.detail += (error.detail.empty() ? "" : ": ") + line;
  return error;
}

JobOutcome JobRun::Loop::judge(const StageCommand& command, const ProcessEnd& end, const ChildLog& log,
                               std::int64_t killsBefore) {
  if (m_verdict) return {JobState::kFailed, {}, m_verdict};
  const bool well = end.signal == 0 && end.exitCode == 0;
  if (well && m_failure) return {JobState::kFailed, {}, m_failure};
  if (well) return {JobState::kSucceeded, {}, {}};
  if (m_cancelling || (end.signal == 0 && end.exitCode == 5))
    return {JobState::kCancelled, {}, Error{ErrorCode::kCancelled, "", m_directory.path(), {}}};
  if (m_failure) return {JobState::kFailed, {}, m_failure};
  if (std::optional<Error> word = lastWord()) return {JobState::kFailed, {}, std::move(word)};
  return {JobState::kFailed, {}, crashOf(command, end, log, killsBefore)};
}

JobRun::JobRun(std::unique_ptr<Loop> loop) : m_loop(std::move(loop)) {}

Result<std::unique_ptr<JobRun>> JobRun::start(const std::string& path, const LaunchOptions& options, Callbacks callbacks) {
  Result<JobDirectory> directory = JobDirectory::open(path);
  if (!directory) return std::move(directory).error();
  if (!options.resume && directory->has(JobFolder::kTop, "events.jsonl"))
    return Error{ErrorCode::kJobExists, "it was run before", path, {}};
  auto loop = std::make_unique<Loop>(std::move(directory).value(), options, std::move(callbacks));
  if (Status s = loop->begin(); !s) return s.error();
  return std::unique_ptr<JobRun>(new JobRun(std::move(loop)));
}

JobRun::~JobRun() {
  cancel();
  m_loop->join();
}

void JobRun::cancel() { m_loop->ask(Loop::kCancel); }
void JobRun::pause() { m_loop->ask(Loop::kPause); }
void JobRun::resume() { m_loop->ask(Loop::kResume); }
JobOutcome JobRun::wait() { return m_loop->wait(); }

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace pai::core {
namespace {

/// File actions that leave the child with exactly the descriptors asked for, whatever their numbers are here.
class FileActions {
 public:
  explicit FileActions(const std::vector<std::pair<int, int>>& descriptors) {
    ::posix_spawn_file_actions_init(&m_actions);
    int top = 2;
    for (const auto& [from, to] : descriptors) top = std::max(top, to);
    // Lifted above every target first, so that no target overwrites a source still needed.
    for (const auto& [from, to] : descriptors) {
      m_lifted.emplace_back(::fcntl(from, F_DUPFD_CLOEXEC, top + 1));
      ::posix_spawn_file_actions_adddup2(&m_actions, m_lifted.back().get(), to);
    }
    for (const int standard : {0, 1, 2})
      if (std::none_of(descriptors.begin(), descriptors.end(), [standard](const auto& d) { return d.second == standard; }))
        ::posix_spawn_file_actions_addopen(&m_actions, standard, "/dev/null", standard == 0 ? O_RDONLY : O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&m_actions, top + 1);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&m_actions); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &m_actions; }

 private:
  posix_spawn_file_actions_t m_actions{};
  std::vector<Descriptor> m_lifted;
};

std::vector<std::string> environmentWith(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (std::none_of(added.begin(), added.end(), [&name](const auto& a) { return a.first == name; })) all.push_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(std::string(name).append("=").append(value));
  return all;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Result<Process> Process::start(const ProcessOptions& options) {
  FileActions actions(options.descriptors);
  posix_spawnattr_t attributes{};
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none, standard;
  ::sigemptyset(&none);
  ::sigemptyset(&standard);
  for (const int s : {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGUSR1}) ::sigaddset(&standard, s);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &standard);

  std::vector<std::string> arguments{options.program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment = environmentWith(options.environment);
  Process process;
  const int number = ::posix_spawn(&process.m_pid, options.program.c_str(), actions.get(), &attributes,
                                   pointersTo(arguments).data(), pointersTo(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  if (number != 0) {
    process.m_pid = -1;
    return Error{ErrorCode::kWorkerFailed, std::string("it cannot be started (") + std::strerror(number) + ")",
                 options.program, {{"errno", std::int64_t{number}}}};
  }
  process.m_endFd.reset(static_cast<int>(::syscall(SYS_pidfd_open, process.m_pid, 0)));
  if (!process.m_endFd) return errnoError(errno, "the process cannot be watched", options.program);
  ::fcntl(process.m_endFd.get(), F_SETFD, FD_CLOEXEC);
  return process;
}

Process::Process(Process&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1)), m_endFd(std::move(other.m_endFd)), m_end(other.m_end) {}

Process::~Process() {
  if (m_pid < 0 || m_end) return;
  signal(SIGKILL);
  int status = 0;
  while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
  }
}

std::chrono::milliseconds Process::processorTime() const {
  clockid_t clock{};
  timespec used{};
  if (m_pid <= 0 || m_end || ::clock_getcpuclockid(m_pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

void Process::signal(int number) const {
  if (m_pid > 0 && !m_end) ::kill(-m_pid, number);
}

std::optional<ProcessEnd> Process::reap() {
  if (m_end || m_pid < 0) return m_end;
  // The group is looked at before its leader is reaped, while its number cannot be somebody else's.
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return m_end;
  ::kill(-m_pid, SIGKILL);
  int status = 0;
  while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
  }
  ProcessEnd end;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  else end.exitCode = WEXITSTATUS(status);
  m_end = end;
  return m_end;
}

std::string programBeside(const std::string& name) {
  std::array<char, 4096> self{};
  const ssize_t n = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
  std::string path(self.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  const std::size_t slash = path.rfind('/');
  return (slash == std::string::npos ? std::string("/") : path.substr(0, slash + 1)) + name;
}

void followLauncher(pid_t launcherPid) {
  if (launcherPid <= 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // To the process, not to this thread (raise), so that whichever thread waits for the signal hears it.
  if (::getppid() != launcherPid) ::kill(::getpid(), SIGTERM);
}

}  // namespace pai::core

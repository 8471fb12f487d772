// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/main/siblings.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace pai::inference {

namespace {

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// This process's, without the descriptor of its signs of life, which are its own, and with threads that sleep while they wait: the
/// processes wait for each other, and threads that spin meanwhile take the processors from those who work.
std::vector<std::string> environmentWith(int threads) {
  std::vector<std::string> out{"PAI_THREADS=" + std::to_string(threads), "OMP_WAIT_POLICY=passive"};
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with("PAI_THREADS=") && !text.starts_with("PAI_BEAT_FD=") && !text.starts_with("OMP_WAIT_POLICY=")) out.emplace_back(text);
  }
  return out;
}

std::string howEnded(int status) {
  if (WIFSIGNALED(status)) return std::string("was ended by signal ") + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
  return "ended with exit code " + std::to_string(WEXITSTATUS(status)) + "; its own words are above";
}

}  // namespace

core::Result<Siblings> Siblings::start(int count, const std::vector<std::string>& arguments, int threads) {
  Siblings out;
  std::vector<std::string> environment = environmentWith(threads);
  for (int rank = 1; rank < count; ++rank) {
    std::vector<std::string> words{"pai-infer"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    words.insert(words.end(), {"--rank", std::to_string(rank)});
    pid_t pid = -1;
    const int number = ::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, pointersTo(words).data(), pointersTo(environment).data());
    if (number != 0) return core::Error{core::ErrorCode::kWorkerFailed, std::string("another process of the render cannot be started (") + std::strerror(number) + ")", "pai-infer", {}};
    out.m_children.push_back({rank, pid});
  }
  return out;
}

Siblings::~Siblings() {
  // They hold nothing that is to be saved.
  for (const Child& child : m_children) ::kill(child.pid, SIGKILL);
  for (const Child& child : m_children)
    while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::string Siblings::failed() {
  for (auto child = m_children.begin(); child != m_children.end(); ++child) {
    int status = 0;
    if (::waitpid(child->pid, &status, WNOHANG) != child->pid) continue;
    const int rank = child->rank;
    m_children.erase(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return failed();
    return "process " + std::to_string(rank) + " of this render " + howEnded(status);
  }
  return "";
}

}  // namespace pai::inference

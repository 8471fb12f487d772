// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/infer.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "core/render/process.h"

namespace pai::cli {

using core::Error;
using core::ErrorCode;

namespace {

constexpr std::size_t kMostBytes = 1 << 20;

Error notThere(std::string detail) { return Error{ErrorCode::kWorkerFailed, std::move(detail), core::programBeside("pai-infer"), {}}; }

}  // namespace

core::Status becomeInfer(const std::vector<std::string>& arguments) {
  const std::string program = core::programBeside("pai-infer");
  std::vector<std::string> all{program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& text : all) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::execv(program.c_str(), pointers.data());
  return notThere(std::string("it cannot be started (") + std::strerror(errno) + "); it is the part with LibTorch, built by the target pai-infer");
}

core::Result<std::string> askInfer(const std::vector<std::string>& arguments, int timeoutMs) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return core::errnoError(errno, "no pipe", "pai-infer");
  const core::Descriptor from(ends[0]);
  core::Descriptor to(ends[1]);
  core::ProcessOptions options;
  options.program = core::programBeside("pai-infer");
  options.arguments = arguments;
  options.descriptors = {{to.get(), 1}};
  core::Result<core::Process> process = core::Process::start(options);
  to.reset();
  if (!process) return std::move(process).error();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeoutMs);
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd fd{from.get(), POLLIN, 0};
    if (left <= 0 || ::poll(&fd, 1, static_cast<int>(left)) <= 0) return notThere("it gave no answer in time");
    const ssize_t n = ::read(from.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(n));
    if (text.size() > kMostBytes) return notThere("it printed too much");
  }
  pollfd ended{process->endFd(), POLLIN, 0};
  ::poll(&ended, 1, 2000);
  const std::optional<core::ProcessEnd> end = process->reap();
  if (!end || end->signal != 0 || end->exitCode != 0) return notThere("it did not end well");
  return text;
}

}  // namespace pai::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/program_output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "core/render/process.h"

namespace pai::core {

namespace {

constexpr std::size_t kMostBytes = 1 << 20;

}  // namespace

Result<ProgramOutput> programOutput(const std::string& program, const std::vector<std::string>& arguments, int timeoutMs) {
  const auto failed = [&](std::string detail) { return Error{ErrorCode::kWorkerFailed, std::move(detail), program, {}}; };
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errnoError(errno, "no pipe", program);
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  ProcessOptions options;
  options.program = program;
  options.arguments = arguments;
  options.descriptors = {{to.get(), 1}};
  Result<Process> process = Process::start(options);
  to.reset();
  if (!process) return std::move(process).error();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeoutMs);
  ProgramOutput output;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd fd{from.get(), POLLIN, 0};
    if (left <= 0 || ::poll(&fd, 1, static_cast<int>(left)) <= 0) return failed("it gave no answer in time");
    const ssize_t n = ::read(from.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    output.text.append(piece.data(), static_cast<std::size_t>(n));
    if (output.text.size() > kMostBytes) return failed("it printed too much");
  }
  pollfd ended{process->endFd(), POLLIN, 0};
  ::poll(&ended, 1, 2000);
  const std::optional<ProcessEnd> end = process->reap();
  if (!end || end->signal != 0) return failed("it did not end well");
  output.exitCode = end->exitCode;
  return output;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/infer.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/render/process.h"
#include "core/render/program_output.h"

namespace pai::cli {

using core::Error;
using core::ErrorCode;

namespace {

Error notThere(std::string detail) { return Error{ErrorCode::kWorkerFailed, std::move(detail), core::programBeside("pai-infer"), {}}; }

}  // namespace

core::Status becomeInfer(const std::vector<std::string>& arguments) {
  const std::string program = core::programBeside("pai-infer");
  std::vector<std::string> all{program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(all.size() + 1);
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
  core::Result<core::ProgramOutput> output = core::programOutput(core::programBeside("pai-infer"), arguments, timeoutMs);
  if (!output) return std::move(output).error();
  if (output->exitCode != 0) return notThere("it did not end well");
  return std::move(output->text);
}

}  // namespace pai::cli

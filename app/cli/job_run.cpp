// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_run.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "app/cli/progress.h"
#include "core/base/file_system.h"
#include "core/base/json_reader.h"
#include "core/render/descriptor.h"
#include "core/render/job_launcher.h"

namespace pai::cli {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

sigset_t interrupts() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGHUP);
  return set;
}

core::JobOutcome runDirectory(const std::string& directory, const core::Job& job, const RunOptions& options) {
  const std::string title = job.output.substr(job.output.rfind('/') + 1);
  Progress progress(title.empty() ? job.name : title, options.json);
  const core::Descriptor over(::eventfd(0, EFD_CLOEXEC));
  const sigset_t set = interrupts();
  const core::Descriptor signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  core::LaunchOptions launch;
  launch.resume = options.resume;
  launch.ranks = options.ranks;
  core::JobRun::Callbacks callbacks;
  callbacks.event = [&progress](const core::JobEvent& event) { progress.show(event); };
  callbacks.done = [&over](const core::JobOutcome&) {
    const std::uint64_t one = 1;
    (void)!::write(over.get(), &one, sizeof one);
  };
  Result<std::unique_ptr<core::JobRun>> run = core::JobRun::start(directory, launch, std::move(callbacks));
  if (!run) return {core::JobState::kFailed, {}, run.error()};
  for (;;) {
    std::array<pollfd, 2> fds{{{over.get(), POLLIN, 0}, {signals.get(), POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0) continue;
    signalfd_siginfo info{};
    if (::read(signals.get(), &info, sizeof info) == sizeof info) (*run)->cancel();
    if (fds[0].revents != 0) return (*run)->wait();
  }
}

/// The error as the user should see it: with the job directory that can be gone on with.
Error toldError(Error error, const std::string& directory, bool kept) {
  if (error.context == directory && !kept) error.context.clear();
  if (!kept) return error;
  const std::string how = std::string("pai render --job ") + directory + " --resume goes on with it";
  if (error.detail.find(directory) == std::string::npos) error.detail += (error.detail.empty() ? "" : "; ") + how;
  return error;
}

Result<core::JobResult> runIn(const std::string& directory, const core::Job& job, const RunOptions& options, bool ours) {
  core::JobOutcome outcome = runDirectory(directory, job, options);
  if (outcome.state == core::JobState::kSucceeded && outcome.result) {
    core::JobResult result = std::move(*outcome.result);
    if (ours) {
      std::error_code code;
      std::filesystem::remove_all(directory, code);
    }
    if (!options.report.empty())
      if (Status s = writeReport(options.report, result); !s) return s.error();
    return result;
  }
  Error error = outcome.error.value_or(Error{ErrorCode::kInternal, "the job ended without a reason", directory, {}});
  // A job that its input stopped cannot be gone on with.
  const bool kept = core::exitCodeOf(error.code) != 3 && core::exitCodeOf(error.code) != 2 && error.code != ErrorCode::kJobExists;
  if (!kept && ours) {
    std::error_code code;
    std::filesystem::remove_all(directory, code);
  }
  return toldError(std::move(error), directory, kept);
}

}  // namespace

void blockInterrupts() {
  const sigset_t set = interrupts();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

std::string cacheFolder() {
  if (const char* own = std::getenv("PAI_CACHE_DIR"); own && *own) return own;
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg) return std::string(xdg) + "/pai-studio";
  const char* home = std::getenv("HOME");
  return std::string(home && *home ? home : "/tmp") + "/.cache/pai-studio";
}

std::string absolutePath(const std::string& path) {
  std::error_code code;
  const std::filesystem::path absolute = std::filesystem::absolute(path, code);
  return code ? path : absolute.lexically_normal().string();
}

Result<core::JobResult> runJob(const core::Job& job, const RunOptions& options) {
  const bool ours = options.jobDirectory.empty();
  std::string directory = absolutePath(options.jobDirectory);
  if (ours) {
    Result<std::string> made = core::newJobPath(absolutePath(cacheFolder() + "/jobs"), job.name);
    if (!made) return std::move(made).error();
    directory = std::move(made).value();
  }
  if (options.resume && !ours) {
    Result<core::JobDirectory> known = core::JobDirectory::open(directory);
    if (known) {
      if (core::jobJson(known->job()) != core::jobJson(job))
        return Error{ErrorCode::kFieldInvalid, "the job was made with other settings; give --job and --resume alone, or another directory", directory, {}};
      return runIn(directory, job, options, false);
    }
    if (known.error().code != ErrorCode::kFileMissing) return std::move(known).error();
    // Nothing was begun yet: --resume starts it, so that a script can always give it.
  }
  Result<core::JobDirectory> made = core::JobDirectory::create(directory, job);
  if (!made) return std::move(made).error();
  return runIn(directory, job, options, ours);
}

Result<core::JobResult> resumeJob(const RunOptions& options) {
  const std::string directory = absolutePath(options.jobDirectory);
  Result<core::JobDirectory> known = core::JobDirectory::open(directory);
  if (!known) return std::move(known).error();
  return runIn(directory, known->job(), options, false);
}

void printResult(const core::JobResult& result) {
  for (const core::JobOutput& output : result.outputs) {
    if (output.layer == "camera") std::printf("%s  camera of %lld frames\n", output.path.c_str(), static_cast<long long>(result.frames));
    else
      std::printf("%s  %s, %lld frames, %dx%d, %s fps, %.1f MB\n", output.path.c_str(), output.layer.c_str(),
                  static_cast<long long>(result.frames), result.width, result.height, result.rate.c_str(),
                  static_cast<double>(output.sizeBytes) / 1e6);
  }
  std::fflush(stdout);
}

Status writeReport(const std::string& path, const core::JobResult& result) {
  Result<core::SaveReport> saved = core::atomicWriteFile(absolutePath(path), core::jsonText(core::resultJson(result), 1) + "\n");
  return saved ? Status{} : Status(saved.error());
}

}  // namespace pai::cli

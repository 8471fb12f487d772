// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <opencv2/core.hpp>

#include "app/worker/job_stages.h"
#include "app/worker/life.h"
#include "app/worker/preview_server.h"
#include "core/draft/picture_pool.h"
#include "core/render/memory.h"
#include "core/render/process.h"

namespace {

using pai::core::Status;

struct Options {
  pai::worker::JobOptions job;
  int previewSocket = -1;
  pid_t launcher = 0;
  std::int64_t memoryLimit = 0, cacheBytes = 512LL << 20;
  int niceness = 0;
  bool proxies = false;
};

void applyThreads() {
  if (const char* text = std::getenv("PAI_THREADS")) {
    const int threads = std::atoi(text);
    if (threads > 0) cv::setNumThreads(threads);
  }
}

Status run(const Options& options) {
  pai::core::followLauncher(options.launcher);
  pai::worker::limitMemory(options.memoryLimit);
  if (options.niceness != 0) (void)!::nice(options.niceness);
  applyThreads();
  pai::core::keepFreedMemory();
  pai::core::poolPictures();
  const pai::core::StopToken stop;
  if (options.previewSocket >= 0)
    return pai::worker::servePreview({options.previewSocket, static_cast<std::size_t>(options.cacheBytes), options.proxies});
  pai::worker::StopOnSignal signals(stop);
  return pai::worker::runJob(options.job, stop, signals);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Media and draft work for pai and pai-studio, in a process of its own", "pai-worker"};
  auto* job = app.add_option("--job", options.job.directory, "run this job directory: prepare and finish");
  app.add_flag("--resume", options.job.resume, "go on at the last whole piece");
  app.add_option("--stage", options.job.stage, "of a model pack's job")->check(CLI::IsMember({"prepare", "finish"}));
  auto* serve = app.add_option("--serve-preview", options.previewSocket, "answer the editor on this socket");
  app.add_option("--cache-bytes", options.cacheBytes, "bytes of frames kept")->check(CLI::NonNegativeNumber);
  app.add_flag("--proxies", options.proxies, "make proxies of long clips in the background");
  app.add_option("--launcher", options.launcher, "end when this process does");
  app.add_option("--memory-limit", options.memoryLimit, "bytes of own memory at most");
  app.add_option("--nice", options.niceness, "yield the processor by so much");
  app.set_version_flag("--version", std::string("pai-worker ") + PAI_VERSION);
  job->excludes(serve);
  try {
    app.parse(argc, argv);
    if (job->empty() == serve->empty()) throw CLI::RequiredError("one of --job and --serve-preview");
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? 0 : 2;
  }
  // SIGTERM ends a preview server at once; a job ends in its own way.
  if (!job->empty()) pai::worker::blockSignals();
  const Status status = pai::worker::guarded([&] { return run(options); });
  if (status) return 0;
  if (!job->empty()) pai::worker::tellFailure(status.error());
  std::fprintf(stderr, "%s\n", pai::core::describe(status.error()).c_str());
  return pai::core::exitCodeOf(status.error().code);
}

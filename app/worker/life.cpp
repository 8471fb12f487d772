// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/life.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

#include <opencv2/core.hpp>

#include "core/base/job.h"

namespace pai::worker {
namespace {

constexpr int kGraceMs = 900;

sigset_t endSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int s : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, s);
  return set;
}

/// Given back when memory runs out, so that the failure can still be told.
std::unique_ptr<char[]> reserve;

int beatDescriptor() {
  static const int fd = [] {
    const char* text = std::getenv("PAI_BEAT_FD");
    return text ? std::atoi(text) : -1;
  }();
  return fd;
}

}  // namespace

void blockSignals() {
  const sigset_t set = endSignals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

class StopOnSignal::Private {
 public:
  explicit Private(core::StopToken stop) : m_stop(std::move(stop)), m_thread([this] { run(); }) {}
  ~Private() {
    m_over = true;
    m_thread.join();
  }
  void guard(std::vector<std::string> outputs) {
    const std::scoped_lock lock(m_mutex);
    m_outputs = std::move(outputs);
  }

 private:
  void run() {
    const sigset_t set = endSignals();
    int waited = 0;
    while (!m_over) {
      const timespec step{0, 50'000'000};
      if (::sigtimedwait(&set, nullptr, &step) > 0) m_stop.request();
      if (m_stop.requested() && (waited += 50) > kGraceMs && !m_over) {
        const std::scoped_lock lock(m_mutex);
        for (const std::string& path : m_outputs) removePartFiles(path, ::getpid());
        ::_exit(5);
      }
    }
  }

  core::StopToken m_stop;
  std::mutex m_mutex;
  std::vector<std::string> m_outputs;
  std::atomic<bool> m_over{false};
  std::thread m_thread;
};

StopOnSignal::StopOnSignal(core::StopToken stop) : d(std::make_unique<Private>(std::move(stop))) {}
StopOnSignal::~StopOnSignal() = default;
void StopOnSignal::guard(std::vector<std::string> outputs) { d->guard(std::move(outputs)); }

void removePartFiles(const std::string& path, long pid) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  std::string start(".");
  start += path.substr(slash == std::string::npos ? 0 : slash + 1) + ".";
  if (pid != 0) start += std::to_string(pid) + "-";
  DIR* entries = ::opendir(folder.c_str());
  if (!entries) return;
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(start) || !name.ends_with(".part")) continue;
    const long owner = std::strtol(entry->d_name + start.size(), nullptr, 10);
    if (pid == 0 && owner > 0 && (::kill(static_cast<pid_t>(owner), 0) == 0 || errno != ESRCH)) continue;
    ::unlink((folder + "/" + entry->d_name).c_str());
  }
  ::closedir(entries);
}

void beat() {
  if (beatDescriptor() > 2) (void)!::write(beatDescriptor(), "b", 1);
}

void tellFailure(const core::Error& error) {
  if (beatDescriptor() <= 2) return;
  core::JobEvent event;
  event.body = core::Failed{error.code, error.detail.substr(0, 1000), error.context.substr(0, 1000), {}};
  // One line, small enough to be written whole.
  const std::string line = "\n" + core::eventLine(event) + "\n";
  (void)!::write(beatDescriptor(), line.data(), line.size());
}

void limitMemory(std::int64_t bytes) {
  if (bytes <= 0) return;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose shadow memory counts as data
  const rlimit limit{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
  ::setrlimit(RLIMIT_DATA, &limit);
#endif
  reserve = std::make_unique<char[]>(1 << 20);
}

core::Status guarded(const std::function<core::Status()>& body) {
  using core::Error;
  using core::ErrorCode;
  try {
    return body();
  } catch (const std::bad_alloc&) {
    reserve.reset();
    return Error{ErrorCode::kOutOfMemory, "the worker's memory limit was reached", "", {}};
  } catch (const cv::Exception& e) {
    reserve.reset();
    if (e.code == cv::Error::StsNoMem) return Error{ErrorCode::kOutOfMemory, "the worker's memory limit was reached", "", {}};
    return Error{ErrorCode::kInternal, e.what(), "", {}};
  } catch (const std::exception& e) {
    reserve.reset();
    return Error{ErrorCode::kInternal, e.what(), "", {}};
  }
}

}  // namespace pai::worker

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/queue_runner.h"

#include <sys/stat.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>

#include "core/base/file_system.h"

namespace pai::core {
namespace {

constexpr std::uint64_t kMaxQueueBytes = 64 << 20;

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

/// One worker thread owns the runs: it starts, reaps and saves; others only change the state and wake it.
class QueueRunner::Private {
 public:
  Private(std::string file, LaunchOptions options, Callbacks callbacks, bool held)
      : m_file(std::move(file)), m_options(std::move(options)), m_callbacks(std::move(callbacks)), m_held(held) {
    load();
    m_thread = std::thread([this] { loop(); });
  }
  ~Private() {
    {
      const std::scoped_lock lock(m_mutex);
      m_closing = true;
    }
    m_wake.notify_all();
    m_thread.join();
  }

  template <typename Change>
  bool change(Change change) {
    bool done = false;
    {
      const std::scoped_lock lock(m_mutex);
      done = change();
      if (done) m_dirty = m_announce = true;
    }
    if (done) m_wake.notify_all();
    return done;
  }

  void load();
  void loop();
  void startNext(std::unique_lock<std::mutex>& lock);
  void reapEnded(std::unique_lock<std::mutex>& lock);
  void save(std::unique_lock<std::mutex>& lock);
  void closeAll(std::unique_lock<std::mutex>& lock);
  JobRun* runOf(std::int64_t id) {
    for (Running& r : m_running)
      if (r.id == id) return r.run.get();
    return nullptr;
  }

  struct Running {
    std::int64_t id = 0;
    std::unique_ptr<JobRun> run;
  };
  struct Ended {
    std::int64_t id = 0;
    JobOutcome outcome;
  };

  const std::string m_file;
  const LaunchOptions m_options;
  const Callbacks m_callbacks;
  std::string m_warning;
  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  JobQueue m_queue;
  std::deque<Running> m_running;
  std::deque<Ended> m_ended;
  bool m_held = false, m_closing = false, m_dirty = false, m_announce = false;
  std::thread m_thread;
};

void QueueRunner::Private::load() {
  struct stat info {};
  if (m_file.empty() || ::stat(m_file.c_str(), &info) != 0) return;
  Result<JobQueue> queue = Error{ErrorCode::kLimitExceeded, "", m_file, {}};
  if (Result<std::string> text = readWholeFile(m_file, kMaxQueueBytes)) queue = JobQueue::parse(*text, m_file);
  if (queue) {
    m_queue = std::move(queue).value();
    return;
  }
  ::rename(m_file.c_str(), (m_file + ".broken").c_str());
  m_warning = describe(queue.error()) + "; it was kept as " + m_file + ".broken";
}

void QueueRunner::Private::save(std::unique_lock<std::mutex>& lock) {
  if (!m_dirty || m_file.empty()) return;
  m_dirty = false;
  const std::string text = m_queue.json().dump(1) + "\n";
  lock.unlock();
  const Result<SaveReport> saved = atomicWriteFile(m_file, text);
  lock.lock();
  m_warning = saved ? std::string() : describe(saved.error());
}

void QueueRunner::Private::startNext(std::unique_lock<std::mutex>& lock) {
  while (!m_held && !m_closing) {
    const std::optional<std::int64_t> id = m_queue.next(1);
    if (!id || !m_queue.start(*id, now())) return;
    const QueueEntry entry = *m_queue.find(*id);
    m_dirty = m_announce = true;
    LaunchOptions options = m_options;
    options.resume = entry.resumable;
    JobRun::Callbacks callbacks;
    callbacks.event = [this, id = *id](const JobEvent& event) {
      const std::scoped_lock inner(m_mutex);
      m_queue.apply(id, event);
      m_announce = true;
      m_wake.notify_all();
    };
    callbacks.done = [this, id = *id](const JobOutcome& outcome) {
      const std::scoped_lock inner(m_mutex);
      m_ended.push_back({id, outcome});
      m_wake.notify_all();
    };
    lock.unlock();
    Result<std::unique_ptr<JobRun>> run = JobRun::start(entry.directory, options, std::move(callbacks));
    lock.lock();
    if (run) m_running.push_back({*id, std::move(run).value()});
    else m_ended.push_back({*id, JobOutcome{JobState::kFailed, {}, run.error()}});
  }
}

void QueueRunner::Private::reapEnded(std::unique_lock<std::mutex>& lock) {
  while (!m_ended.empty()) {
    Ended ended = std::move(m_ended.front());
    m_ended.pop_front();
    std::unique_ptr<JobRun> run;
    for (auto it = m_running.begin(); it != m_running.end(); ++it)
      if (it->id == ended.id) {
        run = std::move(it->run);
        m_running.erase(it);
        break;
      }
    m_queue.finish(ended.id, ended.outcome.state, ended.outcome.error, now());
    m_dirty = m_announce = true;
    const QueueEntry* entry = m_queue.find(ended.id);
    const QueueEntry copy = entry ? *entry : QueueEntry{};
    lock.unlock();
    run.reset();
    if (entry && m_callbacks.ended) m_callbacks.ended(copy, ended.outcome);
    lock.lock();
  }
}

void QueueRunner::Private::closeAll(std::unique_lock<std::mutex>& lock) {
  // Saved as running: the next start queues it again, to be gone on with.
  const JobQueue asRunning = m_queue;
  std::deque<Running> running = std::move(m_running);
  m_running.clear();
  lock.unlock();
  running.clear();
  lock.lock();
  m_queue = asRunning;
  m_dirty = true;
  save(lock);
}

void QueueRunner::Private::loop() {
  std::unique_lock lock(m_mutex);
  for (;;) {
    reapEnded(lock);
    if (m_closing) break;
    startNext(lock);
    save(lock);
    if (m_announce) {
      m_announce = false;
      lock.unlock();
      if (m_callbacks.changed) m_callbacks.changed();
      lock.lock();
      continue;
    }
    m_wake.wait(lock, [this] { return m_closing || m_dirty || m_announce || !m_ended.empty(); });
  }
  closeAll(lock);
}

QueueRunner::QueueRunner(std::string file, LaunchOptions options, Callbacks callbacks, bool held)
    : d(std::make_unique<Private>(std::move(file), std::move(options), std::move(callbacks), held)) {}
QueueRunner::~QueueRunner() = default;

JobQueue QueueRunner::snapshot() const {
  const std::scoped_lock lock(d->m_mutex);
  return d->m_queue;
}

std::string QueueRunner::warning() const {
  const std::scoped_lock lock(d->m_mutex);
  return d->m_warning;
}

Result<std::int64_t> QueueRunner::add(const std::string& directory, const Job& job, const JobSeed& seed) {
  Result<JobDirectory> made = JobDirectory::create(directory, job);
  if (!made) return std::move(made).error();
  if (Status s = plantSeed(*made, seed); !s) return s.error();
  std::int64_t id = 0;
  d->change([&] {
    id = d->m_queue.add(directory, job, now());
    return true;
  });
  return id;
}

bool QueueRunner::move(std::int64_t id, std::size_t place) {
  return d->change([&] { return d->m_queue.move(id, place); });
}
bool QueueRunner::remove(std::int64_t id) {
  return d->change([&] { return d->m_queue.remove(id); });
}
bool QueueRunner::pause(std::int64_t id) {
  return d->change([&] {
    JobRun* run = d->runOf(id);
    if (!run || !d->m_queue.pause(id)) return false;
    run->pause();
    return true;
  });
}
bool QueueRunner::resume(std::int64_t id) {
  return d->change([&] {
    JobRun* run = d->runOf(id);
    if (!run || !d->m_queue.resume(id)) return false;
    run->resume();
    return true;
  });
}
bool QueueRunner::cancel(std::int64_t id) {
  return d->change([&] {
    if (JobRun* run = d->runOf(id)) return run->cancel(), true;
    return d->m_queue.cancel(id, now());
  });
}
bool QueueRunner::retry(std::int64_t id) {
  return d->change([&] { return d->m_queue.retry(id, now()); });
}
void QueueRunner::setHeld(bool held) {
  d->change([&] { return std::exchange(d->m_held, held) != held; });
}
bool QueueRunner::held() const {
  const std::scoped_lock lock(d->m_mutex);
  return d->m_held;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/render_queue.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDir>
#include <QPointer>
#include <QThreadPool>

#include "core/render/job_directory.h"

namespace pai::app {
namespace {

/// Rendering yields to the editor.
constexpr int kNiceness = 5;

}  // namespace

RenderQueue::RenderQueue(const QString& folder, const QString& workerPath, QObject* parent)
    : QObject(parent), m_folder(folder), m_alive(std::make_shared<std::atomic<bool>>(true)),
      m_pending(std::make_shared<std::atomic<bool>>(false)) {
  QDir().mkpath(folder);
  core::LaunchOptions options;
  options.niceness = kNiceness;
  options.workerPath = workerPath.toStdString();
  const QPointer<RenderQueue> self(this);
  const auto pending = m_pending;
  core::QueueRunner::Callbacks callbacks;
  // Many changes between two turns of the event loop are one refresh.
  callbacks.changed = [self, pending] {
    if (pending->exchange(true)) return;
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, pending] {
      pending->store(false);
      if (self) self->refresh();
    }, Qt::QueuedConnection);
  };
  callbacks.ended = [self](const core::QueueEntry& entry, const core::JobOutcome& outcome) {
    const bool good = outcome.state == core::JobState::kSucceeded;
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, entry, good] {
      if (!self) return;
      self->refresh();
      emit self->ended(entry, good);
    }, Qt::QueuedConnection);
  };
  m_runner = std::make_unique<core::QueueRunner>(QDir(folder).filePath(QStringLiteral("queue.json")).toStdString(), options,
                                                 callbacks);
  m_snapshot = m_runner->snapshot();
}

RenderQueue::~RenderQueue() { m_alive->store(false); }

int RenderQueue::runningCount() const {
  const auto& entries = m_snapshot.entries();
  return static_cast<int>(std::count_if(entries.begin(), entries.end(), [](const core::QueueEntry& e) {
    return e.state == core::JobState::kRunning || e.state == core::JobState::kQueued || e.state == core::JobState::kPaused;
  }));
}

void RenderQueue::refresh() {
  m_snapshot = m_runner->snapshot();
  emit changed();
}

void RenderQueue::add(const core::Job& job, const core::JobSeed& seed) {
  const QPointer<RenderQueue> self(this);
  core::QueueRunner* runner = m_runner.get();
  const std::string folder = m_folder.toStdString();
  const auto alive = m_alive;
  QThreadPool::globalInstance()->start([self, runner, folder, job, seed, alive] {
    auto directory = core::newJobPath(folder, job.name);
    core::Result<std::int64_t> id = directory.ok() && alive->load() ? runner->add(*directory, job, seed)
                                    : core::Result<std::int64_t>(directory.ok() ? core::Error{} : directory.error());
    QMetaObject::invokeMethod(QCoreApplication::instance(), [self, id] {
      if (!self) return;
      self->refresh();
      id.ok() ? emit self->added(*id) : emit self->failed(id.error());
    }, Qt::QueuedConnection);
  });
}

void RenderQueue::pause(qint64 id) { m_runner->pause(id); }
void RenderQueue::resume(qint64 id) { m_runner->resume(id); }
void RenderQueue::cancel(qint64 id) { m_runner->cancel(id); }
void RenderQueue::retry(qint64 id) { m_runner->retry(id); }
void RenderQueue::remove(qint64 id) { m_runner->remove(id); }
void RenderQueue::move(qint64 id, int place) { m_runner->move(id, static_cast<std::size_t>(std::max(0, place))); }
bool RenderQueue::isHeld() const { return m_runner->held(); }
void RenderQueue::setHeld(bool held) { m_runner->setHeld(held); }

}  // namespace pai::app

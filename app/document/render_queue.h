// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>

#include <QObject>
#include <QString>

#include "core/render/queue_runner.h"

namespace pai::app {

/// The render queue for the editor: signals in the GUI thread, directories made in the background.
class RenderQueue : public QObject {
  Q_OBJECT
 public:
  /// Keeps its list in `folder`/queue.json and its job directories beneath; survives a restart.
  explicit RenderQueue(const QString& folder, const QString& workerPath = {}, QObject* parent = nullptr);
  ~RenderQueue() override;

  const core::JobQueue& jobs() const { return m_snapshot; }
  int runningCount() const;
  /// Queues a job with what its directory begins with: `added` or `failed`.
  void add(const core::Job& job, const core::JobSeed& seed = {});
  void pause(qint64 id);
  void resume(qint64 id);
  void cancel(qint64 id);
  void retry(qint64 id);
  void remove(qint64 id);
  void move(qint64 id, int place);
  bool isHeld() const;
  void setHeld(bool held);

 signals:
  void changed();
  void added(qint64 id);
  void failed(const pai::core::Error& error);
  /// A job ended, well or not.
  void ended(const pai::core::QueueEntry& entry, bool succeeded);

 private:
  void refresh();
  QString m_folder;
  std::shared_ptr<std::atomic<bool>> m_alive, m_pending;
  core::JobQueue m_snapshot;
  std::unique_ptr<core::QueueRunner> m_runner;
};

}  // namespace pai::app

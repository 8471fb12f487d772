// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QWidget>

#include "app/document/job_previews.h"
#include "app/document/render_queue.h"

class QStackedWidget;
class QToolButton;

namespace pai::ui {

/// Words for a job's state and stage, as they really are: preparing, sampling, finishing.
QString jobStatusText(const core::QueueEntry& entry);
/// The same for one line of little room: what failed before which file it was.
QString jobRowText(const core::QueueEntry& entry);
/// Fraction done of the stage at work.
double jobFraction(const core::QueueEntry& entry);
QString durationText(double seconds);

/// Entries of the render queue.
class QueueModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { kIdRole = Qt::UserRole, kFractionRole, kStateRole, kStatusRole };
  QueueModel(app::RenderQueue& queue, const app::JobPreviews& previews, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  void refresh();
  app::RenderQueue& m_queue;
  const app::JobPreviews& m_previews;
  std::vector<core::QueueEntry> m_entries;
};

/// The render queue with its commands.
class QueuePanel : public QWidget {
  Q_OBJECT
 public:
  QueuePanel(app::RenderQueue& queue, const app::JobPreviews& previews, QWidget* parent = nullptr);
  QListView& view() { return *m_view; }

 signals:
  void revealRequested(const QString& path);

 private:
  void updateButtons();
  qint64 currentId() const;
  const core::QueueEntry* current() const;

  app::RenderQueue& m_queue;
  QListView* m_view;
  QStackedWidget* m_stack;
  QToolButton *m_pause, *m_cancel, *m_retry, *m_up, *m_down, *m_remove, *m_reveal;
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QObject>
#include <QTimer>

#include "app/document/frame_source.h"
#include "app/document/media_catalog.h"
#include "ui/timeline/timeline_model.h"

namespace pai::ui {

/// Keeps what is known about the current shot fresh while nobody works on it: the camera's path and the matte's report.
/// Starts when edits rest for a while, again only when what they depend on changed.
class ShotAnalysis : public QObject {
  Q_OBJECT
 public:
  ShotAnalysis(app::Document& document, app::MediaCatalog& catalog, app::FrameSource& source, TimelineModel& model,
               QObject* parent = nullptr);

 public slots:
  /// Solves the camera again now.
  void solve();

 signals:
  void solveProgress(double fraction);

 private:
  void restart();
  void start();
  void forget();

  app::Document& m_document;
  app::MediaCatalog& m_catalog;
  app::FrameSource& m_source;
  TimelineModel& m_model;
  QTimer m_rest, m_announce;
  std::optional<core::Shot> m_solved, m_reported;
  int m_losses = 0;  // of the worker at this shot; after a few it is left alone until something changes
};

}  // namespace pai::ui

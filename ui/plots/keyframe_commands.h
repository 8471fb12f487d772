// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QObject>

#include "app/document/keyframe_edits.h"
#include "app/document/media_catalog.h"
#include "app/document/playback.h"
#include "ui/timeline/timeline_model.h"

class QAction;

namespace pai::ui {

class Actions;
class KeyframeSelection;

/// How keyframes go on to the next, by menu and keys: those selected in the view of keyframes on screen, else those at the playhead.
class KeyframeCommands : public QObject {
  Q_OBJECT
 public:
  KeyframeCommands(Actions& actions, app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback, const TimelineModel& model,
                   std::vector<QWidget*> views, KeyframeSelection& selection, QObject* parent);

 protected:
  /// Opens the menu of a view.
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  app::KeyframePlaces places() const;
  void follow();
  void set(core::KeyInterpolation how);

  Actions& m_actions;
  app::Document& m_document;
  const app::MediaCatalog& m_catalog;
  app::Playback& m_playback;
  const TimelineModel& m_model;
  std::vector<QWidget*> m_views;
  KeyframeSelection& m_selection;
};

}  // namespace pai::ui

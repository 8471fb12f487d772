// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <vector>

#include <QObject>

#include "app/document/keyframe_edits.h"
#include "app/document/media_catalog.h"
#include "app/document/playback.h"
#include "ui/timeline/timeline_model.h"

namespace pai::ui {

/// The keyframes of a shot that are drawn, camera first, then outline by outline, each in the order of time.
std::vector<app::KeyframePlace> keyframesIn(const TimelineShot& shot);

/// Which keyframes of the current shot are selected, and what is done with them: one for all views that draw keyframes. What no longer
/// exists falls out of it; another shot begins with none.
class KeyframeSelection : public QObject {
  Q_OBJECT
 public:
  KeyframeSelection(app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback, const TimelineModel& model, QObject* parent = nullptr);

  const TimelineShot* shot() const { return m_model.shot(m_document.currentShotId()); }
  const app::KeyframePlaces& places() const { return m_places; }
  void select(app::KeyframePlaces places);
  /// Frames of the camera's among them.
  std::set<std::int64_t> cameraFrames() const;
  /// Sets a keyframe of the camera or an outline as things stand there, and selects it.
  void add(const core::Id& layer, std::int64_t frame);
  /// Sets one of the camera, and selects it.
  void addCamera(const core::CameraKey& key);
  /// Gives the camera's among those selected one value.
  void setCameraValue(double core::CameraKey::*channel, double value);
  void remove();
  void copy();
  void pasteAtPlayhead();

  /// Moves what is selected by frames within the shot, over keyframes in the way, and the camera's by an amount.
  void nudge(const app::KeyframeMove& by);
  /// From here to the end of the drag `dragBy` counts from where they are now, and all is one act.
  void beginDrag();
  bool dragging() const { return m_drag.has_value(); }
  /// Stops beside keyframes in the way. `grabbed`: the keyframe in hand as it stood. Where it may stick within `geometry`'s reach, if
  /// `snaps`; gives the frame it sticks to.
  std::optional<std::int64_t> dragBy(app::KeyframeMove by, const app::KeyframePlace& grabbed, const TimelineGeometry& geometry, bool snaps);
  void endDrag();
  /// Puts back what a drag moved.
  void giveUpDrag();

 signals:
  void changed();

 private:
  struct Drag {
    app::ShotKeyframes before;
    app::KeyframePlaces places;
  };
  core::FrameRange range() const;
  void follow();
  std::vector<SnapPoint> snapPoints() const;
  void apply(const app::ShotKeyframes& from, const app::KeyframePlaces& places, app::KeyframeMove by, app::InTheWay inTheWay, const QString& mergeKey);

  app::Document& m_document;
  const app::MediaCatalog& m_catalog;
  app::Playback& m_playback;
  const TimelineModel& m_model;
  core::Id m_shown;
  app::KeyframePlaces m_places;
  std::optional<Drag> m_drag;
  app::ShotKeyframes m_copied;  // frames from the first of them
};

}  // namespace pai::ui

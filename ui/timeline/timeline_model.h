// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <vector>

#include <QImage>
#include <QObject>
#include <QString>

#include "app/document/document.h"
#include "app/document/frame_source.h"
#include "app/document/media_catalog.h"
#include "app/document/pack_catalog.h"
#include "app/document/slot_edits.h"
#include "ui/timeline/timeline_geometry.h"

namespace pai::ui {

/// A reference on the timeline. `frame` counts from the shot's first frame; out of range it is the nearest edge.
struct TimelineFlag {
  core::Id id, media;
  QString name, caption;
  std::int64_t frame = 0;
  bool inRange = true;
  core::AnchorKind anchor = core::AnchorKind::kFrame;
  double strength = 1.0;
  /// For packs with latent slots: frames of the shot that the reference will be held over, and whether another one is too.
  core::FrameRange held;
  bool collides = false;
};

/// A marker on the timeline. `frame` counts from the shot's first frame, and may lie outside it.
struct TimelineMarker {
  core::Marker marker;
  std::int64_t frame = 0;
  bool inRange = true;
  bool operator==(const TimelineMarker&) const = default;
};

/// The keyframes of a matte layer's outline; frames of the shot, in the order of time.
struct TimelineOutline {
  core::Id layer;
  QString name;
  std::vector<std::pair<std::int64_t, core::KeyInterpolation>> keys;
};

/// A take's bar. Fractions of each part that is done, as it really proceeds.
struct TimelineTake {
  QString name;
  double prepared = 0.0, generated = 0.0, finished = 0.0;
  bool running = false, failed = false, chosen = false;
  std::int64_t begin = 0, end = 0;  // frames of the shot
  QImage strip;                     // of a running one: the newest preview, `cells` pictures side by side
  int cells = 1;
};

/// A shot in sequence. `begin` is its first frame on the timeline.
struct TimelineShot {
  core::Id id, plate;
  QString name, platePath;
  core::MediaKind plateKind = core::MediaKind::kClip;
  bool offline = false;
  bool hasSound = false;
  core::FrameRate plateRate;
  std::int64_t begin = 0, length = 0, sourceBegin = 0;
  std::vector<TimelineFlag> flags;  // by frame
  std::vector<TimelineMarker> markers;  // by frame
  core::FrameRange rendered;  // frames of the shot that a render takes: the part that is marked, or all
  std::shared_ptr<const app::SlotGrid> grid;  // of the pack that renders it; null without latent slots
  std::vector<core::CameraKey> cameraKeys;  // frames of the shot
  std::vector<TimelineOutline> outlines;    // as in the matte's stack
  std::int64_t end() const { return begin + length; }
};

/// The document as the timeline shows it: shots one after another, kept up to date shot by shot.
class TimelineModel : public QObject {
  Q_OBJECT
 public:
  TimelineModel(app::Document& document, const app::MediaCatalog& catalog, const app::PackCatalog& packs, QObject* parent = nullptr);

  const std::vector<TimelineShot>& shots() const { return m_shots; }
  std::int64_t frames() const { return m_shots.empty() ? 0 : m_shots.back().end(); }
  core::FrameRate rate() const { return m_rate; }
  /// The shot on screen at a frame of the timeline; the last one past the end; nullptr when there is none.
  const TimelineShot* shotAt(std::int64_t frame) const;
  const TimelineShot* shot(const core::Id& id) const;
  /// Range of shots [first, last) with a part inside a range of frames.
  std::pair<std::size_t, std::size_t> shotsIn(core::FrameRange range) const;

  /// Timecode of a frame, from the plate's start timecode when it has one.
  core::Timecode code(std::int64_t frame) const;
  QString timecode(std::int64_t frame) const;
  /// Source frame number of a frame as the plate counts it.
  std::int64_t sourceNumber(std::int64_t frame) const;

  /// Where references of a shot stick while dragged: its begin, middle and end, the playhead, its markers; frames of the timeline.
  std::vector<SnapPoint> snapPoints(const TimelineShot& shot, std::int64_t playhead) const;
  /// Those and all else that has a place in the shot, but for one kind of things: that of what is dragged.
  std::vector<SnapPoint> snapPointsFor(SnapPoint::Kind dragged, const TimelineShot& shot, std::int64_t playhead) const;

  /// The marked part of the timeline, empty for all of it: a render of a shot takes what of the shot lies in it.
  void setMarked(core::FrameRange marked);
  /// That part of a shot in its own frames; empty where nothing of it is marked.
  core::FrameRange markedPart(const TimelineShot& shot) const;

  /// Matte report, camera and light of the current shot, by frame of the shot.
  std::map<std::int64_t, app::MatteFacts>& matteFacts() { return m_matte; }
  const std::map<std::int64_t, app::MatteFacts>& matteFacts() const { return m_matte; }
  app::CameraSummary& camera() { return m_camera; }
  const app::CameraSummary& camera() const { return m_camera; }
  std::vector<app::LightFacts>& light() { return m_light; }
  const std::vector<app::LightFacts>& light() const { return m_light; }
  /// Frames of the current shot whose pictures are there at once, as the viewer shows it.
  void setHeld(std::vector<core::FrameRange> held);
  const std::vector<core::FrameRange>& held() const { return m_held; }
  void setTakes(const core::Id& shot, std::vector<TimelineTake> takes);
  const std::vector<TimelineTake>& takes(const core::Id& shot) const;
  /// Tells the view that one of the above changed.
  void announce() { emit changed(); }

 signals:
  void changed();
  /// The markers, or where they stand on the timeline.
  void markersChanged();
  /// Length or rate changed.
  void extentChanged();

 private:
  void rebuild();
  void updateShot(const core::Id& id);
  void tellMarkers();
  TimelineShot describe(const core::Shot& shot) const;
  /// Says which frames are rendered, and what the pack will hold where.
  void describeRender(TimelineShot& shown, const core::Shot& shot) const;

  app::Document& m_document;
  const app::MediaCatalog& m_catalog;
  const app::PackCatalog& m_packs;
  std::vector<TimelineShot> m_shots;
  std::map<core::Id, std::size_t> m_index;
  core::FrameRate m_rate;
  core::FrameRange m_marked;
  std::map<std::int64_t, app::MatteFacts> m_matte;
  app::CameraSummary m_camera;
  std::vector<app::LightFacts> m_light;
  std::vector<core::FrameRange> m_held;
  std::map<core::Id, std::vector<TimelineTake>> m_takes;
  std::vector<std::pair<QString, TimelineMarker>> m_toldMarkers;  // by where they stand
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QRect>
#include <QString>

#include "app/document/document.h"
#include "app/document/media_catalog.h"
#include "app/document/playback.h"
#include "app/document/thumbnails.h"
#include "app/document/waveforms.h"
#include "ui/timeline/timeline_geometry.h"
#include "ui/timeline/timeline_model.h"

namespace pai::ui {

/// What is being dragged over the timeline; shown by the viewer for alignment.
struct DragPreview {
  core::Id media;
  QString path;  // of a file not yet imported
  std::int64_t frame = 0;
  bool operator==(const DragPreview&) const = default;
};

/// What all lanes of a timeline share.
struct LaneContext {
  app::Document& document;
  app::MediaCatalog& catalog;
  app::Playback& playback;
  app::Thumbnails& thumbnails;
  app::Waveforms& waveforms;
  TimelineModel& model;
  TimelineGeometry geometry;
  core::Id selectedReference, selectedMarker;  // one of them at most
  bool snapping = true;
  bool soundMuted = false;
  std::optional<std::int64_t> snapLine;  // where a drag sticks, over all lanes; a frame of the timeline
  bool holdView = false;  // a drag that changes the timeline's length is under way: the view stays
  std::function<void()> repaint;
  std::function<void(const core::Id&)> select;
  /// Selects a marker; "" selects nothing.
  std::function<void(const core::Id&)> selectMarker;
  std::function<void(const std::optional<DragPreview>&)> preview;
  /// Opens a numeric entry over a flag.
  std::function<void(const core::Id&)> editFrame;
  /// Opens a marker of a shot.
  std::function<void(const core::Id& shot, const core::Id& marker)> editMarker;
  /// Tells the user what could not be done.
  std::function<void(const QString&)> say;
};

/// One row of the timeline: paints its visible part and takes the mouse inside it. Positions are the lane's own, x from the
/// left edge of the lanes.
class Lane {
 public:
  explicit Lane(LaneContext& context) : m_context(context) {}
  virtual ~Lane() = default;
  virtual QString name() const = 0;
  virtual QString iconName() const = 0;
  /// 0: the lane is not there now.
  virtual int height() const = 0;
  /// As low as it can be in a small window.
  virtual int leastHeight() const { return height(); }
  virtual void paint(QPainter& painter, const QRect& area) = 0;
  /// True takes the drag that begins here.
  virtual bool press(const QPoint&, const QMouseEvent&) { return false; }
  virtual void move(const QPoint&, const QMouseEvent&) {}
  virtual void release(const QPoint&, const QMouseEvent&) {}
  /// Gives up the drag under way: all is as it was before it.
  virtual void cancel() {}
  virtual void doubleClick(const QPoint&) {}
  virtual QString toolTip(const QPoint&) const { return {}; }
  /// Paints below the name in the lane's header; false leaves the name in the header's middle.
  virtual bool paintLegend(QPainter&, const QRect&) const { return false; }
  virtual Qt::CursorShape cursor(const QPoint&) const { return Qt::ArrowCursor; }

 protected:
  LaneContext& m_context;
};

/// The frame that a hand at x (of the lanes) scrubs to: a marker's where one is near. Shift or no snapping lets go of markers.
std::int64_t scrubFrame(const LaneContext& context, double x, Qt::KeyboardModifiers modifiers);

/// Grey words of a lane that has nothing to show.
void paintHint(QPainter& painter, const QRect& area, const QString& text);

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QObject>

#include "app/document/playback.h"
#include "ui/timeline/timeline_model.h"
#include "ui/viewer/viewer_tool.h"

namespace pai::ui {

/// Draws and edits an outline of the matte stack over the picture. Drawing: click for points, the first one again (or Enter)
/// closes, Escape gives up. Editing: drag points or the whole, double-click an edge for a new point, Delete removes the selected
/// point; whatever moves leaves a keyframe at the playhead. Keys: Tab walks the points, arrows move by a pixel, with Shift by
/// ten, Insert adds a point behind the selected one.
class ShapeTool : public QObject, public ViewerTool {
  Q_OBJECT
 public:
  ShapeTool(app::Document& document, app::Playback& playback, const TimelineModel& model, QObject* parent = nullptr);

  /// The layer to edit; anything but an outline makes the tool idle.
  void setLayer(const core::Id& layer);
  /// The next clicks draw a new outline.
  void startDrawing(core::MatteOperation operation);
  /// The next clicks draw a region to splice takes by.
  void startRegion();
  void setEnabled(bool on);
  bool isDrawing() const { return m_drawing; }
  int selectedPoint() const { return m_point; }

  bool isActive() const override;
  void paint(QPainter& painter, const ViewTransform& view) const override;
  bool press(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers modifiers) override;
  void move(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers modifiers) override;
  void release() override;
  bool doubleClick(const QPointF& at, const ViewTransform& view) override;
  bool wantsKey(const QKeyEvent& event) const override;
  void key(const QKeyEvent& event, const ViewTransform& view) override;
  std::optional<Qt::CursorShape> cursor(const QPointF& at, const ViewTransform& view) const override;
  QString describe() const override;
  QString hintText() const override;

 signals:
  void changed();
  /// A drawn outline became this layer of the shot.
  void drawn(const pai::core::Id& layer);

 private:
  enum class Drag { kNone, kPoint, kWhole };
  struct Edge {
    std::size_t after = 0;
    double part = 0.0;
  };
  const core::MatteLayer* layer() const;
  std::optional<core::FrameIndex> sourceFrame() const;
  std::vector<core::MattePoint> points() const;
  std::optional<int> pointAt(const QPointF& at, const ViewTransform& view) const;
  std::optional<Edge> edgeAt(const QPointF& at, const ViewTransform& view) const;
  bool holds(const QPointF& at, const ViewTransform& view) const;
  void movePoint(int index, double dx, double dy, const QString& mergeKey);
  void put(const std::vector<core::MattePoint>& points, const QString& text, const QString& mergeKey);
  void close();

  app::Document& m_document;
  app::Playback& m_playback;
  const TimelineModel& m_model;
  core::Id m_layer;
  bool m_enabled = false, m_drawing = false, m_region = false;
  core::MatteOperation m_operation = core::MatteOperation::kSubtract;
  std::vector<core::MattePoint> m_draft;
  Drag m_drag = Drag::kNone;
  int m_point = -1;
  QPointF m_last;  // in the viewer
};

}  // namespace pai::ui

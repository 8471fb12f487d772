// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QObject>
#include <QTransform>

#include "app/document/document.h"
#include "app/document/frame_source.h"
#include "ui/viewer/viewer_tool.h"

namespace pai::ui {

/// Frames a reference in place over the picture: drag it to move, a corner to scale, the knob above it to rotate (Shift holds
/// the axis or steps of 15 degrees). Keys: arrows move by a pixel (Shift: ten), plus and minus scale, comma and period rotate,
/// 0 resets. What is dragged once is one act.
class FramingTool : public QObject, public ViewerTool {
  Q_OBJECT
 public:
  FramingTool(app::Document& document, app::FrameSource& source, QObject* parent = nullptr);

  void setReference(const core::Id& reference);
  void setEnabled(bool on);
  /// Corners of the reference in the viewer, from its top left, clockwise; empty without one.
  QPolygonF corners(const ViewTransform& view) const;
  /// The knob that rotates.
  QPointF knob(const ViewTransform& view) const;

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

 private:
  enum class Part { kNone, kInside, kCorner, kKnob };
  const core::Reference* reference() const;
  QTransform placement(const ViewTransform& view) const;  // of the picture's own pixels into the viewer
  Part partAt(const QPointF& at, const ViewTransform& view) const;
  void edit(const std::function<void(core::Reference&)>& change, const QString& mergeKey);
  void fetch();

  app::Document& m_document;
  app::FrameSource& m_source;
  core::Id m_reference;
  bool m_enabled = false;
  QImage m_picture;
  QString m_path;
  quint64 m_ticket = 0;
  Part m_drag = Part::kNone;
  QPointF m_pressedAt;
  core::Reference m_before;  // as the drag began
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QKeyEvent>
#include <QPainter>
#include <QString>

#include "ui/viewer/view_transform.h"

namespace pai::ui {

/// Something that is edited in place over the picture. Points are the viewer's pixels; `view` maps them to the picture.
class ViewerTool {
 public:
  virtual ~ViewerTool() = default;
  /// False: nothing to edit now; the viewer behaves as without it.
  virtual bool isActive() const = 0;
  virtual void paint(QPainter& painter, const ViewTransform& view) const = 0;
  /// True takes the drag that begins here.
  virtual bool press(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers modifiers) = 0;
  virtual void move(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers modifiers) = 0;
  virtual void release() = 0;
  virtual bool doubleClick(const QPointF& at, const ViewTransform& view) = 0;
  /// True when the key is the tool's.
  virtual bool wantsKey(const QKeyEvent& event) const = 0;
  virtual void key(const QKeyEvent& event, const ViewTransform& view) = 0;
  virtual std::optional<Qt::CursorShape> cursor(const QPointF& at, const ViewTransform& view) const = 0;
  /// What is edited and selected, in words, for screen readers.
  virtual QString describe() const = 0;
  /// Short words that the viewer shows while it is active.
  virtual QString hintText() const = 0;
};

/// A square handle of in-place editing, light over a dark rim so that it shows on any picture.
void paintHandle(QPainter& painter, const QPointF& at, bool selected);
/// Lines of in-place editing: dark under light.
void paintOutline(QPainter& painter, const QPolygonF& outline, bool closed);

inline constexpr double kHandleReach = 9.0;

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/viewer_tool.h"

#include "ui/theme/theme.h"

namespace pai::ui {

void paintHandle(QPainter& painter, const QPointF& at, bool selected) {
  const double half = selected ? 5.0 : 4.0;
  painter.setPen(QPen(QColor(0, 0, 0, 200), 1));
  painter.setBrush(QColor::fromRgb(selected ? colour::kAccent : colour::kBright));
  painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half));
  painter.setBrush(Qt::NoBrush);
}

void paintOutline(QPainter& painter, const QPolygonF& outline, bool closed) {
  painter.setBrush(Qt::NoBrush);
  for (const QPen& pen : {QPen(QColor(0, 0, 0, 170), 3.0), QPen(QColor::fromRgb(colour::kBright), 1.2)}) {
    painter.setPen(pen);
    closed ? painter.drawPolygon(outline) : painter.drawPolyline(outline);
  }
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/time_axis.h"

#include <cmath>

#include <QCoreApplication>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr int kFrameLabel = 56;  // least pixels from one label to the next

}  // namespace

void paintTimeAxis(QPainter& painter, const QRectF& area, double foot, const TimelineGeometry& geometry, core::FrameRate rate, std::int64_t frames) {
  painter.setFont(digitsFont(11));
  const std::int64_t every = geometry.labelStep(rate, kFrameLabel);
  const core::FrameRange visible = geometry.visible(frames);
  for (std::int64_t frame = visible.begin.value / every * every; frame < visible.end.value; frame += every) {
    const double x = std::round(area.left() + geometry.xOf(static_cast<double>(frame) + 0.5)) + 0.5;
    painter.setPen(QColor::fromRgb(colour::kRaised));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    painter.setPen(QColor::fromRgb(colour::kDim));
    painter.drawText(QRectF(x - 30, area.bottom() + 1, 60, foot - 2), Qt::AlignHCenter | Qt::AlignVCenter, QString::number(frame));
  }
}

void paintKeyframe(QPainter& painter, const QPointF& at, double size, core::KeyInterpolation how) {
  switch (how) {
    case core::KeyInterpolation::kSmooth: painter.drawEllipse(at, size * 0.9, size * 0.9); break;
    case core::KeyInterpolation::kLinear:
      painter.drawPolygon(QPolygonF{{at + QPointF(0, -size), at + QPointF(size, 0), at + QPointF(0, size), at + QPointF(-size, 0)}});
      break;
    case core::KeyInterpolation::kHold: painter.drawRect(QRectF(at - QPointF(size, size) * 0.8, QSizeF(size, size) * 1.6)); break;
  }
}

QString nameOf(core::KeyInterpolation how) {
  switch (how) {
    case core::KeyInterpolation::kSmooth: return QCoreApplication::translate("Timeline", "smooth");
    case core::KeyInterpolation::kLinear: return QCoreApplication::translate("Timeline", "linear");
    case core::KeyInterpolation::kHold: break;
  }
  return QCoreApplication::translate("Timeline", "hold");
}

}  // namespace pai::ui

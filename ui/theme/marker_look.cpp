// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/marker_look.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPixmap>
#include <QPolygonF>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

struct Markers {
  Q_DECLARE_TR_FUNCTIONS(Markers)
};

constexpr double kHalf = 5.0, kHigh = 11.0;  // pixels

}  // namespace

QColor colourOf(core::MarkerColour colour) {
  switch (colour) {
    case core::MarkerColour::kBlue: return QColor::fromRgb(0xff5a9bf0);
    case core::MarkerColour::kCyan: return QColor::fromRgb(0xff45c4ca);
    case core::MarkerColour::kGreen: return QColor::fromRgb(0xff74c46f);
    case core::MarkerColour::kYellow: return QColor::fromRgb(0xffecd24a);
    case core::MarkerColour::kRed: return QColor::fromRgb(0xffec6459);
    case core::MarkerColour::kPink: return QColor::fromRgb(0xfff08fc0);
    case core::MarkerColour::kPurple: break;
  }
  return QColor::fromRgb(0xffb08cf0);
}

QString nameOf(core::MarkerColour colour) {
  switch (colour) {
    case core::MarkerColour::kBlue: return Markers::tr("Blue");
    case core::MarkerColour::kCyan: return Markers::tr("Cyan");
    case core::MarkerColour::kGreen: return Markers::tr("Green");
    case core::MarkerColour::kYellow: return Markers::tr("Yellow");
    case core::MarkerColour::kRed: return Markers::tr("Red");
    case core::MarkerColour::kPink: return Markers::tr("Pink");
    case core::MarkerColour::kPurple: break;
  }
  return Markers::tr("Purple");
}

QString nameOf(const core::Marker& marker) { return marker.name.empty() ? Markers::tr("Marker") : QString::fromStdString(marker.name); }

QIcon iconOf(core::MarkerColour colour) {
  QPixmap pixmap(32, 32);
  pixmap.setDevicePixelRatio(2.0);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  paintMarker(painter, {8.0, 14.0}, colour, false);
  return QIcon(pixmap);
}

void paintMarker(QPainter& painter, const QPointF& tip, core::MarkerColour colour, bool noted, bool selected) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(selected ? QPen(QColor::fromRgb(colour::kBright), 2.0) : QPen(QColor(0, 0, 0, 170), 1.0));
  painter.setBrush(colourOf(colour));
  painter.drawPolygon(QPolygonF{{tip + QPointF(-kHalf, -kHigh), tip + QPointF(kHalf, -kHigh), tip + QPointF(kHalf, -kHalf), tip, tip + QPointF(-kHalf, -kHalf)}});
  if (noted) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 190));
    painter.drawEllipse(tip + QPointF(0.0, -kHigh + 4.0), 1.8, 1.8);
  }
  painter.restore();
}

}  // namespace pai::ui

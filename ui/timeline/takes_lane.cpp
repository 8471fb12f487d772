// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

/// A running take's pictures where they are in time: each cell of the strip stands in the middle of its part of the bar.
void paintStrip(QPainter& painter, const QRectF& box, const TimelineTake& take) {
  const double cellWidth = static_cast<double>(take.strip.width()) / take.cells;
  const double part = box.width() / take.cells, high = box.height(), wide = high * cellWidth / take.strip.height();
  const int every = std::max(1, static_cast<int>(std::ceil(wide / std::max(1.0, part))));
  for (int i = 0; i < take.cells; i += every) {
    const double room = part * std::min(every, take.cells - i), shown = std::min(wide, room);
    const QRectF source((i + 0.5) * cellWidth - 0.5 * cellWidth * shown / wide, 0, cellWidth * shown / wide, take.strip.height());
    painter.drawImage(QRectF(box.left() + i * part, box.top(), shown, high), take.strip, source);
  }
}

}  // namespace

QString TakesLane::name() const { return QCoreApplication::translate("Timeline", "Takes"); }

void TakesLane::paint(QPainter& painter, const QRect& area) {
  bool any = false;
  const TimelineGeometry& g = m_context.geometry;
  const auto [first, last] = m_context.model.shotsIn(g.visible(m_context.model.frames()));
  for (std::size_t i = first; i < last; ++i) {
    const TimelineShot& shot = m_context.model.shots()[i];
    const auto& takes = m_context.model.takes(shot.id);
    if (takes.empty()) continue;
    any = true;
    // The newest take, or the one at work, stands for the shot; the takes panel lists all.
    const TimelineTake& take = takes.back();
    const double left = area.left() + g.xOf(static_cast<double>(shot.begin + take.begin));
    const double width = std::max(2.0, (take.end - take.begin) * g.pixelsPerFrame() - 1.0);
    const QRectF box(left, area.top() + 4, width, area.height() - 8);
    painter.fillRect(box, QColor::fromRgb(take.failed ? 0xff2a2a2a : colour::kRaised));
    if (take.running && !take.strip.isNull()) {
      painter.save();
      painter.setClipRect(box.intersected(QRectF(area)));
      paintStrip(painter, box, take);
      painter.restore();
    }
    if (take.running) {
      // Preparing, sampling and finishing, one below another.
      const bool pictures = !take.strip.isNull();
      const double third = pictures ? 3.0 : box.height() / 3.0, top = box.bottom() - 3 * third;
      painter.fillRect(QRectF(left, top, width * take.prepared, third), QColor::fromRgb(0xff4c4c4c));
      painter.fillRect(QRectF(left, top + third, width * take.generated, third), QColor::fromRgb(pictures ? colour::kDim : 0xff5e5e5e));
      painter.fillRect(QRectF(left, top + 2 * third, width * take.finished, third), QColor::fromRgb(pictures ? colour::kAccent : colour::kAccentDeep));
    } else if (!take.failed) {
      painter.fillRect(QRectF(left, box.bottom() - 3, width, 3), QColor::fromRgb(take.chosen ? colour::kAccent : 0xff8a8a8a));
    }
    if (take.running && !take.strip.isNull()) continue;  // the tool tip says how far it is
    painter.setFont(smallFont());
    painter.setPen(QColor::fromRgb(take.failed ? colour::kDim : colour::kText));
    QString text = take.failed ? QCoreApplication::translate("Timeline", "%1 failed").arg(take.name) : take.name;
    if (takes.size() > 1) text += QCoreApplication::translate("Timeline", "  (%1 takes)").arg(takes.size());
    const double seen = std::max(left, static_cast<double>(area.left()));
    painter.drawText(QRectF(seen + 6, box.top(), left + width - seen - 8, box.height()), Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(left + width - seen - 8)));
  }
  if (!any && !m_context.model.shots().empty())
    paintHint(painter, area, QCoreApplication::translate("Timeline", "Rendered takes appear here"));
}

QString TakesLane::toolTip(const QPoint& at) const {
  const TimelineShot* shot = m_context.model.shotAt(m_context.geometry.frameAt(at.x()));
  if (!shot) return {};
  QStringList lines;
  for (const TimelineTake& take : m_context.model.takes(shot->id)) {
    QString line = take.name;
    if (take.running) line += QCoreApplication::translate("Timeline", ": preparing %1 %, sampling %2 %, finishing %3 %")
                                  .arg(qRound(take.prepared * 100)).arg(qRound(take.generated * 100))
                                  .arg(qRound(take.finished * 100));
    if (take.chosen) line += QCoreApplication::translate("Timeline", ", chosen for delivery");
    lines << line;
  }
  return lines.join(QLatin1Char('\n'));
}

}  // namespace pai::ui

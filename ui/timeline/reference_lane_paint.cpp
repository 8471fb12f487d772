// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QCoreApplication>

#include "ui/theme/theme.h"
#include "ui/timeline/reference_lane.h"

namespace pai::ui {
namespace {

constexpr double kCrowded = 12.0;
constexpr double kLeastSlotPixels = 5.0;  // narrower slots have no ticks
constexpr QRgb kCollision = 0xffe0604f;

/// The part of an image that fills a box of another aspect.
QRectF coverOf(const QSize& image, const QSizeF& box) {
  const double scale = std::max(box.width() / image.width(), box.height() / image.height());
  const QSizeF part(box.width() / scale, box.height() / scale);
  return {QPointF((image.width() - part.width()) / 2, (image.height() - part.height()) / 2), part};
}

}  // namespace

std::optional<QRectF> ReferenceLane::boxOf(const core::Id& reference) const {
  for (const TimelineShot& shot : m_context.model.shots()) {
    for (const TimelineFlag& flag : shot.flags) {
      if (flag.id != reference) continue;
      const FlagBox box = flagBox(m_context.geometry, shot.begin + flag.frame, shot.begin, shot.end());
      return QRectF(box.left, box.top, box.width, box.height);
    }
  }
  return std::nullopt;
}

void ReferenceLane::paint(QPainter& painter, const QRect& area) {
  const TimelineGeometry& g = m_context.geometry;
  if (m_context.model.shots().empty()) return;
  const auto reach = static_cast<std::int64_t>(kFlagWidth / g.pixelsPerFrame()) + 1;
  const core::FrameRange visible = g.visible(m_context.model.frames());
  const core::FrameRange near{{visible.begin.value - reach}, {visible.end.value + reach}};
  const auto [first, last] = m_context.model.shotsIn(near);
  bool any = false;
  double lastLeft = -1e9;
  const TimelineFlag* selected = nullptr;
  const TimelineShot* selectedShot = nullptr;
  for (std::size_t i = first; i < last; ++i) {
    const TimelineShot& shot = m_context.model.shots()[i];
    painter.fillRect(QRectF(area.left() + g.xOf(shot.end()) - 1, area.top(), 1, area.height()),
                     QColor::fromRgb(colour::kRaised));
    if (shot.grid) paintSlots(painter, area, shot);
    for (const TimelineFlag& flag : shot.flags) {
      any = true;
      paintHeld(painter, area, shot, flag);
      const double x = g.xOf(static_cast<double>(shot.begin + flag.frame));
      if (x < -kFlagWidth || x > area.width() + kFlagWidth) continue;
      if (flag.id == m_context.selectedReference) {
        selected = &flag;
        selectedShot = &shot;
        continue;
      }
      // In a crowd only every so often a flag shows its picture, the others their poles.
      if (x - lastLeft < kCrowded) {
        painter.fillRect(QRectF(area.left() + x, area.top() + 2, 1, area.height() - 3), QColor::fromRgb(colour::kFaint));
        continue;
      }
      lastLeft = x;
      paintFlag(painter, area, shot, flag);
    }
  }
  if (!any && !m_ghost)
    paintHint(painter, area,
              QCoreApplication::translate("Timeline", "Drop pictures of the new place here, at the moments where they belong"));
  if (m_drag == Drag::kMove || m_ghost) paintSnapLines(painter, area);
  if (selected) paintFlag(painter, area, *selectedShot, *selected);
  if (m_ghost) paintGhost(painter, area);
}

void ReferenceLane::paintSlots(QPainter& painter, const QRect& area, const TimelineShot& shot) {
  const TimelineGeometry& g = m_context.geometry;
  if (g.pixelsPerFrame() * shot.grid->timeStride() < kLeastSlotPixels) return;
  const core::FrameRange visible = g.visible(m_context.model.frames()).intersected({{shot.begin}, {shot.end()}});
  const bool dragged = m_slotDrag && shot.id == m_dragShot;
  painter.setPen(QColor::fromRgb(dragged ? colour::kAccentDeep : colour::kLine));
  const auto tick = [&](std::int64_t frame) {
    const double x = area.left() + std::round(g.xOf(static_cast<double>(frame)));
    painter.drawLine(QPointF(x, dragged ? area.top() : area.bottom() - 5.0), QPointF(x, area.bottom()));
  };
  for (std::int64_t slot = shot.grid->slotOf(visible.begin - shot.begin); slot < shot.grid->count(); ++slot) {
    const std::int64_t begin = shot.begin + shot.grid->framesOfSlot(slot).begin.value;
    if (begin >= visible.end.value) return;
    tick(begin);
  }
  if (shot.rendered.end.value < shot.length) tick(shot.begin + shot.rendered.end.value);
}

void ReferenceLane::paintHeld(QPainter& painter, const QRect& area, const TimelineShot& shot, const TimelineFlag& flag) {
  if (flag.held.empty()) return;
  const TimelineGeometry& g = m_context.geometry;
  const double left = g.xOf(static_cast<double>(shot.begin + flag.held.begin.value)), right = g.xOf(static_cast<double>(shot.begin + flag.held.end.value));
  const bool selected = flag.id == m_context.selectedReference;
  painter.fillRect(QRectF(area.left() + left, area.bottom() - 3, std::max(2.0, right - left - 1.0), 3),
                   QColor::fromRgb(flag.collides ? kCollision : selected ? colour::kAccent : 0xff8a8a8a));
}

void ReferenceLane::paintSnapLines(QPainter& painter, const QRect& area) {
  const TimelineShot* shot = m_context.model.shot(m_ghost ? m_ghost->first : m_dragShot);
  if (!shot) return;
  for (const SnapPoint& point : m_context.model.snapPoints(*shot, m_context.playback.frame().value)) {
    if (point.kind == SnapPoint::Kind::kPlayhead) continue;
    const double x = area.left() + m_context.geometry.xOf(static_cast<double>(point.frame));
    const bool held = m_snapLine == point.frame;
    painter.setPen(QPen(QColor::fromRgb(held ? colour::kAccent : colour::kFaint), 1, held ? Qt::SolidLine : Qt::DotLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
  }
}

void ReferenceLane::paintGhost(QPainter& painter, const QRect& area) {
  const TimelineShot* shot = m_context.model.shot(m_ghost->first);
  if (!shot) return;
  const FlagBox box = flagBox(m_context.geometry, m_ghost->second, shot->begin, shot->end());
  const QRectF target(area.left() + box.left, area.top() + box.top, box.width, box.height);
  painter.setPen(QPen(QColor::fromRgb(colour::kAccent), 1, Qt::DashLine));
  painter.setBrush(QColor(0xe5, 0x9a, 0x3c, 40));
  painter.drawRect(target);
  painter.drawLine(QPointF(area.left() + box.pole, area.top() + 2), QPointF(area.left() + box.pole, area.bottom() - 2));
  painter.setBrush(Qt::NoBrush);
  painter.setFont(smallFont());
  painter.setPen(QColor::fromRgb(colour::kAccent));
  painter.drawText(target, Qt::AlignCenter, QString::number(m_ghost->second - shot->begin));
}

void ReferenceLane::paintFlag(QPainter& painter, const QRect& area, const TimelineShot& shot, const TimelineFlag& flag) {
  const FlagBox box = flagBox(m_context.geometry, shot.begin + flag.frame, shot.begin, shot.end());
  const QRectF target(area.left() + box.left, area.top() + box.top, box.width, box.height);
  const bool selected = flag.id == m_context.selectedReference;
  const QColor edge = QColor::fromRgb(selected ? colour::kAccent : 0xff8a8a8a);
  painter.save();
  if (!flag.inRange) painter.setOpacity(0.4);
  const double pole = area.left() + box.pole;
  painter.setPen(QPen(edge, selected ? 2 : 1));
  painter.drawLine(QPointF(pole, area.top() + 2), QPointF(pole, area.bottom() - 1));
  painter.fillRect(target, QColor::fromRgb(colour::kWell));
  const QImage image = m_context.catalog.thumbnail(flag.media);
  if (!image.isNull()) {
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(target, image, coverOf(image.size(), target.size()));
  } else {
    const bool offline = m_context.catalog.state(flag.media) == app::MediaState::kOffline;
    icon(offline ? QStringLiteral("offline") : QStringLiteral("image"), colour::kFaint)
        .paint(&painter, QRect(target.center().toPoint() - QPoint(9, 9), QSize(18, 18)));
  }
  painter.setPen(QPen(edge, selected ? 2 : 1));
  painter.drawRect(target);
  const QRectF bar(target.left(), target.bottom() + 2, target.width(), 4);
  painter.fillRect(bar, QColor::fromRgb(colour::kLine));
  painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * flag.strength, bar.height()),
                   QColor::fromRgb(selected ? colour::kAccent : 0xffa4a4a4));
  painter.setFont(smallFont());
  painter.setPen(QColor::fromRgb(selected ? colour::kBright : colour::kDim));
  QString caption = flag.anchor == core::AnchorKind::kFrame ? QString::number(flag.frame) : flag.caption;
  if (!flag.held.empty()) {
    // What the pack will really hold, where it is not the frame alone.
    const QString held = flag.held.length() == 1 ? QString::number(flag.held.begin.value)
                                                 : QStringLiteral("%1–%2").arg(flag.held.begin.value).arg(flag.held.end.value - 1);
    caption = flag.anchor == core::AnchorKind::kFrame ? QStringLiteral("%1 · %2").arg(flag.frame).arg(held) : QStringLiteral("%1 · %2").arg(caption, held);
    caption = painter.fontMetrics().elidedText(caption, Qt::ElideRight, static_cast<int>(target.width()) - 4);
  }
  if (!flag.inRange) caption = QCoreApplication::translate("Timeline", "outside");
  painter.drawText(QRectF(target.left() + 4, bar.bottom() + 1, target.width() - 8, 16),
                   (box.flipped ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, caption);
  if (flag.collides) {
    const QRect sign = collisionSign(box).translated(area.topLeft());
    painter.fillRect(sign, QColor::fromRgb(kCollision));
    icon(QStringLiteral("warning"), colour::kOnAccent).paint(&painter, sign.adjusted(1, 1, -1, -1));
  }
  painter.restore();
}

}  // namespace pai::ui

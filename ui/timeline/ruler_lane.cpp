// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>

#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

constexpr int kLabelPixels = 96;

}  // namespace

void paintHint(QPainter& painter, const QRect& area, const QString& text) {
  painter.setFont(smallFont());
  painter.setPen(QColor::fromRgb(colour::kFaint));
  painter.drawText(area.adjusted(12, 0, -12, 0), Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(text, Qt::ElideRight, area.width() - 24));
}

void RulerLane::paint(QPainter& painter, const QRect& area) {
  const TimelineGeometry& g = m_context.geometry;
  const TimelineModel& model = m_context.model;
  const core::FrameRange visible = g.visible(model.frames());
  const core::FrameRange marked = m_context.playback.marked();
  if (!marked.empty()) {
    const QRectF part(area.left() + g.xOf(marked.begin.value), area.bottom() - 3,
                      g.xOf(marked.end.value) - g.xOf(marked.begin.value), 4);
    painter.fillRect(part, QColor::fromRgb(colour::kAccentDeep));
  }
  if (const TimelineShot* shot = model.shot(m_context.document.currentShotId())) {
    for (const core::FrameRange& held : model.held()) {
      const double from = g.xOf(static_cast<double>(shot->begin + held.begin.value));
      const double to = g.xOf(static_cast<double>(shot->begin + std::min(held.end.value, shot->length)));
      painter.fillRect(QRectF(area.left() + from, area.top(), to - from, 2), QColor::fromRgb(colour::kReady));
    }
  }
  const std::int64_t step = g.labelStep(model.rate(), kLabelPixels);
  const std::int64_t minor = step >= 10 ? step / (step % 5 == 0 ? 5 : step % 4 == 0 ? 4 : 3) : 1;
  painter.setFont(digitsFont(11));
  for (std::int64_t frame = visible.begin.value / step * step; frame < visible.end.value; frame += minor) {
    const double x = area.left() + g.xOf(static_cast<double>(frame));
    const bool major = frame % step == 0;
    painter.setPen(QColor::fromRgb(major ? colour::kFaint : colour::kLine));
    painter.drawLine(QPointF(x, area.bottom() - (major ? 9 : 4)), QPointF(x, area.bottom()));
    if (!major) continue;
    painter.setPen(QColor::fromRgb(colour::kDim));
    painter.drawText(QPointF(x + 4, area.top() + 15), model.timecode(frame));
  }
}

bool RulerLane::press(const QPoint& at, const QMouseEvent& event) {
  move(at, event);
  return true;
}

void RulerLane::move(const QPoint& at, const QMouseEvent&) {
  m_context.playback.pause();
  m_context.playback.seek(m_context.geometry.frameAt(at.x()));
}

QString RulerLane::toolTip(const QPoint& at) const {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return {};
  const core::FrameIndex frame{m_context.geometry.frameAt(at.x()) - shot->begin};
  for (const core::FrameRange& held : m_context.model.held())
    if (held.contains(frame)) return QCoreApplication::translate("Timeline", "Green: these frames are made, and play and scrub without waiting");
  return {};
}

}  // namespace pai::ui

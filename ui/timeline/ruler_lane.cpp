// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QCoreApplication>

#include "ui/theme/marker_look.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

constexpr int kLabelPixels = 96;
constexpr int kMarkerReach = 6, kMarkerHigh = 13;  // pixels around a marker that are its own

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
  paintMarkers(painter, area, visible);
}

void RulerLane::paintMarkers(QPainter& painter, const QRect& area, const core::FrameRange& visible) {
  const auto& shots = m_context.model.shots();
  const auto [first, last] = m_context.model.shotsIn(visible);
  for (std::size_t i = first; i < last; ++i)
    for (const TimelineMarker& marker : shots[i].markers)
      if (marker.inRange)
        paintMarker(painter, {area.left() + m_context.geometry.xOf(static_cast<double>(shots[i].begin + marker.frame)) + 0.5, area.bottom() + 0.5},
                    marker.marker.colour, !marker.marker.note.empty());
}

/// The nearest to a point.
std::optional<RulerLane::Hit> RulerLane::markerAt(const QPoint& at) const {
  if (at.y() < height() - kMarkerHigh) return std::nullopt;
  std::optional<Hit> hit;
  double nearest = kMarkerReach + 0.5;
  for (const TimelineShot& shot : m_context.model.shots())
    for (const TimelineMarker& marker : shot.markers) {
      const double away = std::abs(m_context.geometry.xOf(static_cast<double>(shot.begin + marker.frame)) - at.x());
      if (!marker.inRange || away > nearest) continue;
      nearest = away;
      hit = Hit{&shot, &marker};
    }
  return hit;
}

void RulerLane::doubleClick(const QPoint& at) {
  if (const auto hit = markerAt(at)) m_context.editMarker(hit->shot->id, hit->marker->marker.id);
}

bool RulerLane::press(const QPoint& at, const QMouseEvent& event) {
  m_held = markerAt(at) ? std::optional(at) : std::nullopt;
  if (const auto hit = markerAt(at)) {
    m_context.playback.pause();
    m_context.playback.seek(hit->shot->begin + hit->marker->frame);
  } else {
    move(at, event);
  }
  return true;
}

void RulerLane::move(const QPoint& at, const QMouseEvent&) {
  // A marker holds the playhead until the hand means to drag it on.
  if (m_held && (at - *m_held).manhattanLength() < kMarkerReach) return;
  m_held.reset();
  m_context.playback.pause();
  m_context.playback.seek(m_context.geometry.frameAt(at.x()));
}

QString RulerLane::toolTip(const QPoint& at) const {
  if (const auto hit = markerAt(at)) {
    const core::Marker& marker = hit->marker->marker;
    const QString title = nameOf(marker) + QStringLiteral("  ") + m_context.model.timecode(hit->shot->begin + hit->marker->frame);
    return marker.note.empty() ? title : title + QLatin1Char('\n') + QString::fromStdString(marker.note);
  }
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return {};
  const core::FrameIndex frame{m_context.geometry.frameAt(at.x()) - shot->begin};
  for (const core::FrameRange& held : m_context.model.held())
    if (held.contains(frame)) return QCoreApplication::translate("Timeline", "Green: these frames are made, and play and scrub without waiting");
  return {};
}

}  // namespace pai::ui

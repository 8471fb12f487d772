// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <utility>

#include <QCoreApplication>

#include "app/document/marker_edits.h"
#include "ui/theme/marker_look.h"
#include "ui/theme/theme.h"
#include "ui/timeline/ruler_lane.h"

namespace pai::ui {
namespace {

constexpr int kLabelPixels = 96, kHintIndent = 36;
constexpr int kMarkerReach = 6, kMarkerHigh = 13;  // pixels around a marker that are its own
constexpr double kScrubSnapPixels = 5.0;  // less than what is dragged sticks by: scrubbing passes everywhere

}  // namespace

void paintHint(QPainter& painter, const QRect& area, const QString& text) {
  painter.setFont(smallFont());
  painter.setPen(QColor::fromRgb(colour::kFaint));
  // Clear of a playhead on the first frame, with the whole timeline in sight.
  const QRect words = area.adjusted(kHintIndent, 0, -12, 0);
  painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(text, Qt::ElideRight, words.width()));
}

std::int64_t scrubFrame(const LaneContext& context, double x, Qt::KeyboardModifiers modifiers) {
  const TimelineGeometry& g = context.geometry;
  const std::int64_t frame = g.frameAt(x);
  if (!context.snapping || modifiers.testFlag(Qt::ShiftModifier)) return frame;
  std::vector<SnapPoint> markers;
  const auto [first, last] = context.model.shotsIn({{g.frameAt(x - kScrubSnapPixels)}, {g.frameAt(x + kScrubSnapPixels) + 1}});
  for (std::size_t i = first; i < last; ++i)
    for (const TimelineMarker& marker : context.model.shots()[i].markers)
      if (marker.inRange) markers.push_back({SnapPoint::Kind::kMarker, context.model.shots()[i].begin + marker.frame});
  const auto snap = nearestSnap(g, g.firstFrame() + x / g.pixelsPerFrame(), markers, kScrubSnapPixels);
  return snap ? snap->frame : frame;
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
                    marker.marker.colour, !marker.marker.note.empty(), marker.marker.id == m_context.selectedMarker);
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
  m_drag.reset();
  const auto hit = markerAt(at);
  m_context.selectMarker(hit ? hit->marker->marker.id : core::Id());
  if (!hit) {
    move(at, event);
    return true;
  }
  const std::int64_t frame = hit->shot->begin + hit->marker->frame;
  m_drag = Drag{hit->shot->id, hit->marker->marker.id, at, at.x() - m_context.geometry.xOf(static_cast<double>(frame)),
                hit->marker->marker.frame, m_context.playback.frame().value};
  m_context.document.endMerge();
  m_context.playback.pause();
  m_context.playback.seek(frame);
  return true;
}

void RulerLane::move(const QPoint& at, const QMouseEvent& event) {
  if (m_drag) return dragMarker(at, event.modifiers());
  m_context.playback.pause();
  m_context.playback.seek(scrubFrame(m_context, at.x(), event.modifiers()));
}

void RulerLane::dragMarker(const QPoint& at, Qt::KeyboardModifiers modifiers) {
  // It stays until the hand means to drag it.
  if (!m_drag->moved && (at - m_drag->pressedAt).manhattanLength() < kMarkerReach) return;
  const TimelineShot* shot = m_context.model.shot(m_drag->shot);
  if (!shot) return;
  m_drag->moved = true;
  const TimelineGeometry& g = m_context.geometry;
  const double x = at.x() - m_drag->grabOffset;
  std::int64_t frame = std::clamp(g.frameAt(x + 0.5 * g.pixelsPerFrame()), shot->begin, shot->end() - 1);
  m_context.snapLine.reset();
  if (m_context.snapping && !modifiers.testFlag(Qt::ShiftModifier)) {
    const auto points = m_context.model.snapPointsFor(SnapPoint::Kind::kMarker, *shot, m_drag->playheadBefore);
    if (const auto snap = nearestSnap(g, static_cast<double>(frame), points, kSnapPixels)) m_context.snapLine = frame = snap->frame;
  }
  // The viewer shows the frame that it goes to. Where another one stands it stays on this side.
  if (app::moveMarker(m_context.document, m_drag->shot, m_drag->marker, {frame - shot->begin + shot->sourceBegin}, QStringLiteral("marker")))
    m_context.playback.seek(frame);
  m_context.repaint();
}

void RulerLane::release(const QPoint&, const QMouseEvent&) {
  m_drag.reset();
  m_context.snapLine.reset();
  m_context.document.endMerge();
  m_context.repaint();
}

void RulerLane::cancel() {
  if (const auto drag = std::exchange(m_drag, std::nullopt)) {
    app::moveMarker(m_context.document, drag->shot, drag->marker, drag->sourceBefore, QStringLiteral("marker"));
    m_context.playback.seek(drag->playheadBefore);
  }
  m_context.snapLine.reset();
  m_context.document.endMerge();
  m_context.repaint();
}

std::optional<RulerLane::Hit> RulerLane::selected() const {
  if (m_context.selectedMarker.empty()) return std::nullopt;
  for (const TimelineShot& shot : m_context.model.shots())
    for (const TimelineMarker& marker : shot.markers)
      if (marker.marker.id == m_context.selectedMarker) return Hit{&shot, &marker};
  return std::nullopt;
}

bool RulerLane::nudge(std::int64_t frames) {
  const auto hit = selected();
  if (!hit || !hit->marker->inRange) return false;
  const auto taken = [&hit](std::int64_t frame) {
    return std::any_of(hit->shot->markers.begin(), hit->shot->markers.end(),
                       [&](const TimelineMarker& m) { return m.frame == frame && m.marker.id != hit->marker->marker.id; });
  };
  const std::int64_t last = hit->shot->length - 1;
  std::int64_t target = std::clamp<std::int64_t>(hit->marker->frame + frames, 0, last);
  while (taken(target) && target > 0 && target < last) target += frames < 0 ? -1 : 1;
  app::moveMarker(m_context.document, core::Id(hit->shot->id), core::Id(m_context.selectedMarker), {target + hit->shot->sourceBegin});
  return true;
}

bool RulerLane::removeSelected() {
  const auto hit = selected();
  if (!hit) return false;
  app::removeMarker(m_context.document, core::Id(hit->shot->id), core::Id(m_context.selectedMarker));
  m_context.selectMarker({});
  return true;
}

bool RulerLane::selectNext(int direction) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return false;
  std::vector<core::Id> markers;
  for (const TimelineMarker& marker : shot->markers)
    if (marker.inRange) markers.push_back(marker.marker.id);
  const auto count = static_cast<int>(markers.size());
  const auto now = std::find(markers.begin(), markers.end(), m_context.selectedMarker);
  const int at = now != markers.end() ? static_cast<int>(now - markers.begin()) : direction > 0 ? -1 : count;
  if (at + direction < 0 || at + direction >= count) return false;
  m_context.selectMarker(markers[static_cast<std::size_t>(at + direction)]);
  return true;
}

QString RulerLane::toolTip(const QPoint& at) const {
  if (const auto hit = markerAt(at)) {
    const core::Marker& marker = hit->marker->marker;
    const QString title = nameOf(marker) + QStringLiteral("  ") + m_context.model.timecode(hit->shot->begin + hit->marker->frame);
    const QString note = marker.note.empty() ? QString() : QLatin1Char('\n') + QString::fromStdString(marker.note);
    return title + note + QLatin1Char('\n') +
           QCoreApplication::translate("Timeline", "Drag to move, Shift for no snapping, arrow keys to nudge, Enter to open, Delete to remove");
  }
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return {};
  const core::FrameIndex frame{m_context.geometry.frameAt(at.x()) - shot->begin};
  for (const core::FrameRange& held : m_context.model.held())
    if (held.contains(frame)) return QCoreApplication::translate("Timeline", "Green: these frames are made, and play and scrub without waiting");
  return {};
}

}  // namespace pai::ui

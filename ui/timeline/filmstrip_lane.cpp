// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QCoreApplication>

#include "app/document/shot_edits.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

constexpr int kTitleHeight = 16;
constexpr double kAspect = 16.0 / 9.0;
constexpr int kEdgeReach = 5;
constexpr int kTrimStart = 4;

/// Frames a tile stands for: a power of two, so that zooming finds tiles that are there already.
std::int64_t tileFrames(double pixelsPerFrame, double tileWidth) {
  const double frames = std::max(1.0, tileWidth / pixelsPerFrame);
  return std::int64_t{1} << static_cast<int>(std::floor(std::log2(frames)));
}

}  // namespace

QString FilmstripLane::name() const { return QCoreApplication::translate("Timeline", "Plate"); }

void FilmstripLane::paint(QPainter& painter, const QRect& area) {
  const core::FrameRange visible = m_context.geometry.visible(m_context.model.frames());
  if (m_context.model.shots().empty()) {
    paintHint(painter, area, QCoreApplication::translate("Timeline", "Drop a clip here to make a shot"));
    return;
  }
  const auto [first, last] = m_context.model.shotsIn(visible);
  for (std::size_t i = first; i < last; ++i) paintShot(painter, area, m_context.model.shots()[i]);
  if (!m_place) return;
  const auto& shots = m_context.model.shots();
  const std::int64_t frame = *m_place < shots.size() ? shots[*m_place].begin : m_context.model.frames();
  painter.fillRect(QRectF(area.left() + std::round(m_context.geometry.xOf(static_cast<double>(frame))) - 2, area.top(), 3, area.height()),
                   QColor::fromRgb(colour::kAccent));
}

void FilmstripLane::paintShot(QPainter& painter, const QRect& area, const TimelineShot& shot) {
  const TimelineGeometry& g = m_context.geometry;
  const double left = area.left() + g.xOf(static_cast<double>(shot.begin));
  const double right = area.left() + g.xOf(static_cast<double>(shot.end()));
  const QRectF box(left, area.top() + 2, std::max(1.0, right - left - 1.0), area.height() - 4);
  const bool current = shot.id == m_context.document.currentShotId();
  painter.fillRect(box, QColor::fromRgb(colour::kRaised));
  if (box.width() < 6) return;
  const QRectF strip(box.left(), box.top() + kTitleHeight, box.width(), box.height() - kTitleHeight);
  painter.save();
  painter.setClipRect(box.intersected(QRectF(area)));
  const double tileWidth = strip.height() * kAspect;
  const std::int64_t step = tileFrames(g.pixelsPerFrame(), tileWidth);
  const core::FrameRange visible = g.visible(m_context.model.frames()).intersected({{shot.begin}, {shot.end()}});
  if (shot.offline) {
    painter.fillRect(strip, QBrush(QColor::fromRgb(colour::kLine), Qt::BDiagPattern));
  } else if (strip.width() >= tileWidth * 0.5) {
    // Cells end on whole pixels of the screen: no seams.
    const double ratio = painter.device()->devicePixelRatioF();
    const auto whole = [ratio](double x) { return std::round(x * ratio) / ratio; };
    const std::int64_t firstTile = (visible.begin.value - shot.begin) / step * step;
    for (std::int64_t local = firstTile; shot.begin + local < visible.end.value; local += step) {
      const double x = whole(area.left() + g.xOf(static_cast<double>(shot.begin + local)));
      const double next = whole(area.left() + g.xOf(static_cast<double>(shot.begin + local + step)));
      const QImage image = m_context.thumbnails.get({shot.platePath, shot.plateKind, shot.sourceBegin + local});
      const QRectF cell(x, strip.top(), next - x, strip.height());
      painter.fillRect(cell, QColor::fromRgb(colour::kWell));
      if (image.isNull()) continue;
      // A cell is as wide as a tile or narrower: it shows the middle of its picture.
      const double part = image.width() * std::min(1.0, cell.width() / tileWidth);
      painter.drawImage(QRectF(x, strip.top(), std::min(cell.width(), whole(tileWidth + 0.5)), strip.height()), image,
                        QRectF((image.width() - part) / 2.0, 0, part, image.height()));
    }
  }
  painter.fillRect(QRectF(box.left(), box.top(), box.width(), kTitleHeight),
                   QColor::fromRgb(current ? colour::kAccentDeep : colour::kHover));
  painter.setFont(smallFont());
  painter.setPen(QColor::fromRgb(current ? colour::kBright : colour::kText));
  QString title = shot.name;
  if (shot.offline) title = QCoreApplication::translate("Timeline", "%1 (media offline)").arg(title);
  const QRectF words(std::max(box.left(), static_cast<double>(area.left())) + 6, box.top(), box.width() - 12, kTitleHeight);
  painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                   painter.fontMetrics().elidedText(title, Qt::ElideRight, static_cast<int>(words.width())));
  painter.restore();
}

std::optional<FilmstripLane::Edge> FilmstripLane::edgeAt(const QPoint& at) const {
  const TimelineGeometry& g = m_context.geometry;
  const auto [first, last] = m_context.model.shotsIn({{g.frameAt(at.x() - kEdgeReach) - 1}, {g.frameAt(at.x() + kEdgeReach) + 2}});
  for (std::size_t i = first; i < last; ++i) {
    const TimelineShot& shot = m_context.model.shots()[i];
    const double begin = g.xOf(static_cast<double>(shot.begin)), end = g.xOf(static_cast<double>(shot.end()));
    if (shot.offline || end - begin < 4 * kEdgeReach) continue;  // too small to be taken by its edges
    if (at.x() >= begin && at.x() <= begin + kEdgeReach) return Edge{&shot, false};
    if (at.x() <= end && at.x() >= end - kEdgeReach) return Edge{&shot, true};
  }
  return std::nullopt;
}

std::size_t FilmstripLane::placeAt(double x) const {
  std::size_t place = 0;
  for (const TimelineShot& shot : m_context.model.shots())
    if (x > m_context.geometry.xOf(static_cast<double>(shot.begin) + static_cast<double>(shot.length) / 2.0)) ++place;
  return place;
}

bool FilmstripLane::press(const QPoint& at, const QMouseEvent& event) {
  m_pressedAt = at;
  m_playheadBefore = m_context.playback.frame().value;
  m_place.reset();
  const auto edge = edgeAt(at);
  const std::int64_t frame = m_context.geometry.frameAt(at.x());
  const TimelineShot* shown = edge ? edge->shot : frame >= 0 && frame < m_context.model.frames() ? m_context.model.shotAt(frame) : nullptr;
  if (!shown) return false;
  const core::Shot* shot = m_context.document.shot(shown->id);
  if (!shot) return false;
  m_before = *shot;
  m_rangeBefore = m_context.catalog.rangeOf(*shot);
  m_solved = shown->id == m_context.document.currentShotId() ? m_context.model.camera().frames : std::vector<app::CameraFacts>();
  m_drag = edge ? (edge->end ? Drag::kEnd : Drag::kBegin) : at.y() < kTitleHeight + 2 ? Drag::kPlace : Drag::kScrub;
  m_context.playback.pause();
  if (edge) {
    m_context.holdView = true;
    m_context.document.endMerge();
    return true;
  }
  m_context.document.setCurrentShot(shown->id);
  m_context.playback.seek(m_drag == Drag::kScrub ? scrubFrame(m_context, at.x(), event.modifiers()) : frame);
  return true;
}

core::FrameIndex FilmstripLane::stuck(core::FrameIndex edge) const {
  // The frame at a marker or the playhead stays in the shot: its first frame, or its last.
  const std::int64_t beside = m_drag == Drag::kEnd ? 1 : 0;
  std::vector<SnapPoint> points;
  for (const core::Marker& marker : m_before.markers) points.push_back({SnapPoint::Kind::kMarker, marker.frame.value + beside});
  const TimelineShot* shown = m_context.model.shot(m_before.id);
  if (shown && m_playheadBefore >= shown->begin && m_playheadBefore < shown->begin + m_rangeBefore.length())
    points.push_back({SnapPoint::Kind::kPlayhead, m_playheadBefore - shown->begin + m_rangeBefore.begin.value + beside});
  const auto snap = nearestSnap(m_context.geometry, static_cast<double>(edge.value), points, kSnapPixels);
  return snap ? core::FrameIndex{snap->frame} : edge;
}

void FilmstripLane::trim(const QPoint& at, Qt::KeyboardModifiers modifiers) {
  const auto by = static_cast<std::int64_t>(std::lround((at.x() - m_pressedAt.x()) / m_context.geometry.pixelsPerFrame()));
  core::FrameRange range = m_rangeBefore;
  core::FrameIndex edge = (m_drag == Drag::kEnd ? range.end : range.begin) + by;
  if (m_context.snapping && !modifiers.testFlag(Qt::ShiftModifier)) edge = stuck(edge);
  if (m_drag == Drag::kEnd) range.end = std::max(range.begin + 1, edge);
  else range.begin = std::min(edge, range.end - 1);
  app::trimShot(m_context.document, m_context.catalog, m_before, range, m_solved, QStringLiteral("trim"));
  const TimelineShot* shown = m_context.model.shot(m_before.id);
  if (!shown) return;
  // The viewer shows the frame that becomes the edge.
  m_context.document.setCurrentShot(shown->id);
  m_context.playback.seek(m_drag == Drag::kEnd ? shown->end() - 1 : shown->begin);
}

void FilmstripLane::move(const QPoint& at, const QMouseEvent& event) {
  if (m_drag == Drag::kBegin || m_drag == Drag::kEnd) return trim(at, event.modifiers());
  if (m_drag == Drag::kPlace && m_context.model.shots().size() > 1) {
    if (m_place || std::abs(at.x() - m_pressedAt.x()) >= kTrimStart) m_place = placeAt(at.x());
    return m_context.repaint();
  }
  m_context.playback.seek(scrubFrame(m_context, at.x(), event.modifiers()));
}

void FilmstripLane::release(const QPoint&, const QMouseEvent&) {
  m_context.document.endMerge();
  const auto place = std::exchange(m_place, std::nullopt);
  if (m_drag != Drag::kPlace || !place) return;
  const auto& shots = m_context.model.shots();
  const auto own = static_cast<std::size_t>(std::find_if(shots.begin(), shots.end(), [this](const TimelineShot& s) { return s.id == m_before.id; }) - shots.begin());
  app::moveShot(m_context.document, m_before.id, *place > own ? *place - 1 : *place);
  m_context.repaint();
}

void FilmstripLane::cancel() {
  if (m_drag == Drag::kBegin || m_drag == Drag::kEnd)
    app::trimShot(m_context.document, m_context.catalog, m_before, m_rangeBefore, m_solved, QStringLiteral("trim"));
  m_place.reset();
  m_context.document.endMerge();
  m_context.playback.seek(m_playheadBefore);
  m_context.repaint();
}

Qt::CursorShape FilmstripLane::cursor(const QPoint& at) const { return edgeAt(at) ? Qt::SizeHorCursor : Qt::ArrowCursor; }

QString FilmstripLane::toolTip(const QPoint& at) const {
  const std::int64_t frame = m_context.geometry.frameAt(at.x());
  if (frame < 0 || frame >= m_context.model.frames()) return {};
  const TimelineShot* shot = m_context.model.shotAt(frame);
  if (!shot) return {};
  return QCoreApplication::translate("Timeline", "%1\n%2 frames, frame %3\nDrag an edge to trim, the title to reorder")
      .arg(shot->name).arg(shot->length).arg(frame - shot->begin);
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QCoreApplication>

#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

constexpr int kTitleHeight = 16;
constexpr double kAspect = 16.0 / 9.0;

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
    const std::int64_t firstTile = (visible.begin.value - shot.begin) / step * step;
    for (std::int64_t local = firstTile; shot.begin + local < visible.end.value; local += step) {
      const double x = area.left() + g.xOf(static_cast<double>(shot.begin + local));
      const double next = area.left() + g.xOf(static_cast<double>(shot.begin + local + step));
      const QImage image = m_context.thumbnails.get({shot.platePath, shot.plateKind, shot.sourceBegin + local});
      const QRectF cell(x, strip.top(), next - x, strip.height());
      painter.fillRect(cell, QColor::fromRgb(colour::kWell));
      if (image.isNull()) continue;
      // A cell is as wide as a tile or narrower: it shows the middle of its picture.
      const double part = image.width() * std::min(1.0, cell.width() / tileWidth);
      painter.drawImage(QRectF(x, strip.top(), std::min(cell.width(), tileWidth), strip.height()), image,
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

bool FilmstripLane::press(const QPoint& at, const QMouseEvent&) {
  const std::int64_t frame = m_context.geometry.frameAt(at.x());
  if (frame < 0 || frame >= m_context.model.frames()) return false;
  if (const TimelineShot* shot = m_context.model.shotAt(frame)) m_context.document.setCurrentShot(shot->id);
  m_context.playback.pause();
  m_context.playback.seek(frame);
  return true;
}

void FilmstripLane::move(const QPoint& at, const QMouseEvent&) {
  m_context.playback.seek(m_context.geometry.frameAt(at.x()));
}

QString FilmstripLane::toolTip(const QPoint& at) const {
  const std::int64_t frame = m_context.geometry.frameAt(at.x());
  if (frame < 0 || frame >= m_context.model.frames()) return {};
  const TimelineShot* shot = m_context.model.shotAt(frame);
  if (!shot) return {};
  return QCoreApplication::translate("Timeline", "%1\n%2 frames, frame %3")
      .arg(shot->name).arg(shot->length).arg(frame - shot->begin);
}

}  // namespace pai::ui

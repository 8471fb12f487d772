// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QCoreApplication>
#include <QPainterPath>

#include "app/document/keyframe_edits.h"
#include "ui/theme/theme.h"
#include "ui/timeline/camera_channels.h"
#include "ui/timeline/lanes.h"
#include "ui/timeline/time_axis.h"

namespace pai::ui {
namespace {

constexpr double kKeyReach = 6.0;

using Curve = CameraChannel;
constexpr const auto& kCurves = kCameraChannels;

/// The largest a curve goes from rest, what its height in the lane stands for; 0 when it stays at rest.
double reachOf(const Curve& curve, const std::vector<app::CameraFacts>& frames) {
  double reach = 0.0;
  for (const app::CameraFacts& f : frames) reach = std::max(reach, std::abs(f.*curve.solved - curve.rest));
  return reach < 1e-4 ? 0.0 : reach;
}

QString reachText(const Curve& curve, double reach) {
  if (curve.solved == &app::CameraFacts::zoom) return QStringLiteral("%1").arg(reach, 0, 'f', 2);
  if (curve.solved == &app::CameraFacts::roll) return QStringLiteral("%1°").arg(reach, 0, 'f', 1);
  return QStringLiteral("%1").arg(std::lround(reach));
}

}  // namespace

QString CameraLane::name() const { return QCoreApplication::translate("Timeline", "Camera"); }

void CameraLane::paint(QPainter& painter, const QRect& area) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return;
  const TimelineGeometry& g = m_context.geometry;
  const auto& frames = m_context.model.camera().frames;
  if (frames.empty() && shot->cameraKeys.empty()) {
    return paintHint(painter, area,
                     QCoreApplication::translate("Timeline", "The camera's path appears when it is solved; double-click sets a keyframe"));
  }
  const double middle = area.center().y();
  painter.setPen(QColor::fromRgb(colour::kRaised));
  painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle));
  if (!frames.empty()) paintCurves(painter, area, *shot);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const core::CameraKey& key : shot->cameraKeys) {
    if (key.frame.value < 0 || key.frame.value >= shot->length) continue;  // trimmed away
    const QPointF at(area.left() + g.xOf(static_cast<double>(shot->begin + key.frame.value) + 0.5), middle);
    painter.setPen(QPen(QColor::fromRgb(colour::kWell), 1));
    painter.setBrush(QColor::fromRgb(key.frame.value == m_dragFrame ? colour::kBright : colour::kAccent));
    paintKeyframe(painter, at, 5, key.interpolation);
    painter.setBrush(Qt::NoBrush);
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
}

void CameraLane::paintCurves(QPainter& painter, const QRect& area, const TimelineShot& shot) {
  const TimelineGeometry& g = m_context.geometry;
  const auto& frames = m_context.model.camera().frames;
  const core::FrameRange visible = g.visible(m_context.model.frames()).intersected({{shot.begin}, {shot.end()}});
  const double ratio = painter.device()->devicePixelRatioF();
  Drawn now{frames, visible, shot.begin, g.firstFrame(), g.pixelsPerFrame(), ratio, area.size()};
  if (m_curves.isNull() || !(now == m_drawn)) {
    m_drawn = std::move(now);
    m_curves = QPixmap(area.size() * ratio);
    m_curves.setDevicePixelRatio(ratio);
    m_curves.fill(Qt::transparent);
    QPainter on(&m_curves);
    on.setRenderHint(QPainter::Antialiasing);
    const double middle = QRect({}, area.size()).center().y(), room = area.height() / 2.0 - 5.0;
    const auto step = std::max<std::int64_t>(1, static_cast<std::int64_t>(2.0 / g.pixelsPerFrame()));
    for (const Curve& curve : kCurves) {
      const double zero = curve.rest, reach = reachOf(curve, frames);
      if (reach == 0.0) continue;
      QPainterPath path;
      for (std::int64_t f = visible.begin.value; f < visible.end.value; f += step) {
        const auto local = static_cast<std::size_t>(f - shot.begin);
        if (local >= frames.size()) break;
        const QPointF point(g.xOf(static_cast<double>(f) + 0.5), middle - (frames[local].*curve.solved - zero) / reach * room);
        path.elementCount() == 0 ? path.moveTo(point) : path.lineTo(point);
      }
      on.setPen(QPen(QColor::fromRgb(curve.tint), 1.4, curve.style));
      on.drawPath(path);
    }
  }
  painter.drawPixmap(area.topLeft(), m_curves);
}

bool CameraLane::paintLegend(QPainter& painter, const QRect& area) const {
  const auto& frames = m_context.model.camera().frames;
  if (frames.empty() || !m_context.model.shot(m_context.document.currentShotId())) return false;
  painter.setFont(smallFont());
  constexpr int kDash = 12, kText = 17, kBetween = 8;
  const auto nameOf = [](const Curve& curve) { return QCoreApplication::translate("Timeline", curve.name); };
  const QFontMetrics metrics = painter.fontMetrics();
  const int first = kText + std::max(metrics.horizontalAdvance(nameOf(kCurves[0])), metrics.horizontalAdvance(nameOf(kCurves[2]))) + kBetween;
  const int high = area.height() / 2;
  for (std::size_t i = 0; i < kCurves.size(); ++i) {
    const Curve& curve = kCurves[i];
    const double reach = reachOf(curve, frames);
    const int left = i % 2 == 0 ? 0 : first;
    const QRect cell(area.left() + left, area.top() + static_cast<int>(i / 2) * high, area.width() - left, high);
    painter.setPen(QPen(QColor::fromRgb(reach > 0 ? curve.tint : colour::kFaint), 1.6, curve.style));
    painter.drawLine(cell.left(), cell.center().y(), cell.left() + kDash, cell.center().y());
    painter.setPen(QColor::fromRgb(reach > 0 ? curve.tint : colour::kFaint));
    painter.drawText(cell.adjusted(kText, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, nameOf(curve));
  }
  return true;
}

std::optional<std::size_t> CameraLane::keyAt(const QPoint& at) const {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return std::nullopt;
  for (std::size_t i = 0; i < shot->cameraKeys.size(); ++i) {
    if (shot->cameraKeys[i].frame.value < 0 || shot->cameraKeys[i].frame.value >= shot->length) continue;
    const double x = m_context.geometry.xOf(static_cast<double>(shot->begin + shot->cameraKeys[i].frame.value) + 0.5);
    if (std::abs(at.x() - x) <= kKeyReach) return i;
  }
  return std::nullopt;
}

bool CameraLane::press(const QPoint& at, const QMouseEvent&) {
  const auto key = keyAt(at);
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!key || !shot) return false;
  m_dragFrame = m_frameBefore = shot->cameraKeys[*key].frame.value;
  m_playheadBefore = m_context.playback.frame().value;
  m_context.document.endMerge();
  m_context.playback.seek(shot->begin + m_dragFrame);
  return true;
}

void CameraLane::move(const QPoint& at, const QMouseEvent& event) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot || m_dragFrame < 0) return;
  std::int64_t frame = std::clamp(m_context.geometry.frameAt(at.x()), shot->begin, shot->end() - 1);
  m_context.snapLine.reset();
  if (m_context.snapping && !event.modifiers().testFlag(Qt::ShiftModifier)) {
    const auto points = m_context.model.snapPointsFor(SnapPoint::Kind::kKeyframe, *shot, m_playheadBefore);
    if (const auto snap = nearestSnap(m_context.geometry, static_cast<double>(frame), points, kSnapPixels)) m_context.snapLine = frame = snap->frame;
  }
  moveKey(frame - shot->begin);
  if (m_context.snapLine && *m_context.snapLine != shot->begin + m_dragFrame) m_context.snapLine.reset();  // another stands there
  m_context.repaint();
}

void CameraLane::moveKey(std::int64_t target) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return;
  target = m_dragFrame + app::freeFrames({shot->cameraKeys, {}}, {{{}, m_dragFrame}}, target - m_dragFrame, shot->length, app::InTheWay::kStopBeside);
  if (target == m_dragFrame) return;
  const std::int64_t from = std::exchange(m_dragFrame, target);
  m_context.document.editShot(
      shot->id, QCoreApplication::translate("Timeline", "Move camera keyframe"),
      [from, target](core::Shot& s) {
        for (core::CameraKey& k : s.camera.keys)
          if (k.frame.value == from) k.frame.value = target;
        std::sort(s.camera.keys.begin(), s.camera.keys.end(),
                  [](const auto& a, const auto& b) { return a.frame < b.frame; });
      },
      QStringLiteral("camera-key"));
}

void CameraLane::release(const QPoint&, const QMouseEvent&) {
  m_dragFrame = -1;
  m_context.snapLine.reset();
  m_context.document.endMerge();
  m_context.repaint();
}

void CameraLane::cancel() {
  if (m_dragFrame >= 0) {
    moveKey(m_frameBefore);
    m_context.playback.seek(m_playheadBefore);
  }
  m_dragFrame = -1;
  m_context.snapLine.reset();
  m_context.document.endMerge();
  m_context.repaint();
}

void CameraLane::doubleClick(const QPoint& at) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return;
  if (const auto key = keyAt(at)) {
    const std::int64_t frame = shot->cameraKeys[*key].frame.value;
    m_context.document.editShot(shot->id, QCoreApplication::translate("Timeline", "Remove camera keyframe"),
                                [frame](core::Shot& s) {
                                  std::erase_if(s.camera.keys, [frame](const auto& k) { return k.frame.value == frame; });
                                });
    return;
  }
  const std::int64_t local = m_context.geometry.frameAt(at.x()) - shot->begin;
  if (local < 0 || local >= shot->length) return;
  const core::CameraKey key = keyOnCurves(m_context.model, *shot, local);
  m_context.document.editShot(shot->id, QCoreApplication::translate("Timeline", "Set camera keyframe"),
                              [&key](core::Shot& s) {
                                s.camera.keys.push_back(key);
                                std::sort(s.camera.keys.begin(), s.camera.keys.end(),
                                          [](const auto& a, const auto& b) { return a.frame < b.frame; });
                              });
}

QString CameraLane::toolTip(const QPoint& at) const {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return {};
  const std::int64_t local = m_context.geometry.frameAt(at.x()) - shot->begin;
  const auto& frames = m_context.model.camera().frames;
  if (local < 0 || static_cast<std::size_t>(local) >= frames.size()) return {};
  const app::CameraFacts& f = frames[static_cast<std::size_t>(local)];
  QStringList reaches;
  for (const Curve& curve : kCurves) reaches << reachText(curve, reachOf(curve, frames));
  return QCoreApplication::translate("Timeline", "Frame %1: pan %2 px, tilt %3 px, zoom %4, roll %5°")
             .arg(local).arg(f.pan, 0, 'f', 1).arg(f.tilt, 0, 'f', 1).arg(f.zoom, 0, 'f', 3).arg(f.roll, 0, 'f', 2) +
         QLatin1Char('\n') +
         QCoreApplication::translate("Timeline", "Each curve fills the lane: pan ±%1 px, tilt ±%2 px, zoom ±%3, roll ±%4")
             .arg(reaches[0], reaches[1], reaches[2], reaches[3]);
}

}  // namespace pai::ui

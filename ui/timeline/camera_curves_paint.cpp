// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include <QPainter>
#include <QPainterPath>

#include "ui/theme/theme.h"
#include "ui/timeline/camera_channels.h"
#include "ui/timeline/camera_curves.h"
#include "ui/timeline/time_axis.h"

namespace pai::ui {
namespace {

constexpr int kValueLabel = 26;  // least pixels from one label to the next
constexpr double kPoint = 5.0;

/// 1, 2 or 5 times a power of ten, so that lines are at least `pixels` apart.
double scaleStep(double span, double height, double pixels) {
  const double least = span * pixels / std::max(1.0, height), power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (power * factor >= least) return power * factor;
  return power * 10.0;
}

}  // namespace

void CameraCurves::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), QColor::fromRgb(colour::kWell));
  const QRectF area = plot();
  const TimelineShot* shown = shot();
  if (!shown || (shown->cameraKeys.empty() && m_model.camera().frames.empty())) {
    painter.setFont(smallFont());
    painter.setPen(QColor::fromRgb(colour::kDim));
    painter.drawText(rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap,
                     !shown ? tr("No shot yet.") : tr("The camera's curves appear when it is solved. A double click here sets a keyframe by hand."));
  } else {
    paintScale(painter, area);
    painter.save();
    painter.setClipRect(area);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int i = 0; i < static_cast<int>(kCameraChannels.size()); ++i)
      if (i != m_channel) paintCurve(painter, area, i, false);
    paintCurve(painter, area, m_channel, true);
    paintKeys(painter, area);
    painter.restore();
  }
  paintBandAndFocus(painter);
}

void CameraCurves::paintScale(QPainter& painter, const QRectF& area) {
  painter.setFont(digitsFont(11));
  const CameraChannel& channel = kCameraChannels[static_cast<std::size_t>(m_channel)];
  const double step = scaleStep(m_span.second - m_span.first, area.height(), kValueLabel);
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 4);
  for (double value = std::ceil(m_span.first / step) * step; value <= m_span.second; value += step) {
    const double y = std::round(pointOf(0, value).y()) + 0.5;
    const bool rest = std::abs(value - channel.rest) < step * 1e-6;
    painter.setPen(QColor::fromRgb(rest ? colour::kFaint : colour::kRaised));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    painter.setPen(QColor::fromRgb(colour::kDim));
    painter.drawText(QRectF(0, y - 8, area.left() - 6, 16), Qt::AlignRight | Qt::AlignVCenter, QString::number(std::abs(value) < step * 1e-6 ? 0.0 : value, 'f', decimals));
  }
  paintTimeAxis(painter, area, kFoot, m_geometry, m_model.rate(), m_length);
  paintLines(painter);
}

void CameraCurves::paintCurve(QPainter& painter, const QRectF& area, int index, bool active) {
  const std::vector<double> curve = curveOf(index);
  if (curve.empty()) return;
  const CameraChannel& channel = kCameraChannels[static_cast<std::size_t>(index)];
  // The others have no scale here: each fills the height, to be compared in time.
  const auto [least, most] = std::minmax_element(curve.begin(), curve.end());
  const double low = *least, span = *most - *least;
  if (!active && span < channel.leastSpan * 0.02) return;
  const core::FrameRange visible = m_geometry.visible(m_length);
  const auto step = std::max<std::int64_t>(1, static_cast<std::int64_t>(1.0 / m_geometry.pixelsPerFrame()));
  QPainterPath path;
  for (std::int64_t frame = visible.begin.value; frame < visible.end.value; frame += step) {
    const double value = curve[static_cast<std::size_t>(frame)];
    QPointF point = pointOf(frame, value);
    if (!active) point.setY(area.bottom() - area.height() * (0.12 + 0.76 * (value - low) / span));
    path.elementCount() == 0 ? path.moveTo(point) : path.lineTo(point);
  }
  QColor tint = QColor::fromRgb(channel.tint);
  if (!active) tint.setAlpha(90);
  painter.setPen(QPen(tint, active ? 1.8 : 1.0, channel.style));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
}

void CameraCurves::paintKeys(QPainter& painter, const QRectF& area) {
  const TimelineShot* shown = shot();
  const CameraChannel& channel = kCameraChannels[static_cast<std::size_t>(m_channel)];
  for (const core::CameraKey& key : shown->cameraKeys) {
    if (key.frame.value < 0 || key.frame.value >= shown->length) continue;
    const QPointF at = pointOf(key.frame.value, key.*channel.key);
    const bool selected = isSelected({{}, key.frame.value});
    const double size = selected ? kPoint + 1 : kPoint;
    painter.setPen(QPen(QColor::fromRgb(selected ? colour::kBright : colour::kWell), selected ? 2.0 : 1.0));
    painter.setBrush(QColor::fromRgb(colour::kAccent));
    paintKeyframe(painter, at, size, key.interpolation);
    if (!selected || m_selection.places().size() != 1) continue;
    const QString text = textOf(key.*channel.key);
    painter.setFont(digitsFont(11));
    const double wide = painter.fontMetrics().horizontalAdvance(text) + 8.0;
    QRectF box(at.x() + 10, at.y() - 22, wide, 18);
    if (box.right() > area.right()) box.moveRight(at.x() - 10);
    if (box.top() < area.top()) box.moveTop(at.y() + 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0x16, 0x16, 0x16, 220));
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(QColor::fromRgb(colour::kText));
    painter.drawText(box, Qt::AlignCenter, text);
  }
}

}  // namespace pai::ui

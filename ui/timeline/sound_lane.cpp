// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

constexpr int kHeight = 36;

/// Whether a shot's sound keeps step with its pictures on a timeline of this rate.
bool inStep(const TimelineShot& shot, core::FrameRate rate) { return shot.plateRate == rate; }

}  // namespace

QString SoundLane::name() const { return QCoreApplication::translate("Timeline", "Sound"); }

int SoundLane::height() const {
  const auto& shots = m_context.model.shots();
  return std::any_of(shots.begin(), shots.end(), [](const TimelineShot& shot) { return shot.hasSound; }) ? kHeight : 0;
}

void SoundLane::paint(QPainter& painter, const QRect& area) {
  const auto [first, last] = m_context.model.shotsIn(m_context.geometry.visible(m_context.model.frames()));
  for (std::size_t i = first; i < last; ++i) paintShot(painter, area, m_context.model.shots()[i]);
}

void SoundLane::paintShot(QPainter& painter, const QRect& area, const TimelineShot& shot) {
  const TimelineGeometry& g = m_context.geometry;
  const double left = area.left() + g.xOf(static_cast<double>(shot.begin)), right = area.left() + g.xOf(static_cast<double>(shot.end()));
  const QRectF box = QRectF(left, area.top() + 2, std::max(1.0, right - left - 1.0), area.height() - 4).intersected(QRectF(area));
  if (!shot.hasSound || shot.offline || box.isEmpty()) return;
  painter.fillRect(box, QColor::fromRgb(colour::kPanel));
  if (!inStep(shot, m_context.model.rate()))
    return paintHint(painter, box.toRect(), QCoreApplication::translate("Timeline", "Silent: filmed at another rate than the timeline's"));
  const std::shared_ptr<const app::Waveform> wave = m_context.waveforms.get(shot.platePath);
  if (!wave) {
    if (m_context.waveforms.isPending(shot.platePath))
      paintHint(painter, box.toRect(), QCoreApplication::translate("Timeline", "Reading the sound…"));
    return;
  }
  const double samplesPerPixel = core::kSoundRate / (m_context.model.rate().framesPerSecond() * g.pixelsPerFrame());
  const double sourceBegin = m_context.model.rate().secondsOf({shot.sourceBegin}) * core::kSoundRate;
  const double middle = box.center().y(), half = box.height() / 2.0 - 1.0;
  const int from = static_cast<int>(std::floor(box.left())), until = static_cast<int>(std::ceil(box.right()));
  m_lines.clear();
  m_lines.reserve(until - from);
  for (int x = from; x < until; ++x) {
    const double at = sourceBegin + (x - left) * samplesPerPixel;
    const auto [least, most] = wave->between(static_cast<std::int64_t>(at), static_cast<std::int64_t>(at + std::max(1.0, samplesPerPixel)));
    m_lines.push_back(QLineF(x + 0.5, middle - half * most / 127.0 - 0.25, x + 0.5, middle - half * least / 127.0 + 0.25));
  }
  painter.setPen(QPen(QColor::fromRgb(m_context.soundMuted ? colour::kLine : 0xff8a8a8a), 1));
  painter.drawLines(m_lines);
}

bool SoundLane::press(const QPoint& at, const QMouseEvent& event) {
  move(at, event);
  return true;
}

void SoundLane::move(const QPoint& at, const QMouseEvent& event) {
  m_context.playback.pause();
  m_context.playback.seek(scrubFrame(m_context, at.x(), event.modifiers()));
}

}  // namespace pai::ui

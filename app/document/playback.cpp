// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/playback.h"

#include <cmath>

namespace pai::app {

Playback::Playback(QObject* parent) : QObject(parent) {
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, &Playback::tick);
}

void Playback::setRate(core::FrameRate rate) {
  if (rate == m_rate) return;
  m_rate = rate;
  if (isPlaying()) restartClock();
  emit rangeChanged();
}

void Playback::setFrames(std::int64_t frames) {
  if (frames == m_frames) return;
  m_frames = std::max<std::int64_t>(0, frames);
  m_marked = m_marked.intersected({{0}, {m_frames}});
  seek(m_frame.value);
  emit rangeChanged();
}

void Playback::setLoop(bool loop) {
  if (loop == m_loop) return;
  m_loop = loop;
  emit stateChanged();
}

void Playback::setMarked(core::FrameRange range) {
  range = range.intersected({{0}, {m_frames}});
  if (range == m_marked) return;
  m_marked = range;
  emit rangeChanged();
}

core::FrameRange Playback::playRange() const {
  return m_marked.empty() ? core::FrameRange{{0}, {m_frames}} : m_marked;
}

void Playback::seek(qint64 frame) {
  const std::int64_t bounded = std::clamp<std::int64_t>(frame, 0, std::max<std::int64_t>(0, m_frames - 1));
  const bool moved = bounded != m_frame.value;
  m_frame.value = bounded;
  if (isPlaying()) restartClock();
  if (moved) emit frameChanged(bounded);
}

void Playback::step(int frames) {
  pause();
  seek(m_frame.value + frames);
}

void Playback::togglePlay() { isPlaying() ? pause() : play(1.0); }

void Playback::play(double speed) {
  const core::FrameRange range = playRange();
  if (range.empty() || speed == 0.0) return pause();
  m_speed = speed;
  if (!range.contains(m_frame) || (speed > 0 && m_frame == range.end - 1 && !m_loop)) seek(range.begin.value);
  restartClock();
  m_timer.start(std::max(4, static_cast<int>(500.0 / (m_rate.framesPerSecond() * std::max(1.0, std::abs(speed))))));
  emit stateChanged();
}

void Playback::pause() {
  if (!isPlaying()) return;
  m_speed = 0.0;
  m_timer.stop();
  emit stateChanged();
}

void Playback::shuttle(int direction) {
  const double current = m_speed * direction;
  if (current < 0.0) return pause();
  play(direction * (current < 1.0 ? 1.0 : std::min(8.0, current * 2.0)));
}

void Playback::restartClock() {
  m_startFrame = m_frame.value;
  m_clock.start();
}

void Playback::tick() {
  const core::FrameRange range = playRange();
  const double elapsedSeconds = static_cast<double>(m_clock.nsecsElapsed()) * 1e-9;
  std::int64_t target =
      m_startFrame + static_cast<std::int64_t>(std::trunc(elapsedSeconds * m_rate.framesPerSecond() * m_speed));
  if (range.contains({target})) {
    if (target == m_frame.value) return;
    m_frame.value = target;
    emit frameChanged(target);
    return;
  }
  if (!m_loop) {
    pause();
    return seek(target < range.begin.value ? range.begin.value : range.end.value - 1);
  }
  seek(m_speed > 0 ? range.begin.value : range.end.value - 1);
}

}  // namespace pai::app

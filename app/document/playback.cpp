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
  rangeReplaced();
  emit rangeChanged();
}

void Playback::setLoop(bool loop) {
  if (loop == m_loop) return;
  m_loop = loop;
  rangeReplaced();
  emit stateChanged();
}

void Playback::setMarked(core::FrameRange range) {
  range = range.intersected({{0}, {m_frames}});
  if (range == m_marked) return;
  m_marked = range;
  rangeReplaced();
  emit rangeChanged();
}

void Playback::rangeReplaced() {
  if (!isPlaying()) return;
  if (playRange().empty()) return pause();
  playRange().contains(m_frame) ? restartClock() : seek(playRange().begin.value);
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
  m_speed = 0.0;
  if (!range.contains(m_frame) || (speed > 0 && m_frame == range.end - 1 && !m_loop)) seek(range.begin.value);
  m_speed = speed;
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
  m_moved = 0;
  m_clock.start();
  emit placed();
}

void Playback::tick() {
  const core::FrameRange range = playRange();
  const std::optional<double> heard = m_soundClock ? m_soundClock() : std::nullopt;
  const double elapsedSeconds = heard.value_or(static_cast<double>(m_clock.nsecsElapsed()) * 1e-9);
  // A hair's breadth is added so that a clock that stands exactly on a frame shows that frame.
  const auto moved = static_cast<std::int64_t>(elapsedSeconds * m_rate.framesPerSecond() * std::abs(m_speed) + 1e-6);
  if (moved <= m_moved) return;
  m_moved = moved;
  std::int64_t target = m_startFrame + (m_speed > 0 ? moved : -moved);
  if (!range.contains({target})) {
    const std::int64_t edge = target < range.begin.value ? range.begin.value : range.end.value - 1;
    if (!m_loop || !range.contains({m_startFrame})) {
      pause();
      return seek(edge);
    }
    const std::int64_t length = range.length();
    target = range.begin.value + (((target - range.begin.value) % length) + length) % length;
  }
  if (target == m_frame.value) return;
  m_frame.value = target;
  emit frameChanged(target);
}

}  // namespace pai::app

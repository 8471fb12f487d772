// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "core/base/time.h"

namespace pai::app {

/// The playhead: where it stands, where it may go, and its motion at the shot's rate. Frames are of the whole timeline.
/// The clock leads: a slow picture is dropped, never delayed. GUI thread only.
class Playback : public QObject {
  Q_OBJECT
 public:
  explicit Playback(QObject* parent = nullptr);

  core::FrameIndex frame() const { return m_frame; }
  std::int64_t frames() const { return m_frames; }
  core::FrameRate rate() const { return m_rate; }
  void setRate(core::FrameRate rate);
  void setFrames(std::int64_t frames);

  bool isPlaying() const { return m_speed != 0.0; }
  /// Signed speed; 0 is pause.
  double speed() const { return m_speed; }
  bool loop() const { return m_loop; }
  void setLoop(bool loop);
  /// Part of the timeline that plays; empty: all of it.
  core::FrameRange marked() const { return m_marked; }
  void setMarked(core::FrameRange range);
  /// What plays: the marked part or everything.
  core::FrameRange playRange() const;

  /// While sound is heard it is the clock: seconds of it since `placed`; nullopt: the wall clock.
  using SoundClock = std::function<std::optional<double>()>;
  void setSoundClock(SoundClock clock) { m_soundClock = std::move(clock); }

 public slots:
  /// Puts the playhead on a frame, bounded to the timeline; playing goes on from there.
  void seek(qint64 frame);
  void step(int frames);
  void togglePlay();
  void play(double speed);
  void pause();
  /// J and L: faster in that direction, 1, 2, 4, 8 times; through pause when it turns.
  void shuttle(int direction);

 signals:
  void frameChanged(qint64 frame);
  void stateChanged();
  void rangeChanged();
  /// Playing goes on from `frame()`: it began, was put elsewhere, or what plays changed. Time is counted from here; a loop runs
  /// on without being placed again.
  void placed();

 private:
  void tick();
  void restartClock();
  /// What plays changed: goes on from where it stands, or from its beginning.
  void rangeReplaced();

  core::FrameIndex m_frame;
  std::int64_t m_frames = 0;
  core::FrameRate m_rate;
  core::FrameRange m_marked;
  bool m_loop = true;
  double m_speed = 0.0;
  std::int64_t m_startFrame = 0, m_moved = 0;
  SoundClock m_soundClock;
  QElapsedTimer m_clock;
  QTimer m_timer;
};

}  // namespace pai::app

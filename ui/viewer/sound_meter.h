// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include "app/document/playback.h"
#include "app/document/sound_player.h"

namespace pai::ui {

/// How the level of one ear is shown: rises at once, falls by 20 dB in a second, its peak stands for a while. dBFS.
class MeterBallistics {
 public:
  static constexpr double kFloor = -60.0;
  /// The highest sample of the last `seconds`, 0 to 1.
  void take(double sample, double seconds);
  /// Nothing is heard: the bar falls to the floor, the peak of the playing stays.
  void rest();
  /// A new playing begins.
  void reset();
  double level() const { return m_level; }
  double hold() const { return m_hold; }
  /// Highest since the playing began.
  double highest() const { return m_highest; }
  bool clipped() const { return m_clipped; }

 private:
  double m_level = kFloor, m_hold = kFloor, m_highest = kFloor, m_heldSeconds = 0.0;
  bool m_clipped = false;
};

/// Stereo peak meter of what is heard, before volume and mute. Runs only while sound plays. A click or Return clears what it holds.
class SoundMeter : public QWidget {
  Q_OBJECT
 public:
  explicit SoundMeter(QWidget* parent = nullptr);
  void setSound(app::SoundPlayer& sound, app::Playback& playback);
  const MeterBallistics& ear(std::size_t which) const { return m_ears.at(which); }
  bool isRunning() const { return m_turn.isActive(); }
  QSize sizeHint() const override;

 public slots:
  void clear();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void follow();
  void look();
  void describe();
  app::SoundPlayer* m_sound = nullptr;
  app::Playback* m_playback = nullptr;
  std::array<MeterBallistics, core::kSoundChannels> m_ears;
  QTimer m_turn;
  QElapsedTimer m_since;
};

}  // namespace pai::ui

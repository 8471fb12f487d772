// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include "app/document/frame_source.h"
#include "app/document/playback.h"
#include "app/document/sound_output.h"

namespace pai::app {

/// A stretch of the timeline that has sound. Frames.
struct SoundSpan {
  QString path;
  std::int64_t begin = 0, length = 0;  // of the timeline
  std::int64_t sourceBegin = 0;        // of the clip
  bool operator==(const SoundSpan&) const = default;
};

/// Plays the timeline's sound along with the pictures, at normal speed forward only; then it is their clock. Samples come from
/// the frame source a little ahead. A new playing waits for its first sound for a moment at most. GUI thread only.
class SoundPlayer : public QObject {
  Q_OBJECT
 public:
  /// `output` may be null: silence.
  SoundPlayer(FrameSource& source, Playback& playback, std::unique_ptr<SoundOutput> output, QObject* parent = nullptr);
  ~SoundPlayer() override;

  /// What of the timeline has sound, in order and without overlap.
  void setSpans(std::vector<SoundSpan> spans);
  double volume() const { return m_volume; }
  void setVolume(double volume);
  bool isMuted() const { return m_muted; }
  void setMuted(bool muted);
  bool hasSpans() const { return !m_spans.empty(); }
  /// The largest samples heard since the last call, before volume and mute; nothing while none is heard.
  std::optional<SoundPeak> peak();

 signals:
  void spansChanged();
  void volumeChanged();

 private:
  /// Some sound within one clip, or silence (no path); places in samples.
  struct Piece {
    QString path;
    std::int64_t begin = 0, length = 0;  // begin: of the clip
  };
  void place();
  void stop();
  void feed();
  std::optional<double> clock();
  Piece pieceAt(std::int64_t streamPlace) const;
  std::int64_t samplesOf(std::int64_t frames) const;
  void onSound(quint64 ticket, const QByteArray& samples);
  void onMissed(quint64 ticket);
  void pieceHere();

  FrameSource& m_source;
  Playback& m_playback;
  std::unique_ptr<SoundOutput> m_output;
  std::vector<SoundSpan> m_spans;
  std::shared_ptr<SoundStream> m_stream;
  std::map<quint64, std::int64_t> m_asked;  // ticket -> place in the stream
  core::FrameIndex m_startFrame;
  std::int64_t m_fed = 0, m_looked = 0;
  int m_joins = 0;  // of sound that came late, since the user last placed the playing
  bool m_joining = false;
  enum class State { kSilent, kWaiting, kLate, kPlaying };
  State m_state = State::kSilent;
  QElapsedTimer m_waiting;
  QTimer m_feed;
  double m_volume = 1.0;
  bool m_muted = false;
};

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <QByteArray>

#include "core/media/sound_reader.h"

namespace pai::app {

/// The largest sample of each ear, 0 to 32768.
using SoundPeak = std::array<int, core::kSoundChannels>;

/// The sound of one playing, by place (samples from its beginning). Pieces come in any order; what is not there when its place
/// is taken is silence, so that sound never lags behind. Any thread.
class SoundStream {
 public:
  /// Interleaved samples from a place on.
  void put(std::int64_t at, const QByteArray& bytes);
  /// Fills `count` samples of each channel and moves on.
  void take(std::int16_t* to, std::int64_t count);
  std::int64_t taken() const;
  /// The largest samples of what was taken from a place on up to another, within the last second or so; about to a hundredth of a second.
  SoundPeak peak(std::int64_t from, std::int64_t to) const;

 private:
  struct Measured {
    std::int64_t end = 0;
    SoundPeak peak{};
  };
  void measure(const std::int16_t* samples, std::int64_t count);

  mutable std::mutex m_mutex;
  std::array<Measured, 128> m_measured{};  // in a ring: the device's thread allocates nothing for it
  std::size_t m_nextMeasured = 0;
  std::map<std::int64_t, std::vector<std::int16_t>> m_pieces;
  std::int64_t m_taken = 0;
};

/// Where sound is heard. GUI thread only, never blocks. Without a device it is silent and says so by `heardSeconds`.
class SoundOutput {
 public:
  virtual ~SoundOutput() = default;
  /// Plays a stream from its beginning; ends what played before.
  virtual void start(std::shared_ptr<SoundStream> stream) = 0;
  virtual void stop() = 0;
  /// 0 to 1 as an ear judges it; 0 is mute.
  virtual void setVolume(double volume) = 0;
  /// Seconds of the stream that were heard; nullopt when no device plays it.
  virtual std::optional<double> heardSeconds() const = 0;
};

}  // namespace pai::app

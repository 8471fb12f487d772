// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::core {

/// How sound is given out: samples a second, interleaved channels, 16 bits each.
inline constexpr int kSoundRate = 48000;
inline constexpr int kSoundChannels = 2;

/// The first sound of a clip from any place. Positions count samples from the clip's first picture. One thread at a time.
class SoundReader {
 public:
  virtual ~SoundReader() = default;
  /// Errors: those of opening a clip; kFormatUnsupported when it has no sound or none that can be decoded.
  static Result<std::unique_ptr<SoundReader>> open(const std::string& path);
  /// `count` samples from `begin` on, `kSoundChannels` values each; silence where the clip has none, damaged parts are passed
  /// over. kUsage for more than a minute at once.
  virtual Result<std::vector<std::int16_t>> read(std::int64_t begin, std::int64_t count) = 0;
  /// Samples until the sound ends, as the container states it.
  virtual std::int64_t lengthSamples() const = 0;
};

/// What a clip's sound looks like: the least and the greatest of each stretch of samples over all channels, in 1/127 of full
/// scale, one pair after another.
struct SoundPeaks {
  static constexpr std::int64_t kStretch = 240;  // samples of one pair: 5 ms
  std::vector<std::int8_t> pairs;
  std::int64_t count() const { return static_cast<std::int64_t>(pairs.size()) / 2; }
  bool operator==(const SoundPeaks&) const = default;
};

/// Peaks of a clip's sound, at most a day of it. Long; errors of `SoundReader`, kCancelled.
Result<SoundPeaks> measurePeaks(const std::string& path, const StopToken& stop, const ProgressFn& progress);

/// What the kept peaks of all clips may take on disk: some 180 hours of sound.
inline constexpr std::int64_t kPeaksBytes = std::int64_t{256} << 20;
/// The same, kept under the clip's content hash in `cacheFolder`. Long: the clip is hashed.
Result<SoundPeaks> peaksOf(const std::string& path, const StopToken& stop, const ProgressFn& progress);

}  // namespace pai::core

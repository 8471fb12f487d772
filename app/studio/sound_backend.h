// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

namespace pai::studio {

/// What a sound device fetches from. Called in the device's thread.
class SoundFeed {
 public:
  virtual ~SoundFeed() = default;
  /// Fills `count` samples of each channel, while `waiting` fetched before are not heard yet.
  virtual void fetch(std::int16_t* to, std::int64_t count, std::int64_t waiting) = 0;
  /// The device does not play.
  virtual void fail() = 0;
};

/// A sound device, used in one thread. It lives in a module of its own, which is loaded when sound is first played: what it stands on
/// takes the dynamic linker longer than anything else the editor needs for its first paint.
class SoundBackend {
 public:
  virtual ~SoundBackend() = default;
  virtual void start(std::shared_ptr<SoundFeed> feed) = 0;
  virtual void stop() = 0;
  /// 0 to 1, of the amplitude.
  virtual void setGain(double gain) = 0;
};

/// The module's one function.
using MakeSoundBackend = SoundBackend* (*)();
inline constexpr const char* kMakeSoundBackend = "paiMakeSoundBackend";
inline constexpr const char* kSoundModule = "pai-sound.so";

}  // namespace pai::studio

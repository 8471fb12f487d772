// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "inference/sequence.h"

namespace pai::inference {

// Small synthetic shots on which the in-context model can be trained in minutes. A camera pans over a random smooth texture under a
// random coloured light; an object fixed in that world is lit by the same light. The condition video shows the object alone on
// green, as if shot under another light (gain and gamma per channel). Values are -1 to 1.

inline constexpr std::int64_t kToyFrames = 7, kToyRows = 16, kToyColumns = 24;

/// Numbers from a counter and a seed; the same on every machine.
class ToyRandom {
 public:
  explicit ToyRandom(std::uint64_t seed) : m_state(seed) {}
  std::uint64_t next();
  double uniform(double low, double high);
  double normal();
  /// 0 to count - 1.
  std::int64_t below(std::int64_t count);

 private:
  std::uint64_t m_state;
};

struct ToyClip {
  Tensor target_CTHW;      // the true composite
  Tensor condition_CTHW;   // the object in wrong colours, on green
  Tensor background_CTHW;  // the background alone
  Tensor pasted_CTHW;      // the wrongly coloured object over the true background
  Tensor matte_THW;        // 0 background, 1 object
};

/// The clip of a seed.
ToyClip makeToyClip(std::uint64_t seed);

/// `count` different frames in rising order.
std::vector<std::int64_t> pickFrames(ToyRandom& random, std::int64_t count);

/// Clean background frames as references at the positions of their frames.
std::vector<SequenceReference> toyReferences(const ToyClip& clip, const std::vector<std::int64_t>& frames);

/// Linear crossfade of the references over the frames between them, held outside: what an editor does without a model.
Tensor crossfade(const std::vector<SequenceReference>& references);

}  // namespace pai::inference

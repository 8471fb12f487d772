// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/draft/light_match.h"

namespace pai::core {

/// Measures the light that a screen threw on the whole subject, not only on its edges. The lamps shade a surface and the
/// screen's glow hardly does, so surfaces of one hue have the more of the screen's channel the darker they are: how much more
/// is the glow's share. A subject that stands in the light of its own scene shows none of this.
class BounceMeter {
 public:
  explicit BounceMeter(int primary) : m_primary(primary) {}
  /// Counts a frame. Coded values, of which `kCoding` makes linear light.
  void add(const LightSample& sample);
  /// Share of the primary's light on the subject that came from the screen, 0 to kMostBounce; 0 where too little speaks for it.
  float share() const;

 private:
  int m_primary;
  double m_slope = 0.0, m_weight = 0.0;
  std::int64_t m_pairs = 0, m_darkerIsCloser = 0;
};

inline constexpr float kMostBounce = 0.35f;

}  // namespace pai::core

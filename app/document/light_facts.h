// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pai::app {

/// How a frame's light is changed so that the subject belongs to the scene, in stops.
struct LightFacts {
  double exposure = 0.0;            // brighter
  double warmth = 0.0;              // red over blue
  double across = 0.0, down = 0.0;  // the scene's light from one border to the other
  bool operator==(const LightFacts&) const = default;
};

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/draft/camera_follow.h"

namespace pai::core {

/// Frames of a screen without markers, ready for following points: what the paint, its seams and wear leave under the grain,
/// averaged at a coarse size, freed of slow light and falloff, and raised until corners can be told.
class FaintFrames {
 public:
  /// Errors: of the accessors.
  Result<WorkFrame> load(const PlateAccess& clip, FrameIndex frame);
  /// False when the first frame loaded is flat: there is nothing to raise but noise.
  bool structured() const { return m_gain > 0; }

 private:
  double m_gain = -1;  // levels for one level; -1: not known yet, 0: flat
};

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>

#include "app/document/frame_source.h"

namespace pai::app {

enum class MatteMeasure { kHoles, kChatter, kSpill, kEdge, kJump };
inline constexpr int kMatteMeasures = 5;

/// A frame whose matte stands out from its shot.
struct MatteMark {
  MatteMeasure measure = MatteMeasure::kHoles;  // the worst of it
  double value = 0.0, usual = 0.0;              // of that measure, here and in the shot's median
  double severity = 0.0;                        // 1 at the limit
  bool first = false;                           // among the few to look at first
};

/// What to look at in a shot's matte. A measure counts where it is beyond what an eye accepts AND twice the shot's own median:
/// what is the same in every frame (a fast shot chatters everywhere) marks none of them and is told once, as `throughout`. At
/// most an eighth of the frames are `first`, the worst ones.
struct MatteMarks {
  std::map<std::int64_t, MatteMark> frames;
  std::map<MatteMeasure, double> throughout;  // measures that are beyond the limit in the median frame, and that median
};
MatteMarks marksOf(const std::map<std::int64_t, MatteFacts>& facts);

}  // namespace pai::app

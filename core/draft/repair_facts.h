// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/project.h"

namespace pai::core {

/// What is told of a repair. It was made from the frame before and the one after.
struct RepairFacts {
  FrameBox box;
  double area = 0.0;                // fraction of the frame
  std::vector<MattePoint> outline;  // closed, a few points, fractions of the frame
  bool refused = false;
  bool operator==(const RepairFacts&) const = default;
};

/// Parts that a frame may lack at most, largest first; more say that the matte itself is broken.
inline constexpr std::size_t kMostRepairs = 64;
inline constexpr std::size_t kMostRepairPoints = 48;  // of an outline

}  // namespace pai::core

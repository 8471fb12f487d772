// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/document/document.h"

namespace pai::app {

/// A repair of a shot's matte by where it is: frame of the plate, and part of the frame.
struct RepairPlace {
  core::FrameIndex sourceFrame;
  core::FrameBox box;
  bool operator==(const RepairPlace&) const = default;
};

/// Turns the repair of holes and drop-outs on or off for a shot, as one act.
void setRepairs(Document& document, const core::Id& shot, bool on);
/// Refuses repairs, or takes their refusal back, as one act. Nothing to change is no act.
void refuseRepairs(Document& document, const core::Id& shot, const std::vector<RepairPlace>& repairs);
void acceptRepairs(Document& document, const core::Id& shot, const std::vector<RepairPlace>& repairs);

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/document/document.h"
#include "core/base/pack_rules.h"

namespace pai::app {

/// A reference inside its shot, and the latent slot that a render of the whole shot holds it in.
struct HeldReference {
  core::Id id;
  std::int64_t frame = 0, slot = 0;  // of the shot
  bool collides = false;             // another one is held there too
};

/// References of a shot inside `range`, by frame.
std::vector<HeldReference> heldReferences(const core::Shot& shot, const core::FrameRange& range, const core::PackRules& rules);

/// Gives each reference a slot of its own, as one act: of those that share one, what is placed by name or stands first stays, each
/// other moves into the middle of the nearest slot that is free. False when nothing collides or there are more references than
/// slots.
bool separateReferences(Document& document, const core::Id& shot, const core::FrameRange& range, const core::PackRules& rules);

}  // namespace pai::app

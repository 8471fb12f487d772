// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>
#include <vector>

#include "app/document/document.h"
#include "core/base/pack_rules.h"

namespace pai::app {

/// The latent slots of a render. They count from the first frame that is rendered, which is the shot's own only where no part of
/// it is marked. All frames are the shot's.
class SlotGrid {
 public:
  SlotGrid(core::PackRules rules, core::FrameRange rendered) : m_rules(std::move(rules)), m_rendered(rendered) {}
  /// What is rendered; never empty.
  const core::FrameRange& rendered() const { return m_rendered; }
  std::int64_t timeStride() const { return m_rules.timeStride(); }
  std::int64_t count() const { return m_rules.slotOf(m_rendered.length() - 1) + 1; }
  /// The slot that a frame lies in; that of the nearest one that is rendered.
  std::int64_t slotOf(core::FrameIndex frame) const;
  /// Its frames that are rendered.
  core::FrameRange framesOfSlot(std::int64_t slot) const;
  /// Where a reference stands best in it.
  core::FrameIndex middleOfSlot(std::int64_t slot) const;

 private:
  core::PackRules m_rules;
  core::FrameRange m_rendered;
};

/// A reference among the frames that are rendered, and the latent slot that holds it.
struct HeldReference {
  core::Id id;
  std::int64_t frame = 0;  // of the shot
  std::int64_t slot = 0;   // of the render
  bool collides = false;   // another one is held there too
};

/// References of a shot whose range of the plate is `range`, as far as they stand where the grid is, by frame.
std::vector<HeldReference> heldReferences(const core::Shot& shot, const core::FrameRange& range, const SlotGrid& grid);

/// Gives each reference a slot of its own, as one act: of those that share one, what is placed by name or stands first stays, each
/// other moves into the middle of the nearest slot that is free. False when nothing collides or there are more references than
/// slots.
bool separateReferences(Document& document, const core::Id& shot, const core::FrameRange& range, const SlotGrid& grid);

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/slot_edits.h"

#include <algorithm>
#include <map>
#include <set>

#include <QCoreApplication>

#include "app/document/reference_edits.h"

namespace pai::app {
namespace {

struct SlotEdits {
  Q_DECLARE_TR_FUNCTIONS(SlotEdits)
};

/// The free slot nearest to one, the later of two; nullopt when all are taken.
std::optional<std::int64_t> freeSlot(std::int64_t wanted, std::int64_t slotCount, const std::set<std::int64_t>& taken) {
  for (std::int64_t away = 1; away < slotCount; ++away)
    for (const std::int64_t slot : {wanted + away, wanted - away})
      if (slot >= 0 && slot < slotCount && !taken.contains(slot)) return slot;
  return std::nullopt;
}

}  // namespace

std::int64_t SlotGrid::slotOf(core::FrameIndex frame) const {
  return m_rules.slotOf(std::clamp<std::int64_t>(frame - m_rendered.begin, 0, m_rendered.length() - 1));
}

core::FrameRange SlotGrid::framesOfSlot(std::int64_t slot) const {
  const core::FrameRange frames = m_rules.framesOfSlot(slot);
  return core::FrameRange{m_rendered.begin + frames.begin.value, m_rendered.begin + frames.end.value}.intersected(m_rendered);
}

core::FrameIndex SlotGrid::middleOfSlot(std::int64_t slot) const {
  return std::min(m_rendered.begin + m_rules.middleOfSlot(slot), m_rendered.end - 1);
}

std::vector<HeldReference> heldReferences(const core::Shot& shot, const core::FrameRange& range, const SlotGrid& grid) {
  std::vector<HeldReference> held;
  std::map<std::int64_t, int> count;
  for (const core::Reference& reference : shot.references) {
    const auto frame = core::resolveAnchor(reference.anchor, range);
    if (!frame || !grid.rendered().contains(*frame)) continue;
    held.push_back({reference.id, frame->value, grid.slotOf(*frame), false});
    ++count[held.back().slot];
  }
  for (HeldReference& each : held) each.collides = count[each.slot] > 1;
  std::stable_sort(held.begin(), held.end(), [](const HeldReference& a, const HeldReference& b) { return a.frame < b.frame; });
  return held;
}

bool separateReferences(Document& document, const core::Id& shot, const core::FrameRange& range, const SlotGrid& grid) {
  const core::Shot* before = document.shot(shot);
  if (!before || range.empty()) return false;
  std::vector<HeldReference> held = heldReferences(*before, range, grid);
  const std::int64_t slotCount = grid.count();
  if (static_cast<std::int64_t>(held.size()) > slotCount) return false;
  const auto named = [before](const HeldReference& each) { return findReference(*before, each.id)->anchor.kind != core::AnchorKind::kFrame; };
  std::stable_partition(held.begin(), held.end(), named);
  std::set<std::int64_t> taken;
  std::vector<HeldReference> moving;
  for (const HeldReference& each : held)
    if (!taken.insert(each.slot).second) moving.push_back(each);
  if (moving.empty()) return false;
  for (HeldReference& each : moving) {
    each.slot = *freeSlot(each.slot, slotCount, taken);
    taken.insert(each.slot);
    each.frame = grid.middleOfSlot(each.slot).value;
  }
  document.editShot(shot, SlotEdits::tr("Separate references"), [&](core::Shot& s) {
    for (core::Reference& reference : s.references)
      for (const HeldReference& each : moving)
        if (reference.id == each.id) reference.anchor = frameAnchor(range, {each.frame});
  });
  return true;
}

}  // namespace pai::app

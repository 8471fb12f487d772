// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/repair_edits.h"

#include <algorithm>

#include <QCoreApplication>

namespace pai::app {
namespace {

struct RepairEdits {
  Q_DECLARE_TR_FUNCTIONS(RepairEdits)
};

/// True when a refusal is about a repair.
bool concerns(const core::RefusedRepair& refused, const RepairPlace& place) {
  core::MatteRepairs one;
  one.refused = {refused};
  return core::isRefused(one, place.sourceFrame, place.box);
}

}  // namespace

void setRepairs(Document& document, const core::Id& shot, bool on) {
  document.editShot(shot, on ? RepairEdits::tr("Repair the matte") : RepairEdits::tr("Leave the matte unrepaired"),
                    [on](core::Shot& s) { s.repairs.enabled = on; });
}

void refuseRepairs(Document& document, const core::Id& shot, const std::vector<RepairPlace>& repairs) {
  const core::Shot* now = document.shot(shot);
  if (!now) return;
  std::vector<core::RefusedRepair> added;
  for (const RepairPlace& place : repairs) {
    if (core::isRefused(now->repairs, place.sourceFrame, place.box)) continue;
    core::RefusedRepair refused;
    refused.frame = place.sourceFrame;
    refused.box = place.box;
    added.push_back(std::move(refused));
  }
  if (added.empty()) return;
  document.editShot(shot, RepairEdits::tr("Refuse repair"), [&added](core::Shot& s) {
    auto& list = s.repairs.refused;
    list.insert(list.end(), added.begin(), added.end());
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  });
}

void acceptRepairs(Document& document, const core::Id& shot, const std::vector<RepairPlace>& repairs) {
  const core::Shot* now = document.shot(shot);
  const auto named = [&repairs](const core::RefusedRepair& refused) {
    return std::any_of(repairs.begin(), repairs.end(), [&refused](const RepairPlace& place) { return concerns(refused, place); });
  };
  if (!now || std::none_of(now->repairs.refused.begin(), now->repairs.refused.end(), named)) return;
  document.editShot(shot, RepairEdits::tr("Accept repair"), [&named](core::Shot& s) { std::erase_if(s.repairs.refused, named); });
}

}  // namespace pai::app

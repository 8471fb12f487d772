// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project.h"

#include <algorithm>
#include <charconv>

namespace pai::core {
namespace {

template <typename Items>
auto findById(Items& items, const Id& id) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

/// Number behind `prefix` in an identity, 0 when it has another form.
std::uint64_t numberOf(const Id& id, const std::string& prefix) {
  if (id.compare(0, prefix.size(), prefix) != 0) return 0;
  std::uint64_t number = 0;
  const char* const end = id.data() + id.size();
  const auto [stop, ec] = std::from_chars(id.data() + prefix.size(), end, number);
  return ec == std::errc() && stop == end && number < (std::uint64_t{1} << 62) ? number : 0;
}

}  // namespace

const Media* Project::findMedia(const Id& id) const { return findById(media, id); }
const Shot* Project::findShot(const Id& id) const { return findById(shots, id); }
Shot* Project::findShot(const Id& id) { return findById(shots, id); }

std::optional<FrameIndex> resolveAnchor(const Anchor& anchor, const FrameRange& range) {
  if (range.empty()) return std::nullopt;
  switch (anchor.kind) {
    case AnchorKind::kBegin:
      return FrameIndex{0};
    case AnchorKind::kMiddle:
      return FrameIndex{range.length() / 2};  // (frames - 1) / 2, halves up
    case AnchorKind::kEnd:
      return FrameIndex{range.length() - 1};
    case AnchorKind::kFrame:
      break;
  }
  if (!range.contains(anchor.frame)) return std::nullopt;
  return FrameIndex{anchor.frame - range.begin};
}

bool isRefused(const MatteRepairs& repairs, FrameIndex frame, const FrameBox& box) {
  const auto areaOf = [](const FrameBox& b) { return std::max(0.0, b.right - b.left) * std::max(0.0, b.bottom - b.top); };
  return std::any_of(repairs.refused.begin(), repairs.refused.end(), [&](const RefusedRepair& r) {
    const FrameBox common{std::max(box.left, r.box.left), std::max(box.top, r.box.top), std::min(box.right, r.box.right),
                          std::min(box.bottom, r.box.bottom)};
    const double smaller = std::min(areaOf(box), areaOf(r.box));
    return r.frame == frame && smaller > 0.0 && common.right > common.left && areaOf(common) >= 0.5 * smaller;
  });
}

Id newId(const Project& project, const std::string& prefix) {
  std::uint64_t largest = 0;
  const auto see = [&](const auto& items) {
    for (const auto& item : items) largest = std::max(largest, numberOf(item.id, prefix));
  };
  see(project.media);
  see(project.shots);
  for (const Shot& shot : project.shots) {
    see(shot.references);
    see(shot.matte);
    see(shot.markers);
  }
  return prefix + std::to_string(largest + 1);
}

}  // namespace pai::core

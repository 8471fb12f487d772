// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project.h"

#include <algorithm>
#include <set>

namespace pai::core {

const Media* Project::findMedia(const Id& id) const {
  const auto it = std::find_if(media.begin(), media.end(), [&id](const Media& m) { return m.id == id; });
  return it == media.end() ? nullptr : &*it;
}

const Shot* Project::findShot(const Id& id) const {
  const auto it = std::find_if(shots.begin(), shots.end(), [&id](const Shot& s) { return s.id == id; });
  return it == shots.end() ? nullptr : &*it;
}

Shot* Project::findShot(const Id& id) { return const_cast<Shot*>(std::as_const(*this).findShot(id)); }

std::optional<FrameIndex> resolveAnchor(const Anchor& anchor, const FrameRange& range) {
  if (range.empty()) return std::nullopt;
  switch (anchor.kind) {
    case AnchorKind::kBegin: return FrameIndex{0};
    case AnchorKind::kMiddle: return FrameIndex{range.length() / 2};  // (frames - 1) / 2, halves up
    case AnchorKind::kEnd: return FrameIndex{range.length() - 1};
    case AnchorKind::kFrame: break;
  }
  if (!range.contains(anchor.frame)) return std::nullopt;
  return FrameIndex{anchor.frame - range.begin};
}

Id newId(const Project& project, const std::string& prefix) {
  std::set<Id> taken;
  for (const Media& m : project.media) taken.insert(m.id);
  for (const Shot& shot : project.shots) {
    taken.insert(shot.id);
    for (const Reference& r : shot.references) taken.insert(r.id);
    for (const MatteLayer& layer : shot.matte) taken.insert(layer.id);
  }
  for (std::int64_t n = 1;; ++n) {
    Id id = prefix + std::to_string(n);
    if (!taken.contains(id)) return id;
  }
}

}  // namespace pai::core

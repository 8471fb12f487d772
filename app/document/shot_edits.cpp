// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/shot_edits.h"

#include <algorithm>

#include <QCoreApplication>

#include "core/draft/camera_move.h"

namespace pai::app {
namespace {

struct ShotEdits {
  Q_DECLARE_TR_FUNCTIONS(ShotEdits)
};

core::CameraMove moveOf(const core::CameraKey& key) { return {key.pan, key.tilt, key.zoom, key.roll}; }

/// The camera at a frame by keyframes alone: straight between two of them; nullopt outside them.
std::optional<core::CameraMove> byKeys(const std::vector<core::CameraKey>& keys, std::int64_t frame) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].frame.value == frame) return moveOf(keys[i]);
    if (i + 1 == keys.size() || keys[i].frame.value > frame || keys[i + 1].frame.value < frame) continue;
    const double t = static_cast<double>(frame - keys[i].frame.value) /
                     static_cast<double>(keys[i + 1].frame.value - keys[i].frame.value);
    const core::CameraMove a = moveOf(keys[i]), b = moveOf(keys[i + 1]);
    return core::CameraMove{a.pan + (b.pan - a.pan) * t, a.tilt + (b.tilt - a.tilt) * t, a.zoom + (b.zoom - a.zoom) * t,
                            a.roll + (b.roll - a.roll) * t};
  }
  return std::nullopt;
}

QSize sizeOf(const MediaCatalog& catalog, const core::Shot& shot) {
  if (shot.render.width > 0 && shot.render.height > 0) return {shot.render.width, shot.render.height};
  const MediaFacts* facts = catalog.facts(shot.plate);
  return facts ? facts->size : QSize(1920, 1080);
}

}  // namespace

core::Shot trimmedShot(core::Shot shot, const core::FrameRange& before, const core::FrameRange& after,
                       const std::vector<CameraFacts>& solved, QSize size) {
  shot.range = after;
  const std::int64_t moved = after.begin - before.begin;
  auto& keys = shot.camera.keys;
  if (keys.empty() || moved == 0) return shot;
  std::optional<core::CameraMove> base = byKeys(keys, moved);
  if (moved > 0 && static_cast<std::size_t>(moved) < solved.size()) {
    const CameraFacts& f = solved[static_cast<std::size_t>(moved)];
    base = core::CameraMove{f.pan, f.tilt, f.zoom, f.roll};
  }
  const cv::Size frame(size.width(), size.height());
  const cv::Matx33d toNew = base ? core::similarityOf(*base, frame).inv() : cv::Matx33d::eye();
  for (core::CameraKey& key : keys) {
    key.frame.value -= moved;
    if (!base) continue;
    const core::CameraMove now = core::moveOf(core::normalised(toNew * core::similarityOf(moveOf(key), frame)), frame);
    key.pan = now.pan;
    key.tilt = now.tilt;
    key.zoom = now.zoom;
    key.roll -= base->roll;  // whole turns are kept
  }
  return shot;
}

std::optional<core::Id> splitShot(Document& document, const MediaCatalog& catalog, const core::Id& shot, core::FrameIndex at,
                                  const std::vector<CameraFacts>& solved) {
  const core::Shot* whole = document.shot(shot);
  if (!whole) return std::nullopt;
  const core::FrameRange range = catalog.rangeOf(*whole);
  const core::FrameIndex cut = range.begin + at.value;
  if (cut <= range.begin || cut >= range.end) return std::nullopt;
  const QSize size = sizeOf(catalog, *whole);
  const core::Id second = core::newId(document.project(), "shot");
  document.editProject(ShotEdits::tr("Split shot"), [&](core::Project& project) {
    const auto it = std::find_if(project.shots.begin(), project.shots.end(), [&shot](const core::Shot& s) { return s.id == shot; });
    core::Shot part = trimmedShot(*it, range, {cut, range.end}, solved, size);
    *it = trimmedShot(*it, range, {range.begin, cut}, solved, size);
    std::erase_if(it->markers, [cut](const core::Marker& m) { return m.frame >= cut; });
    std::erase_if(part.markers, [cut](const core::Marker& m) { return m.frame < cut; });
    part.id = second;
    part.name += " b";
    // References and layers get names of their own; those out of either part stay with both, dimmed.
    core::Project named = project;
    for (core::Reference& r : part.references) {
      r.id = core::newId(named, "reference");
      named.shots.front().references.push_back(r);
    }
    for (core::MatteLayer& l : part.matte) {
      l.id = core::newId(named, "matte");
      named.shots.front().matte.push_back(l);
    }
    project.shots.insert(std::next(it), std::move(part));
  });
  return second;
}

void trimShot(Document& document, const MediaCatalog& catalog, const core::Shot& original, core::FrameRange range,
              const std::vector<CameraFacts>& solved, const QString& mergeKey) {
  const core::FrameRange before = catalog.rangeOf(original);
  if (before.empty()) return;
  const MediaFacts* facts = catalog.facts(original.plate);
  const core::FrameIndex last{facts ? facts->frames : before.end.value};
  range.begin = std::clamp(range.begin, core::FrameIndex{0}, std::max(core::FrameIndex{0}, last - 1));
  range.end = std::clamp(range.end, range.begin + 1, std::max(range.begin + 1, last));
  const core::Shot after = trimmedShot(original, before, range, solved, sizeOf(catalog, original));
  document.editShot(original.id, ShotEdits::tr("Trim shot"), [&after](core::Shot& s) {
    s.range = after.range;
    s.camera.keys = after.camera.keys;
  }, mergeKey);
}

void moveShot(Document& document, const core::Id& shot, std::size_t place) {
  document.editProject(ShotEdits::tr("Move shot"), [&shot, place](core::Project& project) {
    const auto it = std::find_if(project.shots.begin(), project.shots.end(), [&shot](const core::Shot& s) { return s.id == shot; });
    if (it == project.shots.end()) return;
    core::Shot moved = std::move(*it);
    project.shots.erase(it);
    const std::size_t at = std::min(place, project.shots.size());
    project.shots.insert(project.shots.begin() + static_cast<std::ptrdiff_t>(at), std::move(moved));
  });
}

bool isReviewed(const core::Shot& shot, core::FrameIndex sourceFrame) {
  return std::any_of(shot.reviewed.begin(), shot.reviewed.end(), [sourceFrame](const core::ReviewedRange& r) { return r.range.contains(sourceFrame); });
}

void toggleReviewed(Document& document, const core::Id& shot, const core::FrameRange& range) {
  const core::Shot* now = document.shot(shot);
  if (!now || range.empty()) return;
  bool all = true;
  for (core::FrameIndex f = range.begin; f < range.end && all; f = f + 1) all = isReviewed(*now, f);
  document.editShot(shot, all ? ShotEdits::tr("Mark as not reviewed") : ShotEdits::tr("Mark as reviewed"), [&range, all](core::Shot& s) {
    std::vector<core::ReviewedRange> kept;
    core::ReviewedRange added;
    added.range = range;
    for (const core::ReviewedRange& r : s.reviewed) {
      const bool apart = r.range.end < range.begin || range.end < r.range.begin;
      if (apart || !r.note.empty()) {
        kept.push_back(r);
      } else if (all) {  // what is left of it on both sides
        core::ReviewedRange before = r, after = r;
        before.range.end = std::min(r.range.end, range.begin);
        after.range.begin = std::max(r.range.begin, range.end);
        if (!before.range.empty()) kept.push_back(before);
        if (!after.range.empty()) kept.push_back(after);
      } else {
        added.range = {std::min(added.range.begin, r.range.begin), std::max(added.range.end, r.range.end)};
      }
    }
    if (!all) kept.push_back(added);
    std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.range.begin < b.range.begin; });
    s.reviewed = std::move(kept);
  });
}

}  // namespace pai::app

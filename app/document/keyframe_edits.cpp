// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/keyframe_edits.h"

#include <algorithm>

#include <QCoreApplication>

namespace pai::app {
namespace {

struct KeyframeEdits {
  Q_DECLARE_TR_FUNCTIONS(KeyframeEdits)
};

template <typename Key>
void sortInTime(std::vector<Key>& keys) {
  std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.frame < b.frame; });
}

/// Calls `visit` with the keyframes of the camera and of each outline, and whose they are.
template <typename Keyframes, typename Visit>
void visitEach(Keyframes& all, const Visit& visit) {
  visit(core::Id(), all.camera);
  for (auto& [layer, keys] : all.outlines) visit(layer, keys);
}

template <typename Key>
bool moveWithin(std::vector<Key>& keys, const core::Id& layer, const KeyframePlaces& places, std::int64_t frames) {
  std::set<std::int64_t> staying;
  for (const Key& key : keys)
    if (!places.contains({layer, key.frame.value})) staying.insert(key.frame.value);
  for (Key& key : keys) {
    if (!places.contains({layer, key.frame.value})) continue;
    key.frame.value += frames;
    if (staying.contains(key.frame.value)) return false;
  }
  sortInTime(keys);
  return true;
}

/// Puts keyframes among others; one that stands on the frame of an added one is replaced.
template <typename Key>
void putAmong(std::vector<Key>& keys, const std::vector<Key>& added) {
  for (const Key& key : added) std::erase_if(keys, [&key](const Key& k) { return k.frame == key.frame; });
  keys.insert(keys.end(), added.begin(), added.end());
  sortInTime(keys);
}

QString countedText(std::size_t count, const QString& one, const QString& many) { return count > 1 ? many : one; }

}  // namespace

ShotKeyframes keyframesOf(const core::Shot& shot, core::FrameRange range) {
  ShotKeyframes out{shot.camera.keys, {}};
  for (const core::MatteLayer& layer : shot.matte) {
    if (layer.source != core::MatteSource::kShape) continue;
    std::vector<core::MatteShapeKey>& keys = out.outlines[layer.id] = layer.shape;
    for (core::MatteShapeKey& key : keys) key.frame.value -= range.begin.value;
  }
  return out;
}

ShotKeyframes keyframesOn(const ShotKeyframes& all, const KeyframePlaces& places) {
  ShotKeyframes out = all;
  visitEach(out, [&places](const core::Id& layer, auto& keys) {
    std::erase_if(keys, [&](const auto& key) { return !places.contains({layer, key.frame.value}); });
  });
  std::erase_if(out.outlines, [](const auto& entry) { return entry.second.empty(); });
  return out;
}

KeyframePlaces placesOf(const ShotKeyframes& keyframes) {
  KeyframePlaces out;
  visitEach(keyframes, [&out](const core::Id& layer, const auto& keys) {
    for (const auto& key : keys) out.insert({layer, key.frame.value});
  });
  return out;
}

std::int64_t freeFrames(const ShotKeyframes& all, const KeyframePlaces& places, std::int64_t frames, std::int64_t length, InTheWay inTheWay) {
  if (places.empty()) return 0;
  std::int64_t first = length, last = 0;
  for (const KeyframePlace& place : places) {
    first = std::min(first, place.frame);
    last = std::max(last, place.frame);
  }
  const std::int64_t least = -first, most = std::max(least, length - 1 - last), wished = std::clamp(frames, least, most);
  const KeyframePlaces standing = placesOf(all);
  const auto isFree = [&](std::int64_t by) {
    return by >= least && by <= most && std::none_of(places.begin(), places.end(), [&](const KeyframePlace& place) {
      const KeyframePlace to{place.layer, place.frame + by};
      return standing.contains(to) && !places.contains(to);
    });
  };
  const std::int64_t ahead = wished < 0 ? -1 : 1;
  const bool overFirst = inTheWay == InTheWay::kGoOver;
  for (std::int64_t away = 0; away <= std::abs(wished); ++away) {
    const std::int64_t over = wished + ahead * away, beside = wished - ahead * away;
    for (const std::int64_t by : {overFirst ? over : beside, overFirst ? beside : over})
      if (isFree(by)) return by;
  }
  return 0;
}

std::optional<ShotKeyframes> movedKeyframes(ShotKeyframes all, const KeyframePlaces& places, const KeyframeMove& move) {
  for (core::CameraKey& key : all.camera) {
    if (move.amount == 0.0 || !places.contains({{}, key.frame.value})) continue;
    key.*move.channel += move.amount;
    key.zoom = std::max(kLeastCameraZoom, key.zoom);
  }
  bool free = true;
  visitEach(all, [&](const core::Id& layer, auto& keys) { free = free && moveWithin(keys, layer, places, move.frames); });
  return free ? std::optional(std::move(all)) : std::nullopt;
}

void setKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const ShotKeyframes& keyframes, const QString& text,
                  const QString& mergeKey) {
  document.editShot(shot, text, [&keyframes, range](core::Shot& s) {
    s.camera.keys = keyframes.camera;
    for (core::MatteLayer& layer : s.matte) {
      const auto it = keyframes.outlines.find(layer.id);
      if (layer.source != core::MatteSource::kShape || it == keyframes.outlines.end()) continue;
      layer.shape = it->second;
      for (core::MatteShapeKey& key : layer.shape) key.frame.value += range.begin.value;
    }
  }, mergeKey);
}

KeyframePlaces pasteKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const ShotKeyframes& copied, std::int64_t frame) {
  const core::Shot* now = document.shot(shot);
  if (!now) return {};
  ShotKeyframes all = keyframesOf(*now, range), added = copied;
  std::erase_if(added.outlines, [&all](const auto& entry) {
    const auto it = all.outlines.find(entry.first);
    return it == all.outlines.end() || it->second.empty() || it->second.front().points.size() != entry.second.front().points.size();
  });
  visitEach(added, [&](const core::Id&, auto& keys) {
    for (auto& key : keys) key.frame.value += frame;
    std::erase_if(keys, [&](const auto& key) { return key.frame.value < 0 || key.frame.value >= range.length(); });
  });
  KeyframePlaces places = placesOf(added);
  if (places.empty()) return {};
  putAmong(all.camera, added.camera);
  for (const auto& [layer, keys] : added.outlines) putAmong(all.outlines[layer], keys);
  setKeyframes(document, shot, range, all, countedText(places.size(), KeyframeEdits::tr("Paste keyframe"), KeyframeEdits::tr("Paste keyframes")));
  return places;
}

void removeKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places) {
  const core::Shot* now = document.shot(shot);
  if (!now) return;
  ShotKeyframes all = keyframesOf(*now, range);
  visitEach(all, [&places](const core::Id& layer, auto& keys) {
    const auto before = keys;
    std::erase_if(keys, [&](const auto& key) { return places.contains({layer, key.frame.value}); });
    if (keys.empty() && !layer.empty() && !before.empty()) keys = {before.front()};
  });
  setKeyframes(document, shot, range, all, countedText(places.size(), KeyframeEdits::tr("Remove keyframe"), KeyframeEdits::tr("Remove keyframes")));
}

void setCameraValue(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places, double core::CameraKey::*channel,
                    double value) {
  const core::Shot* now = document.shot(shot);
  if (!now) return;
  ShotKeyframes all = keyframesOf(*now, range);
  for (core::CameraKey& key : all.camera)
    if (places.contains({{}, key.frame.value})) key.*channel = value;
  setKeyframes(document, shot, range, all, KeyframeEdits::tr("Type camera keyframe"));
}

void setInterpolation(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places, core::KeyInterpolation how) {
  const core::Shot* now = document.shot(shot);
  if (!now) return;
  ShotKeyframes all = keyframesOf(*now, range);
  visitEach(all, [&](const core::Id& layer, auto& keys) {
    for (auto& key : keys)
      if (places.contains({layer, key.frame.value})) key.interpolation = how;
  });
  const QString text = how == core::KeyInterpolation::kSmooth   ? KeyframeEdits::tr("Keyframe: smooth")
                       : how == core::KeyInterpolation::kLinear ? KeyframeEdits::tr("Keyframe: linear")
                                                                : KeyframeEdits::tr("Keyframe: hold");
  setKeyframes(document, shot, range, all, text);
}

core::KeyInterpolation interpolationAt(const std::vector<core::CameraKey>& keys, core::FrameIndex frame) {
  const core::CameraKey* before = nullptr;
  for (const core::CameraKey& key : keys)
    if (key.frame <= frame && (!before || before->frame <= key.frame)) before = &key;
  return before ? before->interpolation : core::CameraKey().interpolation;
}

}  // namespace pai::app

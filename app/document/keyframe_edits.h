// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <QString>

#include "app/document/document.h"

namespace pai::app {

/// Where a keyframe of a shot stands: the camera's, or with a matte layer that layer's outline; `frame` counts from the shot's first.
struct KeyframePlace {
  core::Id layer;  // "" = the camera
  std::int64_t frame = 0;
  auto operator<=>(const KeyframePlace&) const = default;
};
using KeyframePlaces = std::set<KeyframePlace>;

/// The keyframes of a shot: the camera's, and each outline's by its layer. Frames of the shot.
struct ShotKeyframes {
  std::vector<core::CameraKey> camera;
  std::map<core::Id, std::vector<core::MatteShapeKey>> outlines;
  bool operator==(const ShotKeyframes&) const = default;
};

/// The keyframes of a shot whose range of the plate is `range`.
ShotKeyframes keyframesOf(const core::Shot& shot, core::FrameRange range);
/// Those of them on some places.
ShotKeyframes keyframesOn(const ShotKeyframes& all, const KeyframePlaces& places);
KeyframePlaces placesOf(const ShotKeyframes& keyframes);
/// Frames by which those on `places` can be moved at most, of `frames` wished for, none past the ends of a shot of `length`.
std::int64_t boundedFrames(const KeyframePlaces& places, std::int64_t frames, std::int64_t length);
/// The keyframes after those on `places` moved by frames; nullopt where one would land on another that stays.
std::optional<ShotKeyframes> movedKeyframes(ShotKeyframes all, const KeyframePlaces& places, std::int64_t frames);

/// Gives a shot these keyframes as one act.
void setKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const ShotKeyframes& keyframes, const QString& text,
                  const QString& mergeKey = {});
/// Adds copies whose frames count from `frame` on as one act, and gives where they stand; what has no outline of as many points, or no
/// room in the shot, is left out.
KeyframePlaces pasteKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const ShotKeyframes& copied, std::int64_t frame);
/// Removes keyframes as one act; an outline keeps its first when all of its keyframes go.
void removeKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places);
/// Says how keyframes go on to the next as one act.
void setInterpolation(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places, core::KeyInterpolation how);

/// How a new keyframe between these goes on: as the one before it, so that the curve around it stays alike.
core::KeyInterpolation interpolationAt(const std::vector<core::CameraKey>& keys, core::FrameIndex frame);

}  // namespace pai::app

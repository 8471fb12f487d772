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
/// What keyframes do that would land on one that stays: stop beside it, on the side they come from, or go over it to the other.
enum class InTheWay { kStopBeside, kGoOver };
/// Frames nearest to `frames` by which those on `places` can be moved: none past the ends of a shot of `length`, none onto one that stays.
std::int64_t freeFrames(const ShotKeyframes& all, const KeyframePlaces& places, std::int64_t frames, std::int64_t length, InTheWay inTheWay);
inline constexpr double kLeastCameraZoom = 0.01;
/// How keyframes are moved together: by frames, and the camera's in one of their values by an amount.
struct KeyframeMove {
  std::int64_t frames = 0;
  double core::CameraKey::*channel = &core::CameraKey::pan;
  double amount = 0.0;
};
/// The keyframes after those on `places` moved, no zoom to nothing; nullopt where one would land on another that stays.
std::optional<ShotKeyframes> movedKeyframes(ShotKeyframes all, const KeyframePlaces& places, const KeyframeMove& move);

/// Gives a shot these keyframes as one act.
void setKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const ShotKeyframes& keyframes, const QString& text,
                  const QString& mergeKey = {});
/// Adds copies whose frames count from `frame` on as one act, and gives where they stand; what has no outline of as many points, or no
/// room in the shot, is left out.
KeyframePlaces pasteKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const ShotKeyframes& copied, std::int64_t frame);
/// Removes keyframes as one act; an outline keeps its first when all of its keyframes go.
void removeKeyframes(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places);
/// Gives the camera's among keyframes one value as one act.
void setCameraValue(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places, double core::CameraKey::*channel,
                    double value);
/// Says how keyframes go on to the next as one act.
void setInterpolation(Document& document, const core::Id& shot, core::FrameRange range, const KeyframePlaces& places, core::KeyInterpolation how);

/// How a new keyframe between these goes on: as the one before it, so that the curve around it stays alike.
core::KeyInterpolation interpolationAt(const std::vector<core::CameraKey>& keys, core::FrameIndex frame);

}  // namespace pai::app

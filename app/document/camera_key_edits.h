// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <vector>

#include <QString>

#include "app/document/document.h"

namespace pai::app {

/// How keyframes are moved together: by frames, and one of their values by an amount.
struct CameraKeyMove {
  std::int64_t frames = 0;
  double core::CameraKey::*channel = &core::CameraKey::pan;
  double amount = 0.0;
};

/// Keyframes of a shot of `length` frames after those on `selected` moved, none of them past the shot's ends and no zoom to nothing;
/// nullopt where one would land on another that stays.
std::optional<std::vector<core::CameraKey>> movedCameraKeys(std::vector<core::CameraKey> keys, const std::set<std::int64_t>& selected,
                                                            CameraKeyMove move, std::int64_t length);
/// Frames by which those on `selected` can be moved at most, of `frames` wished for.
std::int64_t boundedFrames(const std::set<std::int64_t>& selected, std::int64_t frames, std::int64_t length);
/// Gives a shot these keyframes as one act, in the order of time.
void setCameraKeys(Document& document, const core::Id& shot, std::vector<core::CameraKey> keys, const QString& text, const QString& mergeKey = {});
/// Adds keyframes as one act; one that stands on the frame of an added one is replaced.
void addCameraKeys(Document& document, const core::Id& shot, const std::vector<core::CameraKey>& added, const QString& text);
void removeCameraKeys(Document& document, const core::Id& shot, const std::set<std::int64_t>& frames);

/// One value of the camera over a shot: as it was solved, bent through the keyframes as they are now. Frames of the shot; `solved`
/// may be empty, and what lies past its end rests.
std::vector<double> cameraCurve(const std::vector<double>& solved, const std::vector<core::CameraKey>& keys, double core::CameraKey::*channel,
                                double rest, std::int64_t length);

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

#include "app/document/document.h"

namespace pai::app {

/// Adds keyframes as one act; one that stands on the frame of an added one is replaced.
void addCameraKeys(Document& document, const core::Id& shot, const std::vector<core::CameraKey>& added, const QString& text);

/// One value of the camera over a shot: as it was solved, bent through the keyframes as they are now. Frames of the shot; `solved`
/// may be empty, and what lies past its end rests.
std::vector<double> cameraCurve(const std::vector<double>& solved, const std::vector<core::CameraKey>& keys, double core::CameraKey::*channel,
                                double rest, std::int64_t length);

}  // namespace pai::app

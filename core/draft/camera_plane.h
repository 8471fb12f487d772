// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/draft/camera_space.h"

namespace pai::core {

/// Finds the set's dominant plane among a solved camera's points: the one that covers most of the picture (of two that cover
/// as much, the one proven by more parallax). Fills `plane`, `planeShare` and `parallaxPx`.
void findPlane(const PointTracks& tracks, SpaceCamera& camera);

/// How much worse the solved camera explains the points of the plane than a free map of the plane for each frame does: about 1
/// for a set seen through one centred lens; more where the lens zooms, bends or was cropped off its axis.
double planeMisfit(const PointTracks& tracks, const SpaceCamera& camera);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/draft/background.h"

namespace pai::core {

/// Bends a solved camera smoothly so that it passes exactly through the hand keys; between keys the solved motion's detail stays.
/// Keys outside the shot are ignored. The camera in space no longer holds and is dropped.
void applyHandKeys(const std::vector<CameraKey>& keys, CameraCurve& curve);
/// Monotone cubic (Fritsch-Carlson) through points whose `x` rise, at rest at the first and last; constant outside. At least one point.
double smoothThrough(const std::vector<double>& x, const std::vector<double>& y, double at);
/// Pan, tilt, zoom and roll of every sample from its map.
void updateMoves(CameraCurve& curve);

}  // namespace pai::core

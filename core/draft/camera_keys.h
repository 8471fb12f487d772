// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/draft/background.h"

namespace pai::core {

/// Bends a solved camera so that it passes exactly through the hand keys, what they add going from one to the next as each says;
/// between keys the solved motion's detail stays.
/// Keys outside the shot are ignored. The camera in space no longer holds and is dropped.
void applyHandKeys(const std::vector<CameraKey>& keys, CameraCurve& curve);
/// Pan, tilt, zoom and roll of every sample from its map.
void updateMoves(CameraCurve& curve);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/base/result.h"
#include "core/draft/background_layers.h"

namespace pai::core {

/// Finds the depth of what neighbouring references show, where they show one rigid place from two standpoints, and how the
/// frames between them see it; fills the scene's `pairs` and the frames' `pair`, `fromFirst` and `share`. Frames whose
/// camera was measured against the references themselves keep that. Errors: kCancelled.
Status buildPairs(const CameraCurve& camera, const std::vector<PlacedReference>& references, Scene& scene, const StopToken& stop);

/// The inverse depths that one pair gives a reference over those that another pair gives it; nothing where too few are known.
std::optional<float> unitRatio(const DepthPicture& from, const DepthPicture& to);

}  // namespace pai::core

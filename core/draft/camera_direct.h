// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/draft/background.h"

namespace pai::core {

/// Measures, for the frames around each reference, how the clip's picture lies on that reference (map and residual field),
/// starting at the reference's own frame and going outward. Only motion is kept, no pixel of the clip. Fills the samples'
/// `references` where the two show the same place; returns how many measurements held. `references` are sorted by frame.
Result<int> measureAgainstReferences(const PlateAccess& clip, const std::vector<PlacedReference>& references,
                                     CameraCurve& curve, const StopToken& stop, const ProgressFn& progress);

}  // namespace pai::core

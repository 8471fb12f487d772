// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/draft/background.h"

namespace pai::core {

/// Reconciles the camera with what neighbouring references show of each other. A camera measured on the set moves the set's
/// plane; the new place lies at other depths. Where two references register, the frames between them are led from the one
/// to the other: the plate keeps the timing and shake, the registration sets the distance, and what one map leaves
/// (parallax) becomes a residual field that grows with the way. Fills the samples' `references`. `wide` also tries a
/// wide-baseline search where the camera's own guess does not hold. `references` are sorted by frame. Errors: kCancelled.
Status alignReferences(const std::vector<PlacedReference>& references, bool wide, CameraCurve& curve, const StopToken& stop,
                       const ProgressFn& progress);

}  // namespace pai::core

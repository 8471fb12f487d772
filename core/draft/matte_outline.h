// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/project.h"

namespace pai::core {

/// The outline at a frame, in fractions of the frame: a point a vertex, or a fine polyline of the spline.
std::vector<MattePoint> outlineAt(const MatteLayer& layer, FrameIndex frame);

}  // namespace pai::core

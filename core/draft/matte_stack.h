// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/project.h"
#include "core/base/result.h"

namespace pai::core {

/// Coverage of one layer at the frame and size asked for, CV_32F; an empty picture says nothing for this frame (a painted
/// frame of another time).
using LayerMatteFn = std::function<Result<cv::Mat>(const MatteLayer& layer)>;

/// Combines the enabled layers bottom to top: add is the union (larger), intersect the common part (smaller), subtract cuts
/// out. A stack that begins by subtracting or intersecting starts from the whole frame. Feather and inversion are applied to
/// each layer, `scale` being the size over the shot's. A painted frame replaces what lies below it (add), cuts or limits it.
Result<cv::Mat> combineMattes(const std::vector<MatteLayer>& layers, cv::Size size, double scale, const LayerMatteFn& matteOf);

/// A polygon or smooth closed spline at `frame` (of the source clip), outlines interpolated between keyframes; CV_32F.
/// Outlines of different point counts change at the later key.
cv::Mat drawShape(const MatteLayer& layer, FrameIndex frame, cv::Size size);

}  // namespace pai::core

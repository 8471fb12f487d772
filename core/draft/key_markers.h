// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"

namespace pai::core {

/// Takes what belongs to the screen off a raw matte: tracking markers, which are small compact parts that stand alone on it, and
/// faint seams and folds. `reachPx` is the size of the largest marker. Where such parts show the markers' paint, thin parts of
/// its colour that touch the subject go too.
void removeMarkers(cv::Mat& alpha, const Planes& frame, double reachPx);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

namespace pai::core {

/// Takes tracking markers off a raw matte: small compact parts that stand alone on the screen. `reachPx` is the size of the
/// largest marker. Parts that touch the subject or the frame's border stay.
void removeMarkers(cv::Mat& alpha, double reachPx);

}  // namespace pai::core

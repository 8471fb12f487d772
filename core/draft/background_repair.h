// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/background_sweep.h"

namespace pai::core {

/// Spreads the farther depth over blank areas that have two; fills what is not `agreed` from its surroundings, by colour and by
/// what `views` (to the other picture) can have hidden; moves borders (depth changes by more than `step`) to edges of the picture.
void repairDepth(cv::Mat& depth, cv::Mat& agreed, const cv::Mat& picture, const TwoViews& views, double step);

}  // namespace pai::core

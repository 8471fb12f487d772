// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/key_screen.h"

namespace pai::core {

/// The light of a screen (CV_32FC3 cells) with shadows removed. The logarithm of its light is taken as a smooth surface on
/// the upper side of what is seen, and a profile across near-horizontal lines: floor, sweep and wall catch light differently.
/// `weight` (CV_32F) tells how much of each cell is screen.
cv::Mat litSurface(const ScreenColour& screen, const cv::Mat& cells, const cv::Mat& weight);

}  // namespace pai::core

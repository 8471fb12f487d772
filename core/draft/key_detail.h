// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"

namespace pai::core {

/// Gives a key of a plate with coarse chroma samples (4:2:0, 4:2:2) back its detail: around each pixel alpha is taken to follow
/// luma along a line (He et al. 2010), which chroma and luma of the chroma's size show; along it goes what luma has finer.
void addLumaDetail(cv::Mat& alpha, const Planes& frame);

}  // namespace pai::core

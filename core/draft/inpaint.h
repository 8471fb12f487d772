// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/base/stop.h"

namespace pai::core {

/// Fills `picture` (CV_8UC3 or CV_16UC3) where `known` (CV_8U) is 0 with patches of what is known (PatchMatch, coarse to
/// fine, Wexler's vote; Barnes et al. 2009). Correspondences are found on a small picture, pixels copied at full size.
/// Deterministic. False when stopped; a picture with nothing known becomes mid grey.
bool fillUnknown(cv::Mat& picture, const cv::Mat& known, const StopToken& stop);
/// The same for `wanted` (CV_8U) alone, with what is beside it; the rest of the unknown is nothing that a patch has to fit to. `nearness`
/// (CV_32F, in steps that part surfaces) says how near what is known lies, and how near a patch may for what shall be filled.
bool fillWanted(cv::Mat& picture, const cv::Mat& known, const cv::Mat& wanted, const cv::Mat& nearness, const StopToken& stop);

}  // namespace pai::core

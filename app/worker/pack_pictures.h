// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/media/picture.h"

namespace pai::worker {

/// A picture's display values as CV_32FC1 or CV_32FC3 in [0, 1]; linear samples are coded as sRGB, alpha is left out.
cv::Mat displayed(const core::Picture& picture);
/// Display values as a picture of `like`'s sample type and tags; the inverse of `displayed`.
core::Picture pictureLike(const cv::Mat& display, const core::Picture& like);
/// Every value brought into [0, 1], in place; CV_32F.
void clampToUnit(cv::Mat& values);
/// front * alpha + back * (1 - alpha); colours CV_32FC3, alpha CV_32FC1.
cv::Mat over(const cv::Mat& front, const cv::Mat& alpha, const cv::Mat& back);

/// The frames of the shot that a job is about. kFieldInvalid when they are not the shot's.
core::Result<core::FrameRange> jobRange(const core::Job& job, std::int64_t shotFrames, const std::string& plate);

}  // namespace pai::worker

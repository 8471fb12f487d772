// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/result.h"
#include "core/draft/background.h"

namespace pai::core {

/// Points followed at once, at most.
constexpr int kMaxFeatures = 350;
/// Side of the window that a point is followed by, pixels of the working size.
constexpr int kFollowWindow = 21;

/// A local maximum of cornerness.
struct CornerPeak {
  float strength = 0;
  cv::Point at;
};

/// A frame ready for following points; pixels of its own working size.
struct WorkFrame {
  cv::Mat grey;
  cv::Mat open;  // CV_8U, 255 where the set can be seen
  std::vector<cv::Mat> pyramid;
  mutable std::optional<std::vector<CornerPeak>> peaks;  // strongest first; found when corners are first asked for
};

/// Reads a frame of a clip. Errors: of the accessors.
Result<WorkFrame> loadFrame(const PlateAccess& clip, FrameIndex frame);
/// At most `wanted` corners of the set, spread over the frame, away from points already followed.
std::vector<cv::Point2f> detectCorners(const WorkFrame& f, const std::vector<cv::Point2f>& taken, int wanted);
/// Follows points from one frame to another, both ways; 1 for those that come back. `guess`: `to` holds starting points.
std::vector<uchar> follow(const WorkFrame& a, const WorkFrame& b, const std::vector<cv::Point2f>& from,
                          std::vector<cv::Point2f>& to, bool guess, double tolerance);

}  // namespace pai::core

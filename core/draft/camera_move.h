// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

namespace pai::core {

/// A homography split the way an editor reads it, about the frame's centre.
struct CameraMove {
  double pan = 0.0, tilt = 0.0, zoom = 1.0, roll = 0.0;  // pixels, pixels, factor, degrees
};

/// Pixel moved by a homography.
cv::Point2d apply(const cv::Matx33d& h, cv::Point2d p);
/// Scaled so that the last element is 1 (when it can be).
cv::Matx33d normalised(const cv::Matx33d& h);
/// The same map when pixels are `factor` times as many (pixel centres at whole numbers).
cv::Matx33d scaledPixels(const cv::Matx33d& h, double factor);
/// Pan, tilt, zoom and roll of a frame -> first frame map: where the centre looks, and how much closer.
CameraMove moveOf(const cv::Matx33d& toFirst, cv::Size size);
/// The similarity with that pan, tilt, zoom and roll.
cv::Matx33d similarityOf(const CameraMove& move, cv::Size size);

}  // namespace pai::core

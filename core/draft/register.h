// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/background.h"

namespace pai::core {

/// Keypoints with their descriptors (RootSIFT).
struct Features {
  std::vector<cv::Point2d> points;
  cv::Mat descriptors;
};

/// A picture for registration: luma and where it is valid (CV_8U, 255). Features are computed when first needed.
struct RegisterPicture {
  cv::Mat grey, valid;
  std::optional<Features> plain, affine;
};

/// A map found between two pictures of the same size.
struct Registration {
  cv::Matx33d map = cv::Matx33d::eye();  // from the first picture's pixels to the second's
  int inliers = 0;
  double overlap = 0.0;     // fraction of the first picture that the second shows
  double likeness = 0.0;    // correlation of the overlap, -1..1
  cv::Mat residual;         // CV_32FC2 grid over the first picture: what the map leaves, smooth; may be empty
};

/// Frame pixel -> picture pixel of a reference placed in a frame of `size` (fit, then framing about the centre).
cv::Matx33d placementOf(const PlacedReference& reference, cv::Size size);
/// The reference as it fills a frame of `size`, scaled to `width` pixels.
RegisterPicture placedLuma(const PlacedReference& reference, cv::Size size, int width);

/// Points of two pictures that match each other best (RootSIFT), in order.
std::pair<std::vector<cv::Point2d>, std::vector<cv::Point2d>> matchedPoints(RegisterPicture& a, RegisterPicture& b);

/// Wide-baseline registration: SIFT, and affine-simulated SIFT when that finds too little. Nothing when they do not overlap.
std::optional<Registration> registerWide(RegisterPicture& a, RegisterPicture& b);
/// Refines a near map by dense flow; `mesh` also gives the residual field. Nothing when the pictures do not agree.
std::optional<Registration> registerNear(const RegisterPicture& a, const RegisterPicture& b, const cv::Matx33d& start,
                                         bool mesh);

}  // namespace pai::core

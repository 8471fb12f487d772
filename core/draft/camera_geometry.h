// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/background.h"

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
/// Root mean square distance of the frame's four corners under two maps.
double cornerRms(const cv::Matx33d& a, const cv::Matx33d& b, cv::Size size);
/// True when the map keeps the frame convex, unmirrored, and its scale within [1/limit, limit].
bool plausible(const cv::Matx33d& h, cv::Size size, double limit = 4.0);

/// Kinds of map, from few to many degrees of freedom.
enum class MapKind { kTranslation, kSimilarity, kAffine, kHomography };
/// Least squares map from `from` to `to` with weights; refined by Huber reweighting when `huberPx` > 0.
std::optional<cv::Matx33d> fitMap(MapKind kind, const std::vector<cv::Point2d>& from, const std::vector<cv::Point2d>& to,
                                  std::vector<double> weights, double huberPx);
/// RANSAC with a fixed seed, then a robust fit on the inliers. `inliers` may be null.
std::optional<cv::Matx33d> ransacMap(MapKind kind, const std::vector<cv::Point2d>& from,
                                     const std::vector<cv::Point2d>& to, double thresholdPx, std::vector<uchar>* inliers);

/// Gaussian smoothing of a curve; the ends are continued by point reflection, so that a straight line stays one.
std::vector<double> smoothed(const std::vector<double>& values, double sigma);
/// Median over a window of 2 * radius + 1.
std::vector<double> medianFiltered(const std::vector<double>& values, int radius);

/// A picture as CV_8U/16U/32F matrix sharing its memory.
cv::Mat matOf(const Picture& picture);
/// A picture's luma, CV_8U, scaled to fit `maxWidth` (never enlarged); alpha is ignored.
cv::Mat lumaOf(const Picture& picture, int maxWidth);

}  // namespace pai::core

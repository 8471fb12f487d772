// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/background.h"
#include "core/draft/camera_move.h"

namespace pai::core {

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

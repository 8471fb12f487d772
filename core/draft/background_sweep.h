// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

namespace pai::core {

/// How a second picture's camera stands to a first one's: X2 = rotation * X1 + translation, both of intrinsics `camera`.
/// Depth is in units of the translation between the two references, so it has length 1 there.
struct TwoViews {
  cv::Matx33d camera = cv::Matx33d::eye();
  cv::Matx33d rotation = cv::Matx33d::eye();
  cv::Vec3d translation{0, 0, 0};

  TwoViews reversed() const { return {camera, rotation.t(), -(rotation.t() * translation)}; }
  /// The same views when pixels are `factor` times as many (pixel centres at whole numbers).
  TwoViews scaled(double factor) const;
  /// The step from this view's second camera to `other`'s, both seen from one first camera.
  TwoViews to(const TwoViews& other) const {
    const cv::Matx33d turn = other.rotation * rotation.t();
    return {camera, turn, other.translation - turn * translation};
  }
};
/// Intrinsics for pictures whose pixels are `factorX`, `factorY` times as many.
cv::Matx33d scaledCamera(const cv::Matx33d& camera, double factorX, double factorY);

/// Where a pixel of one picture with an inverse depth lies in another: p = turn * (x, y, 1) + inverse depth * shift, divided
/// by its third element; the inverse depth there is inverse depth / p[2].
struct Projection {
  cv::Matx33f turn = cv::Matx33f::eye();
  cv::Vec3f shift{0, 0, 0};
  Projection() = default;
  explicit Projection(const TwoViews& v) : Projection(v, v.camera, v.camera) {}
  /// From pixels of a picture with intrinsics `from` to pixels of one with intrinsics `to`.
  Projection(const TwoViews& v, const cv::Matx33d& from, const cv::Matx33d& to)
      : turn(to * v.rotation * from.inv()), shift(cv::Vec3d(to * v.translation)) {}
  cv::Vec3f operator()(float x, float y, float inverseDepth) const {
    return turn * cv::Vec3f(x, y, 1) + inverseDepth * shift;
  }
};

/// The inverse depths the scene holds.
struct DepthRange {
  double far = 0, near = 1;
};

/// Inverse depth of every pixel of the first picture (CV_32F) from the second one: plane sweep with census cost,
/// semi-global matching (Hirschmueller 2008). `first` and `second` are CV_8UC3 of one size; `validSecond` (CV_8U) marks
/// what of the second is real.
cv::Mat sweepDepth(const cv::Mat& first, const cv::Mat& second, const cv::Mat& validSecond, const TwoViews& views,
                   const DepthRange& range);

/// Marks (255) where two depth maps agree: the first's pixel carried to the second and back lands within `pixels` of itself.
cv::Mat agreeingDepth(const cv::Mat& first, const cv::Mat& second, const TwoViews& views, double pixels);

/// Levels that the surroundings (7x7) of each pixel of a CV_8U picture span.
cv::Mat rangeAround(const cv::Mat& grey);

}  // namespace pai::core

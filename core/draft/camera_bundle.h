// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/background.h"

namespace pai::core {

/// A point on the reference camera's ray (x, y, 1), at inverse depth w: the space point (x, y, 1) / w. Infinity has w = 0.
struct RayPoint {
  double x = 0, y = 0, w = 1;
};

/// One sight of a point by a camera, in pixels from the picture's centre.
struct Sight {
  int camera = 0, point = 0;
  cv::Point2d at;
};

/// Cameras of one focal length (pixels, centred principal point), the points they see, and the sights.
struct Bundle {
  double focal = 1;
  std::vector<Pose> cameras;
  std::vector<RayPoint> points;
  std::vector<Sight> sights;  // grouped by point
  int fixedCamera = 0;        // the reference camera, which stays at the origin
};

/// Where a camera sees a point; not finite behind it.
cv::Point2d project(double focal, const Pose& pose, const RayPoint& point);
/// Rotation by an axis times an angle.
cv::Matx33d rotationBy(const cv::Vec3d& turn);

/// Robust least squares over all poses and points, and the focal length where `freeFocal` (Levenberg-Marquardt, points
/// eliminated; Huber at `huberPx`). Returns the robust root mean square error in pixels.
double adjustBundle(Bundle& bundle, double huberPx, bool freeFocal, int rounds);
/// The expected relative error of the focal length, once the bundle is adjusted; large where the sights don't fix it.
double focalSpread(const Bundle& bundle, double huberPx);
/// The pose alone, points and focal length kept; starts from `pose`. Returns the robust root mean square error in pixels.
double adjustPose(double focal, const std::vector<RayPoint>& points, const std::vector<cv::Point2d>& at, double huberPx,
                  int rounds, Pose& pose);

}  // namespace pai::core

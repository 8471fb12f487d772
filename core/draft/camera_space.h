// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/camera_bundle.h"
#include "core/draft/camera_points.h"

namespace pai::core {

/// The camera of a clip in space: a focal length, a pose a frame, and the points it saw. Pixels of the tracks' working size.
struct SpaceCamera {
  double focal = 0;
  std::vector<Pose> poses;       // by frame; space is that of a frame amid the clip, its set about one unit away
  std::vector<double> errorPx;   // by frame, of the points it saw
  std::vector<int> inliers;      // by frame; 0 where the pose is bridged from its neighbours
  std::vector<RayPoint> points;
  std::vector<int> trackOf;      // the track each point was made of
  cv::Vec3d plane;               // the set's dominant plane: a ray's inverse depth on it is plane.dot(ray)
  double planeShare = 0;         // part of the points' area that lies on it
  double parallaxPx = 0;         // what a turning camera leaves of the motion (root mean square, worst frame)
  double focalSpread = 0;        // expected relative error of the focal length
};

/// Solves focal length, poses and points together from all tracks: bundle adjustment over chosen frames, then every frame
/// against the points. Nothing where the tracks do not fit one still set seen through one lens.
std::optional<SpaceCamera> solveSpace(const PointTracks& tracks, std::int64_t frames);

/// The map of a frame's pixels to the first frame's through the dominant plane. Pixels of the working size.
cv::Matx33d planeToFirst(const SpaceCamera& camera, cv::Size size, std::int64_t frame);
/// A pixel against the picture's centre.
inline cv::Point2d fromCentre(cv::Point2f p, cv::Size size) { return {p.x - 0.5 * (size.width - 1), p.y - 0.5 * (size.height - 1)}; }

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/background.h"

namespace pai::core {

/// How a camera is held against the upright of the world, degrees: pitch above the horizon, roll clockwise.
struct CameraStance {
  double pitch = 0, roll = 0;
};

/// The stance that a picture's upright edges (walls, poles, trunks) tell through their vanishing point. Nothing where there are
/// too few, or where they do not agree. `grey` is CV_8U; `focalPx` in its pixels.
std::optional<CameraStance> stanceOfUprights(const cv::Mat& grey, double focalPx);
/// The stance at a frame of a camera in space: its dominant plane is the floor, or a wall that stands upright. Nothing where the
/// plane is slanted as neither is.
std::optional<CameraStance> stanceOfPlane(const CameraSpace& space, std::size_t frame);

/// The shot's camera angle, one of kCameraAngles: from what the references show, else from the solved space. Empty where
/// neither tells. What is seen straight from above and over a shoulder cannot be told apart from others by this and is never said.
std::string cameraAngle(const CameraCurve& curve, const std::vector<PlacedReference>& references);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/draft/background.h"
#include "core/draft/camera_follow.h"
#include "core/draft/camera_geometry.h"

namespace pai::core {

/// The camera of a clip as its visible set shows it. Maps are in pixels of the clip's delivered size.
struct ClipTrack {
  bool usable = false;       // enough of the set was seen in enough frames
  double measured = 0.0;     // fraction of frames with a measured map
  MapKind kind = MapKind::kTranslation;
  std::vector<cv::Matx33d> toFirst;
  std::vector<double> errorPx;  // residual of the inliers
  std::vector<int> inliers;     // 0: the frame was bridged from its neighbours
  std::optional<CameraSpace> space;  // where the set fixes it; then the maps are those of its dominant plane
};

/// Follows the set outside the matte. Where its points fit one still set seen through one lens, focal length, poses and points
/// are solved together and the maps are those of the set's dominant plane; else frame -> first frame maps are solved against
/// keyframes, so that error does not pile up.
/// Errors: of the accessors, kCancelled.
Result<ClipTrack> trackClip(const PlateAccess& clip, const StopToken& stop, const ProgressFn& progress);
/// The same for a screen without markers, from what its paint, seams and wear leave. Not usable where the screen is flat.
Result<ClipTrack> trackFaint(const PlateAccess& clip, const StopToken& stop, const ProgressFn& progress);

}  // namespace pai::core

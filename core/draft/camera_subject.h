// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/draft/background.h"

namespace pai::core {

/// What the subject does in frame, as the matte and the pixels inside it show. Pixels of the delivered size.
struct SubjectMotion {
  std::vector<cv::Point2d> step;   // motion of the subject from frame t - 1 to t; step[0] = 0
  std::vector<double> height;      // smoothed apparent height, 0 where there never was a subject
  std::vector<double> trust;       // 0 no subject, 1 well measured
  bool present = false;
};

/// Measures the subject's motion by dense flow inside its matte. Errors: of the accessors, kCancelled.
Result<SubjectMotion> subjectMotion(const PlateAccess& plate, const StopToken& stop, const ProgressFn& progress);

}  // namespace pai::core

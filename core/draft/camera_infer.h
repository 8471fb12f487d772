// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/result.h"
#include "core/draft/background.h"
#include "core/draft/camera_subject.h"

namespace pai::core {

/// A camera that nothing in the plate shows, inferred from the references and the subject's own motion.
struct InferredCamera {
  std::vector<cv::Matx33d> toFirst;
  std::vector<double> uncertaintyPx;
  std::vector<std::string> warnings;
  bool anyRegistered = false;
};

/// Registers neighbouring references with each other and lets the subject say when the camera moved: a subject of apparent
/// height h that travels at a steady pace moves k h pixels a frame in the world, so the camera's step is k h minus the
/// subject's step in frame; k follows from the registered distance between references, changes evenly where two registered
/// pairs meet, and a pair that does not overlap takes the k of its neighbour. Where the subject neither stands nor travels its
/// pace tells nothing: the camera then goes the straight way between the references, with the subject's shake. Where the references
/// show that the camera rests, or nothing shows that it moves, it rests whatever the subject does.
/// `references` are sorted by frame. Errors: kCancelled.
Result<InferredCamera> inferCamera(cv::Size size, std::int64_t frames, const std::vector<PlacedReference>& references,
                                   const SubjectMotion& subject, double smoothing, const StopToken& stop,
                                   const ProgressFn& progress);

/// False when neighbouring references, registered with each other, say that the camera went elsewhere than the curve does: what
/// was followed was not the set. References that do not register say nothing. `references` are sorted by frame.
bool agreesWithReferences(const CameraCurve& curve, const std::vector<PlacedReference>& references, const StopToken& stop);

}  // namespace pai::core

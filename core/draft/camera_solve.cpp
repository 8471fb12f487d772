// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/background.h"
#include "core/draft/camera_angle.h"
#include "core/draft/camera_direct.h"
#include "core/draft/camera_geometry.h"
#include "core/draft/camera_infer.h"
#include "core/draft/camera_keys.h"
#include "core/draft/camera_parallax.h"
#include "core/draft/camera_subject.h"
#include "core/draft/camera_text.h"
#include "core/draft/camera_track.h"

namespace pai::core {
namespace {

/// References inside the shot, sorted by frame, one a frame.
std::vector<PlacedReference> usable(const std::vector<PlacedReference>& references, std::int64_t frames) {
  std::vector<PlacedReference> r;
  for (const auto& p : references)
    if (!p.picture.empty() && p.frame.value >= 0 && p.frame.value < frames) r.push_back(p);
  std::stable_sort(r.begin(), r.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  r.erase(std::unique(r.begin(), r.end(), [](const auto& a, const auto& b) { return a.frame == b.frame; }), r.end());
  return r;
}

/// The camera clip with the plate's matte, as long as the plate: its last frame is held when it is shorter.
PlateAccess asLongAs(const PlateAccess& clip, const PlateAccess& plate) {
  PlateAccess c = clip;
  const std::int64_t last = std::max<std::int64_t>(0, clip.frames - 1);
  c.frames = plate.frames;
  c.picture = [clip, last](FrameIndex f) { return clip.picture(FrameIndex{std::min(f.value, last)}); };
  const auto matte = clip.matte ? clip.matte : plate.matte;
  if (matte) c.matte = [matte](FrameIndex f) { return matte(f); };
  return c;
}

void take(const ClipTrack& track, cv::Size clipSize, CameraCurve& curve, double smoothing) {
  const double sx = static_cast<double>(curve.size.width) / clipSize.width, sy = static_cast<double>(curve.size.height) / clipSize.height;
  const cv::Matx33d up(sx, 0, 0.5 * sx - 0.5, 0, sy, 0.5 * sy - 0.5, 0, 0, 1);
  curve.space = track.space;
  if (curve.space) curve.space->focalPx *= sx, curve.space->parallaxPx *= sx;
  for (std::size_t t = 0; t < curve.samples.size(); ++t) {
    curve.samples[t].toFirst = normalised(up * track.toFirst[t] * up.inv());
    curve.samples[t].errorPx = track.errorPx[t] * sx;
  }
  updateMoves(curve);
  // A measured camera keeps its shake: only what is below the measurement's own noise is smoothed away.
  std::vector<double> v[4];
  for (const auto& s : curve.samples) v[0].push_back(s.pan), v[1].push_back(s.tilt), v[2].push_back(std::log(s.zoom)), v[3].push_back(s.roll);
  const double sigma = std::max(0.0, smoothing - 0.25) * 4;
  if (sigma <= 0.01) return;
  for (auto& one : v) one = smoothed(one, sigma);
  for (std::size_t t = 0; t < curve.samples.size(); ++t) {
    CameraSample& s = curve.samples[t];
    const cv::Matx33d rest = similarityOf({s.pan, s.tilt, s.zoom, s.roll}, curve.size).inv() * s.toFirst;
    s.toFirst = normalised(similarityOf({v[0][t], v[1][t], std::exp(v[2][t]), v[3][t]}, curve.size) * rest);
  }
  updateMoves(curve);
}

Error stopped() { return Error{ErrorCode::kCancelled, "the camera solve was stopped", "", {}}; }

/// Part of a progress bar.
ProgressFn part(const ProgressFn& progress, double from, double to) {
  if (!progress) return {};
  return [progress, from, to](double f) { progress(from + (to - from) * f); };
}

/// The camera of footage: measured, and against the references where both show the same place. False when not trackable.
Result<bool> solveClip(const PlateAccess& clip, const std::vector<PlacedReference>& references, double smoothing,
                       CameraCurve& curve, const StopToken& stop, const ProgressFn& progress) {
  auto track = trackClip(clip, stop, part(progress, 0, 0.5));
  if (!track) return track.error();
  if (!track->usable) return false;
  take(*track, clip.size, curve, smoothing);
  if (references.empty()) return true;
  auto held = measureAgainstReferences(clip, references, curve, stop, part(progress, 0.5, 1));
  if (!held) return held.error();
  if (*held > 0) return true;
  const Status aligned = alignReferences(references, true, curve, stop, {});
  if (!aligned) return aligned.error();
  return true;
}

/// The camera of the plate's own set: its markers, else what a screen without markers shows faintly.
Result<bool> solvePlate(const PlateAccess& plate, const std::vector<PlacedReference>& references, double smoothing, CameraCurve& curve, const StopToken& stop,
                        const ProgressFn& progress) {
  auto track = trackClip(plate, stop, part(progress, 0, 0.6));
  if (!track) return track.error();
  if (track->usable) {
    take(*track, plate.size, curve, smoothing);
  } else {
    track = trackFaint(plate, stop, part(progress, 0.6, 1));
    if (!track) return track.error();
    if (!track->usable) return false;
    CameraCurve faint = curve;
    take(*track, plate.size, faint, smoothing);
    if (!agreesWithReferences(faint, references, stop)) return false;
    curve = std::move(faint);
  }
  const Status aligned = alignReferences(references, true, curve, stop, {});
  if (!aligned) return aligned.error();
  return true;
}

Status solveReferences(const PlateAccess& plate, const std::vector<PlacedReference>& references, double smoothing,
                       CameraCurve& curve, const StopToken& stop, const ProgressFn& progress) {
  auto subject = subjectMotion(plate, stop, part(progress, 0.3, 0.7));
  if (!subject) return subject.error();
  auto camera = inferCamera(plate.size, plate.frames, references, *subject, smoothing, stop, part(progress, 0.7, 1));
  if (!camera) return camera.error();
  for (std::size_t t = 0; t < curve.samples.size(); ++t) {
    curve.samples[t].toFirst = camera->toFirst[t];
    curve.samples[t].uncertaintyPx = camera->uncertaintyPx[t];
  }
  curve.warnings.insert(curve.warnings.end(), camera->warnings.begin(), camera->warnings.end());
  updateMoves(curve);
  return alignReferences(references, false, curve, stop, {});
}

}  // namespace

Result<CameraCurve> solveCamera(const CameraSettings& settings, const PlateAccess& plate, const PlateAccess* cameraClip,
                                const std::vector<PlacedReference>& references, const StopToken& stop,
                                const ProgressFn& progress) {
  if (plate.frames < 1 || plate.size.width < 1 || plate.size.height < 1)
    return Error{ErrorCode::kUsage, "the camera needs a plate with at least one frame", "", {}};
  if (stop.requested()) return stopped();
  using Source = CameraSettings::Source;
  CameraCurve curve;
  curve.size = plate.size;
  curve.samples.resize(static_cast<std::size_t>(plate.frames));
  const auto placed = usable(references, plate.frames);
  const double smoothing = std::clamp(settings.smoothing, 0.0, 1.0);
  bool solved = plate.frames == 1 || settings.source == Source::kLocked;
  if (!solved && cameraClip && (settings.source == Source::kClip || settings.source == Source::kAuto)) {
    if (cameraClip->frames != plate.frames)
      curve.warnings.push_back("The camera clip has " + std::to_string(cameraClip->frames) + " frames, the shot " +
                               std::to_string(plate.frames) + "; its camera is used frame by frame from the start");
    auto done = solveClip(asLongAs(*cameraClip, plate), placed, smoothing, curve, stop, progress);
    if (!done) return done.error();
    solved = *done;
    if (solved) curve.method = CameraMethod::kClip;
    else curve.warnings.push_back("The camera clip shows too little to track; use footage with more texture or camera keyframes");
  } else if (!solved && settings.source == Source::kClip) {
    curve.warnings.push_back("No camera clip is set; choose footage of the real set or another camera source");
  }
  if (!solved && (settings.source == Source::kPlate || settings.source == Source::kAuto)) {
    auto done = solvePlate(plate, placed, smoothing, curve, stop, part(progress, 0, 0.5));
    if (!done) return done.error();
    solved = *done;
    if (solved) curve.method = CameraMethod::kPlate;
    else if (settings.source == Source::kPlate)
      curve.warnings.push_back("Nothing outside the matte can be tracked; the camera follows the references and the subject");
  }
  if (!solved) {
    const Status done = solveReferences(plate, placed, smoothing, curve, stop, progress);
    if (!done) return done.error();
    curve.method = CameraMethod::kReferences;
  }
  if (!settings.keys.empty()) {
    applyHandKeys(settings.keys, curve);
    curve.method = CameraMethod::kHand;
  }
  describeCamera(curve);
  curve.angle = cameraAngle(curve, placed);
  if (progress) progress(1);
  return curve;
}

}  // namespace pai::core

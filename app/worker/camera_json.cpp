// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/camera_json.h"

namespace pai::worker {

std::string_view cameraMethodName(core::CameraMethod method) {
  switch (method) {
    case core::CameraMethod::kLocked: return "locked";
    case core::CameraMethod::kPlate: return "plate";
    case core::CameraMethod::kClip: return "clip";
    case core::CameraMethod::kReferences: return "references";
    case core::CameraMethod::kHand: return "hand";
  }
  return "locked";
}

namespace {

/// Focal length and poses of the range's frames: a point of the first frame's camera (x right, y down, z ahead) goes to
/// rotation * point + shift. The unit of length is the solve's own.
nlohmann::json spaceJson(const core::CameraSpace& space, core::FrameRange range) {
  nlohmann::json poses = nlohmann::json::array();
  const auto count = static_cast<std::int64_t>(space.poses.size());
  for (std::int64_t f = range.begin.value; f < std::min(range.end.value, count); ++f) {
    const core::Pose& p = space.poses[static_cast<std::size_t>(f)];
    nlohmann::json rotation = nlohmann::json::array();
    for (int row = 0; row < 3; ++row) rotation.push_back({p.rotation(row, 0), p.rotation(row, 1), p.rotation(row, 2)});
    poses.push_back({{"frame", f}, {"rotation", rotation}, {"shift", {p.shift[0], p.shift[1], p.shift[2]}}});
  }
  return {{"focal_px", space.focalPx}, {"focal_spread", space.focalSpread}, {"parallax_px", space.parallaxPx},
          {"plane", {space.plane[0], space.plane[1], space.plane[2]}}, {"poses", poses}};
}

}  // namespace

nlohmann::json cameraJson(const core::CameraCurve& camera, const core::ClipInfo& plate, core::FrameRange range) {
  nlohmann::json samples = nlohmann::json::array();
  const auto count = static_cast<std::int64_t>(camera.samples.size());
  for (std::int64_t f = range.begin.value; f < std::min(range.end.value, count); ++f) {
    const core::CameraSample& s = camera.samples[static_cast<std::size_t>(f)];
    nlohmann::json map = nlohmann::json::array();
    for (int row = 0; row < 3; ++row) map.push_back({s.toFirst(row, 0), s.toFirst(row, 1), s.toFirst(row, 2)});
    samples.push_back({{"frame", f}, {"pan", s.pan}, {"tilt", s.tilt}, {"zoom", s.zoom}, {"roll", s.roll},
                       {"error_px", s.errorPx}, {"uncertainty_px", s.uncertaintyPx}, {"to_first", map}});
  }
  nlohmann::json j{{"version", 1},
                   {"clip", plate.path},
                   {"rate", plate.rate.text()},
                   {"size", {camera.size.width, camera.size.height}},
                   {"method", cameraMethodName(camera.method)},
                   {"camera_motion_analysis", camera.motionSentence},
                   {"camera_angle", camera.angle},
                   {"focal_length", camera.focalLength},
                   {"warnings", camera.warnings},
                   {"frames", samples}};
  if (camera.space) j["space"] = spaceJson(*camera.space, range);
  return j;
}

}  // namespace pai::worker

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/camera_channels.h"

#include "app/document/camera_key_edits.h"
#include "app/document/keyframe_edits.h"
#include "ui/timeline/timeline_model.h"

namespace pai::ui {

std::vector<double> curveOf(const CameraChannel& channel, const TimelineModel& model, const TimelineShot& shot) {
  std::vector<double> solved;
  for (const app::CameraFacts& facts : model.camera().frames) solved.push_back(facts.*channel.solved);
  return app::cameraCurve(solved, shot.cameraKeys, channel.key, channel.rest, shot.length);
}

core::CameraKey keyOnCurves(const TimelineModel& model, const TimelineShot& shot, std::int64_t frame) {
  core::CameraKey key;
  key.frame.value = frame;
  for (const CameraChannel& channel : kCameraChannels)
    if (const std::vector<double> curve = curveOf(channel, model, shot); static_cast<std::size_t>(frame) < curve.size())
      key.*channel.key = curve[static_cast<std::size_t>(frame)];
  key.interpolation = app::interpolationAt(shot.cameraKeys, key.frame);
  return key;
}

}  // namespace pai::ui

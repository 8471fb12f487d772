// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/project.h"

namespace pai::core {

/// A project in which every field has another value than its default, and every list an item.
inline Project fullProject() {
  Project p;
  p.name = "Film \xF0\x9F\x8E\xAC";
  p.ocioConfig = "colour/config.ocio";
  Media plate{"media1",
              "plate",
              "plates/sh010.mov",
              MediaKind::kClip,
              std::string(64, 'a'),
              123456789,
              "rec709",
              *FrameRate::make(24000, 1001),
              {}};
  plate.extra = nlohmann::json::object();
  Media image = plate;
  image.id = "media2";
  image.kind = MediaKind::kImage;
  image.rate.reset();
  Media sequence = plate;
  sequence.id = "media3";
  sequence.kind = MediaKind::kSequence;
  sequence.path = "../roto/matte.%04d.exr";
  p.media = {plate, image, sequence};
  Shot s;
  s.id = "shot1";
  s.name = "sh010";
  s.plate = "media1";
  s.range = {{8}, {105}};
  Reference r;
  r.id = "ref1";
  r.media = "media2";
  r.anchor = {AnchorKind::kFrame, {56}};
  r.fit = Fit::kStretch;
  r.strength = 0.75;
  r.offsetX = 0.125;
  r.offsetY = -0.25;
  r.scale = 1.5;
  r.rotationDegrees = -3.5;
  s.references = {r};
  MatteLayer l;
  l.id = "matte1";
  l.name = "garbage";
  l.enabled = false;
  l.source = MatteSource::kShape;
  l.operation = MatteOperation::kSubtract;
  l.key = {KeySettings::Screen::kColour, {0.1, 0.9, 0.2}, 0.05, 0.95, 1.2, 0.8, -1.5, 2.0, 3.0, 0.25, 0.75, false};
  l.media = "media3";
  l.frame = {12};
  MatteShapeKey shape;
  shape.frame = {9};
  shape.points = {{0.1, 0.2}, {0.9, 0.2}, {0.5, 0.8}};
  shape.interpolation = KeyInterpolation::kHold;
  l.shape = {shape};
  l.closedSpline = true;
  l.feather = 4.5;
  l.invert = true;
  s.matte = {l};
  RefusedRepair refused;
  refused.frame = {31};
  refused.box = {0.25, 0.5, 0.375, 0.625};
  s.repairs.enabled = false;
  s.repairs.refused = {refused};
  s.camera.source = CameraSettings::Source::kClip;
  s.camera.clip = "media1";
  s.camera.smoothing = 0.5;
  CameraKey key;
  key.frame = {10};
  key.pan = 12.5;
  key.tilt = -3.0;
  key.zoom = 1.25;
  key.roll = 0.5;
  key.interpolation = KeyInterpolation::kLinear;
  s.camera.keys = {key};
  s.light = {false, 0.6, 0.4, 0.9, 0.3, 0.2, 0.8, 1.5};
  for (std::size_t i = 0; i < kPromptFields.size(); ++i) promptField(s.prompt, i) = "text " + std::to_string(i);
  s.render = {"wan-small", 832, 480, 30, 5.5, 18446744073709551615ull};
  s.delivery = {"prores4444", "{shot}_{version}", 1920, 1080, false, {"composite", "matte"}, "rec709"};
  ReviewedRange reviewed;
  reviewed.range = {{20}, {30}};
  reviewed.note = "seen";
  s.reviewed = {reviewed};
  Marker marker;
  marker.id = "marker1";
  marker.frame = {24};
  marker.name = "turn";
  marker.note = "she looks up";
  marker.colour = MarkerColour::kYellow;
  s.markers = {marker};
  s.notes = "two\nlines";
  p.shots = {s};
  return p;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>
#include <QStringList>

namespace pai::app {

/// The solved camera of a frame against the first: pixels, factor, degrees.
struct CameraFacts {
  double pan = 0.0, tilt = 0.0, zoom = 1.0, roll = 0.0, errorPx = 0.0;
  bool operator==(const CameraFacts&) const = default;
};

/// The solved camera of a shot, in words and numbers.
struct CameraSummary {
  std::vector<CameraFacts> frames;
  QString method;          // machine word: locked, plate, clip, references, hand
  QString motionSentence;  // for camera_motion_analysis
  QString angle, focalLength;
  QStringList warnings;
};

}  // namespace pai::app

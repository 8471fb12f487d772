// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_text.h"

#include <algorithm>
#include <cmath>

#include "core/draft/camera_geometry.h"

namespace pai::core {
namespace {

/// Root mean square of what a slow curve leaves, pixels: hand shake.
double shakeOf(const std::vector<double>& values) {
  const auto slow = smoothed(values, 6);
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += (values[i] - slow[i]) * (values[i] - slow[i]);
  return values.empty() ? 0 : std::sqrt(sum / static_cast<double>(values.size()));
}

/// "faster in the first half" and the like, where the halves differ clearly.
std::string paceWords(const std::vector<double>& pan, const std::vector<double>& tilt) {
  const std::size_t n = pan.size(), m = n / 2;
  if (n < 8) return "";
  const double first = std::hypot(pan[m] - pan[0], tilt[m] - tilt[0]) / static_cast<double>(m);
  const double second = std::hypot(pan[n - 1] - pan[m], tilt[n - 1] - tilt[m]) / static_cast<double>(n - 1 - m);
  if (first > 1.4 * second) return ", fast in the first half and slower toward the end";
  if (second > 1.4 * first) return ", slow at first and faster toward the end";
  return ", at a steady pace";
}

/// The lens in words: measured where the camera was solved in space, else the usual one.
std::string lensWords(const CameraCurve& curve, double zoom) {
  constexpr double kKnown = 0.05;  // relative error of a focal length that is worth a word
  if (curve.space && curve.space->focalSpread < kKnown && curve.size.width > 0) {
    const double mm = 36 * curve.space->focalPx / curve.size.width;
    const int shown = static_cast<int>(std::lround(mm < 60 ? mm : mm / 5)) * (mm < 60 ? 1 : 5);
    const char* kind = mm < 24 ? "Very wide" : mm < 40 ? "Wide" : mm < 60 ? "Normal" : mm < 105 ? "Short telephoto" : "Telephoto";
    return std::string(kind) + " lens, about " + std::to_string(shown) + " mm equivalent";
  }
  if (!curve.space && (zoom > 1.05 || zoom < 0.95)) return zoom > 1 ? "Zooming from about 50 mm to a longer lens" : "Zooming from about 50 mm to a wider lens";
  return "Normal lens, about 50 mm equivalent";
}

}  // namespace

void describeCamera(CameraCurve& curve) {
  const double width = std::max(1, curve.size.width);
  std::vector<double> pan, tilt, zoom;
  double roll = 0;
  for (const auto& s : curve.samples) pan.push_back(s.pan), tilt.push_back(s.tilt), zoom.push_back(s.zoom), roll = s.roll;
  curve.focalLength = lensWords(curve, 1);
  if (pan.size() < 2 || curve.method == CameraMethod::kLocked) {
    curve.motionSentence = "Locked-off camera, no movement.";
    return;
  }
  const double dx = pan.back() - pan.front(), dy = tilt.back() - tilt.front(), z = zoom.back() / std::max(1e-6, zoom.front());
  const double shake = std::hypot(shakeOf(pan), shakeOf(tilt)) / width;
  std::string text = shake > 0.0025 ? "Handheld " : "Smooth ";
  std::vector<std::string> parts;
  if (std::abs(dx) > 0.03 * width) parts.push_back(std::string("pan to the ") + (dx > 0 ? "right" : "left"));
  if (std::abs(dy) > 0.03 * width) parts.push_back(std::string("tilt ") + (dy > 0 ? "down" : "up"));
  if (z > 1.05 || z < 0.95) parts.push_back(z > 1 ? "push in" : "pull out");
  if (std::abs(roll) > 2) parts.push_back(std::string("roll ") + (roll > 0 ? "clockwise" : "counter-clockwise"));
  if (parts.empty()) {
    curve.motionSentence = shake > 0.0025 ? "Handheld camera held in place, with small shake." : "Camera held in place, almost no movement.";
  } else {
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
    text += paceWords(pan, tilt);
    if (shake > 0.0025) text += shake > 0.008 ? ", with strong shake" : ", with small shake";
    curve.motionSentence = text + ".";
  }
  curve.focalLength = lensWords(curve, z);
}

}  // namespace pai::core

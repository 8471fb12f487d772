// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/camera_key_edits.h"

#include <algorithm>
#include <cmath>

#include "core/draft/keyframe_curve.h"

namespace pai::app {

void addCameraKeys(Document& document, const core::Id& shot, const std::vector<core::CameraKey>& added, const QString& text) {
  document.editShot(shot, text, [&added](core::Shot& s) {
    std::vector<core::CameraKey>& keys = s.camera.keys;
    for (const core::CameraKey& key : added) std::erase_if(keys, [&key](const core::CameraKey& k) { return k.frame == key.frame; });
    keys.insert(keys.end(), added.begin(), added.end());
    std::stable_sort(keys.begin(), keys.end(), [](const core::CameraKey& a, const core::CameraKey& b) { return a.frame < b.frame; });
  });
}

std::vector<double> cameraCurve(const std::vector<double>& solved, const std::vector<core::CameraKey>& keys, double core::CameraKey::*channel,
                                double rest, std::int64_t length) {
  const bool factor = channel == &core::CameraKey::zoom;
  const auto solvedAt = [&](std::int64_t frame) { return static_cast<std::size_t>(frame) < solved.size() ? solved[static_cast<std::size_t>(frame)] : rest; };
  core::KeyframeCurve bend;
  for (const core::CameraKey& key : keys) {
    if (key.frame.value < 0 || key.frame.value >= length || (!bend.at.empty() && bend.at.back() == static_cast<double>(key.frame.value))) continue;
    const double base = solvedAt(key.frame.value);
    bend.at.push_back(static_cast<double>(key.frame.value));
    bend.value.push_back(factor ? std::log(key.*channel / base) : key.*channel - base);
    bend.how.push_back(key.interpolation);
  }
  std::vector<double> curve(static_cast<std::size_t>(std::max<std::int64_t>(0, length)));
  for (std::int64_t frame = 0; frame < length; ++frame) {
    const double base = solvedAt(frame), by = bend.at.empty() ? 0.0 : core::valueAt(bend, static_cast<double>(frame));
    curve[static_cast<std::size_t>(frame)] = factor ? base * std::exp(by) : base + by;
  }
  return curve;
}

}  // namespace pai::app

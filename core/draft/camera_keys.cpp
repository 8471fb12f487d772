// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_keys.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/draft/camera_geometry.h"
#include "core/draft/keyframe_curve.h"

namespace pai::core {

void updateMoves(CameraCurve& curve) {
  double last = 0;
  for (auto& s : curve.samples) {
    const CameraMove m = moveOf(s.toFirst, curve.size);
    s.pan = m.pan, s.tilt = m.tilt, s.zoom = m.zoom;
    s.roll = m.roll + 360 * std::round((last - m.roll) / 360);
    last = s.roll;
  }
}

void applyHandKeys(const std::vector<CameraKey>& keys, CameraCurve& curve) {
  std::vector<CameraKey> sorted;
  for (const auto& k : keys)
    if (k.frame.value >= 0 && k.frame.value < static_cast<std::int64_t>(curve.samples.size()) && k.zoom > 0) sorted.push_back(k);
  if (sorted.empty()) return;
  curve.space.reset();
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  std::array<KeyframeCurve, 4> off;  // what the keys add to the solved curve
  for (const auto& k : sorted) {
    const auto x = static_cast<double>(k.frame.value);
    if (!off[0].at.empty() && off[0].at.back() == x) continue;
    const CameraSample& s = curve.samples[k.frame.value];
    const std::array<double, 4> adds{k.pan - s.pan, k.tilt - s.tilt, std::log(k.zoom / s.zoom), k.roll - s.roll};
    for (std::size_t i = 0; i < off.size(); ++i) {
      off[i].at.push_back(x);
      off[i].value.push_back(adds[i]);
      off[i].how.push_back(k.interpolation);
    }
  }
  std::vector<cv::Matx33d> bent(curve.samples.size());  // corrected frame's pixels -> solved frame's pixels
  for (std::size_t t = 0; t < curve.samples.size(); ++t) {
    CameraSample& s = curve.samples[t];
    const auto at = static_cast<double>(t);
    const CameraMove solved{s.pan, s.tilt, s.zoom, s.roll};
    const CameraMove wanted{s.pan + valueAt(off[0], at), s.tilt + valueAt(off[1], at),
                            s.zoom * std::exp(valueAt(off[2], at)), s.roll + valueAt(off[3], at)};
    const cv::Matx33d rest = similarityOf(solved, curve.size).inv() * s.toFirst;  // perspective the four values don't hold
    const cv::Matx33d next = normalised(similarityOf(wanted, curve.size) * rest);
    bent[t] = normalised(s.toFirst.inv() * next);
    s.toFirst = next;
  }
  for (std::size_t t = 0; t < curve.samples.size(); ++t)
    for (auto& r : curve.samples[t].references) {
      r.toReference = normalised(r.toReference * bent[t]);
      r.mesh.release();  // it belongs to the unbent pixels
    }
  updateMoves(curve);
}

}  // namespace pai::core

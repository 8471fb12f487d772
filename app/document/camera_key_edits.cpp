// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/camera_key_edits.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "core/draft/keyframe_curve.h"

namespace pai::app {
namespace {

struct CameraKeyEdits {
  Q_DECLARE_TR_FUNCTIONS(CameraKeyEdits)
};

constexpr double kLeastZoom = 0.01;

void inTime(std::vector<core::CameraKey>& keys) {
  std::stable_sort(keys.begin(), keys.end(), [](const core::CameraKey& a, const core::CameraKey& b) { return a.frame < b.frame; });
}

}  // namespace

std::int64_t boundedFrames(const std::set<std::int64_t>& selected, std::int64_t frames, std::int64_t length) {
  if (selected.empty()) return 0;
  return std::clamp(frames, -*selected.begin(), std::max<std::int64_t>(-*selected.begin(), length - 1 - *selected.rbegin()));
}

std::optional<std::vector<core::CameraKey>> movedCameraKeys(std::vector<core::CameraKey> keys, const std::set<std::int64_t>& selected,
                                                            CameraKeyMove move, std::int64_t length) {
  const std::int64_t frames = boundedFrames(selected, move.frames, length);
  std::set<std::int64_t> others;
  for (const core::CameraKey& key : keys)
    if (!selected.contains(key.frame.value)) others.insert(key.frame.value);
  for (core::CameraKey& key : keys) {
    if (!selected.contains(key.frame.value)) continue;
    key.frame.value += frames;
    if (others.contains(key.frame.value)) return std::nullopt;
    key.*move.channel += move.amount;
    key.zoom = std::max(kLeastZoom, key.zoom);
  }
  inTime(keys);
  return keys;
}

void setCameraKeys(Document& document, const core::Id& shot, std::vector<core::CameraKey> keys, const QString& text, const QString& mergeKey) {
  inTime(keys);
  document.editShot(shot, text, [&keys](core::Shot& s) { s.camera.keys = keys; }, mergeKey);
}

void addCameraKeys(Document& document, const core::Id& shot, const std::vector<core::CameraKey>& added, const QString& text) {
  const core::Shot* now = document.shot(shot);
  if (!now) return;
  std::vector<core::CameraKey> keys = now->camera.keys;
  for (const core::CameraKey& key : added) std::erase_if(keys, [&key](const core::CameraKey& k) { return k.frame == key.frame; });
  keys.insert(keys.end(), added.begin(), added.end());
  setCameraKeys(document, shot, std::move(keys), text);
}

void removeCameraKeys(Document& document, const core::Id& shot, const std::set<std::int64_t>& frames) {
  const QString text = frames.size() > 1 ? CameraKeyEdits::tr("Remove camera keyframes") : CameraKeyEdits::tr("Remove camera keyframe");
  document.editShot(shot, text, [&frames](core::Shot& s) {
    std::erase_if(s.camera.keys, [&frames](const core::CameraKey& k) { return frames.contains(k.frame.value); });
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_points.h"

#include <algorithm>

namespace pai::core {
namespace {

constexpr std::size_t kShortestLife = 4;       // frames
constexpr std::int64_t kSearchEvery = 4;       // frames between searches for new corners while many are followed
constexpr std::size_t kMostSights = 8'000'000;  // of a clip, 8 bytes each: very long shots are followed until then
constexpr std::int64_t kOldestAnchor = 48;      // frames: the set has changed its size in the picture by then
constexpr float kMostDrift = 2;                 // pixels in one step

}  // namespace

void PointFollower::next(const WorkFrame& frame) {
  if (m_frame == 0) m_out.size = frame.grey.size();
  if (m_sights > kMostSights || frame.grey.size() != m_out.size) return;
  std::vector<std::size_t> track;
  std::vector<cv::Point2f> at, to;
  if (m_frame > 0) {
    const auto ok = follow(m_last, frame, m_at, to, false, 0.4);
    for (std::size_t i = 0; i < ok.size(); ++i)
      if (ok[i]) track.push_back(m_track[i]), at.push_back(to[i]);
    if (m_anchored) measureAgain(frame, track, at);
    for (std::size_t i = 0; i < track.size(); ++i) m_out.tracks[track[i]].at.push_back(at[i]);
  }
  if (m_frame % kSearchEvery == 0 || static_cast<int>(at.size()) < kMaxFeatures / 4) {
    for (const auto& c : detectCorners(frame, at, kMaxFeatures - static_cast<int>(at.size()))) {
      track.push_back(m_out.tracks.size());
      at.push_back(c);
      m_out.tracks.push_back({m_frame, {c}, m_frame});
    }
    if (m_anchored) moveAnchors(frame, track);
  }
  m_sights += track.size();
  m_track = std::move(track);
  m_at = std::move(at);
  m_last = frame;
  ++m_frame;
}

/// Points that do not come back from their anchor keep the place that the last step gave them.
void PointFollower::measureAgain(const WorkFrame& frame, const std::vector<std::size_t>& track, std::vector<cv::Point2f>& at) {
  for (const auto& [when, anchor] : m_anchors) {
    std::vector<std::size_t> index;
    std::vector<cv::Point2f> from, to;
    for (std::size_t i = 0; i < track.size(); ++i)
      if (const PointTrack& t = m_out.tracks[track[i]]; t.anchor == when) index.push_back(i), from.push_back(t.in(when)), to.push_back(at[i]);
    const auto ok = follow(anchor, frame, from, to, true, 0.4);
    for (std::size_t i = 0; i < ok.size(); ++i)
      if (ok[i] && cv::norm(to[i] - at[index[i]]) < kMostDrift) at[index[i]] = to[i];
  }
}

/// Makes this frame the anchor of new points and of those whose own has got too old; drops anchors of no point.
void PointFollower::moveAnchors(const WorkFrame& frame, const std::vector<std::size_t>& track) {
  std::map<std::int64_t, int> used;
  for (const std::size_t i : track) {
    PointTrack& t = m_out.tracks[i];
    if (m_frame - t.anchor > kOldestAnchor) t.anchor = m_frame;
    ++used[t.anchor];
  }
  std::erase_if(m_anchors, [&](const auto& a) { return used.count(a.first) == 0; });
  if (used.count(m_frame) > 0) m_anchors.emplace(m_frame, frame);
}

PointTracks PointFollower::finish() {
  auto& t = m_out.tracks;
  t.erase(std::remove_if(t.begin(), t.end(), [](const auto& p) { return p.at.size() < kShortestLife; }), t.end());
  return std::move(m_out);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_points.h"

#include <algorithm>

namespace pai::core {
namespace {

constexpr std::size_t kShortestLife = 4;       // frames
constexpr std::int64_t kSearchEvery = 4;       // frames between searches for new corners while many are followed
constexpr std::size_t kMostSights = 8'000'000;  // of a clip, 8 bytes each: very long shots are followed until then

}  // namespace

void PointFollower::next(const WorkFrame& frame) {
  if (m_frame == 0) m_out.size = frame.grey.size();
  if (m_sights > kMostSights || frame.grey.size() != m_out.size) return;
  std::vector<std::size_t> track;
  std::vector<cv::Point2f> at, to;
  if (m_frame > 0) {
    const auto ok = follow(m_last, frame, m_at, to, false, 0.4);
    for (std::size_t i = 0; i < ok.size(); ++i)
      if (ok[i]) track.push_back(m_track[i]), at.push_back(to[i]), m_out.tracks[m_track[i]].at.push_back(to[i]);
  }
  if (m_frame % kSearchEvery == 0 || static_cast<int>(at.size()) < kMaxFeatures / 4) {
    for (const auto& c : detectCorners(frame, at, kMaxFeatures - static_cast<int>(at.size()))) {
      track.push_back(m_out.tracks.size());
      at.push_back(c);
      m_out.tracks.push_back({m_frame, {c}});
    }
  }
  m_sights += track.size();
  m_track = std::move(track);
  m_at = std::move(at);
  m_last = frame;
  ++m_frame;
}

PointTracks PointFollower::finish() {
  auto& t = m_out.tracks;
  t.erase(std::remove_if(t.begin(), t.end(), [](const auto& p) { return p.at.size() < kShortestLife; }), t.end());
  return std::move(m_out);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/camera_follow.h"

namespace pai::core {

/// One point of the set followed through consecutive frames.
struct PointTrack {
  std::int64_t first = 0;
  std::vector<cv::Point2f> at;
  std::int64_t anchor = 0;  // the frame whose picture the point is measured against

  bool seenIn(std::int64_t t) const { return t >= first && t < first + static_cast<std::int64_t>(at.size()); }
  cv::Point2f in(std::int64_t t) const { return at[static_cast<std::size_t>(t - first)]; }
};

/// The points of a clip, in pixels of the working size.
struct PointTracks {
  cv::Size size;
  std::vector<PointTrack> tracks;
  double looseness = 1;  // how much less surely the points are placed than corners of a marked set
};

/// Follows corners of the set from frame to frame, whichever way they move: no plane and no camera is assumed.
class PointFollower {
 public:
  /// `anchored`: each point is measured again against the frame it was found in, so that faint ones do not drift.
  explicit PointFollower(bool anchored = false) : m_anchored(anchored) {}
  /// The next frame of the clip, in order.
  void next(const WorkFrame& frame);
  /// The tracks that lived long enough to tell something; ends the following.
  PointTracks finish();

 private:
  void measureAgain(const WorkFrame& frame, const std::vector<std::size_t>& track, std::vector<cv::Point2f>& at);
  void moveAnchors(const WorkFrame& frame, const std::vector<std::size_t>& track);

  bool m_anchored = false;
  std::map<std::int64_t, WorkFrame> m_anchors;
  PointTracks m_out;
  std::vector<std::size_t> m_track;  // of the points seen in the last frame
  std::vector<cv::Point2f> m_at;
  WorkFrame m_last;
  std::int64_t m_frame = 0;
  std::size_t m_sights = 0;
};

}  // namespace pai::core

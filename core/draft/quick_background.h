// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

#include <opencv2/core.hpp>

#include "core/base/time.h"

namespace pai::core {

/// Small backgrounds that quick pictures lie over, kept from one look at a frame to the next: those next to the frame looked at
/// last, as far as `maxBytes` goes. One thread.
class QuickBackgrounds {
 public:
  explicit QuickBackgrounds(std::size_t maxBytes = 64u << 20) : m_maxBytes(maxBytes) {}
  /// A frame's background at `size` in display values: CV_8UC3 where `bytes`, else CV_32FC3. From one of size `small` that is drawn
  /// when none is kept (CV_32FC3; `draw` may give a larger one).
  cv::Mat at(FrameIndex frame, cv::Size size, cv::Size small, bool bytes, const std::function<cv::Mat(cv::Size small)>& draw);
  void clear() { m_drawn.clear(); }
  std::size_t count() const { return m_drawn.size(); }

 private:
  std::size_t m_maxBytes;
  std::map<std::int64_t, cv::Mat> m_drawn;  // by frame, small
};

}  // namespace pai::core

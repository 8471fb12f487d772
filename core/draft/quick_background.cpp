// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/quick_background.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace pai::core {

cv::Mat QuickBackgrounds::at(FrameIndex frame, cv::Size size, cv::Size small, bool bytes,
                             const std::function<cv::Mat(cv::Size small)>& draw) {
  auto known = m_drawn.find(frame.value);
  if (known == m_drawn.end()) {
    cv::Mat drawn = draw(small), kept;
    if (drawn.size() != small) cv::resize(drawn, drawn, small, 0, 0, cv::INTER_AREA);
    drawn.convertTo(kept, bytes ? CV_8U : CV_32F, bytes ? 255.0 : 1.0);
    const std::size_t most = std::max<std::size_t>(1, m_maxBytes / (kept.total() * kept.elemSize()));
    while (m_drawn.size() >= most) {
      const auto first = m_drawn.begin(), last = std::prev(m_drawn.end());
      m_drawn.erase(frame.value - first->first > last->first - frame.value ? first : last);
    }
    known = m_drawn.emplace(frame.value, kept).first;
  }
  if (small == size) return known->second;
  cv::Mat out;
  cv::resize(known->second, out, size, 0, 0, cv::INTER_LINEAR);
  return out;
}

}  // namespace pai::core

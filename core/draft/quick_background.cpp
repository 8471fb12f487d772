// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/quick_background.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr double kOne = 4096.0;  // light up to eight times white is kept

}  // namespace

cv::Mat QuickBackgrounds::at(FrameIndex frame, cv::Size size, cv::Size small, const std::function<cv::Mat(cv::Size small)>& draw) {
  auto known = m_drawn.find(frame.value);
  if (known == m_drawn.end()) {
    cv::Mat drawn = draw(small), kept;
    if (drawn.size() != small) cv::resize(drawn, drawn, small, 0, 0, cv::INTER_AREA);
    drawn.convertTo(kept, CV_16S, kOne);
    const std::size_t most = std::max<std::size_t>(1, m_maxBytes / (kept.total() * kept.elemSize()));
    while (m_drawn.size() >= most) {
      const auto first = m_drawn.begin(), last = std::prev(m_drawn.end());
      m_drawn.erase(frame.value - first->first > last->first - frame.value ? first : last);
    }
    known = m_drawn.emplace(frame.value, kept).first;
  }
  cv::Mat values, out;
  known->second.convertTo(values, CV_32F, 1.0 / kOne);
  if (small == size) return values;
  cv::resize(values, out, size, 0, 0, cv::INTER_LINEAR);
  return out;
}

}  // namespace pai::core

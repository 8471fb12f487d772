// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_markers.h"

#include <vector>

#include <opencv2/imgproc.hpp>

namespace pai::core {

void removeMarkers(cv::Mat& alpha, double reachPx) {
  const int step = std::max(1, static_cast<int>(reachPx / 24.0));
  cv::Mat small, labels, stats, centres;
  if (step > 1) {
    cv::resize(alpha, small, {std::max(1, alpha.cols / step), std::max(1, alpha.rows / step)}, 0, 0, cv::INTER_AREA);
  } else {
    small = alpha;
  }
  const int count = cv::connectedComponentsWithStats(small > 0.06f, labels, stats, centres, 8, CV_32S);
  const double reach = reachPx / step;
  int largest = 0;
  for (int i = 1; i < count; ++i) largest = std::max(largest, stats.at<int>(i, cv::CC_STAT_AREA));
  std::vector<char> marker(static_cast<std::size_t>(count), 0);
  bool any = false;
  for (int i = 1; i < count; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    if (w > reach || h > reach || area * 8 > largest) continue;
    // A cross seen flat on the floor is wide and thin; a loose lock of hair is longer still.
    if (area < 0.06 * w * h || std::max(w, h) > 7 * std::min(w, h) + 2) continue;
    marker[static_cast<std::size_t>(i)] = 1;
    any = true;
  }
  if (!any) return;
  cv::Mat mask(small.size(), CV_8U);
  for (int y = 0; y < mask.rows; ++y) {
    const int* l = labels.ptr<int>(y);
    for (int x = 0; x < mask.cols; ++x) mask.at<std::uint8_t>(y, x) = marker[static_cast<std::size_t>(l[x])] ? 255 : 0;
  }
  cv::dilate(mask, mask, cv::getStructuringElement(cv::MORPH_ELLIPSE, {5, 5}));
  if (step > 1) cv::resize(mask, mask, alpha.size(), 0, 0, cv::INTER_NEAREST);
  alpha.setTo(0.0f, mask);
}

}  // namespace pai::core

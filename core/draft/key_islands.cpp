// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_islands.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr float kAllScreen = 0.985f;  // of a cell's pixels; grain hides a few
constexpr int kReach = 3;             // cells around what is not screen: farther than any filter of the key reaches
constexpr double kMostly = 0.6;       // of the frame, from which the whole is taken

/// Joins rectangles until none meets another.
void joinMeeting(std::vector<cv::Rect>& r) {
  for (bool joined = true; joined;) {
    joined = false;
    for (std::size_t i = 0; i < r.size() && !joined; ++i) {
      for (std::size_t j = i + 1; j < r.size(); ++j) {
        if ((r[i] & r[j]).empty()) continue;
        r[i] |= r[j];
        r.erase(r.begin() + static_cast<std::ptrdiff_t>(j));
        joined = true;
        break;
      }
    }
  }
}

}  // namespace

std::vector<cv::Rect> islandsOf(const ScreenField& field, cv::Size size) {
  const int cell = field.screen.cell;
  const cv::Rect whole({0, 0}, size);
  cv::Mat full, other, labels, stats, centres;
  // Cells at the right and bottom border hold fewer pixels.
  full = field.seen.clone();
  for (int y = 0; y < full.rows; ++y) {
    for (int x = 0; x < full.cols; ++x) {
      const int w = std::min(cell, size.width - x * cell), h = std::min(cell, size.height - y * cell);
      full.at<float>(y, x) *= static_cast<float>(cell * cell) / static_cast<float>(w * h);
    }
  }
  other = full < kAllScreen;
  cv::dilate(other, other, cv::Mat::ones(2 * kReach + 1, 2 * kReach + 1, CV_8U));
  const int count = cv::connectedComponentsWithStats(other, labels, stats, centres, 8, CV_32S);
  std::vector<cv::Rect> out;
  for (int i = 1; i < count; ++i) {
    const cv::Rect cells(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                         stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT));
    out.push_back(cv::Rect(cells.x * cell, cells.y * cell, cells.width * cell, cells.height * cell) & whole);
  }
  if (out.size() > 200) return {whole};
  joinMeeting(out);
  double area = 0.0;
  for (const cv::Rect& r : out) area += r.area();
  if (area > kMostly * whole.area()) return {whole};
  std::sort(out.begin(), out.end(), [](const cv::Rect& a, const cv::Rect& b) { return a.y != b.y ? a.y < b.y : a.x < b.x; });
  return out;
}

Planes viewOf(const Planes& frame, const cv::Rect& at) { return {frame.r(at), frame.g(at), frame.b(at)}; }

CoarseField viewOf(const CoarseField& field, const cv::Rect& at) {
  const int cell = field.cell;
  const cv::Rect cells(at.x / cell, at.y / cell, (at.width + cell - 1) / cell, (at.height + cell - 1) / cell);
  return {cell, field.value(cells)};
}

}  // namespace pai::core

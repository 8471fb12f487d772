// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_markers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace pai::core {

namespace {

constexpr float kSubject = 0.06f;      // least alpha of a part
constexpr float kMarkerLikeness = 0.08f;   // distance of square roots of light within a marker's paint

cv::Vec3f rootAt(const Planes& frame, int x, int y) {
  const auto root = [&](int c) { return std::sqrt(std::max(frame.row(c, y)[x], 0.0f)); };
  return {root(0), root(1), root(2)};
}

/// Middle colour (square roots) of the paint that markers are made of; false where too little of it is seen.
bool paintOf(const Planes& frame, const cv::Mat& alpha, const cv::Mat& markers, cv::Vec3f& paint) {
  std::array<std::vector<float>, 3> values;
  for (int y = 0; y < alpha.rows; ++y) {
    const auto* m = markers.ptr<std::uint8_t>(y);
    const float* a = alpha.ptr<float>(y);
    for (int x = 0; x < alpha.cols; ++x) {
      if (!m[x] || a[x] < 0.5f) continue;
      const cv::Vec3f c = rootAt(frame, x, y);
      for (std::size_t i = 0; i < 3; ++i) values[i].push_back(c[static_cast<int>(i)]);
    }
  }
  if (values[0].size() < 40) return false;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto middle = values[i].begin() + static_cast<std::ptrdiff_t>(values[i].size() / 2);
    std::nth_element(values[i].begin(), middle, values[i].end());
    paint[static_cast<int>(i)] = *middle;
  }
  return true;
}

/// Marks parts that stick out of the subject, are as thin as a marker's bars and have the paint's colour.
cv::Mat touching(const cv::Mat& alpha, const Planes& frame, const cv::Vec3f& paint, double reachPx) {
  const int bar = std::max(1, static_cast<int>(std::lround(reachPx / 9.0)));
  cv::Mat solid = alpha > 0.5f, body;
  cv::morphologyEx(solid, body, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * bar + 1, 2 * bar + 1}));
  cv::Mat painted = solid & ~body;
  for (int y = 0; y < alpha.rows; ++y) {
    auto* p = painted.ptr<std::uint8_t>(y);
    for (int x = 0; x < alpha.cols; ++x) {
      if (p[x] && cv::norm(rootAt(frame, x, y) - paint) > static_cast<double>(kMarkerLikeness)) p[x] = 0;
    }
  }
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(painted, labels, stats, centres, 8, CV_32S);
  cv::Mat out = cv::Mat::zeros(alpha.size(), CV_8U);
  for (int i = 1; i < count; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    if (w > reachPx || h > reachPx || area < bar * bar) continue;
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), w, h);
    out(box).setTo(255, labels(box) == i);
  }
  // The paint's own soft edge goes with it, the subject's stays.
  cv::Mat grown;
  cv::dilate(out, grown, cv::getStructuringElement(cv::MORPH_ELLIPSE, {7, 7}));
  return grown & ~body;
}

}  // namespace

void removeMarkers(cv::Mat& alpha, const Planes& frame, double reachPx) {
  const int step = std::max(1, static_cast<int>(reachPx / 24.0));
  cv::Mat small, labels, stats, centres;
  if (step > 1) {
    cv::resize(alpha, small, {std::max(1, alpha.cols / step), std::max(1, alpha.rows / step)}, 0, 0, cv::INTER_AREA);
  } else {
    small = alpha;
  }
  const int count = cv::connectedComponentsWithStats(small > kSubject, labels, stats, centres, 8, CV_32S);
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
  for (int y = 0; y < mask.rows; ++y) {
    const int* l = labels.ptr<int>(y);
    auto* m = mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < mask.cols; ++x) {
      if (l[x] > 0 && !marker[static_cast<std::size_t>(l[x])]) m[x] = 0;
    }
  }
  if (step > 1) cv::resize(mask, mask, alpha.size(), 0, 0, cv::INTER_NEAREST);
  cv::Vec3f paint;
  const bool known = paintOf(frame, alpha, mask, paint);
  alpha.setTo(0.0f, mask);
  if (known) alpha.setTo(0.0f, touching(alpha, frame, paint, reachPx));
}

}  // namespace pai::core

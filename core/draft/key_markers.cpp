// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_markers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/key_islands.h"

namespace pai::core {

namespace {

constexpr float kSubject = 0.06f;      // least alpha of a part
constexpr float kFaint = 0.4f;         // a part apart from the subject that is nowhere stronger is the screen's own seam or fold
constexpr double kMarkerLikeness = 0.06;   // distance of square roots of light within a marker's paint, however it is lit
constexpr float kPaintDarkest = 0.6f, kPaintBrightest = 1.4f;  // square root of the light on a marker over that on most

cv::Vec3f rootAt(const Planes& frame, int x, int y) {
  const auto root = [&](int c) { return std::sqrt(std::max(frame.row(c, y)[x], 0.0f)); };
  return {root(0), root(1), root(2)};
}

/// Whether a colour (square roots) is the paint's in stronger or weaker light: markers on the floor get another than those on
/// the wall.
bool isPaint(const cv::Vec3f& root, const cv::Vec3f& paint) {
  const float lit = std::clamp(root.dot(paint) / std::max(paint.dot(paint), 1e-6f), kPaintDarkest, kPaintBrightest);
  return cv::norm(root - paint * lit) <= kMarkerLikeness;
}

/// Middle colour (square roots) of the paint that markers are made of; false where too little of it is seen.
bool paintOf(const Planes& frame, const cv::Mat& alpha, const cv::Mat& markers, const std::vector<cv::Rect>& boxes, cv::Vec3f& paint) {
  std::array<std::vector<float>, 3> values;
  for (const cv::Rect& box : boxes) {
    for (int y = box.y; y < box.y + box.height; ++y) {
      const auto* m = markers.ptr<std::uint8_t>(y);
      const float* a = alpha.ptr<float>(y);
      for (int x = box.x; x < box.x + box.width; ++x) {
        if (!m[x] || a[x] < 0.5f) continue;
        const cv::Vec3f c = rootAt(frame, x, y);
        for (std::size_t i = 0; i < 3; ++i) values[i].push_back(c[static_cast<int>(i)]);
      }
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
      if (p[x] && !isPaint(rootAt(frame, x, y), paint)) p[x] = 0;
    }
  }
  cv::Mat labels, stats, centres, beside;
  cv::dilate(body, beside, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * bar + 1, 2 * bar + 1}));
  const int count = cv::connectedComponentsWithStats(painted, labels, stats, centres, 8, CV_32S);
  cv::Mat out = cv::Mat::zeros(alpha.size(), CV_8U);
  for (int i = 1; i < count; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    if (w > reachPx || h > reachPx || 3 * area < bar * bar) continue;
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), w, h);
    const cv::Mat part = labels(box) == i;
    // A cross seen flat on the floor is small; a small spot on the subject's own edge is the subject's.
    if (area < bar * bar && cv::countNonZero(part & beside(box)) > 0) continue;
    out(box).setTo(255, part);
  }
  // The paint's own soft edge goes with it, the subject's stays.
  cv::Mat grown;
  cv::dilate(out, grown, cv::getStructuringElement(cv::MORPH_ELLIPSE, {7, 7}));
  out = grown & ~body;
  if (cv::countNonZero(out) == 0) return out;
  // What is left of a marker stands alone beside what was taken.
  const int left = cv::connectedComponentsWithStats((alpha > kSubject) & ~out, labels, stats, centres, 8, CV_32S);
  cv::dilate(out, grown, cv::getStructuringElement(cv::MORPH_ELLIPSE, {5, 5}));
  for (int i = 1; i < left; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    if (w > reachPx || h > reachPx) continue;
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), w, h);
    const cv::Mat part = labels(box) == i;
    if (cv::countNonZero(part & grown(box)) > 0) out(box).setTo(255, part);
  }
  return out;
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
  std::vector<float> strongest(static_cast<std::size_t>(count), 0.0f);
  for (int y = 0; y < labels.rows; ++y) {
    const int* l = labels.ptr<int>(y);
    const float* a = small.ptr<float>(y);
    for (int x = 0; x < labels.cols; ++x) {
      float& most = strongest[static_cast<std::size_t>(l[x])];
      most = std::max(most, a[x]);
    }
  }
  int largest = 0;
  for (int i = 1; i < count; ++i) largest = std::max(largest, stats.at<int>(i, cv::CC_STAT_AREA));
  enum class Part : char { kSubject, kMarker, kSeam };
  std::vector<Part> parts(static_cast<std::size_t>(count), Part::kSubject);
  std::vector<cv::Rect> markerBoxes;  // of the frame
  cv::Rect subjectBox;                // of the small picture
  const cv::Rect whole({0, 0}, alpha.size());
  for (int i = 1; i < count; ++i) {
    const int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), w, h);
    Part& part = parts[static_cast<std::size_t>(i)];
    if (area * 8 <= largest) {
      if (strongest[static_cast<std::size_t>(i)] < kFaint) part = Part::kSeam;
      // A cross seen flat on the floor is wide and thin; a loose lock of hair is longer still.
      const bool compact = area >= 0.06 * w * h && std::max(w, h) <= 7 * std::min(w, h) + 2;
      if (w <= reach && h <= reach && compact) part = Part::kMarker;
    }
    if (part == Part::kSubject) subjectBox |= box;
    if (part == Part::kMarker) markerBoxes.push_back(cv::Rect(box.x * step, box.y * step, w * step, h * step) & whole);
  }
  cv::Mat subject(small.size(), CV_8U), markers(small.size(), CV_8U), seams(small.size(), CV_8U), near;
  for (int y = 0; y < labels.rows; ++y) {
    const int* l = labels.ptr<int>(y);
    auto *s = subject.ptr<std::uint8_t>(y), *m = markers.ptr<std::uint8_t>(y), *f = seams.ptr<std::uint8_t>(y);
    for (int x = 0; x < labels.cols; ++x) {
      const Part part = parts[static_cast<std::size_t>(l[x])];
      s[x] = l[x] > 0 && part == Part::kSubject ? 255 : 0;
      m[x] = l[x] > 0 && part == Part::kMarker ? 255 : 0;
      f[x] = l[x] > 0 && part == Part::kSeam ? 255 : 0;
    }
  }
  // What is fainter than any part belongs to the subject close to it only. A marker's soft border goes with it.
  const int close = std::max(1, static_cast<int>(std::lround(reach / 8.0)));
  cv::dilate(subject, near, cv::Mat::ones(2 * close + 1, 2 * close + 1, CV_8U));
  cv::dilate(markers, markers, cv::Mat::ones(3, 3, CV_8U), {-1, -1}, 2);
  cv::Mat gone = ~near | seams | (markers & ~subject);
  if (step > 1) cv::resize(gone, gone, alpha.size(), 0, 0, cv::INTER_NEAREST);
  cv::Vec3f paint;
  const bool known = !markerBoxes.empty() && paintOf(frame, alpha, gone, markerBoxes, paint);
  alpha.setTo(0.0f, gone);
  if (!known || subjectBox.empty()) return;
  const int margin = close + 4;
  const cv::Rect around = cv::Rect((subjectBox.x - margin) * step, (subjectBox.y - margin) * step, (subjectBox.width + 2 * margin) * step,
                                   (subjectBox.height + 2 * margin) * step) & whole;
  cv::Mat part = alpha(around);
  part.setTo(0.0f, touching(part, viewOf(frame, around), paint, reachPx));
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_follow.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "core/draft/camera_geometry.h"

namespace pai::core {
namespace {

constexpr int kFollowWidth = 960;
constexpr double kMinimumCorner = 2e-4;  // eigenvalue of flat, compressed screens lies below this

/// Local maxima of the smaller eigenvalue above that of flat, compressed screens, strongest first.
std::vector<CornerPeak> peaksOf(const cv::Mat& grey) {
  cv::Mat eigen, highest;
  cv::cornerMinEigenVal(grey, eigen, 5, 3);
  cv::dilate(eigen, highest, cv::Mat());
  std::vector<CornerPeak> peaks;
  for (int y = 1; y + 1 < grey.rows; ++y) {
    const auto *e = eigen.ptr<float>(y), *h = highest.ptr<float>(y);
    for (int x = 1; x + 1 < grey.cols; ++x)
      if (e[x] > kMinimumCorner && e[x] == h[x]) peaks.push_back({e[x], {x, y}});
  }
  std::stable_sort(peaks.begin(), peaks.end(), [](const auto& a, const auto& b) { return a.strength > b.strength; });
  return peaks;
}

/// Widens a matte by about `radius` pixels; CV_8U, 255 inside. Done at a quarter of the size.
cv::Mat widened(const cv::Mat& matte, int radius, cv::Size size) {
  cv::Mat small, wide;
  const cv::Size quarter(std::max(1, (size.width + 3) / 4), std::max(1, (size.height + 3) / 4));
  cv::resize(matte, small, quarter, 0, 0, cv::INTER_AREA);
  const int r = (radius + 3) / 4;
  cv::dilate(small > 0.004, small, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * r + 1, 2 * r + 1}));
  cv::resize(small, wide, size, 0, 0, cv::INTER_NEAREST);
  return wide;
}

}  // namespace

Result<WorkFrame> loadFrame(const PlateAccess& clip, FrameIndex frame) {
  auto picture = clip.picture(frame);
  if (!picture) return picture.error();
  WorkFrame f;
  f.grey = lumaOf(**picture, kFollowWidth);
  f.open = cv::Mat(f.grey.size(), CV_8U, cv::Scalar(255));
  if (clip.matte) {
    auto matte = clip.matte(frame);
    if (!matte) return matte.error();
    if (!matte->empty()) {
      f.open.setTo(0, widened(*matte, std::max(3, f.grey.cols / 80), f.grey.size()));
    }
  }
  const int levels = std::max(2, static_cast<int>(std::log2(f.grey.cols / 40.0)));
  cv::buildOpticalFlowPyramid(f.grey, f.pyramid, {kFollowWindow, kFollowWindow}, std::min(levels, 5));
  return f;
}

std::vector<cv::Point2f> detectCorners(const WorkFrame& f, const std::vector<cv::Point2f>& taken, int wanted) {
  if (wanted <= 0) return {};
  if (!f.peaks) f.peaks = peaksOf(f.grey);
  const int border = kFollowWindow / 4, distance = std::max(6, f.grey.cols / 60);
  cv::Mat mask = cv::Mat::zeros(f.grey.size(), CV_8U);
  const cv::Rect inner(border, border, std::max(0, mask.cols - 2 * border), std::max(0, mask.rows - 2 * border));
  f.open(inner).copyTo(mask(inner));
  for (const auto& p : taken) cv::circle(mask, p, distance, cv::Scalar(0), -1);
  std::vector<cv::Point2f> corners;
  double least = 0;
  for (const CornerPeak& peak : *f.peaks) {
    if (peak.strength < least || static_cast<int>(corners.size()) >= wanted) break;
    if (!mask.at<uchar>(peak.at)) continue;
    if (corners.empty()) least = std::max(kMinimumCorner, 0.005 * peak.strength);
    if (peak.strength < least) break;
    corners.emplace_back(peak.at);
    cv::circle(mask, peak.at, distance, cv::Scalar(0), -1);
  }
  if (!corners.empty())
    cv::cornerSubPix(f.grey, corners, {4, 4}, {-1, -1}, {cv::TermCriteria::EPS | cv::TermCriteria::COUNT, 20, 0.01});
  return corners;
}

std::vector<uchar> follow(const WorkFrame& a, const WorkFrame& b, const std::vector<cv::Point2f>& from,
                          std::vector<cv::Point2f>& to, bool guess, double tolerance) {
  std::vector<uchar> ok, back;
  std::vector<float> error;
  if (from.empty()) return {};
  const cv::TermCriteria stopAt(cv::TermCriteria::EPS | cv::TermCriteria::COUNT, 30, 0.005);
  std::vector<cv::Point2f> returned = from;
  const int levels = guess ? 1 : 5;
  cv::calcOpticalFlowPyrLK(a.pyramid, b.pyramid, from, to, ok, error, {kFollowWindow, kFollowWindow}, levels, stopAt,
                           guess ? cv::OPTFLOW_USE_INITIAL_FLOW : 0, 1e-4);
  cv::calcOpticalFlowPyrLK(b.pyramid, a.pyramid, to, returned, back, error, {kFollowWindow, kFollowWindow}, 1, stopAt,
                           cv::OPTFLOW_USE_INITIAL_FLOW, 1e-4);
  for (std::size_t i = 0; i < ok.size(); ++i) {
    const cv::Point p(cvRound(to[i].x), cvRound(to[i].y));
    const bool inside = p.x >= 2 && p.y >= 2 && p.x < b.grey.cols - 2 && p.y < b.grey.rows - 2;
    ok[i] = ok[i] && back[i] && inside && b.open.at<uchar>(p) && cv::norm(returned[i] - from[i]) < tolerance;
  }
  return ok;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_faint.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "core/draft/camera_geometry.h"

namespace pai::core {
namespace {

constexpr int kFaintWidth = 480;           // averages the grain away and keeps what is larger than it
constexpr double kFine = 1.5, kCoarse = 16;  // sigmas of the band, pixels at that width
constexpr double kFlat = 0.1;         // levels: a screen with less structure holds nothing but coding noise
constexpr double kRaised = 25;        // levels that the structure is raised to
constexpr double kMostGain = 60;

/// Blurs what is open; what is not is filled from it.
cv::Mat openBlur(const cv::Mat& values, const cv::Mat& open, double sigma) {
  cv::Mat v = values.mul(open), w = open;
  const int shrink = sigma > 6 ? 4 : 1;
  if (shrink > 1) {
    const cv::Size small(std::max(1, values.cols / shrink), std::max(1, values.rows / shrink));
    cv::resize(v, v, small, 0, 0, cv::INTER_AREA);
    cv::resize(w, w, small, 0, 0, cv::INTER_AREA);
  }
  cv::GaussianBlur(v, v, {0, 0}, sigma / shrink);
  cv::GaussianBlur(w, w, {0, 0}, sigma / shrink);
  cv::Mat out = v / (w + 1e-4);
  if (shrink > 1) cv::resize(out, out, values.size(), 0, 0, cv::INTER_LINEAR);
  return out;
}

/// Standard deviation that a few strong places (a mark, an edge of the set) do not raise.
double robustSpread(const cv::Mat& band, const cv::Mat& open) {
  std::vector<float> v;
  for (int y = 0; y < band.rows; y += 2)
    for (int x = 0; x < band.cols; x += 2)
      if (open.at<float>(y, x) > 0.5F) v.push_back(std::abs(band.at<float>(y, x)));
  if (v.size() < 500) return 0;
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle / 0.6745;
}

}  // namespace

Result<WorkFrame> FaintFrames::load(const PlateAccess& clip, FrameIndex frame) {
  auto picture = clip.picture(frame);
  if (!picture) return picture.error();
  cv::Mat luma = lumaOf(**picture, 2 * kFaintWidth);
  luma.convertTo(luma, CV_32F);
  const double s = std::min(1.0, static_cast<double>(kFaintWidth) / luma.cols);
  const cv::Size size(std::max(1, cvRound(luma.cols * s)), std::max(1, cvRound(luma.rows * s)));
  cv::resize(luma, luma, size, 0, 0, cv::INTER_AREA);
  cv::Mat open(size, CV_32F, cv::Scalar(1));
  if (clip.matte) {
    auto matte = clip.matte(frame);
    if (!matte) return matte.error();
    if (!matte->empty()) {
      cv::Mat small;
      cv::resize(*matte, small, size, 0, 0, cv::INTER_AREA);
      cv::dilate(small > 0.004, small, cv::getStructuringElement(cv::MORPH_ELLIPSE, {7, 7}));
      open.setTo(0, small);
    }
  }
  cv::Mat band = openBlur(luma, open, kFine) - openBlur(luma, open, kCoarse);
  if (m_gain < 0) {
    const double spread = robustSpread(band, open);
    m_gain = spread < kFlat ? 0 : std::min(kMostGain, kRaised / spread);
  }
  cv::Mat soft;
  cv::GaussianBlur(open, soft, {0, 0}, 3);
  band = band.mul(soft);
  WorkFrame f;
  band.convertTo(f.grey, CV_8U, m_gain, 128);
  cv::Mat near;
  cv::erode(open, near, cv::getStructuringElement(cv::MORPH_ELLIPSE, {9, 9}));
  near.convertTo(f.open, CV_8U, 255);
  cv::buildOpticalFlowPyramid(f.grey, f.pyramid, {kFollowWindow, kFollowWindow}, 3);
  return f;
}

}  // namespace pai::core

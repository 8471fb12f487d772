// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_subject.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "core/draft/camera_geometry.h"

namespace pai::core {
namespace {

constexpr int kSubjectWidth = 480;

struct Look {
  cv::Mat grey, matte;
  double height = 0;
  cv::Point2d centre;
  double area = 0;
};

Result<Look> look(const PlateAccess& plate, FrameIndex frame) {
  auto picture = plate.picture(frame);
  if (!picture) return picture.error();
  Look l;
  l.grey = lumaOf(**picture, kSubjectWidth);
  l.matte = cv::Mat::zeros(l.grey.size(), CV_32F);
  if (!plate.matte) return l;
  auto matte = plate.matte(frame);
  if (!matte) return matte.error();
  if (matte->empty()) return l;
  cv::resize(*matte, l.matte, l.grey.size(), 0, 0, cv::INTER_AREA);
  std::vector<double> rows(l.matte.rows);
  for (int y = 0; y < l.matte.rows; ++y)
    for (int x = 0; x < l.matte.cols; ++x) {
      const double a = l.matte.at<float>(y, x);
      if (a < 0.5) continue;
      rows[y] += 1;
      l.centre += cv::Point2d(x, y);
      l.area += 1;
    }
  if (l.area < 1) return l;
  l.centre *= 1.0 / l.area;
  double sum = 0;
  int top = -1, bottom = 0;
  for (int y = 0; y < l.matte.rows; ++y) {
    sum += rows[y];
    if (top < 0 && sum >= 0.02 * l.area) top = y;
    if (sum <= 0.98 * l.area) bottom = y;
  }
  l.height = bottom - top + 1;
  return l;
}

double median(std::vector<float>& v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

/// Median motion of the subject's pixels from `a` to `b`; false when too few are seen.
bool motion(cv::DISOpticalFlow& flow, const Look& a, const Look& b, cv::Point2d& step) {
  cv::Mat field;
  flow.calc(b.grey, a.grey, field);
  std::vector<float> x, y;
  for (int r = 0; r < field.rows; ++r)
    for (int c = 0; c < field.cols; ++c) {
      if (b.matte.at<float>(r, c) < 0.8F) continue;
      const auto f = field.at<cv::Point2f>(r, c);
      x.push_back(f.x);
      y.push_back(f.y);
    }
  if (x.size() < 25) return false;
  step = -cv::Point2d(median(x), median(y));
  return true;
}

}  // namespace

Result<SubjectMotion> subjectMotion(const PlateAccess& plate, const StopToken& stop, const ProgressFn& progress) {
  SubjectMotion m;
  auto flow = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
  Look last;
  std::vector<double> heights;
  for (std::int64_t t = 0; t < plate.frames; ++t) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "the camera solve was stopped", "", {}};
    auto now = look(plate, FrameIndex{t});
    if (!now) return now.error();
    const double scale = static_cast<double>(plate.size.width) / now->grey.cols;
    cv::Point2d step(0, 0);
    double trust = 0;
    if (t > 0 && now->area > 8 && last.area > 8) {
      if (motion(*flow, last, *now, step)) trust = 1;
      else step = now->centre - last.centre, trust = 0.3;
    }
    m.step.push_back(step * scale);
    m.trust.push_back(t > 0 ? trust : 1.0);
    heights.push_back(now->area > 8 ? now->height * scale : 0);
    last = std::move(*now);
    if (progress) progress(static_cast<double>(t + 1) / static_cast<double>(plate.frames));
  }
  m.present = std::any_of(heights.begin(), heights.end(), [](double h) { return h > 0; });
  for (std::size_t i = 1; i < heights.size(); ++i)
    if (heights[i] <= 0) heights[i] = heights[i - 1];
  for (std::size_t i = heights.size(); i-- > 1;)
    if (heights[i - 1] <= 0) heights[i - 1] = heights[i];
  m.height = smoothed(medianFiltered(heights, 4), 3);
  return m;
}

}  // namespace pai::core

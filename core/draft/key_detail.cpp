// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_detail.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr float kLumaNoise = 1e-4f;  // variance that grain and coding give coded luma
constexpr int kWindow = 5;           // pixels, in which alpha follows luma along one line

/// Brightness as coded, about: what a camera keeps at full size.
cv::Mat codedLuma(const Planes& frame) {
  cv::Mat out(frame.size(), CV_32F);
  const auto root = [](float v) { return std::sqrt(v > 0.0f ? v : 0.0f); };
  cv::parallel_for_({0, out.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const float *r = frame.row(0, y), *g = frame.row(1, y), *b = frame.row(2, y);
      float* o = out.ptr<float>(y);
      for (int x = 0; x < out.cols; ++x) o[x] = 0.2126f * root(r[x]) + 0.7152f * root(g[x]) + 0.0722f * root(b[x]);
    }
  }, 8.0);
  return out;
}

/// What chroma of half size keeps of a picture.
cv::Mat coarse(const cv::Mat& m) {
  cv::Mat out;
  const cv::Mat kernel = (cv::Mat_<float>(1, 5) << 1, 4, 6, 4, 1) / 16.0f;
  cv::sepFilter2D(m, out, CV_32F, kernel, kernel, {-1, -1}, 0.0, cv::BORDER_REPLICATE);
  return out;
}

}  // namespace

void addLumaDetail(cv::Mat& alpha, const Planes& frame) {
  const cv::Mat luma = codedLuma(frame), smooth = coarse(luma);
  cv::Mat product, square, meanAlpha, meanLuma;
  cv::multiply(smooth, alpha, product);
  cv::multiply(smooth, smooth, square);
  const cv::Size window(kWindow, kWindow);
  cv::blur(alpha, meanAlpha, window, {-1, -1}, cv::BORDER_REPLICATE);
  cv::blur(smooth, meanLuma, window, {-1, -1}, cv::BORDER_REPLICATE);
  cv::blur(product, product, window, {-1, -1}, cv::BORDER_REPLICATE);
  cv::blur(square, square, window, {-1, -1}, cv::BORDER_REPLICATE);
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      float* a = alpha.ptr<float>(y);
      const float *l = luma.ptr<float>(y), *s = smooth.ptr<float>(y), *ma = meanAlpha.ptr<float>(y), *ml = meanLuma.ptr<float>(y);
      const float *p = product.ptr<float>(y), *q = square.ptr<float>(y);
      for (int x = 0; x < alpha.cols; ++x) {
        const float variance = q[x] - ml[x] * ml[x], slope = (p[x] - ma[x] * ml[x]) / ((variance > 0.0f ? variance : 0.0f) + kLumaNoise);
        const float v = a[x] + slope * (l[x] - s[x]);
        a[x] = v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
      }
    }
  }, 8.0);
}

}  // namespace pai::core

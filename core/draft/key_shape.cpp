// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_shape.h"

#include <cmath>
#include <numbers>

#include <opencv2/imgproc.hpp>

#include "core/draft/enlarged_row.h"

namespace pai::core {
namespace {

constexpr float kEdgeVariance = 4e-4f;  // of the guide; flatter places are smoothed

/// Clears (or fills) connected parts of `parts` that are smaller than the disc and touch nothing larger.
void replaceSmall(const cv::Mat& parts, double radiusPx, cv::Mat& alpha, float value) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(parts, labels, stats, centres, 8, CV_32S);
  const double limit = std::numbers::pi * radiusPx * radiusPx;
  std::vector<char> small(static_cast<std::size_t>(count), 0);
  bool any = false;
  for (int i = 1; i < count; ++i) {
    small[static_cast<std::size_t>(i)] = stats.at<int>(i, cv::CC_STAT_AREA) < limit;
    any = any || small[static_cast<std::size_t>(i)];
  }
  if (!any) return;
  for (int y = 0; y < alpha.rows; ++y) {
    const int* label = labels.ptr<int>(y);
    float* a = alpha.ptr<float>(y);
    for (int x = 0; x < alpha.cols; ++x) {
      if (label[x] > 0 && small[static_cast<std::size_t>(label[x])]) a[x] = value;
    }
  }
}

cv::Mat ellipse(int radius) { return cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * radius + 1, 2 * radius + 1}); }

}  // namespace

cv::Mat guideOf(const Planes& f) {
  cv::Mat out(f.size(), CV_32F);
  cv::parallel_for_({0, out.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const float *r = f.row(0, y), *g = f.row(1, y), *b = f.row(2, y);
      float* o = out.ptr<float>(y);
      for (int x = 0; x < out.cols; ++x) {
        o[x] = std::sqrt(std::min(std::max(0.3f * r[x] + 0.55f * g[x] + 0.15f * b[x], 0.0f), 4.0f));
      }
    }
  }, 8.0);
  return out;
}

void refineEdges(cv::Mat& alpha, const cv::Mat& guide, double radiusPx, double amount) {
  if (amount <= 0.0) return;
  const int step = std::clamp(static_cast<int>(std::ceil(radiusPx / 2.0)), 1, 4);
  const int radius = std::max(1, static_cast<int>(std::lround(radiusPx / step)));
  const cv::Size small(std::max(1, alpha.cols / step), std::max(1, alpha.rows / step));
  cv::Mat i = averaged(guide, small), p = averaged(alpha, small), ip, ii;
  cv::multiply(i, p, ip);
  cv::multiply(i, i, ii);
  const cv::Size window(2 * radius + 1, 2 * radius + 1);
  for (cv::Mat* m : {&i, &p, &ip, &ii}) cv::blur(*m, *m, window, {-1, -1}, cv::BORDER_REPLICATE);
  cv::Mat a(small, CV_32F), b(small, CV_32F);
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      const float mi = i.at<float>(y, x), mp = p.at<float>(y, x);
      const float slope = (ip.at<float>(y, x) - mi * mp) / (ii.at<float>(y, x) - mi * mi + kEdgeVariance);
      a.at<float>(y, x) = slope;
      b.at<float>(y, x) = mp - slope * mi;
    }
  }
  for (cv::Mat* m : {&a, &b}) cv::blur(*m, *m, window, {-1, -1}, cv::BORDER_REPLICATE);
  const float share = static_cast<float>(std::min(amount, 1.0));
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    EnlargedRow<float> slope(a, alpha.size()), base(b, alpha.size());
    for (int y = rows.start; y < rows.end; ++y) {
      float* al = alpha.ptr<float>(y);
      const float* g = guide.ptr<float>(y);
      slope.start(y);
      base.start(y);
      for (int x = 0; x < alpha.cols; ++x) {
        const float v = al[x];
        if (v <= 0.0f || v >= 1.0f) continue;
        const float q = std::min(std::max(slope.at(x) * g[x] + base.at(x), 0.0f), 1.0f);
        const float band = std::min(1.0f, 16.0f * v * (1.0f - v));  // only where the key itself is unsure
        al[x] = v + (q - v) * band * share;
      }
    }
  }, 8.0);
}

void despot(cv::Mat& alpha, double radiusPx) {
  if (radiusPx > 0.0) replaceSmall(alpha > 0.02f, radiusPx, alpha, 0.0f);
}

void fillHoles(cv::Mat& alpha, double radiusPx) {
  if (radiusPx > 0.0) replaceSmall(alpha < 0.98f, radiusPx, alpha, 1.0f);
}

void growMatte(cv::Mat& alpha, double pixels) {
  const double size = std::min(std::abs(pixels), 64.0);
  if (size < 1e-3) return;
  const int whole = static_cast<int>(size);
  const double part = size - whole;
  const auto moved = [&](int radius) {
    cv::Mat out = alpha;
    if (radius > 0) {
      out = cv::Mat();
      pixels > 0.0 ? cv::dilate(alpha, out, ellipse(radius)) : cv::erode(alpha, out, ellipse(radius));
    }
    return out;
  };
  cv::Mat out;
  cv::addWeighted(moved(whole), 1.0 - part, moved(whole + 1), part, 0.0, out);
  alpha = out;
}

void featherMatte(cv::Mat& alpha, double radiusPx) {
  if (radiusPx < 0.05) return;
  cv::GaussianBlur(alpha, alpha, {0, 0}, std::min(radiusPx, 256.0) / 2.0, 0.0, cv::BORDER_REPLICATE);
}

}  // namespace pai::core

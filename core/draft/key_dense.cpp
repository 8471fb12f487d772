// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_dense.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr int kBlock = 4;             // pixels at 1920 wide that are measured together
constexpr float kClear = 0.3f;        // mean alpha of a block that counts as an opening
constexpr float kNear = 2.5f, kFar = 6.0f;        // blocks from the next opening
constexpr float kMaybeDark = 0.6f, kDark = 0.8f;  // least coverage that a pixel's darkness leaves

float ramp(float low, float high, float v) { return std::clamp((v - low) / (high - low), 0.0f, 1.0f); }

/// How far each block lies from any clear screen, 0..1.
cv::Mat depthOf(const cv::Mat& alpha, double pixel) {
  const int side = std::max(1, static_cast<int>(std::lround(kBlock * pixel)));
  const cv::Mat blocks = averaged(alpha, {std::max(1, alpha.cols / side), std::max(1, alpha.rows / side)});
  cv::Mat distance;
  cv::distanceTransform(blocks >= kClear, distance, cv::DIST_L2, 3);
  distance = (distance - kNear) / (kFar - kNear);
  cv::max(distance, 0.0, distance);
  cv::min(distance, 1.0, distance);
  return distance;
}

}  // namespace

void fillDarkDepths(cv::Mat& alpha, const Planes& frame, const CoarseField& screen, double pixel) {
  const cv::Mat depth = depthOf(alpha, pixel);
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    CoarseRow behind(screen);
    EnlargedRow<float> deep(depth, alpha.size());
    for (int y = rows.start; y < rows.end; ++y) {
      behind.start(y);
      deep.start(y);
      float* a = alpha.ptr<float>(y);
      const float *r = frame.row(0, y), *g = frame.row(1, y), *b = frame.row(2, y);
      for (int x = 0; x < alpha.cols; ++x) {
        if (a[x] <= 0.0f || a[x] >= 1.0f) continue;
        const float far = deep.at(x);
        if (far <= 0.0f) continue;
        const cv::Vec3f s = behind.at(x);
        const float through = std::min({r[x] / std::max(s[0], 1e-4f), g[x] / std::max(s[1], 1e-4f), b[x] / std::max(s[2], 1e-4f)});
        a[x] += (1.0f - a[x]) * far * ramp(kMaybeDark, kDark, 1.0f - through);
      }
    }
  }, 8.0);
}

}  // namespace pai::core

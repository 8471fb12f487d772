// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_detail.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr float kLittleContrast = 0.12f, kMuchContrast = 0.4f;  // of luma between screen and subject
constexpr float kAgreedShare = 0.85f, kDisagreement = 0.45f;

float lumaOf(float r, float g, float b) { return 0.299f * r + 0.587f * g + 0.114f * b; }

cv::Mat lumaOf(const CoarseField& field, cv::Size size) {
  cv::Mat cells(field.value.size(), CV_32F), wide;
  for (int y = 0; y < cells.rows; ++y) {
    for (int x = 0; x < cells.cols; ++x) {
      const cv::Vec3f& c = field.value.at<cv::Vec3f>(y, x);
      cells.at<float>(y, x) = lumaOf(c[0], c[1], c[2]);
    }
  }
  cv::resize(cells, wide, {cells.cols * field.cell, cells.rows * field.cell}, 0, 0, cv::INTER_LINEAR);
  return wide(cv::Rect({0, 0}, size));
}

/// What chroma of half size keeps of a picture.
cv::Mat coarse(const cv::Mat& m) {
  cv::Mat out;
  const cv::Mat kernel = (cv::Mat_<float>(1, 5) << 1, 4, 6, 4, 1) / 16.0f;
  cv::sepFilter2D(m, out, CV_32F, kernel, kernel, {-1, -1}, 0.0, cv::BORDER_REPLICATE);
  return out;
}

}  // namespace

void addLumaDetail(cv::Mat& alpha, const Planes& frame, const CoarseField& screen, const CoarseField& subject) {
  const cv::Size size = alpha.size();
  const cv::Mat back = lumaOf(screen, size), front = lumaOf(subject, size);
  cv::Mat byLuma(size, CV_32F), trust(size, CV_32F);
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const float *r = frame.row(0, y), *g = frame.row(1, y), *b = frame.row(2, y);
      const float *s = back.ptr<float>(y), *f = front.ptr<float>(y);
      float *o = byLuma.ptr<float>(y), *t = trust.ptr<float>(y);
      for (int x = 0; x < size.width; ++x) {
        const float range = s[x] - f[x], contrast = std::abs(range) / std::max(std::max(s[x], f[x]), 1e-4f);
        t[x] = std::min(std::max((contrast - kLittleContrast) / (kMuchContrast - kLittleContrast), 0.0f), 1.0f);
        const float safe = std::abs(range) > 1e-4f ? range : 1e-4f;
        o[x] = std::min(std::max((s[x] - lumaOf(r[x], g[x], b[x])) / safe, 0.0f), 1.0f);
      }
    }
  }, 8.0);
  const cv::Mat smoothAlpha = coarse(alpha), smoothLuma = coarse(byLuma);
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      float* a = alpha.ptr<float>(y);
      const float *sa = smoothAlpha.ptr<float>(y), *sl = smoothLuma.ptr<float>(y);
      const float *l = byLuma.ptr<float>(y), *t = trust.ptr<float>(y);
      for (int x = 0; x < size.width; ++x) {
        if (sa[x] < 0.02f || sa[x] > 0.98f) continue;
        // Where luma and chroma agree at the chroma's size, luma alone is the finer measure.
        const float agree = kAgreedShare * std::max(0.0f, 1.0f - std::abs(sl[x] - sa[x]) / kDisagreement);
        const float detailed = std::min(std::max(sa[x] + l[x] - sl[x], 0.0f), 1.0f);
        a[x] += (detailed + (l[x] - detailed) * agree - a[x]) * t[x];
      }
    }
  }, 8.0);
}

}  // namespace pai::core

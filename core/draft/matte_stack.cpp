// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/matte_stack.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/key_shape.h"
#include "core/draft/matte_outline.h"

namespace pai::core {
namespace {

constexpr int kScanLines = 8;  // of an outline within a row of pixels; exact along them
constexpr double kFarPoint = 8.0;  // points further outside than this many frames are held there

/// Where a closed outline crosses the height `y`, from left to right.
void crossingsOf(const std::vector<cv::Point2d>& p, double y, std::vector<double>& out) {
  out.clear();
  for (std::size_t i = 0; i < p.size(); ++i) {
    const cv::Point2d &a = p[i], &b = p[(i + 1) % p.size()];
    if ((a.y <= y) != (b.y <= y)) out.push_back(a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y));
  }
  std::sort(out.begin(), out.end());
}

/// Adds one scan line's share of the pixels between two crossings.
void addSpan(double from, double to, int width, float* row) {
  const double left = std::clamp(from, 0.0, static_cast<double>(width)), right = std::clamp(to, left, static_cast<double>(width));
  for (int x = static_cast<int>(left); x < width && x < right; ++x) {
    row[x] += static_cast<float>((std::min(right, x + 1.0) - std::max(left, static_cast<double>(x))) / kScanLines);
  }
}

void combine(cv::Mat& base, const cv::Mat& layer, const MatteLayer& settings) {
  if (settings.source == MatteSource::kPaint && settings.operation == MatteOperation::kAdd) {
    base = layer;
    return;
  }
  switch (settings.operation) {
    case MatteOperation::kAdd: cv::max(base, layer, base); break;
    case MatteOperation::kIntersect: cv::min(base, layer, base); break;
    case MatteOperation::kSubtract: {
      cv::Mat rest;
      cv::subtract(cv::Scalar::all(1.0), layer, rest);
      cv::multiply(base, rest, base);
      break;
    }
  }
}

}  // namespace

cv::Mat drawShape(const MatteLayer& layer, FrameIndex frame, cv::Size size) {
  std::vector<cv::Point2d> points;
  for (const MattePoint& p : outlineAt(layer, frame)) {
    const auto place = [](double v, int side) {
      return (std::isfinite(v) ? std::clamp(v, -kFarPoint, kFarPoint) : 0.0) * side;
    };
    points.emplace_back(place(p.x, size.width), place(p.y, size.height));
  }
  cv::Mat out = cv::Mat::zeros(size, CV_32F);
  if (points.size() < 3) return out;
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    std::vector<double> crossings;
    for (int y = rows.start; y < rows.end; ++y) {
      for (int line = 0; line < kScanLines; ++line) {
        crossingsOf(points, y + (line + 0.5) / kScanLines, crossings);
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
          addSpan(crossings[i], crossings[i + 1], size.width, out.ptr<float>(y));
        }
      }
    }
  }, 8.0);
  return out;
}

Result<cv::Mat> combineMattes(const std::vector<MatteLayer>& layers, cv::Size size, double scale, const LayerMatteFn& matteOf) {
  cv::Mat base;
  for (const MatteLayer& layer : layers) {
    if (!layer.enabled) continue;
    auto matte = matteOf(layer);
    if (!matte) return matte.error();
    if (matte->empty()) continue;
    if (matte->size() != size) {
      cv::Mat fitted;
      cv::resize(*matte, fitted, size, 0, 0, matte->cols > size.width ? cv::INTER_AREA : cv::INTER_LINEAR);
      *matte = fitted;
    } else {
      *matte = matte->clone();
    }
    featherMatte(*matte, layer.feather * scale);
    if (layer.invert) cv::subtract(cv::Scalar::all(1.0), *matte, *matte);
    if (base.empty() && layer.operation == MatteOperation::kAdd) {
      base = *matte;
      continue;
    }
    if (base.empty()) base = cv::Mat(size, CV_32F, cv::Scalar::all(1.0));
    combine(base, *matte, layer);
  }
  return base.empty() ? cv::Mat(cv::Mat::zeros(size, CV_32F)) : base;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_geometry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

std::array<cv::Point2d, 4> corners(cv::Size size) {
  const double w = size.width - 1.0, h = size.height - 1.0;
  return {cv::Point2d(0, 0), cv::Point2d(w, 0), cv::Point2d(w, h), cv::Point2d(0, h)};
}

std::size_t minimumPoints(MapKind kind) {
  switch (kind) {
    case MapKind::kTranslation: return 1;
    case MapKind::kSimilarity: return 2;
    case MapKind::kAffine: return 3;
    case MapKind::kHomography: return 4;
  }
  return 4;
}

/// Moves points to zero mean and unit spread, for a well-conditioned system.
cv::Matx33d conditioner(const std::vector<cv::Point2d>& points) {
  cv::Point2d mean(0, 0);
  for (const auto& p : points) mean += p;
  mean *= 1.0 / static_cast<double>(points.size());
  double spread = 0;
  for (const auto& p : points) spread += std::hypot(p.x - mean.x, p.y - mean.y);
  const double s = spread > 0 ? static_cast<double>(points.size()) / spread : 1.0;
  return {s, 0, -s * mean.x, 0, s, -s * mean.y, 0, 0, 1};
}

/// Solves a symmetric positive system (lower triangle given) in place by Cholesky; false when it is singular.
bool solvePositive(std::array<std::array<double, 8>, 8>& m, std::array<double, 8>& b, int n) {
  for (int c = 0; c < n; ++c) {
    m[c][c] += 1e-10;
    for (int k = 0; k < c; ++k) m[c][c] -= m[c][k] * m[c][k];
    if (m[c][c] < 1e-12) return false;
    m[c][c] = std::sqrt(m[c][c]);
    for (int r = c + 1; r < n; ++r) {
      for (int k = 0; k < c; ++k) m[r][c] -= m[r][k] * m[c][k];
      m[r][c] /= m[c][c];
    }
  }
  for (int r = 0; r < n; ++r) {
    for (int k = 0; k < r; ++k) b[r] -= m[r][k] * b[k];
    b[r] /= m[r][r];
  }
  for (int r = n; r-- > 0;) {
    for (int k = r + 1; k < n; ++k) b[r] -= m[k][r] * b[k];
    b[r] /= m[r][r];
  }
  return true;
}

/// Weighted linear least squares in conditioned coordinates; perspective rows are scaled by the last denominator.
std::optional<cv::Matx33d> solveLinear(MapKind kind, const std::vector<cv::Point2d>& a, const std::vector<cv::Point2d>& b,
                                       const std::vector<double>& weights, const cv::Matx33d& previous) {
  const int n = kind == MapKind::kTranslation ? 2 : kind == MapKind::kSimilarity ? 4 : kind == MapKind::kAffine ? 6 : 8;
  std::array<std::array<double, 8>, 8> normal{};
  std::array<double, 8> right{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i].x, y = a[i].y, u = b[i].x, v = b[i].y;
    double w = weights[i];
    if (w <= 0) continue;
    std::array<std::array<double, 8>, 2> row{};
    std::array<double, 2> value{u, v};
    if (kind == MapKind::kTranslation) {
      row = {{{1, 0}, {0, 1}}};
      value = {u - x, v - y};
    } else if (kind == MapKind::kSimilarity) {
      row = {{{x, -y, 1, 0}, {y, x, 0, 1}}};
    } else if (kind == MapKind::kAffine) {
      row = {{{x, y, 1, 0, 0, 0}, {0, 0, 0, x, y, 1}}};
    } else {
      row = {{{x, y, 1, 0, 0, 0, -x * u, -y * u}, {0, 0, 0, x, y, 1, -x * v, -y * v}}};
      const double z = previous(2, 0) * x + previous(2, 1) * y + previous(2, 2);
      if (z <= 1e-6) continue;
      w /= z * z;
    }
    for (int e = 0; e < 2; ++e)
      for (int r = 0; r < n; ++r) {
        const double wr = w * row[e][r];
        right[r] += wr * value[e];
        for (int c = 0; c <= r; ++c) normal[r][c] += wr * row[e][c];
      }
  }
  if (!solvePositive(normal, right, n)) return {};
  const auto k = [&](int i) { return right[i]; };
  switch (kind) {
    case MapKind::kTranslation: return cv::Matx33d(1, 0, k(0), 0, 1, k(1), 0, 0, 1);
    case MapKind::kSimilarity: return cv::Matx33d(k(0), -k(1), k(2), k(1), k(0), k(3), 0, 0, 1);
    case MapKind::kAffine: return cv::Matx33d(k(0), k(1), k(2), k(3), k(4), k(5), 0, 0, 1);
    case MapKind::kHomography: return cv::Matx33d(k(0), k(1), k(2), k(3), k(4), k(5), k(6), k(7), 1);
  }
  return {};
}

}  // namespace

double cornerRms(const cv::Matx33d& a, const cv::Matx33d& b, cv::Size size) {
  double sum = 0;
  for (const auto& p : corners(size)) {
    const cv::Point2d d = apply(a, p) - apply(b, p);
    sum += d.dot(d);
  }
  return std::sqrt(sum / 4);
}

bool plausible(const cv::Matx33d& h, cv::Size size, double limit) {
  std::array<cv::Point2d, 4> q;
  const auto p = corners(size);
  for (int i = 0; i < 4; ++i) {
    const double z = h(2, 0) * p[i].x + h(2, 1) * p[i].y + h(2, 2);
    if (!(z > 0.05 * h(2, 2)) || h(2, 2) <= 0) return false;
    q[i] = apply(h, p[i]);
    if (!std::isfinite(q[i].x) || !std::isfinite(q[i].y)) return false;
  }
  for (int i = 0; i < 4; ++i) {
    const cv::Point2d e = q[(i + 1) % 4] - q[i], f = q[(i + 2) % 4] - q[(i + 1) % 4];
    if (e.cross(f) <= 0) return false;
    const double length = cv::norm(e) / cv::norm(p[(i + 1) % 4] - p[i] + cv::Point2d(1e-9, 0));
    if (length > limit || length < 1 / limit) return false;
  }
  return true;
}

std::optional<cv::Matx33d> fitMap(MapKind kind, const std::vector<cv::Point2d>& from, const std::vector<cv::Point2d>& to,
                                  std::vector<double> weights, double huberPx) {
  if (from.size() != to.size() || from.size() < minimumPoints(kind)) return {};
  if (weights.empty()) weights.assign(from.size(), 1.0);
  const cv::Matx33d ta = conditioner(from), tb = kind == MapKind::kTranslation ? ta : conditioner(to);
  std::vector<cv::Point2d> a(from.size()), b(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) a[i] = apply(ta, from[i]), b[i] = apply(tb, to[i]);
  std::optional<cv::Matx33d> h = cv::Matx33d::eye();
  std::vector<double> w = weights;
  const int rounds = huberPx > 0 ? 8 : kind == MapKind::kHomography ? 3 : 1;
  for (int round = 0; round < rounds; ++round) {
    h = solveLinear(kind, a, b, w, *h);
    if (!h) return {};
    if (huberPx <= 0) continue;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double error = cv::norm(apply(*h, a[i]) - b[i]) / tb(0, 0);
      w[i] = weights[i] * (error <= huberPx ? 1.0 : huberPx / error);
    }
  }
  return normalised(tb.inv() * *h * ta);
}

std::optional<cv::Matx33d> ransacMap(MapKind kind, const std::vector<cv::Point2d>& from,
                                     const std::vector<cv::Point2d>& to, double thresholdPx, std::vector<uchar>* inliers) {
  const std::size_t n = from.size(), m = minimumPoints(kind);
  if (n != to.size() || n < m) return {};
  std::mt19937 random(12345);
  std::vector<uchar> best(n, 0), now(n, 0);
  double bestScore = 0;
  std::vector<cv::Point2d> a(m), b(m);
  const std::vector<double> ones(m, 1.0);
  int trials = 1500;
  for (int trial = 0; trial < trials; ++trial) {
    for (std::size_t i = 0; i < m; ++i) {
      const std::size_t j = random() % n;
      a[i] = from[j], b[i] = to[j];
    }
    const auto h = fitMap(kind, a, b, ones, 0);
    if (!h) continue;
    double score = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const cv::Point2d d = apply(*h, from[i]) - to[i];
      const double e = d.dot(d) / (thresholdPx * thresholdPx);
      now[i] = e < 1;
      if (now[i]) score += 1 - e, ++count;
    }
    if (score <= bestScore) continue;
    bestScore = score;
    best = now;
    const double good = std::pow(static_cast<double>(count) / static_cast<double>(n), static_cast<double>(m));
    const double needed = std::log(1e-4) / std::log(std::max(1e-9, 1 - std::min(good, 0.999999)));
    trials = std::min(trials, std::max(30, static_cast<int>(std::min(needed * 3, 1e6))));
  }
  std::optional<cv::Matx33d> result;
  for (int round = 0; round < 3; ++round) {
    std::vector<double> weights(best.begin(), best.end());
    if (std::count(best.begin(), best.end(), 1) < static_cast<std::ptrdiff_t>(m)) return {};
    result = fitMap(kind, from, to, weights, thresholdPx * 0.5);
    if (!result) return {};
    for (std::size_t i = 0; i < n; ++i) best[i] = cv::norm(apply(*result, from[i]) - to[i]) < thresholdPx;
  }
  if (inliers) *inliers = best;
  return result;
}

std::vector<double> smoothed(const std::vector<double>& values, double sigma) {
  const int n = static_cast<int>(values.size());
  if (sigma <= 0.01 || n < 3) return values;
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  const auto at = [&](int i) {
    if (i < 0) return 2 * values[0] - values[std::min(-i, n - 1)];
    if (i >= n) return 2 * values[n - 1] - values[std::max(0, 2 * (n - 1) - i)];
    return values[i];
  };
  std::vector<double> out(values.size());
  for (int i = 0; i < n; ++i) {
    double sum = 0, weight = 0;
    for (int k = -radius; k <= radius; ++k) {
      const double g = std::exp(-0.5 * k * k / (sigma * sigma));
      sum += g * at(i + k);
      weight += g;
    }
    out[i] = sum / weight;
  }
  return out;
}

std::vector<double> medianFiltered(const std::vector<double>& values, int radius) {
  std::vector<double> out(values.size());
  const int n = static_cast<int>(values.size());
  for (int i = 0; i < n; ++i) {
    std::vector<double> window(values.begin() + std::max(0, i - radius), values.begin() + std::min(n, i + radius + 1));
    std::nth_element(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2), window.end());
    out[i] = window[window.size() / 2];
  }
  return out;
}

cv::Mat matOf(const Picture& picture) {
  const int depth = picture.type() == SampleType::kU8 ? CV_8U : picture.type() == SampleType::kU16 ? CV_16U : CV_32F;
  return cv::Mat(picture.height(), picture.width(), CV_MAKETYPE(depth, picture.channels()),
                 const_cast<void*>(picture.data()), picture.rowBytes());
}

cv::Mat lumaOf(const Picture& picture, int maxWidth) {
  cv::Mat source = matOf(picture), grey;
  if (source.channels() == 1) grey = source;
  else cv::cvtColor(source, grey, source.channels() == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  if (grey.depth() == CV_16U) grey.convertTo(grey, CV_8U, 1 / 257.0);
  if (grey.depth() == CV_32F) grey.convertTo(grey, CV_8U, 255.0);
  if (maxWidth > 0 && grey.cols > maxWidth) {
    const double s = static_cast<double>(maxWidth) / grey.cols;
    cv::resize(grey, grey, {maxWidth, std::max(1, cvRound(grey.rows * s))}, 0, 0, cv::INTER_AREA);
  }
  return grey;
}

}  // namespace pai::core

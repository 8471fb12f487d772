// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/register.h"

#include <algorithm>
#include <cmath>

#include <opencv2/features2d.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "core/draft/camera_geometry.h"

namespace pai::core {
namespace {

constexpr int kMinimumInliers = 14;
constexpr int kMeshStep = 4;
constexpr int kAffineWidth = 480;  // affine simulation costs some twenty views of the picture

Features featuresOf(const RegisterPicture& p, bool affine) {
  Features f;
  std::vector<cv::KeyPoint> points;
  cv::Mat grey = p.grey, valid = p.valid;
  const double shrink = affine ? std::min(1.0, kAffineWidth / static_cast<double>(p.grey.cols)) : 1.0;
  if (shrink < 1) {
    cv::resize(grey, grey, {}, shrink, shrink, cv::INTER_AREA);
    cv::resize(valid, valid, grey.size(), 0, 0, cv::INTER_NEAREST);
  }
  cv::Ptr<cv::Feature2D> detector = cv::SIFT::create(affine ? 260 : 4000, 3, 0.02, 12);
  if (affine) detector = cv::AffineFeature::create(detector, 3);
  detector->detectAndCompute(grey, valid, points, f.descriptors);
  for (const auto& k : points) f.points.push_back((cv::Point2d(k.pt) + cv::Point2d(0.5, 0.5)) / shrink - cv::Point2d(0.5, 0.5));
  for (int r = 0; r < f.descriptors.rows; ++r) {  // RootSIFT
    cv::Mat row = f.descriptors.row(r);
    row /= std::max(1e-6, cv::norm(row, cv::NORM_L1));
    cv::sqrt(row, row);
  }
  return f;
}

const Features& cachedFeatures(RegisterPicture& p, bool affine) {
  auto& cache = affine ? p.affine : p.plain;
  if (!cache) cache = featuresOf(p, affine);
  return *cache;
}

/// The best and second likeness of one descriptor, and whose the best is.
struct Best {
  float first = -2, second = -2;
  int at = -1;
  void offer(float value, int index) {
    if (value > first) second = first, first = value, at = index;
    else if (value > second) second = value;
  }
};

/// Mutual nearest neighbours that pass the ratio test, as point pairs. Descriptors have unit length, so that one matrix
/// product gives all likenesses.
void match(const Features& a, const Features& b, std::vector<cv::Point2d>& from, std::vector<cv::Point2d>& to) {
  if (a.points.size() < 8 || b.points.size() < 8) return;
  std::vector<Best> forward(a.points.size()), backward(b.points.size());
  constexpr int kBlock = 512;
  for (int start = 0; start < a.descriptors.rows; start += kBlock) {
    const int end = std::min(a.descriptors.rows, start + kBlock);
    cv::Mat likeness;
    cv::gemm(a.descriptors.rowRange(start, end), b.descriptors, 1, cv::noArray(), 0, likeness, cv::GEMM_2_T);
    for (int r = 0; r < likeness.rows; ++r)
      for (int c = 0; c < likeness.cols; ++c) {
        forward[start + r].offer(likeness.at<float>(r, c), c);
        backward[c].offer(likeness.at<float>(r, c), start + r);
      }
  }
  constexpr float kRatio = 0.8F;
  for (std::size_t i = 0; i < forward.size(); ++i) {
    const Best& f = forward[i];
    if (f.at < 0 || 1 - f.first > kRatio * kRatio * (1 - f.second) || backward[f.at].at != static_cast<int>(i)) continue;
    const cv::Point2d p = a.points[i], q = b.points[f.at];
    const bool twice = std::any_of(from.begin(), from.end(), [&](const cv::Point2d& o) { return cv::norm(o - p) < 1.5; });
    if (!twice) from.push_back(p), to.push_back(q);
  }
}

/// `b` and its validity as `a` would see it.
RegisterPicture seenFrom(const RegisterPicture& b, const cv::Matx33d& map, cv::Size size) {
  RegisterPicture w{{}, {}, {}, {}};
  cv::warpPerspective(b.grey, w.grey, map, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::warpPerspective(b.valid, w.valid, map, size, cv::INTER_NEAREST | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0);
  return w;
}

/// Correlation of two pictures under a mask.
double likenessOf(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask) {
  cv::Mat fa, fb;
  cv::GaussianBlur(a, fa, {0, 0}, 1.5);
  cv::GaussianBlur(b, fb, {0, 0}, 1.5);
  cv::Scalar ma, sa, mb, sb;
  cv::meanStdDev(fa, ma, sa, mask);
  cv::meanStdDev(fb, mb, sb, mask);
  if (sa[0] < 1 || sb[0] < 1) return 0;
  fa.convertTo(fa, CV_32F, 1, -ma[0]);
  fb.convertTo(fb, CV_32F, 1, -mb[0]);
  return cv::mean(fa.mul(fb), mask)[0] / (sa[0] * sb[0]);
}

/// Flow from `a` into the seen `b`, kept where it agrees with the way back.
struct Dense {
  cv::Mat flow;     // CV_32FC2
  cv::Mat trusted;  // CV_8U
};
Dense denseFlow(const RegisterPicture& a, const RegisterPicture& b) {
  auto dis = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
  auto coarse = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_FAST);  // only tells whether the way back agrees
  cv::Mat seen = b.grey.clone();
  a.grey.copyTo(seen, b.valid == 0);
  Dense d;
  cv::Mat back;
  dis->calc(a.grey, seen, d.flow);
  coarse->calc(seen, a.grey, back);
  cv::Mat open;
  cv::erode(a.valid & b.valid, open, cv::Mat(), {-1, -1}, 4, cv::BORDER_CONSTANT, 0);
  d.trusted = cv::Mat::zeros(a.grey.size(), CV_8U);
  for (int y = 0; y < d.flow.rows; ++y)
    for (int x = 0; x < d.flow.cols; ++x) {
      if (!open.at<uchar>(y, x)) continue;
      const auto f = d.flow.at<cv::Vec2f>(y, x);
      const int u = cvRound(x + f[0]), v = cvRound(y + f[1]);
      if (u < 0 || v < 0 || u >= d.flow.cols || v >= d.flow.rows || !open.at<uchar>(v, u)) continue;
      if (cv::norm(f + back.at<cv::Vec2f>(v, u)) < 1.0F + 0.05F * cv::norm(f)) d.trusted.at<uchar>(y, x) = 255;
    }
  return d;
}

/// Samples of a trusted flow on textured pixels.
void sample(const RegisterPicture& a, const Dense& d, std::vector<cv::Point2d>& from, std::vector<cv::Point2d>& to) {
  cv::Mat eigen;
  cv::cornerMinEigenVal(a.grey, eigen, 7, 3);
  const int step = std::max(3, a.grey.cols / 110);
  for (int y = step; y < a.grey.rows - step; y += step)
    for (int x = step; x < a.grey.cols - step; x += step) {
      if (!d.trusted.at<uchar>(y, x) || eigen.at<float>(y, x) < 2e-4F) continue;
      const auto f = d.flow.at<cv::Vec2f>(y, x);
      from.emplace_back(x, y);
      to.emplace_back(x + f[0], y + f[1]);
    }
}

/// Smooth residual grid: trusted flow averaged in cells, spread into what was not trusted, fading to nothing far away.
cv::Mat residualMesh(const Dense& d, cv::Size size) {
  const cv::Size cells((size.width + kMeshStep - 1) / kMeshStep, (size.height + kMeshStep - 1) / kMeshStep);
  cv::Mat weight, channels[2], sum[2], evidence;
  d.trusted.convertTo(weight, CV_32F, 1 / 255.0);
  cv::split(d.flow, channels);
  for (int i = 0; i < 2; ++i) cv::resize(channels[i].mul(weight), sum[i], cells, 0, 0, cv::INTER_AREA);
  cv::resize(weight, evidence, cells, 0, 0, cv::INTER_AREA);
  cv::Mat total = cv::Mat::zeros(cells, CV_32F), out[2] = {total.clone(), total.clone()};
  double share = 1;
  for (const double sigma : {0.6, 2.0, 5.0, 12.0}) {  // nearest evidence first, wider where there is none
    cv::Mat soft;
    cv::GaussianBlur(evidence, soft, {0, 0}, sigma);
    total += share * soft;
    for (int i = 0; i < 2; ++i) {
      cv::GaussianBlur(sum[i], soft, {0, 0}, sigma);
      out[i] += share * soft;
    }
    share *= 0.02;
  }
  for (auto& o : out) cv::divide(o, total + 1e-6, o);
  cv::Mat mesh;
  cv::merge(out, 2, mesh);
  return mesh;
}

}  // namespace

cv::Matx33d placementOf(const PlacedReference& reference, cv::Size size) {
  const double w = reference.picture.width(), h = reference.picture.height();
  const double cx = (size.width - 1) * 0.5, cy = (size.height - 1) * 0.5;
  double sx = w / size.width, sy = h / size.height;
  if (reference.fit == Fit::kFill) sx = sy = std::min(sx, sy);
  if (reference.fit == Fit::kFit) sx = sy = std::max(sx, sy);
  const double a = -reference.rotationDegrees * CV_PI / 180, k = 1 / std::clamp(reference.scale, 1e-3, 1e3);
  const double p = k * std::cos(a), q = k * std::sin(a);
  const cv::Matx33d back(1, 0, -cx - reference.offsetX * size.width, 0, 1, -cy - reference.offsetY * size.height, 0, 0, 1);
  const cv::Matx33d turn(p, -q, 0, q, p, 0, 0, 0, 1);
  const cv::Matx33d toImage(sx, 0, (w - 1) * 0.5, 0, sy, (h - 1) * 0.5, 0, 0, 1);
  return toImage * turn * back;
}

RegisterPicture placedLuma(const PlacedReference& reference, cv::Size size, int width) {
  const double factor = std::min(1.0, static_cast<double>(width) / size.width);
  const cv::Size work(cvRound(size.width * factor), std::max(1, cvRound(size.height * factor)));
  cv::Mat grey = lumaOf(reference.picture, 0);
  cv::Matx33d map = placementOf(reference, size);
  const cv::Matx33d enlarge(1 / factor, 0, 0.5 / factor - 0.5, 0, 1 / factor, 0.5 / factor - 0.5, 0, 0, 1);
  map = map * enlarge;
  const double shrink = 1 / std::hypot(map(0, 0), map(1, 0));  // smooth before a strong reduction
  if (shrink < 0.7) cv::GaussianBlur(grey, grey, {0, 0}, 0.45 / shrink);
  RegisterPicture r{{}, {}, {}, {}};
  cv::Mat all(grey.size(), CV_8U, cv::Scalar(255));
  cv::warpPerspective(grey, r.grey, map, work, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::warpPerspective(all, r.valid, map, work, cv::INTER_NEAREST | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0);
  return r;
}

std::pair<std::vector<cv::Point2d>, std::vector<cv::Point2d>> matchedPoints(RegisterPicture& a, RegisterPicture& b) {
  std::pair<std::vector<cv::Point2d>, std::vector<cv::Point2d>> out;
  match(cachedFeatures(a, false), cachedFeatures(b, false), out.first, out.second);
  return out;
}

std::optional<Registration> registerWide(RegisterPicture& a, RegisterPicture& b) {
  const double threshold = std::max(2.0, a.grey.cols / 300.0);
  for (const bool affine : {false, true}) {
    std::vector<cv::Point2d> from, to;
    match(cachedFeatures(a, affine), cachedFeatures(b, affine), from, to);
    std::vector<uchar> inlier;
    const auto map = ransacMap(MapKind::kHomography, from, to, threshold, &inlier);
    const int count = static_cast<int>(std::count(inlier.begin(), inlier.end(), 1));
    if (!map || count < kMinimumInliers || !plausible(*map, a.grey.size(), 4)) continue;
    const RegisterPicture seen = seenFrom(b, *map, a.grey.size());
    cv::Mat both = a.valid & seen.valid;
    Registration r{*map, count, cv::countNonZero(both) / static_cast<double>(both.total()), 0, {}};
    if (r.overlap < 0.03) continue;
    r.likeness = likenessOf(a.grey, seen.grey, both);
    if (r.likeness > 0.3 || (count > 40 && r.likeness > 0.1)) return r;
  }
  return {};
}

std::optional<Registration> registerNear(const RegisterPicture& a, const RegisterPicture& b, const cv::Matx33d& start,
                                         bool mesh) {
  Registration r;
  r.map = start;
  cv::Matx33d flowBase = start;
  Dense dense;
  for (int round = 0; round < 3; ++round) {
    const RegisterPicture seen = seenFrom(b, r.map, a.grey.size());
    if (cv::countNonZero(a.valid & seen.valid) < 0.06 * static_cast<double>(a.grey.total())) return {};
    std::vector<cv::Point2d> from, to;
    flowBase = r.map;
    dense = denseFlow(a, seen);
    sample(a, dense, from, to);
    for (auto& p : to) p = apply(r.map, p);
    std::vector<uchar> inlier;
    const auto map = ransacMap(from.size() > 40 ? MapKind::kHomography : MapKind::kSimilarity, from, to,
                               std::max(1.0, a.grey.cols / 400.0), &inlier);
    r.inliers = static_cast<int>(std::count(inlier.begin(), inlier.end(), 1));
    if (!map || r.inliers < 12 || r.inliers * 5 < static_cast<int>(from.size()) || !plausible(*map, a.grey.size(), 4)) return {};
    const double moved = cornerRms(r.map, *map, a.grey.size());
    r.map = *map;
    if (moved < 0.01 * a.grey.cols) break;  // the flow started close enough to be trusted
  }
  const RegisterPicture seen = seenFrom(b, r.map, a.grey.size());
  const cv::Mat both = a.valid & seen.valid;
  r.overlap = cv::countNonZero(both) / static_cast<double>(both.total());
  r.likeness = likenessOf(a.grey, seen.grey, both);
  if (r.likeness < 0.2) return {};
  if (!mesh) return r;
  // What the flow says lies beyond the map, in the second picture's pixels.
  for (int y = 0; y < dense.flow.rows; ++y)
    for (int x = 0; x < dense.flow.cols; ++x) {
      if (!dense.trusted.at<uchar>(y, x)) continue;
      auto& f = dense.flow.at<cv::Vec2f>(y, x);
      const cv::Point2d p(x, y), beyond = apply(flowBase, p + cv::Point2d(f[0], f[1])) - apply(r.map, p);
      f = {static_cast<float>(beyond.x), static_cast<float>(beyond.y)};
    }
  r.residual = residualMesh(dense, a.grey.size());
  return r;
}

}  // namespace pai::core

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

struct Features {
  std::vector<cv::KeyPoint> points;
  cv::Mat descriptors;
};

Features featuresOf(const RegisterPicture& p, bool affine) {
  Features f;
  cv::Ptr<cv::Feature2D> detector = cv::SIFT::create(affine ? 1500 : 4000, 3, 0.02, 12);
  if (affine) detector = cv::AffineFeature::create(detector, 3);
  detector->detectAndCompute(p.grey, p.valid, f.points, f.descriptors);
  if (!f.descriptors.empty()) {  // RootSIFT
    for (int r = 0; r < f.descriptors.rows; ++r) {
      cv::Mat row = f.descriptors.row(r);
      row /= std::max(1e-6, cv::norm(row, cv::NORM_L1));
      cv::sqrt(row, row);
    }
  }
  return f;
}

/// Mutual nearest neighbours that pass the ratio test, as point pairs.
void match(const Features& a, const Features& b, std::vector<cv::Point2d>& from, std::vector<cv::Point2d>& to) {
  if (a.points.size() < 8 || b.points.size() < 8) return;
  const cv::BFMatcher matcher(cv::NORM_L2);
  std::vector<std::vector<cv::DMatch>> forward, backward;
  matcher.knnMatch(a.descriptors, b.descriptors, forward, 2);
  matcher.knnMatch(b.descriptors, a.descriptors, backward, 1);
  for (const auto& m : forward) {
    if (m.size() < 2 || m[0].distance > 0.8F * m[1].distance) continue;
    const auto& back = backward[m[0].trainIdx];
    if (back.empty() || back[0].trainIdx != m[0].queryIdx) continue;
    const cv::Point2f p = a.points[m[0].queryIdx].pt, q = b.points[m[0].trainIdx].pt;
    const bool twice = std::any_of(from.begin(), from.end(), [&](const cv::Point2d& o) { return cv::norm(o - cv::Point2d(p)) < 1.5; });
    if (!twice) from.emplace_back(p), to.emplace_back(q);
  }
}

/// `b` and its validity as `a` would see it.
RegisterPicture seenFrom(const RegisterPicture& b, const cv::Matx33d& map, cv::Size size) {
  RegisterPicture w;
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
  cv::Mat seen = b.grey.clone();
  a.grey.copyTo(seen, b.valid == 0);
  Dense d;
  cv::Mat back;
  dis->calc(a.grey, seen, d.flow);
  dis->calc(seen, a.grey, back);
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
  cv::Mat weight, weighted;
  d.trusted.convertTo(weight, CV_32F, 1 / 255.0);
  cv::Mat channels[2];
  cv::split(d.flow, channels);
  cv::Mat sum[2], total = weight;
  cv::Mat limited;
  cv::resize(total, limited, cells, 0, 0, cv::INTER_AREA);
  cv::Mat norm = cv::Mat::zeros(cells, CV_32F);
  for (auto& c : channels) c = c.mul(weight);
  for (int i = 0; i < 2; ++i) {
    cv::resize(channels[i], sum[i], cells, 0, 0, cv::INTER_AREA);
  }
  cv::Mat out[2] = {cv::Mat::zeros(cells, CV_32F), cv::Mat::zeros(cells, CV_32F)};
  double scale = 1;
  for (double sigma : {0.6, 2.0, 5.0, 12.0}) {  // nearest evidence first, wider where there is none
    cv::Mat w;
    cv::GaussianBlur(limited, w, {0, 0}, sigma);
    norm += scale * w;
    for (int i = 0; i < 2; ++i) {
      cv::Mat s;
      cv::GaussianBlur(sum[i], s, {0, 0}, sigma);
      out[i] += scale * s;
    }
    scale *= 0.02;
  }
  for (auto& o : out) cv::divide(o, norm + 1e-6, o);
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
  RegisterPicture r;
  cv::Mat all(grey.size(), CV_8U, cv::Scalar(255));
  cv::warpPerspective(grey, r.grey, map, work, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::warpPerspective(all, r.valid, map, work, cv::INTER_NEAREST | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0);
  return r;
}

std::optional<Registration> registerWide(const RegisterPicture& a, const RegisterPicture& b) {
  const double threshold = std::max(2.0, a.grey.cols / 300.0);
  for (const bool affine : {false, true}) {
    std::vector<cv::Point2d> from, to;
    match(featuresOf(a, affine), featuresOf(b, affine), from, to);
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
  for (int round = 0; round < 2; ++round) {
    const RegisterPicture seen = seenFrom(b, r.map, a.grey.size());
    if (cv::countNonZero(a.valid & seen.valid) < 0.06 * static_cast<double>(a.grey.total())) return {};
    std::vector<cv::Point2d> from, to;
    sample(a, denseFlow(a, seen), from, to);
    for (auto& p : to) p = apply(r.map, p);
    std::vector<uchar> inlier;
    const auto map = ransacMap(from.size() > 40 ? MapKind::kHomography : MapKind::kSimilarity, from, to,
                               std::max(1.0, a.grey.cols / 400.0), &inlier);
    r.inliers = static_cast<int>(std::count(inlier.begin(), inlier.end(), 1));
    if (!map || r.inliers < 12 || r.inliers * 5 < static_cast<int>(from.size()) || !plausible(*map, a.grey.size(), 4)) return {};
    r.map = *map;
  }
  const RegisterPicture seen = seenFrom(b, r.map, a.grey.size());
  cv::Mat both = a.valid & seen.valid;
  r.overlap = cv::countNonZero(both) / static_cast<double>(both.total());
  r.likeness = likenessOf(a.grey, seen.grey, both);
  if (r.likeness < 0.2) return {};
  if (mesh) {
    // The residual is found in the first picture's pixels, then carried through the map to the second's.
    const Dense d = denseFlow(a, seen);
    r.residual = residualMesh(d, a.grey.size());
    for (int y = 0; y < r.residual.rows; ++y)
      for (int x = 0; x < r.residual.cols; ++x) {
        auto& f = r.residual.at<cv::Vec2f>(y, x);
        const cv::Point2d p((x + 0.5) * kMeshStep - 0.5, (y + 0.5) * kMeshStep - 0.5);
        const cv::Point2d moved = apply(r.map, p + cv::Point2d(f[0], f[1])) - apply(r.map, p);
        f = {static_cast<float>(moved.x), static_cast<float>(moved.y)};
      }
  }
  return r;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_parallax.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <opencv2/imgproc.hpp>

#include "core/draft/camera_geometry.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr int kParallaxWidth = 640;
constexpr double kMaxCells = 4e6;      // of all fields of the shot, 8 bytes each
constexpr double kMaxParallax = 0.08;  // of the frame's width; more is a mistake of the flow

/// A value of a residual field at a frame pixel, bilinear, clamped at the border.
cv::Point2d fieldAt(const cv::Mat& field, cv::Size size, cv::Point2d p) {
  const double gx = std::clamp((p.x + 0.5) * field.cols / size.width - 0.5, 0.0, field.cols - 1.0);
  const double gy = std::clamp((p.y + 0.5) * field.rows / size.height - 0.5, 0.0, field.rows - 1.0);
  const int x = std::min(static_cast<int>(gx), std::max(0, field.cols - 2)), y = std::min(static_cast<int>(gy), std::max(0, field.rows - 2));
  const int x1 = std::min(x + 1, field.cols - 1), y1 = std::min(y + 1, field.rows - 1);
  const double kx = gx - x, ky = gy - y;
  const auto at = [&](int r, int c) { return cv::Vec2d(field.at<cv::Vec2f>(r, c)); };
  const cv::Vec2d v = (at(y, x) * (1 - kx) + at(y, x1) * kx) * (1 - ky) + (at(y1, x) * (1 - kx) + at(y1, x1) * kx) * ky;
  return {v[0], v[1]};
}

/// The pair's registration at the delivered size, with its field on a grid over the first reference.
std::optional<Registration> between(RegisterPicture& a, RegisterPicture& b, const cv::Matx33d& guess, bool wide, cv::Size size) {
  const double factor = static_cast<double>(a.grey.cols) / size.width;
  std::optional<Registration> r;
  if (plausible(guess, size)) r = registerNear(a, b, scaledPixels(guess, factor), true);
  if (wide && (!r || r->likeness < 0.5))
    if (const auto far = registerWide(a, b))
      if (auto finer = registerNear(a, b, far->map, true); finer && (!r || finer->likeness > r->likeness)) r = finer;
  if (!r || r->likeness < 0.3) return {};
  r->map = scaledPixels(r->map, 1 / factor);
  r->residual *= 1 / factor;
  const double limit = kMaxParallax * size.width;
  for (int y = 0; y < r->residual.rows; ++y)
    for (int x = 0; x < r->residual.cols; ++x) {
      auto& f = r->residual.at<cv::Vec2f>(y, x);
      if (const double length = cv::norm(f); length > limit) f *= static_cast<float>(limit / length);
    }
  return r;
}

/// How much of the way from one reference to the next is done at each frame, 0 to 1, smooth.
std::vector<double> shareOfWay(const CameraCurve& curve, std::int64_t begin, std::int64_t end) {
  const cv::Matx33d back = curve.samples[begin].toFirst.inv();
  const CameraMove total = moveOf(back * curve.samples[end].toFirst, curve.size);
  const cv::Point2d way(total.pan, total.tilt);
  const double length = way.dot(way);
  std::vector<double> share;
  for (std::int64_t t = begin; t <= end; ++t) {
    const double time = static_cast<double>(t - begin) / static_cast<double>(end - begin);
    const CameraMove m = moveOf(back * curve.samples[t].toFirst, curve.size);
    const bool rests = length < 4e-4 * curve.size.width * curve.size.width;
    share.push_back(rests ? time : (m.pan * way.x + m.tilt * way.y) / length);
  }
  // Shake is not part of the way. What smoothing takes from a curve's bends is given back (Tukey's twicing).
  const auto once = smoothed(share, 2), twice = smoothed(once, 2);
  for (std::size_t i = 0; i < share.size(); ++i) share[i] = std::clamp(2 * once[i] - twice[i], 0.0, 1.0);
  share.front() = 0;
  share.back() = 1;
  return share;
}

cv::Vec2f shortened(cv::Point2d way, double most) {
  const double length = cv::norm(way), k = length > most ? most / length : 1;
  return {static_cast<float>(k * way.x), static_cast<float>(k * way.y)};
}

/// Residual fields of one frame towards both references, `share` of the way from the first to the second: none leads further than
/// its share of the whole way, so that a reference is shown as it is at its own frame.
void setMeshes(const Registration& r, double share, cv::Size size, cv::Size cells, ReferenceWarp& a, ReferenceWarp& b) {
  a.mesh.create(cells, CV_32FC2);
  b.mesh.create(cells, CV_32FC2);
  const cv::Matx33d back = r.map.inv();
  double longest = 0;
  for (int y = 0; y < r.residual.rows; ++y)
    for (int x = 0; x < r.residual.cols; ++x) longest = std::max(longest, cv::norm(r.residual.at<cv::Vec2f>(y, x)));
  for (int y = 0; y < cells.height; ++y)
    for (int x = 0; x < cells.width; ++x) {
      const cv::Point2d p((x + 0.5) * size.width / cells.width - 0.5, (y + 0.5) * size.height / cells.height - 0.5);
      const cv::Point2d onA = apply(a.toReference, p), onB = apply(b.toReference, p);
      cv::Point2d from = onA;  // the point of the first reference that is seen here: two steps of a fixed point
      for (int i = 0; i < 2; ++i)
        from = onA - share * (apply(back, apply(r.map, from) + fieldAt(r.residual, size, from)) - from);
      const cv::Point2d to = apply(r.map, from) + fieldAt(r.residual, size, from);
      a.mesh.at<cv::Vec2f>(y, x) = shortened(from - onA, 1.5 * share * longest);
      b.mesh.at<cv::Vec2f>(y, x) = shortened(to - onB, 1.5 * (1 - share) * longest);
    }
}

/// Leads the frames between two references from the one to the other.
void lead(CameraCurve& curve, std::int64_t begin, std::int64_t end, std::size_t slot, const Registration& r) {
  const cv::Matx33d toA = curve.samples[begin].toFirst.inv(), goal = normalised(r.map.inv());
  const cv::Matx33d whole = normalised(goal * normalised(toA * curve.samples[end].toFirst).inv());
  const auto share = shareOfWay(curve, begin, end);
  const double most = kMaxCells / (2.0 * static_cast<double>(curve.samples.size()) * static_cast<double>(r.residual.total()));
  const double scale = std::min(1.0, std::sqrt(most));
  const cv::Size cells(std::max(2, static_cast<int>(r.residual.cols * scale)), std::max(2, static_cast<int>(r.residual.rows * scale)));
  for (std::int64_t t = begin; t <= end; ++t) {
    const double s = share[static_cast<std::size_t>(t - begin)];
    ReferenceWarp &a = curve.samples[t].references[slot], &b = curve.samples[t].references[slot + 1];
    a.toReference = normalised((cv::Matx33d::eye() * (1 - s) + whole * s) * normalised(toA * curve.samples[t].toFirst));
    b.toReference = normalised(r.map * a.toReference);
    a.confidence = b.confidence = std::clamp(0.5 * r.likeness, 0.05, 0.5);
    setMeshes(r, s, curve.size, cells, a, b);
  }
}

}  // namespace

Status alignReferences(const std::vector<PlacedReference>& references, bool wide, CameraCurve& curve, const StopToken& stop,
                       const ProgressFn& progress) {
  if (references.size() < 2) return {};
  std::vector<RegisterPicture> pictures;
  pictures.reserve(references.size());
  for (const auto& r : references) pictures.push_back(placedLuma(r, curve.size, kParallaxWidth));
  curve.referenceIds.clear();
  for (const auto& r : references) curve.referenceIds.push_back(r.id);
  for (auto& s : curve.samples) s.references.assign(references.size(), {});
  for (std::size_t i = 0; i + 1 < references.size(); ++i) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "the camera solve was stopped", "", {}};
    const std::int64_t begin = references[i].frame.value, end = references[i + 1].frame.value;
    const cv::Matx33d guess = normalised(curve.samples[end].toFirst.inv() * curve.samples[begin].toFirst);
    const auto r = between(pictures[i], pictures[i + 1], guess, wide, curve.size);
    if (!r) continue;
    const cv::Matx33d whole = normalised(guess * r->map.inv());  // how far registration and camera disagree, on the second
    if (plausible(whole, curve.size, 2) && cornerRms(whole, cv::Matx33d::eye(), curve.size) < 0.6 * curve.size.width)
      lead(curve, begin, end, i, *r);
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(references.size()));
  }
  return {};
}

}  // namespace pai::core

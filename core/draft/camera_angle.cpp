// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_angle.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/base/camera_angles.h"
#include "core/draft/camera_geometry.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr int kAngleWidth = 640;
constexpr double kDegrees = 180 / CV_PI;
constexpr double kUsualLens = 1.39;      // focal length for a picture's width: 50 mm on 36
constexpr double kLean = 28;             // degrees off the picture's vertical that an upright may show
constexpr double kShortest = 0.06;       // of the picture's height
constexpr double kOff = 1.5;             // degrees between an upright and the vanishing point it runs to
constexpr double kFewestHeights = 3;     // length of the uprights together, in picture heights
constexpr double kFewestShare = 0.4;     // of the length of all that may be upright
constexpr double kTilted = 10;           // degrees of pitch that make a low or a high angle
constexpr double kCanted = 12;           // degrees of roll that make a Dutch angle

/// A line segment as the plane through it and the camera.
struct Upright {
  cv::Vec3d normal, middle;
  double length = 0;
};

std::vector<Upright> uprightsOf(const cv::Mat& grey, double focalPx) {
  std::vector<cv::Vec4f> lines;
  cv::createLineSegmentDetector()->detect(grey, lines);
  std::vector<Upright> all;
  for (const auto& l : lines) {
    const cv::Point2d a(l[0], l[1]), b(l[2], l[3]), d = b - a;
    const double length = cv::norm(d);
    if (length < kShortest * grey.rows || std::abs(d.x) > std::tan(kLean / kDegrees) * std::abs(d.y)) continue;
    const auto ray = [&](cv::Point2d p) { return cv::Vec3d((p.x - 0.5 * (grey.cols - 1)) / focalPx, (p.y - 0.5 * (grey.rows - 1)) / focalPx, 1); };
    all.push_back({cv::normalize(ray(a).cross(ray(b))), cv::normalize(ray((a + b) * 0.5)), length});
  }
  return all;
}

/// Sine of the angle in the picture between an upright and the direction to a vanishing point.
double off(const Upright& u, const cv::Vec3d& up) {
  const cv::Vec3d toward = u.middle.cross(up);
  const double n = cv::norm(toward);
  return n < 1e-6 ? 1 : std::sqrt(std::max(0.0, 1 - std::pow(toward.dot(u.normal) / n, 2)));
}

/// Least squares direction that all weighted uprights share, pointing up.
cv::Vec3d sharedDirection(const std::vector<Upright>& all, const std::vector<double>& weights) {
  cv::Matx33d m = cv::Matx33d::zeros();
  for (std::size_t i = 0; i < all.size(); ++i) m += all[i].normal * all[i].normal.t() * weights[i];
  cv::Vec3d values;
  cv::Matx33d vectors;
  cv::eigen(m, values, vectors);
  const cv::Vec3d up(vectors(2, 0), vectors(2, 1), vectors(2, 2));
  return up[1] > 0 ? -up : up;
}

CameraStance stanceFrom(const cv::Vec3d& up) {
  return {std::asin(std::clamp(up[2], -1.0, 1.0)) * kDegrees, std::atan2(-up[0], -up[1]) * kDegrees};
}

double medianOf(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

std::string nameOf(const std::vector<CameraStance>& stances) {
  std::vector<double> pitch, roll;
  for (const auto& s : stances) pitch.push_back(s.pitch), roll.push_back(s.roll);
  if (std::abs(medianOf(roll)) > kCanted) return std::string(kDutchAngle);
  const double p = medianOf(pitch);
  return std::string(p > kTilted ? kLowAngle : p < -kTilted ? kHighAngle : kEyeLevel);
}

}  // namespace

std::optional<CameraStance> stanceOfUprights(const cv::Mat& grey, double focalPx) {
  const auto all = uprightsOf(grey, focalPx);
  double total = 0, bestLength = 0;
  for (const auto& u : all) total += u.length;
  const double enough = std::max(kFewestHeights * grey.rows, kFewestShare * total), limit = std::sin(kOff / kDegrees);
  cv::Vec3d up;
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all[a].length > all[b].length; });
  order.resize(std::min<std::size_t>(order.size(), 40));  // the longest ones propose, all decide
  for (std::size_t a = 0; a < order.size(); ++a)
    for (std::size_t b = a + 1; b < order.size(); ++b) {
      cv::Vec3d v = all[order[a]].normal.cross(all[order[b]].normal);
      if (const double n = cv::norm(v); n < 1e-3) continue;  // the same line twice
      else v *= (v[1] > 0 ? -1 : 1) / n;
      double length = 0;
      for (const auto& u : all) length += off(u, v) < limit ? u.length : 0;
      if (length > bestLength) bestLength = length, up = v;
    }
  if (bestLength < enough) return {};
  for (int round = 0; round < 4; ++round) {
    std::vector<double> weights;
    weights.reserve(all.size());
    for (const auto& u : all) weights.push_back(off(u, up) < limit ? u.length : 0);
    up = sharedDirection(all, weights);
  }
  return stanceFrom(up);
}

std::optional<CameraStance> stanceOfPlane(const CameraSpace& space, std::size_t frame) {
  const double n = cv::norm(space.plane);
  if (frame >= space.poses.size() || n <= 0) return {};
  const cv::Vec3d normal = space.poses[frame].rotation * (space.plane * (1 / n));
  constexpr double kFloor = 0.8, kWall = 0.5;
  if (normal[1] > kFloor) return stanceFrom(-normal);
  if (std::abs(normal[1]) > kWall) return {};
  return stanceFrom(cv::normalize(cv::Vec3d(0, -1, 0) + normal * normal[1]));  // the wall's own way up, nearest to the picture's
}

std::string cameraAngle(const CameraCurve& curve, const std::vector<PlacedReference>& references) {
  std::vector<CameraStance> stances;
  const double lens = curve.space && curve.space->focalPx > 0 ? curve.space->focalPx / curve.size.width : kUsualLens;
  for (const auto& r : references) {
    const cv::Mat grey = placedLuma(r, curve.size, kAngleWidth).grey;
    if (const auto s = stanceOfUprights(grey, lens * grey.cols)) stances.push_back(*s);
  }
  if (stances.empty() && curve.space)
    for (std::size_t t = 0; t < curve.space->poses.size(); ++t)
      if (const auto s = stanceOfPlane(*curve.space, t)) stances.push_back(*s);
  return stances.empty() ? std::string() : nameOf(stances);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_move.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pai::core {

cv::Point2d apply(const cv::Matx33d& h, cv::Point2d p) {
  const cv::Vec3d q = h * cv::Vec3d(p.x, p.y, 1);
  const double z = std::abs(q[2]) < 1e-12 ? 1e-12 : q[2];
  return {q[0] / z, q[1] / z};
}

cv::Matx33d normalised(const cv::Matx33d& h) { return std::abs(h(2, 2)) > 1e-12 ? h * (1.0 / h(2, 2)) : h; }

cv::Matx33d scaledPixels(const cv::Matx33d& h, double factor) {
  const double o = 0.5 * (factor - 1.0);
  const cv::Matx33d up(factor, 0, o, 0, factor, o, 0, 0, 1);
  const cv::Matx33d down(1 / factor, 0, -o / factor, 0, 1 / factor, -o / factor, 0, 0, 1);
  return normalised(up * h * down);
}

CameraMove moveOf(const cv::Matx33d& toFirst, cv::Size size) {
  const cv::Point2d centre((size.width - 1) * 0.5, (size.height - 1) * 0.5);
  const cv::Point2d at = apply(toFirst, centre);
  const double d = 0.25 * std::min(size.width, size.height);
  const cv::Point2d dx = (apply(toFirst, centre + cv::Point2d(d, 0)) - apply(toFirst, centre - cv::Point2d(d, 0))) / (2 * d);
  const cv::Point2d dy = (apply(toFirst, centre + cv::Point2d(0, d)) - apply(toFirst, centre - cv::Point2d(0, d))) / (2 * d);
  const double c = dx.x + dy.y, s = dx.y - dy.x;
  const double scale = std::max(1e-6, 0.5 * std::hypot(c, s));
  return {at.x - centre.x, at.y - centre.y, 1.0 / scale, std::atan2(s, c) * 180.0 / std::numbers::pi};
}

cv::Matx33d similarityOf(const CameraMove& move, cv::Size size) {
  const cv::Point2d c((size.width - 1) * 0.5, (size.height - 1) * 0.5);
  const double a = move.roll * std::numbers::pi / 180.0, s = 1.0 / std::max(1e-6, move.zoom);
  const double p = s * std::cos(a), q = s * std::sin(a);
  return {p, -q, c.x + move.pan - p * c.x + q * c.y, q, p, c.y + move.tilt - q * c.x - p * c.y, 0, 0, 1};
}

}  // namespace pai::core

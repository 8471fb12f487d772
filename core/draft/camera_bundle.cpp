// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_bundle.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pai::core {
namespace {

constexpr int kPose = 6;
constexpr double kDepthPrior = 0.01;  // pixels that a point loses when its inverse depth is off by one: pins scale and pure turns

using Row6 = cv::Matx<double, 2, 6>;
using Row3 = cv::Matx<double, 2, 3>;

/// Residual and derivatives of one sight.
struct Line {
  cv::Vec2d error;
  Row6 pose;         // by a turn from the left and the shift
  Row3 point;        // by x, y, w
  cv::Vec2d focal;   // by the logarithm of the focal length
  bool valid = false;
};

Line lineOf(double focal, const Pose& pose, const RayPoint& p, cv::Point2d at) {
  Line l;
  const cv::Vec3d turned = pose.rotation * cv::Vec3d(p.x, p.y, 1);
  const cv::Vec3d q = turned + p.w * pose.shift;
  if (!(q[2] > 0.05)) return l;
  const double z = 1 / q[2], u = q[0] * z, v = q[1] * z, s = focal * z;
  l.valid = true;
  l.error = {focal * u - at.x, focal * v - at.y};
  l.focal = {focal * u, focal * v};
  const cv::Matx<double, 2, 3> d(s, 0, -s * u, 0, s, -s * v);
  const cv::Matx33d cross(0, turned[2], -turned[1], -turned[2], 0, turned[0], turned[1], -turned[0], 0);
  const Row3 turn = d * cross;
  const Row3 column = d * pose.rotation;
  const cv::Vec2d depth = d * pose.shift;
  for (int r = 0; r < 2; ++r) {
    for (int c = 0; c < 3; ++c) l.pose(r, c) = turn(r, c), l.pose(r, 3 + c) = d(r, c) * p.w;
    l.point(r, 0) = column(r, 0), l.point(r, 1) = column(r, 1), l.point(r, 2) = depth[r];
  }
  return l;
}

double huberCost(double e, double huber) { return e <= huber ? e * e : 2 * huber * e - huber * huber; }
double huberWeight(double e, double huber) { return e <= huber ? 1 : huber / e; }

/// In place Cholesky of a row-major symmetric matrix (lower triangle) and solution of one right side; false when not positive.
bool solveCholesky(std::vector<double>& m, std::vector<double>& b, int n) {
  for (int r = 0; r < n; ++r) {
    double* row = &m[static_cast<std::size_t>(r) * n];
    for (int c = 0; c <= r; ++c) {
      const double* other = &m[static_cast<std::size_t>(c) * n];
      double sum = row[c];
      for (int k = 0; k < c; ++k) sum -= row[k] * other[k];
      if (c < r) row[c] = sum / other[c];
      else if (sum > 1e-14) row[c] = std::sqrt(sum);
      else return false;
    }
  }
  for (int r = 0; r < n; ++r) {
    const double* row = &m[static_cast<std::size_t>(r) * n];
    for (int k = 0; k < r; ++k) b[r] -= row[k] * b[k];
    b[r] /= row[r];
  }
  for (int r = n; r-- > 0;) {
    b[r] /= m[static_cast<std::size_t>(r) * n + r];
    for (int k = 0; k < r; ++k) b[k] -= m[static_cast<std::size_t>(r) * n + k] * b[r];
  }
  return true;
}

void move(Pose& pose, const double* step) {
  pose.rotation = rotationBy({step[0], step[1], step[2]}) * pose.rotation;
  pose.shift += cv::Vec3d(step[3], step[4], step[5]);
}

double costOf(const Bundle& b, double huber) {
  double sum = 0;
  for (const Sight& s : b.sights) {
    const cv::Point2d d = project(b.focal, b.cameras[s.camera], b.points[s.point]) - s.at;
    const double e = std::hypot(d.x, d.y);
    sum += std::isfinite(e) ? huberCost(e, huber) : huberCost(100 * huber, huber);
  }
  for (const RayPoint& p : b.points) sum += kDepthPrior * kDepthPrior * (p.w - 1) * (p.w - 1);
  return sum;
}

/// The normal equations with every point eliminated, and what gives the points back.
class Reduced {
 public:
  Reduced(const Bundle& bundle, double huber, bool freeFocal) : m_bundle(bundle), m_huber(huber), m_freeFocal(freeFocal) {
    m_size = kPose * static_cast<int>(bundle.cameras.size()) + 1;
    linearise();
  }

  /// A damped step; false when the system is singular.
  bool step(double damping, Bundle& moved) {
    std::vector<double> m, b;
    std::vector<cv::Matx33d> inverse;
    if (!solve(damping, m, b, inverse)) return false;
    apply(b, inverse, moved);
    return true;
  }

  /// Of the logarithm of the focal length, for an error of one pixel.
  double focalDeviation() {
    std::vector<double> m, b;
    std::vector<cv::Matx33d> inverse;
    return solve(1e-9, m, b, inverse) ? 1 / m.back() : std::numeric_limits<double>::infinity();
  }

 private:
  bool solve(double damping, std::vector<double>& m, std::vector<double>& b, std::vector<cv::Matx33d>& inverse) const {
    m = m_camera, b = m_right;
    const auto at = [&](int r, int c) -> double& { return m[static_cast<std::size_t>(r) * m_size + c]; };
    for (int i = 0; i < m_size; ++i) at(i, i) += damping * at(i, i) + 1e-9;
    inverse.resize(m_bundle.points.size());
    std::size_t begin = 0;
    for (std::size_t p = 0; p < m_bundle.points.size(); ++p) {
      cv::Matx33d v = m_point[p];
      for (int i = 0; i < 3; ++i) v(i, i) += damping * v(i, i) + 1e-9;
      inverse[p] = v.inv(cv::DECOMP_CHOLESKY);
      std::size_t end = begin;
      while (end < m_bundle.sights.size() && m_bundle.sights[end].point == static_cast<int>(p)) ++end;
      eliminate(p, begin, end, inverse[p], m, b);
      begin = end;
    }
    for (int k = 0; k < kPose; ++k) hold(m, b, kPose * m_bundle.fixedCamera + k);
    if (!m_freeFocal) hold(m, b, m_size - 1);
    return solveCholesky(m, b, m_size);
  }

  void linearise() {
    const std::size_t n = static_cast<std::size_t>(m_size);
    m_camera.assign(n * n, 0);
    m_right.assign(n, 0);
    m_point.assign(m_bundle.points.size(), cv::Matx33d::zeros());
    m_pointRight.assign(m_bundle.points.size(), cv::Vec3d());
    m_pointFocal.assign(m_bundle.points.size(), cv::Vec3d());
    m_mixed.assign(m_bundle.sights.size(), cv::Matx<double, 6, 3>::zeros());
    for (std::size_t p = 0; p < m_bundle.points.size(); ++p) {
      m_point[p](2, 2) = kDepthPrior * kDepthPrior;
      m_pointRight[p][2] = -kDepthPrior * kDepthPrior * (m_bundle.points[p].w - 1);
    }
    for (std::size_t i = 0; i < m_bundle.sights.size(); ++i) add(i);
  }

  void add(std::size_t i) {
    const Sight& s = m_bundle.sights[i];
    const Line l = lineOf(m_bundle.focal, m_bundle.cameras[s.camera], m_bundle.points[s.point], s.at);
    if (!l.valid) return;
    const double w = huberWeight(cv::norm(l.error), m_huber);
    const cv::Matx<double, 6, 2> poseT = l.pose.t() * w;
    const cv::Matx<double, 3, 2> pointT = l.point.t() * w;
    m_mixed[i] = poseT * l.point;
    m_point[s.point] += pointT * l.point;
    m_pointRight[s.point] -= pointT * l.error;
    m_pointFocal[s.point] += pointT * l.focal;
    const cv::Matx<double, 6, 6> block = poseT * l.pose;
    const cv::Vec<double, 6> right = poseT * l.error, focal = poseT * l.focal;
    const std::size_t n = static_cast<std::size_t>(m_size), at = static_cast<std::size_t>(kPose) * s.camera;
    for (std::size_t r = 0; r < kPose; ++r) {
      for (std::size_t c = 0; c <= r; ++c) m_camera[(at + r) * n + at + c] += block(static_cast<int>(r), static_cast<int>(c));
      m_right[at + r] -= right[static_cast<int>(r)];
      m_camera[(n - 1) * n + at + r] += focal[static_cast<int>(r)];
    }
    m_camera[n * n - 1] += w * l.focal.dot(l.focal);
    m_right[n - 1] -= w * l.focal.dot(l.error);
  }

  void eliminate(std::size_t p, std::size_t begin, std::size_t end, const cv::Matx33d& inverse, std::vector<double>& m, std::vector<double>& b) const {
    const std::size_t n = static_cast<std::size_t>(m_size);
    for (std::size_t i = begin; i < end; ++i) {
      const cv::Matx<double, 6, 3> wide = m_mixed[i] * inverse;
      const std::size_t row = static_cast<std::size_t>(kPose) * m_bundle.sights[i].camera;
      const cv::Vec<double, 6> right = wide * m_pointRight[p], focal = wide * m_pointFocal[p];
      for (std::size_t r = 0; r < kPose; ++r) {
        b[row + r] -= right[static_cast<int>(r)];
        m[(n - 1) * n + row + r] -= focal[static_cast<int>(r)];
      }
      for (std::size_t j = begin; j <= i; ++j) {
        const auto& other = m_mixed[j];
        double* at = &m[row * n + static_cast<std::size_t>(kPose) * m_bundle.sights[j].camera];
        for (int r = 0; r < kPose; ++r, at += n)
          for (int c = 0; c < kPose; ++c) at[c] -= wide(r, 0) * other(c, 0) + wide(r, 1) * other(c, 1) + wide(r, 2) * other(c, 2);
      }
    }
    m[n * n - 1] -= m_pointFocal[p].dot(inverse * m_pointFocal[p]);
    b[n - 1] -= m_pointFocal[p].dot(inverse * m_pointRight[p]);
  }

  void hold(std::vector<double>& m, std::vector<double>& b, int i) const {
    for (int k = 0; k < m_size; ++k) m[static_cast<std::size_t>(std::max(i, k)) * m_size + std::min(i, k)] = 0;
    m[static_cast<std::size_t>(i) * m_size + i] = 1;
    b[i] = 0;
  }

  void apply(const std::vector<double>& b, const std::vector<cv::Matx33d>& inverse, Bundle& moved) const {
    moved = m_bundle;
    const double focal = b[m_size - 1];
    moved.focal *= std::exp(std::clamp(focal, -0.3, 0.3));
    for (std::size_t c = 0; c < moved.cameras.size(); ++c) move(moved.cameras[c], &b[kPose * c]);
    std::vector<cv::Vec3d> right = m_pointRight;
    for (std::size_t i = 0; i < m_bundle.sights.size(); ++i) {
      const Sight& s = m_bundle.sights[i];
      const cv::Vec<double, 6> step(&b[static_cast<std::size_t>(kPose) * s.camera]);
      right[s.point] -= m_mixed[i].t() * step;
    }
    for (std::size_t p = 0; p < moved.points.size(); ++p) {
      const cv::Vec3d step = inverse[p] * (right[p] - m_pointFocal[p] * focal);
      moved.points[p].x += step[0], moved.points[p].y += step[1], moved.points[p].w += step[2];
    }
  }

  const Bundle& m_bundle;
  double m_huber;
  bool m_freeFocal;
  int m_size = 0;
  std::vector<double> m_camera, m_right;  // lower triangle; the focal length is the last row
  std::vector<cv::Matx33d> m_point;
  std::vector<cv::Vec3d> m_pointRight, m_pointFocal;
  std::vector<cv::Matx<double, 6, 3>> m_mixed;
};

}  // namespace

cv::Matx33d rotationBy(const cv::Vec3d& turn) {
  const double angle = cv::norm(turn);
  const double a = angle < 1e-9 ? 1 : std::sin(angle) / angle, b = angle < 1e-6 ? 0.5 : (1 - std::cos(angle)) / (angle * angle);
  const cv::Matx33d k(0, -turn[2], turn[1], turn[2], 0, -turn[0], -turn[1], turn[0], 0);
  return cv::Matx33d::eye() + k * a + k * k * b;
}

cv::Point2d project(double focal, const Pose& pose, const RayPoint& point) {
  const cv::Vec3d q = pose.rotation * cv::Vec3d(point.x, point.y, 1) + point.w * pose.shift;
  if (!(q[2] > 0.05)) return {std::numeric_limits<double>::infinity(), 0};
  return {focal * q[0] / q[2], focal * q[1] / q[2]};
}

double adjustBundle(Bundle& bundle, double huberPx, bool freeFocal, int rounds) {
  double cost = costOf(bundle, huberPx), damping = 1e-3;
  Bundle moved;
  for (int round = 0; round < rounds; ++round) {
    Reduced reduced(bundle, huberPx, freeFocal);
    bool better = false;
    for (int attempt = 0; attempt < 6 && !better; ++attempt) {
      double next = std::numeric_limits<double>::infinity();
      if (reduced.step(damping, moved)) next = costOf(moved, huberPx);
      better = next < cost;
      damping = std::clamp(better ? damping * 0.2 : damping * 8, 1e-9, 1e6);
      if (!better) continue;
      const double gain = (cost - next) / cost;
      std::swap(bundle, moved);
      cost = next;
      if (gain < 1e-5) round = rounds;
    }
    if (!better) break;
  }
  return std::sqrt(cost / static_cast<double>(std::max<std::size_t>(1, bundle.sights.size())));
}

double focalSpread(const Bundle& bundle, double huberPx) {
  const double unknowns = kPose * (static_cast<double>(bundle.cameras.size()) - 1) + 3 * static_cast<double>(bundle.points.size());
  const double free = std::max(1.0, 2 * static_cast<double>(bundle.sights.size()) - unknowns);
  return Reduced(bundle, huberPx, true).focalDeviation() * std::sqrt(costOf(bundle, huberPx) / free);
}

double adjustPose(double focal, const std::vector<RayPoint>& points, const std::vector<cv::Point2d>& at, double huberPx,
                  int rounds, Pose& pose) {
  const auto costAt = [&](const Pose& p) {
    double sum = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const cv::Point2d d = project(focal, p, points[i]) - at[i];
      const double e = std::hypot(d.x, d.y);
      sum += std::isfinite(e) ? huberCost(e, huberPx) : huberCost(100 * huberPx, huberPx);
    }
    return sum;
  };
  double cost = costAt(pose), damping = 1e-4;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> m(std::size_t{kPose} * kPose, 0), b(kPose, 0);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Line l = lineOf(focal, pose, points[i], at[i]);
      if (!l.valid) continue;
      const double w = huberWeight(cv::norm(l.error), huberPx);
      for (int r = 0; r < kPose; ++r) {
        for (int c = 0; c <= r; ++c) m[r * kPose + c] += w * (l.pose(0, r) * l.pose(0, c) + l.pose(1, r) * l.pose(1, c));
        b[r] -= w * (l.pose(0, r) * l.error[0] + l.pose(1, r) * l.error[1]);
      }
    }
    bool better = false;
    for (int attempt = 0; attempt < 5 && !better; ++attempt) {
      std::vector<double> damped = m, step = b;
      for (int k = 0; k < kPose; ++k) damped[k * kPose + k] *= 1 + damping, damped[k * kPose + k] += 1e-9;
      Pose moved = pose;
      if (!solveCholesky(damped, step, kPose)) break;
      move(moved, step.data());
      const double next = costAt(moved);
      better = next < cost;
      damping = better ? damping * 0.2 : damping * 8;
      if (!better) continue;
      if ((cost - next) < 1e-6 * cost) round = rounds;
      pose = moved, cost = next;
    }
    if (!better) break;
  }
  return std::sqrt(cost / static_cast<double>(std::max<std::size_t>(1, points.size())));
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_views.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <opencv2/calib3d.hpp>

#include "core/draft/camera_geometry.h"

namespace pai::core {
namespace {

constexpr double kInlierPixels = 1.5;   // per 640 of width
constexpr std::size_t kLeastMatches = 60;
constexpr double kUsualFocal = 1.0;     // of the width; a normal lens
constexpr double kFocalTrust = 0.3;     // deviation of its logarithm
constexpr double kKnownWorse = 1.25;     // of the matches' squared distances: what a solved camera may miss the best fit by
constexpr double kStrayLens = 0.15;    // of the focal length: more than the space's may differ from the views'
constexpr double kStrayTurn = 0.02, kStrayWay = 0.2;  // the same for the turn and the direction of the way, radians
constexpr double kLeastWay = 1e-3;       // of the set's distance: a camera that moves less tells no direction
constexpr double kStrayPixels = 0.02;   // of the width: more than the plane's move may differ from the views

cv::Matx33d cross(const cv::Vec3d& t) { return {0, -t[2], t[1], t[2], 0, -t[0], -t[1], t[0], 0}; }

cv::Matx33d turnOf(const cv::Vec3d& r) {
  cv::Matx33d m;
  cv::Rodrigues(r, m);
  return m;
}

cv::Matx33d cameraOf(double focal, cv::Size size) {
  return {focal, 0, (size.width - 1) * 0.5, 0, focal, (size.height - 1) * 0.5, 0, 0, 1};
}

double sampson(const cv::Matx33d& f, cv::Point2d a, cv::Point2d b) {
  const cv::Vec3d x(a.x, a.y, 1), y(b.x, b.y, 1), l = f * x, m = f.t() * y;
  return y.dot(l) / std::sqrt(std::max(1e-18, l[0] * l[0] + l[1] * l[1] + m[0] * m[0] + m[1] * m[1]));
}

cv::Matx33d fundamentalOf(const TwoViews& v) {
  const cv::Matx33d back = v.camera.inv();
  return back.t() * cross(v.translation) * v.rotation * back;
}

/// Least squares by Gauss-Newton with a little damping and numeric derivatives; `residuals` takes a step from the current
/// state, `accept` makes it the new state.
template <int N>
void refine(int rounds, const std::function<void(const cv::Vec<double, N>&, std::vector<double>&)>& residuals,
            const std::function<void(const cv::Vec<double, N>&)>& accept) {
  constexpr double kDelta = 1e-6;
  const auto costOf = [](const std::vector<double>& r) {
    double sum = 0;
    for (const double v : r) sum += v * v;
    return sum;
  };
  double damping = 1e-4;
  std::vector<double> base, moved;
  for (int round = 0; round < rounds; ++round) {
    residuals({}, base);
    std::vector<std::vector<double>> slopes;
    for (int i = 0; i < N; ++i) {
      cv::Vec<double, N> step;
      step[i] = kDelta;
      residuals(step, moved);
      for (std::size_t k = 0; k < base.size(); ++k) moved[k] = (moved[k] - base[k]) / kDelta;
      slopes.push_back(moved);
    }
    cv::Matx<double, N, N> normal;
    cv::Vec<double, N> gradient;
    for (int i = 0; i < N; ++i) {
      for (int j = 0; j < N; ++j)
        for (std::size_t k = 0; k < base.size(); ++k) normal(i, j) += slopes[i][k] * slopes[j][k];
      for (std::size_t k = 0; k < base.size(); ++k) gradient[i] -= slopes[i][k] * base[k];
    }
    const double before = costOf(base);
    bool better = false;
    for (int attempt = 0; attempt < 6 && !better; ++attempt) {
      cv::Matx<double, N, N> damped = normal;
      for (int i = 0; i < N; ++i) damped(i, i) += damping * normal(i, i) + 1e-12;
      cv::Vec<double, N> step;
      if (!cv::solve(damped, gradient, step, cv::DECOMP_CHOLESKY)) break;
      residuals(step, moved);
      better = costOf(moved) < before;
      damping = better ? damping * 0.2 : damping * 10;
      if (better) accept(step);
    }
    if (!better) break;
  }
}

/// A residual beyond `knee` counts less: square root of Huber's loss, signed.
double softened(double r, double knee) {
  const double a = std::abs(r);
  return a <= knee ? r : std::copysign(std::sqrt(knee * (2 * a - knee)), r);
}

TwoViews stepped(const TwoViews& v, const cv::Vec6d& s, cv::Size size) {
  TwoViews out;
  out.camera = cameraOf(std::clamp(v.camera(0, 0) * std::exp(s[5]), 0.4 * size.width, 6.0 * size.width), size);
  out.rotation = turnOf({s[0], s[1], s[2]}) * v.rotation;
  const cv::Vec3d t = v.translation, side = cv::normalize(t.cross(std::abs(t[0]) < 0.7 ? cv::Vec3d(1, 0, 0) : cv::Vec3d(0, 1, 0)));
  out.translation = cv::normalize(t + side * s[3] + t.cross(side) * s[4]);
  return out;
}

/// What matches say against two views.
double mismatch(const TwoViews& v, const std::vector<cv::Point2d>& a, const std::vector<cv::Point2d>& b, double pixel) {
  const cv::Matx33d f = fundamentalOf(v);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double r = softened(sampson(f, a[i], b[i]) / pixel, 0.4);
    sum += r * r;
  }
  return sum;
}

/// Inverse depth of a match in the first picture.
double inverseDepth(const TwoViews& v, cv::Point2d a, cv::Point2d b) {
  const cv::Matx33d back = v.camera.inv();
  const cv::Vec3d x = v.rotation * (back * cv::Vec3d(a.x, a.y, 1)), y = back * cv::Vec3d(b.x, b.y, 1);
  const cv::Vec3d way = y.cross(v.translation);
  return -y.cross(x).dot(way) / std::max(1e-12, way.dot(way));
}

}  // namespace

std::optional<ViewEstimate> estimateViews(const std::vector<cv::Point2d>& from, const std::vector<cv::Point2d>& to, cv::Size size,
                                          const std::optional<TwoViews>& known) {
  if (from.size() < kLeastMatches) return {};
  const double pixel = size.width / 640.0;
  std::vector<uchar> good;
  const cv::Mat found = cv::findFundamentalMat(from, to, cv::FM_RANSAC, kInlierPixels * pixel, 0.999, 4000, good);
  if (found.rows != 3) return {};
  std::vector<cv::Point2d> a, b;
  for (std::size_t i = 0; i < good.size(); ++i)
    if (good[i]) a.push_back(from[i]), b.push_back(to[i]);
  if (a.size() < kLeastMatches || a.size() * 2 < from.size()) return {};
  ViewEstimate out;
  TwoViews& v = out.views;
  v.camera = cameraOf(kUsualFocal * size.width, size);
  cv::Mat rotation, translation;
  const cv::Matx33d essential = v.camera.t() * cv::Matx33d(found) * v.camera;
  cv::recoverPose(essential, a, b, v.camera, rotation, translation);
  v.rotation = cv::Matx33d(rotation);
  v.translation = cv::Vec3d(translation);
  const double spread = std::sqrt(static_cast<double>(a.size()));
  const auto residuals = [&](const cv::Vec6d& step, std::vector<double>& r) {
    const TwoViews w = stepped(v, step, size);
    const cv::Matx33d f = fundamentalOf(w);
    r.clear();
    for (std::size_t i = 0; i < a.size(); ++i) r.push_back(softened(sampson(f, a[i], b[i]) / pixel, 0.4));
    r.push_back(0.1 * spread * std::log(w.camera(0, 0) / (kUsualFocal * size.width)) / kFocalTrust);
  };
  refine<6>(30, residuals, [&](const cv::Vec6d& step) { v = stepped(v, step, size); });
  if (known && mismatch(*known, a, b, pixel) < kKnownWorse * mismatch(v, a, b, pixel)) v = *known;
  std::vector<uchar> flat;
  const auto plane = ransacMap(MapKind::kHomography, a, b, 2.0 * pixel, &flat);
  const cv::Matx33d f = fundamentalOf(v);
  std::vector<double> depths;
  std::size_t apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(sampson(f, a[i], b[i])) > kInlierPixels * pixel) continue;
    depths.push_back(inverseDepth(v, a[i], b[i]));
    apart += plane && !flat[i];
  }
  if (depths.size() < kLeastMatches || depths.size() * 2 < from.size()) return {};
  std::sort(depths.begin(), depths.end());
  const auto behind = std::lower_bound(depths.begin(), depths.end(), -2 * pixel / v.camera(0, 0)) - depths.begin();
  if (static_cast<std::size_t>(behind) * 10 > depths.size()) return {};
  out.parallax = static_cast<double>(apart) / static_cast<double>(depths.size());
  out.range = {0, 1.5 * depths[depths.size() * 995 / 1000]};
  if (out.range.near * v.camera(0, 0) < 2 * pixel) return {};  // too far away to have depth
  return out;
}

namespace {

/// The plane (normal by inverse distance, in the first reference) that the curve moves: planes.back() ~ K (R + T m') K^-1.
cv::Vec3d planeOf(const TwoViews& v, const cv::Matx33d& map) {
  const cv::Matx33d n = v.camera.inv() * map * v.camera;
  cv::Matx<double, 9, 4> left;
  cv::Vec<double, 9> right;
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) {
      left(3 * r + c, 0) = n(r, c);
      left(3 * r + c, 1 + c) = -v.translation[r];
      right[3 * r + c] = v.rotation(r, c);
    }
  cv::Vec4d solved;
  cv::solve(left, right, solved, cv::DECOMP_SVD);
  return {solved[1], solved[2], solved[3]};
}

std::vector<cv::Point2d> gridOver(cv::Size size) {
  std::vector<cv::Point2d> out;
  for (const double y : {0.0, 0.5, 1.0})
    for (const double x : {0.0, 0.25, 0.5, 0.75, 1.0}) out.emplace_back(x * (size.width - 1), y * (size.height - 1));
  return out;
}

}  // namespace

std::optional<std::vector<FramePose>> posesBetween(const TwoViews& views, const std::vector<cv::Matx33d>& planes, cv::Size size) {
  const cv::Vec3d plane = planeOf(views, planes.back()), centre = -(views.rotation.t() * views.translation);
  const cv::Matx33d back = views.camera.inv();
  const auto mapOf = [&](const cv::Matx33d& turn, double share) {
    const cv::Vec3d shift = -(turn * centre) * share;
    return views.camera * (turn + cv::Matx33d(shift[0] * plane[0], shift[0] * plane[1], shift[0] * plane[2], shift[1] * plane[0],
                                              shift[1] * plane[1], shift[1] * plane[2], shift[2] * plane[0], shift[2] * plane[1],
                                              shift[2] * plane[2])) * back;
  };
  const cv::Matx33d goal = normalised(mapOf(views.rotation, 1)), stray = normalised(goal * planes.back().inv());
  if (!plausible(stray, size, 2) || cornerRms(stray, cv::Matx33d::eye(), size) > kStrayPixels * size.width) return {};
  const auto points = gridOver(size);
  std::vector<cv::Matx33d> turns(planes.size(), cv::Matx33d::eye());
  std::vector<double> shares(planes.size(), 0);
  const auto count = static_cast<double>(planes.size() - 1);
  const auto fit = [&](std::size_t i, bool moves) {
    cv::Matx33d& turn = turns[i];
    double& share = shares[i];
    const cv::Matx33d target = normalised((cv::Matx33d::eye() * (1 - share) + stray * share) * planes[i]);
    const double time = static_cast<double>(i) / count;
    const auto residuals = [&](const cv::Vec4d& s, std::vector<double>& r) {
      const cv::Matx33d map = mapOf(turnOf({s[0], s[1], s[2]}) * turn, share + (moves ? s[3] : 0));
      r.clear();
      for (const auto& p : points) {
        const cv::Point2d d = pai::core::apply(map, p) - pai::core::apply(target, p);
        r.push_back(d.x);
        r.push_back(d.y);
      }
      r.push_back(moves ? 0.2 * (share + s[3] - time) : s[3]);  // a camera that rests is led by time
    };
    refine<4>(12, residuals, [&](const cv::Vec4d& s) {
      turn = turnOf({s[0], s[1], s[2]}) * turn;
      if (moves) share += s[3];
    });
  };
  for (std::size_t i = 1; i + 1 < planes.size(); ++i) {
    turns[i] = turns[i - 1];
    shares[i] = shares[i - 1];
    fit(i, true);
  }
  shares.back() = 1;
  turns.back() = views.rotation;
  const auto once = smoothed(shares, 1.5), twice = smoothed(once, 1.5);
  for (std::size_t i = 1; i + 1 < planes.size(); ++i) shares[i] = std::clamp(2 * once[i] - twice[i], 0.0, 1.0);
  std::vector<FramePose> out;
  for (std::size_t i = 0; i < planes.size(); ++i) {
    if (i > 0 && i + 1 < planes.size()) fit(i, false);
    out.push_back({{views.camera, turns[i], -(turns[i] * centre) * shares[i]}, shares[i]});
  }
  return out;
}

namespace {

cv::Vec3d axisOf(const cv::Matx33d& turn) {
  cv::Vec3d r;
  cv::Rodrigues(turn, r);
  return r;
}

/// The shortest turn from one direction to another, as an axis times an angle.
cv::Vec3d turnBetween(const cv::Vec3d& from, const cv::Vec3d& to) {
  const cv::Vec3d axis = from.cross(to);
  const double sine = cv::norm(axis);
  return sine < 1e-12 ? cv::Vec3d() : axis * (std::atan2(sine, from.dot(to)) / sine);
}

/// Where a frame's camera stands in the first reference's camera, and how it is turned against it.
cv::Vec3d centreFrom(const CameraSpace& space, std::int64_t begin, std::int64_t t) {
  const Pose &a = space.poses[static_cast<std::size_t>(begin)], &p = space.poses[static_cast<std::size_t>(t)];
  return a.shift - a.rotation * (p.rotation.t() * p.shift);
}
cv::Matx33d turnFrom(const CameraSpace& space, std::int64_t begin, std::int64_t t) {
  return space.poses[static_cast<std::size_t>(t)].rotation * space.poses[static_cast<std::size_t>(begin)].rotation.t();
}

bool holds(const CameraSpace& space, std::int64_t begin, std::int64_t end) {
  return begin >= 0 && end > begin && static_cast<std::size_t>(end) < space.poses.size() && space.focalPx > 0;
}

}  // namespace

std::optional<TwoViews> viewsInSpace(const CameraSpace& space, std::int64_t begin, std::int64_t end, cv::Size size) {
  if (!holds(space, begin, end)) return {};
  const cv::Vec3d way = centreFrom(space, begin, end);
  const double length = cv::norm(way);
  if (length < kLeastWay) return {};
  const cv::Matx33d turn = turnFrom(space, begin, end);
  return TwoViews{cameraOf(space.focalPx, size), turn, -(turn * way) / length};
}

std::optional<std::vector<FramePose>> posesInSpace(const TwoViews& views, const CameraSpace& space, std::int64_t begin,
                                                   std::int64_t end) {
  if (!holds(space, begin, end)) return {};
  if (std::abs(std::log(views.camera(0, 0) / space.focalPx)) > kStrayLens) return {};
  const auto centreIn = [&](std::int64_t t) { return centreFrom(space, begin, t); };
  const auto turnIn = [&](std::int64_t t) { return turnFrom(space, begin, t); };
  const cv::Vec3d way = centreIn(end), goal = -(views.rotation.t() * views.translation);
  const double length = cv::norm(way);
  if (length < kLeastWay) return {};
  const cv::Vec3d strayWay = turnBetween(way / length, goal), strayTurn = axisOf(views.rotation * turnIn(end).t());
  if (cv::norm(strayWay) > kStrayWay || cv::norm(strayTurn) > kStrayTurn) return {};
  std::vector<FramePose> out;
  for (std::int64_t t = begin; t <= end; ++t) {
    const cv::Vec3d centre = centreIn(t) / length;
    const double share = std::clamp(centre.dot(way) / length, 0.0, 1.0);
    const cv::Matx33d turn = turnOf(strayTurn * share) * turnIn(t);
    out.push_back({{views.camera, turn, -(turn * (turnOf(strayWay * share) * centre))}, share});
  }
  return out;
}

}  // namespace pai::core

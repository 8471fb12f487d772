// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_plane.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>

#include "core/draft/camera_geometry.h"

namespace pai::core {
namespace {

constexpr double kTolerancePx = 2.0;  // of parallax, at 1920 wide
constexpr int kRounds = 4;              // of places and maps in turn
constexpr std::size_t kMostFrames = 100;
constexpr int kCells = 16;            // across the picture, for the area that points stand for

/// A point as evidence for a plane.
struct Evidence {
  cv::Vec3d ray;
  double w = 0;
  double gain = 0;  // pixels that the point moves for one unit of inverse depth, over its life
  double area = 0;  // of the picture, that it stands for
};

cv::Vec3d centreOf(const Pose& pose) { return -(pose.rotation.t() * pose.shift); }

double toleranceOf(const PointTracks& t) { return kTolerancePx * std::max(0.5, t.size.width / 1920.0); }

std::vector<Evidence> evidenceOf(const PointTracks& t, const SpaceCamera& camera) {
  std::vector<Evidence> all;
  std::map<std::pair<int, int>, int> crowd;
  const auto cellOf = [&](const RayPoint& p) {
    const double cell = static_cast<double>(t.size.width) / kCells;
    return std::pair(static_cast<int>(std::floor(camera.focal * p.x / cell)), static_cast<int>(std::floor(camera.focal * p.y / cell)));
  };
  for (const RayPoint& p : camera.points) ++crowd[cellOf(p)];
  for (std::size_t i = 0; i < camera.points.size(); ++i) {
    const RayPoint& p = camera.points[i];
    const PointTrack& track = t.tracks[camera.trackOf[i]];
    const auto last = std::min<std::int64_t>(track.first + static_cast<std::int64_t>(track.at.size()), static_cast<std::int64_t>(camera.poses.size())) - 1;
    double way = 0;
    const cv::Vec3d begin = centreOf(camera.poses[track.first]);
    for (std::int64_t f = track.first; f <= last; f += std::max<std::int64_t>(1, (last - track.first) / 6))
      way = std::max(way, cv::norm(centreOf(camera.poses[f]) - begin));
    all.push_back({{p.x, p.y, 1}, p.w, camera.focal * way, 1.0 / crowd[cellOf(p)]});
  }
  return all;
}

double away(const cv::Vec3d& plane, const Evidence& e) { return std::abs(plane.dot(e.ray) - e.w) * e.gain; }

/// Weighted least squares plane through evidence; weights of 0 leave points out.
std::optional<cv::Vec3d> planeThrough(const std::vector<Evidence>& all, const std::vector<double>& weights) {
  cv::Matx33d m = cv::Matx33d::eye() * 1e-9;
  cv::Vec3d b;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const cv::Vec3d& r = all[i].ray;
    m += (r * r.t()) * weights[i];
    b += r * (weights[i] * all[i].w);
  }
  bool ok = false;
  const cv::Matx33d inverse = m.inv(cv::DECOMP_CHOLESKY, &ok);
  if (!ok) return {};
  return inverse * b;
}

/// Root mean square of what a turning camera leaves, in the frame where it leaves most.
double parallaxOf(const PointTracks& tracks, const SpaceCamera& camera) {
  double most = 0;
  for (std::size_t t = 0; t < camera.poses.size(); t += std::max<std::size_t>(1, camera.poses.size() / 24)) {
    std::vector<RayPoint> rays;
    std::vector<cv::Point2d> at;
    for (std::size_t i = 0; i < camera.points.size(); ++i) {
      const PointTrack& track = tracks.tracks[camera.trackOf[i]];
      if (!track.seenIn(static_cast<std::int64_t>(t))) continue;
      rays.push_back({camera.points[i].x, camera.points[i].y, 0});
      at.push_back(fromCentre(track.in(static_cast<std::int64_t>(t)), tracks.size));
    }
    if (rays.size() < 4) continue;
    Pose turn{camera.poses[t].rotation, {}};
    most = std::max(most, adjustPose(camera.focal, rays, at, 0.1 * tracks.size.width, 20, turn));
  }
  return most;
}

}  // namespace

void findPlane(const PointTracks& tracks, SpaceCamera& camera) {
  const auto all = evidenceOf(tracks, camera);
  const double tolerance = toleranceOf(tracks);
  double total = 0;
  for (const auto& e : all) total += e.area;
  std::mt19937 random(4711);
  cv::Vec3d best(0, 0, 1);
  double bestScore = -1;
  for (int trial = 0; trial < 600 && all.size() >= 3; ++trial) {
    std::vector<Evidence> three;
    three.reserve(3);
    for (int k = 0; k < 3; ++k) three.push_back(all[random() % all.size()]);
    const auto plane = planeThrough(three, {1, 1, 1});
    if (!plane) continue;
    double score = 0;
    for (const auto& e : all) {
      const double d = away(*plane, e) / tolerance;
      if (d < 1) score += e.area * (1 - d * d);
    }
    if (score > bestScore) bestScore = score, best = *plane;
  }
  for (int round = 0; round < 8; ++round) {
    std::vector<double> weights;
    for (const auto& e : all) {
      const double d = away(best, e) / tolerance;
      weights.push_back(d < 1 ? (e.gain * e.gain + 1e-6) * (1 - d * d) * (1 - d * d) : 0);
    }
    if (const auto plane = planeThrough(all, weights)) best = *plane;
  }
  camera.plane = best;
  double on = 0;
  for (const auto& e : all) {
    if (away(best, e) < tolerance) on += e.area;
  }
  camera.planeShare = total > 0 ? on / total : 0;
  camera.parallaxPx = parallaxOf(tracks, camera);
}

double planeMisfit(const PointTracks& tracks, const SpaceCamera& camera) {
  const auto all = evidenceOf(tracks, camera);
  const double tolerance = toleranceOf(tracks), huber = 0.5 * tolerance;
  std::vector<cv::Point2d> place(all.size());  // on the plane, in the space's own pixels
  for (std::size_t i = 0; i < all.size(); ++i) place[i] = camera.focal * cv::Point2d(all[i].ray[0], all[i].ray[1]);
  double solved = 0, free = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<cv::Point2d> sum(all.size());
    std::vector<double> count(all.size(), 0);
    solved = free = 0;
    for (std::size_t t = 0; t < camera.poses.size(); t += std::max<std::size_t>(1, camera.poses.size() / kMostFrames)) {
      std::vector<std::size_t> index;
      std::vector<cv::Point2d> from, to;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const PointTrack& track = tracks.tracks[camera.trackOf[i]];
        if (!track.seenIn(static_cast<std::int64_t>(t)) || away(camera.plane, all[i]) > tolerance) continue;
        const cv::Point2d at = fromCentre(track.in(static_cast<std::int64_t>(t)), tracks.size);
        if (cv::norm(project(camera.focal, camera.poses[t], camera.points[i]) - at) > 2 * tolerance) continue;
        index.push_back(i), from.push_back(at), to.push_back(place[i]);
      }
      if (index.size() < 8) continue;
      const auto map = fitMap(MapKind::kHomography, from, to, {}, huber);
      if (!map) continue;
      const cv::Matx33d back = map->inv();
      const double n = 2.0 * static_cast<double>(index.size());
      double own = 0, other = 0;
      for (std::size_t k = 0; k < index.size(); ++k) {
        const cv::Point2d a = apply(back, to[k]) - from[k], at = apply(*map, from[k]);
        const cv::Point2d b = project(camera.focal, camera.poses[t], camera.points[index[k]]) - from[k];
        own += a.dot(a), other += b.dot(b);
        sum[index[k]] += at, count[index[k]] += 1;
      }
      free += own * n / (n - 7), solved += other * n / (n - 6);
    }
    for (std::size_t i = 0; i < all.size(); ++i)
      if (count[i] > 0) place[i] = sum[i] * (1 / count[i]);
  }
  return free > 0 ? std::sqrt(solved / free) : 1;
}

}  // namespace pai::core

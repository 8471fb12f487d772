// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_space.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/draft/camera_geometry.h"
#include "core/draft/camera_plane.h"

namespace pai::core {
namespace {

constexpr std::size_t kMostKeys = 120;    // frames adjusted together: the work grows with the cube
constexpr std::size_t kFewestPoints = 12;
constexpr int kFewestSeen = 6;            // points that fix a frame
constexpr double kMostErrorPx = 1.0;      // robust mean, at 1920 wide, of a set that stands still
constexpr double kFewestKept = 0.6;       // sights that agree

/// Frames adjusted together, their cameras and points.
struct Problem {
  std::vector<std::int64_t> frames;
  Bundle bundle;
  std::vector<int> trackOf;
};

/// Frames that stand for the clip: about a dozen in the life of a usual track.
std::vector<std::int64_t> keyFrames(const PointTracks& t, std::int64_t frames) {
  std::vector<std::size_t> lives;
  for (const auto& track : t.tracks) lives.push_back(track.at.size());
  const auto middle = lives.begin() + static_cast<std::ptrdiff_t>(lives.size() / 2);
  std::nth_element(lives.begin(), middle, lives.end());
  const auto most = static_cast<std::int64_t>(kMostKeys);
  const std::int64_t step = std::max({std::int64_t{1}, static_cast<std::int64_t>(*middle) / 12, (frames + most - 1) / most});
  std::vector<std::int64_t> f;
  for (std::int64_t k = 0; k < frames; k += step) f.push_back(k);
  if (f.back() != frames - 1) f.push_back(frames - 1);
  return f;
}

/// Fills a problem's sights of the tracks that have a point. Tracks seen fewer than three times are left out.
void addSights(const PointTracks& t, const std::vector<RayPoint>& points, const std::vector<uchar>& known, Problem& p) {
  Bundle& b = p.bundle;
  for (std::size_t i = 0; i < t.tracks.size(); ++i) {
    if (!known[i]) continue;
    std::vector<Sight> sights;
    for (std::size_t c = 0; c < p.frames.size(); ++c)
      if (t.tracks[i].seenIn(p.frames[c]))
        sights.push_back({static_cast<int>(c), static_cast<int>(b.points.size()), fromCentre(t.tracks[i].in(p.frames[c]), t.size)});
    if (sights.size() < 3) continue;
    b.points.push_back(points[i]);
    p.trackOf.push_back(static_cast<int>(i));
    b.sights.insert(b.sights.end(), sights.begin(), sights.end());
  }
}

/// Where the ray of a camera's pixel meets the wall straight ahead of the reference camera.
RayPoint onWall(double focal, const Pose& pose, cv::Point2d at) {
  const cv::Vec3d ray = pose.rotation.t() * cv::Vec3d(at.x / focal, at.y / focal, 1), from = -(pose.rotation.t() * pose.shift);
  const double k = (1 - from[2]) / std::max(0.05, ray[2]);
  return {from[0] + k * ray[0], from[1] + k * ray[1], 1};
}

/// A first guess: all points on a wall straight ahead of the middle camera, poses one after the other against it.
Problem firstGuess(const PointTracks& t, const std::vector<std::int64_t>& frames, double focal) {
  Problem p;
  p.frames = frames;
  Bundle& b = p.bundle;
  b.focal = focal;
  b.cameras.assign(frames.size(), {});
  b.fixedCamera = static_cast<int>(frames.size() / 2);
  std::vector<RayPoint> points(t.tracks.size());
  std::vector<uchar> known(t.tracks.size(), 0);
  const auto take = [&](int c) {
    for (std::size_t i = 0; i < t.tracks.size(); ++i)
      if (!known[i] && t.tracks[i].seenIn(frames[c])) points[i] = onWall(focal, b.cameras[c], fromCentre(t.tracks[i].in(frames[c]), t.size)), known[i] = 1;
  };
  take(b.fixedCamera);
  for (const int way : {1, -1})
    for (int c = b.fixedCamera + way; c >= 0 && c < static_cast<int>(frames.size()); c += way) {
      std::vector<RayPoint> seen;
      std::vector<cv::Point2d> at;
      for (std::size_t i = 0; i < t.tracks.size(); ++i)
        if (known[i] && t.tracks[i].seenIn(frames[c])) seen.push_back(points[i]), at.push_back(fromCentre(t.tracks[i].in(frames[c]), t.size));
      b.cameras[c] = b.cameras[c - way];
      if (seen.size() >= 4) adjustPose(focal, seen, at, 0.01 * t.size.width, 20, b.cameras[c]);
      take(c);
    }
  addSights(t, points, known, p);
  return p;
}

/// Drops sights that disagree and points left with too few. Returns the part of the sights kept.
double dropOutliers(Problem& p, double limitPx) {
  Bundle& b = p.bundle;
  std::vector<Sight> kept;
  std::vector<RayPoint> points;
  std::vector<int> trackOf;
  for (std::size_t i = 0; i < b.sights.size();) {
    std::vector<Sight> good;
    const int point = b.sights[i].point;
    std::size_t seen = 0;
    for (; i < b.sights.size() && b.sights[i].point == point; ++i, ++seen) {
      const cv::Point2d d = project(b.focal, b.cameras[b.sights[i].camera], b.points[point]) - b.sights[i].at;
      if (std::hypot(d.x, d.y) < limitPx) good.push_back(b.sights[i]);
    }
    if (good.size() < 3 || good.size() * 2 < seen) continue;
    for (Sight& s : good) s.point = static_cast<int>(points.size()), kept.push_back(s);
    points.push_back(b.points[point]);
    trackOf.push_back(p.trackOf[point]);
  }
  const double share = static_cast<double>(kept.size()) / static_cast<double>(std::max<std::size_t>(1, b.sights.size()));
  b.sights = std::move(kept);
  b.points = std::move(points);
  p.trackOf = std::move(trackOf);
  return share;
}

/// Adjusts to the end; nothing when the set does not stand still or the lens is not one.
bool adjust(Problem& p, double pixel, int rounds) {
  if (p.bundle.points.size() < kFewestPoints) return false;
  adjustBundle(p.bundle, 2 * pixel, true, rounds);
  if (dropOutliers(p, 4 * pixel) < kFewestKept || p.bundle.points.size() < kFewestPoints) return false;
  return adjustBundle(p.bundle, pixel, true, rounds) < kMostErrorPx * pixel;
}

/// Every frame's pose against the points, starting from its nearest frame.
void placeFrames(const PointTracks& t, const Problem& p, std::int64_t frames, double pixel, SpaceCamera& camera) {
  camera.poses.resize(static_cast<std::size_t>(frames));
  camera.errorPx.assign(static_cast<std::size_t>(frames), 0);
  camera.inliers.assign(static_cast<std::size_t>(frames), 0);
  std::size_t key = 0;
  for (std::int64_t f = 0; f < frames; ++f) {
    while (key + 1 < p.frames.size() && std::abs(p.frames[key + 1] - f) <= std::abs(p.frames[key] - f)) ++key;
    Pose pose = p.bundle.cameras[key];
    std::vector<RayPoint> seen;
    std::vector<cv::Point2d> at;
    for (std::size_t i = 0; i < p.trackOf.size(); ++i)
      if (const auto& track = t.tracks[p.trackOf[i]]; track.seenIn(f)) seen.push_back(p.bundle.points[i]), at.push_back(fromCentre(track.in(f), t.size));
    if (static_cast<int>(seen.size()) >= kFewestSeen) adjustPose(camera.focal, seen, at, pixel, 20, pose);
    double sum = 0;
    int good = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const cv::Point2d d = project(camera.focal, pose, seen[i]) - at[i];
      if (std::hypot(d.x, d.y) < 4 * pixel) sum += d.dot(d), ++good;
    }
    camera.poses[f] = pose;
    if (good < kFewestSeen) continue;
    camera.inliers[f] = good;
    camera.errorPx[f] = std::sqrt(sum / good);
  }
}

std::optional<SpaceCamera> finished(const PointTracks& t, const Problem& p, std::int64_t frames, double pixel) {
  SpaceCamera camera;
  camera.focal = p.bundle.focal;
  camera.focalSpread = focalSpread(p.bundle, pixel);
  placeFrames(t, p, frames, pixel, camera);
  const auto placed = std::count_if(camera.inliers.begin(), camera.inliers.end(), [](int n) { return n > 0; });
  if (static_cast<double>(placed) < 0.9 * static_cast<double>(frames)) return {};
  camera.points = p.bundle.points;
  camera.trackOf = p.trackOf;
  findPlane(t, camera);
  for (std::int64_t f = 0; f < frames; ++f)
    if (!plausible(planeToFirst(camera, t.size, f), t.size, 6)) return {};
  return camera;
}

double pixelOf(const PointTracks& t) { return t.looseness * std::max(0.5, t.size.width / 1920.0); }

}  // namespace

std::optional<SpaceCamera> solveSpace(const PointTracks& tracks, std::int64_t frames) {
  if (tracks.tracks.size() < kFewestPoints || frames < 3) return {};
  const double pixel = pixelOf(tracks);
  const auto keys = keyFrames(tracks, frames);
  for (const double focal : {1.0, 0.6, 1.8}) {
    Problem p = firstGuess(tracks, keys, focal * tracks.size.width);
    if (p.bundle.points.size() < kFewestPoints) return {};
    for (const double huber : {20.0, 5.0}) adjustBundle(p.bundle, huber * pixel, true, 15);
    const double width = p.bundle.focal / tracks.size.width;
    if (width < 0.3 || width > 8 || !adjust(p, pixel, 20)) continue;
    if (auto camera = finished(tracks, p, frames, pixel)) return camera;
  }
  return {};
}

cv::Matx33d planeToFirst(const SpaceCamera& camera, cv::Size size, std::int64_t frame) {
  const double f = camera.focal, x = 0.5 * (size.width - 1), y = 0.5 * (size.height - 1);
  const cv::Matx33d k(f, 0, x, 0, f, y, 0, 0, 1), inverse(1 / f, 0, -x / f, 0, 1 / f, -y / f, 0, 0, 1);
  const auto see = [&](const Pose& pose) { return pose.rotation + pose.shift * camera.plane.t(); };
  return normalised(k * see(camera.poses[0]) * see(camera.poses[static_cast<std::size_t>(frame)]).inv() * inverse);
}

}  // namespace pai::core

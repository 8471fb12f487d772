// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_track.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <opencv2/core.hpp>

#include "core/draft/camera_faint.h"
#include "core/draft/camera_follow.h"
#include "core/draft/camera_plane.h"
#include "core/draft/camera_points.h"
#include "core/draft/camera_space.h"

namespace pai::core {
namespace {

constexpr double kMostMisfit = 1.2;  // beyond, one lens does not explain the plane: free maps do
constexpr double kFaintLooseness = 2;  // blotches of paint have no sharp corners

/// One scene point followed through the clip.
struct Point {
  cv::Point2f now;
  cv::Point2d key;     // in the keyframe's pixels
  double weight = 1;   // 1: seen in the keyframe itself; less: placed there by a solved map
  bool inKey = true;
  int age = 0;
};

/// How far the points spread: standard deviation across the frame's smaller spread axis, as a fraction of the width.
double spreadOf(const std::vector<cv::Point2d>& p, double width) {
  if (p.size() < 3) return 0;
  cv::Mat data(static_cast<int>(p.size()), 2, CV_64F);
  for (std::size_t i = 0; i < p.size(); ++i) data.at<double>(static_cast<int>(i), 0) = p[i].x, data.at<double>(static_cast<int>(i), 1) = p[i].y;
  cv::Mat covariance, mean, values;
  cv::calcCovarMatrix(data, covariance, mean, cv::COVAR_NORMAL | cv::COVAR_ROWS | cv::COVAR_SCALE, CV_64F);
  cv::eigen(covariance, values);
  return std::sqrt(std::max(0.0, values.at<double>(1))) / width;
}

/// Follows a clip frame by frame against a current keyframe.
class Tracker {
 public:
  Tracker(const PlateAccess& clip, WorkFrame first) : m_key(std::move(first)), m_last(m_key) {
    m_scale = static_cast<double>(clip.size.width) / m_key.grey.cols;
    m_threshold = std::max(0.8, 0.0012 * m_key.grey.cols);
    m_size = m_key.grey.size();
    seed();
  }

  void next(WorkFrame frame) {
    advance(frame);
    const auto solved = solve();
    if (solved) {
      m_velocity = m_toKey.inv() * *solved;
      m_toKey = *solved;
    } else {
      m_toKey = plausible(m_toKey * m_velocity, m_size, 3) ? m_toKey * m_velocity : m_toKey;
      m_error = 0;
      m_inliers = 0;
      m_points.clear();
    }
    m_last = std::move(frame);
    if (m_inliers < std::max(12, m_keyCount / 2) || m_points.size() < kMaxFeatures / 3) replenish();
  }

  cv::Matx33d toFirst() const { return scaledPixels(normalised(m_keyToFirst * m_toKey), m_scale); }
  double errorPx() const { return m_error * m_scale; }
  int inliers() const { return m_inliers; }
  MapKind kind() const { return m_kind; }

 private:
  std::vector<cv::Point2f> corners() const {
    std::vector<cv::Point2f> taken;
    for (const Point& p : m_points) taken.push_back(p.now);
    return detectCorners(m_last, taken, kMaxFeatures - static_cast<int>(taken.size()));
  }

  void seed() {
    for (const auto& c : corners()) m_points.push_back({c, c, 1.0, true, 0});
    m_keyCount = static_cast<int>(m_points.size());
    m_inliers = m_keyCount;
  }

  /// Moves every point into `frame`; those of the keyframe are measured again against it, which stops drift.
  void advance(const WorkFrame& frame) {
    std::vector<cv::Point2f> from, to;
    for (const Point& p : m_points) from.push_back(p.now);
    auto ok = follow(m_last, frame, from, to, false, 0.6);
    std::vector<Point> kept;
    for (std::size_t i = 0; i < ok.size(); ++i)
      if (ok[i]) kept.push_back(m_points[i]), kept.back().now = to[i], ++kept.back().age;
    std::vector<cv::Point2f> key, now;
    std::vector<std::size_t> index;
    for (std::size_t i = 0; i < kept.size(); ++i)
      if (kept[i].inKey) key.push_back(kept[i].key), now.push_back(kept[i].now), index.push_back(i);
    std::vector<cv::Point2f> measured = now;
    ok = follow(m_key, frame, key, measured, true, 0.6);
    for (std::size_t i = 0; i < ok.size(); ++i)
      if (ok[i] && cv::norm(measured[i] - now[i]) < 1.5) kept[index[i]].now = measured[i];
    m_points = std::move(kept);
  }

  std::optional<cv::Matx33d> solve() {
    std::vector<cv::Point2d> from, to;
    for (const Point& p : m_points) from.emplace_back(p.now), to.push_back(p.key);
    if (from.size() < 4) return {};
    const double spread = spreadOf(from, m_size.width);
    MapKind kind = MapKind::kHomography;
    if (from.size() < 9 || spread < 0.06) kind = MapKind::kSimilarity;
    if (spread < 0.02) kind = MapKind::kTranslation;
    std::vector<uchar> inlier;
    auto h = ransacMap(kind, from, to, m_threshold, &inlier);
    if (h && (!plausible(*h, m_size, 3) || std::count(inlier.begin(), inlier.end(), 1) < 4)) h.reset();
    if (!h && kind == MapKind::kHomography) {
      kind = MapKind::kSimilarity;
      h = ransacMap(kind, from, to, m_threshold * 2, &inlier);
      if (h && !plausible(*h, m_size, 3)) h.reset();
    }
    const auto count = static_cast<int>(std::count(inlier.begin(), inlier.end(), 1));
    if (!h || count < 4 || count * 5 < static_cast<int>(from.size())) return {};
    refine(kind, from, to, inlier, *h);
    m_kind = std::max(m_kind, kind);
    m_inliers = count;
    return h;
  }

  /// Weighted fit of the inliers; points placed later by solved maps count less. Outliers are dropped for good.
  void refine(MapKind kind, const std::vector<cv::Point2d>& from, const std::vector<cv::Point2d>& to,
              const std::vector<uchar>& inlier, cv::Matx33d& h) {
    std::vector<double> weights(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) weights[i] = inlier[i] ? m_points[i].weight : 0;
    if (const auto fitted = fitMap(kind, from, to, weights, m_threshold * 0.3)) h = *fitted;
    double sum = 0, total = 0;
    std::vector<Point> kept;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const cv::Point2d at = apply(h, from[i]);
      if (inlier[i]) sum += weights[i] * (at - to[i]).dot(at - to[i]), total += weights[i];
      if (!inlier[i]) continue;
      kept.push_back(m_points[i]);
      if (!kept.back().inKey) {  // placed by a map: improve its place as more frames see it
        const double n = std::min(10, kept.back().age + 1);
        kept.back().key += (at - to[i]) * (1.0 / n);
        kept.back().weight = std::min(0.7, 0.1 * n);
      }
    }
    m_points = std::move(kept);
    m_error = total > 0 ? std::sqrt(sum / total) : 0;
  }

  /// Adds points; takes a new keyframe when little of the old one is left.
  void replenish() {
    int ofKey = 0;
    for (const Point& p : m_points) ofKey += p.inKey;
    if (ofKey < std::max(8, m_keyCount / 3)) {
      m_keyToFirst = normalised(m_keyToFirst * m_toKey);
      m_toKey = cv::Matx33d::eye();
      m_key = m_last;
      for (Point& p : m_points) p = {p.now, p.now, 1.0, true, 0};
      for (const auto& c : corners()) m_points.push_back({c, c, 1.0, true, 0});
      m_keyCount = static_cast<int>(m_points.size());
      return;
    }
    for (const auto& c : corners()) m_points.push_back({c, apply(m_toKey, c), 0.1, false, 0});
  }

  WorkFrame m_key, m_last;
  std::vector<Point> m_points;
  cv::Matx33d m_toKey = cv::Matx33d::eye(), m_keyToFirst = cv::Matx33d::eye(), m_velocity = cv::Matx33d::eye();
  cv::Size m_size;
  double m_scale = 1, m_threshold = 1, m_error = 0;
  int m_inliers = 0, m_keyCount = 0;
  MapKind m_kind = MapKind::kTranslation;
};

/// The same camera with the first frame's as its space, in delivered pixels.
CameraSpace inFirstFrame(const SpaceCamera& camera, double scale) {
  CameraSpace s;
  s.focalPx = camera.focal * scale;
  s.focalSpread = camera.focalSpread;
  s.parallaxPx = camera.parallaxPx * scale;
  const cv::Matx33d back = camera.poses.front().rotation.t();
  const cv::Vec3d shift = camera.poses.front().shift;
  for (const Pose& p : camera.poses) s.poses.push_back({p.rotation * back, p.shift - p.rotation * (back * shift)});
  s.plane = back.t() * camera.plane * (1 / (1 + camera.plane.dot(back * shift)));
  return s;
}

/// Solves the camera in space; where that holds, its dominant plane gives the maps.
void takeSpace(const PointTracks& points, const PlateAccess& clip, ClipTrack& track) {
  auto space = solveSpace(points, clip.frames);
  if (!space) return;
  const double scale = static_cast<double>(clip.size.width) / points.size.width;
  if (track.measured >= 0.8 && planeMisfit(points, *space) > kMostMisfit) return;
  for (std::int64_t t = 0; t < clip.frames; ++t) track.toFirst[t] = scaledPixels(planeToFirst(*space, points.size, t), scale);
  for (std::size_t t = 0; t < track.errorPx.size(); ++t) track.errorPx[t] = space->errorPx[t] * scale;
  track.inliers = space->inliers;
  track.kind = MapKind::kHomography;
  track.space = inFirstFrame(*space, scale);
}

/// Follows a clip through frames made ready by `load`, as long as it gives some.
Result<ClipTrack> trackFrames(const PlateAccess& clip, const std::function<Result<std::optional<WorkFrame>>(FrameIndex)>& load,
                              bool faint, const StopToken& stop, const ProgressFn& progress) {
  ClipTrack track;
  PointFollower points(faint);
  std::optional<Tracker> tracker;
  int seen = 0;
  for (std::int64_t t = 0; t < clip.frames; ++t) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "the camera solve was stopped", "", {}};
    auto frame = load(FrameIndex{t});
    if (!frame) return frame.error();
    if (!*frame) return track;
    points.next(**frame);
    if (!tracker) tracker.emplace(clip, std::move(**frame));
    else tracker->next(std::move(**frame));
    track.toFirst.push_back(tracker->toFirst());
    track.errorPx.push_back(tracker->errorPx());
    track.inliers.push_back(tracker->inliers());
    seen += tracker->inliers() >= 4;
    if (progress) progress(static_cast<double>(t) / static_cast<double>(clip.frames));
  }
  track.kind = tracker->kind();
  track.measured = static_cast<double>(seen) / static_cast<double>(std::max<std::int64_t>(1, clip.frames));
  PointTracks tracks = points.finish();
  if (faint) tracks.looseness = kFaintLooseness;
  takeSpace(tracks, clip, track);
  track.usable = track.space || track.measured >= 0.8;
  return track;
}

}  // namespace

Result<ClipTrack> trackClip(const PlateAccess& clip, const StopToken& stop, const ProgressFn& progress) {
  const auto load = [&clip](FrameIndex t) -> Result<std::optional<WorkFrame>> {
    auto frame = loadFrame(clip, t);
    if (!frame) return frame.error();
    return std::optional<WorkFrame>(std::move(*frame));
  };
  return trackFrames(clip, load, false, stop, progress);
}

Result<ClipTrack> trackFaint(const PlateAccess& clip, const StopToken& stop, const ProgressFn& progress) {
  FaintFrames frames;
  const auto load = [&](FrameIndex t) -> Result<std::optional<WorkFrame>> {
    auto frame = frames.load(clip, t);
    if (!frame) return frame.error();
    if (!frames.structured()) return std::optional<WorkFrame>();
    return std::optional<WorkFrame>(std::move(*frame));
  };
  return trackFrames(clip, load, true, stop, progress);
}

}  // namespace pai::core

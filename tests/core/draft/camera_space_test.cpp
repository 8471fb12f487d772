// SPDX-License-Identifier: GPL-3.0-or-later
// The camera in space from point tracks: made-up stages with a wall and a floor, so that every answer is known.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/draft/camera_geometry.h"
#include "core/draft/camera_plane.h"
#include "core/draft/camera_space.h"

namespace pai::core {
namespace {

constexpr double kSpaceFocal = 900;
const cv::Size kSpaceSize(960, 540);

/// A stage: metres, y down, the wall at z = 8, the floor at y = 1.3.
struct Stage {
  std::vector<cv::Vec3d> points;
  std::vector<Pose> poses;

  static Stage made(int frames, int onWall, int onFloor, double travel) {
    Stage s;
    std::mt19937 random(3);
    const auto in = [&](double low, double high) { return low + (high - low) * (random() / 4294967296.0); };
    for (int i = 0; i < onWall; ++i) s.points.emplace_back(in(-6, 6), in(-2.4, 0.9), 8);
    for (int i = 0; i < onFloor; ++i) s.points.emplace_back(in(-5, 5), 1.3, in(3.5, 7.5));
    for (int t = 0; t < frames; ++t) {
      const double u = static_cast<double>(t) / frames, e = u * u * (3 - 2 * u);
      const cv::Vec3d at(travel * (e - 0.5), 0.04 * std::sin(0.9 * t) * travel, 0.7 * travel * e);
      const cv::Matx33d turn = rotationBy({0.1 + 0.01 * std::sin(0.7 * t), 0.15 * (e - 0.5) + 0.008 * std::sin(1.1 * t), 0.006 * std::cos(t)});
      s.poses.push_back({turn, -(turn * at)});
    }
    return s;
  }

  cv::Point2d seen(const cv::Vec3d& point, int t, double focal) const {
    const cv::Vec3d q = poses[t].rotation * point + poses[t].shift;
    return {focal * q[0] / q[2], focal * q[1] / q[2]};
  }

  /// What a follower would have of it: each point while it is inside the frame, with noise.
  PointTracks tracks(double noise, double zoomAtEnd = 1) const {
    PointTracks t;
    t.size = kSpaceSize;
    std::mt19937 random(8);
    std::normal_distribution<double> grain(0, noise);
    for (const auto& point : points) {
      PointTrack track;
      for (int f = 0; f < static_cast<int>(poses.size()); ++f) {
        const double focal = kSpaceFocal * (1 + (zoomAtEnd - 1) * f / static_cast<double>(poses.size()));
        const cv::Point2d p = seen(point, f, focal) + cv::Point2d(479.5, 269.5);
        const bool inside = p.x > 5 && p.y > 5 && p.x < 955 && p.y < 535;
        if (inside && track.at.empty()) track.first = f;
        if (inside) track.at.emplace_back(static_cast<float>(p.x + grain(random)), static_cast<float>(p.y + grain(random)));
        else if (!track.at.empty()) break;
      }
      if (track.at.size() > 3) t.tracks.push_back(track);
    }
    return t;
  }

  /// The map of a frame to the first through the wall.
  cv::Matx33d wallToFirst(int t) const {
    const cv::Matx33d k(kSpaceFocal, 0, 479.5, 0, kSpaceFocal, 269.5, 0, 0, 1);
    const auto see = [&](int f) { return k * (poses[f].rotation + poses[f].shift * cv::Vec3d(0, 0, 1 / 8.0).t()); };
    return normalised(see(0) * see(t).inv());
  }
};

double worst(const Stage& stage, const SpaceCamera& camera) {
  double w = 0;
  for (std::size_t t = 0; t < stage.poses.size(); ++t)
    w = std::max(w, cornerRms(planeToFirst(camera, kSpaceSize, static_cast<std::int64_t>(t)), stage.wallToFirst(static_cast<int>(t)), kSpaceSize));
  return w;
}

TEST(CameraSpaceTest, wallAndFloorGiveTheFocalLengthAndTheWall) {
  const Stage stage = Stage::made(90, 40, 20, 1.6);
  const PointTracks tracks = stage.tracks(0.1);
  const auto camera = solveSpace(tracks, 90);
  ASSERT_TRUE(camera.has_value());
  EXPECT_NEAR(camera->focal, kSpaceFocal, 0.01 * kSpaceFocal);
  EXPECT_LT(worst(stage, *camera), 0.5);
  EXPECT_LT(planeMisfit(tracks, *camera), 1.2);
  EXPECT_GT(camera->parallaxPx, 20);
  EXPECT_LT(camera->focalSpread, 0.02);
}

TEST(CameraSpaceTest, turningCameraIsSolvedWithoutDepth) {
  const Stage stage = Stage::made(60, 60, 20, 0);
  const auto camera = solveSpace(stage.tracks(0.1), 60);
  ASSERT_TRUE(camera.has_value());
  EXPECT_LT(worst(stage, *camera), 0.5);
  EXPECT_LT(camera->parallaxPx, 1);
}

TEST(CameraSpaceTest, wildTracksAreLeftOut) {
  const Stage stage = Stage::made(60, 40, 20, 1.2);
  PointTracks tracks = stage.tracks(0.1);
  for (std::size_t i = 0; i < tracks.tracks.size(); i += 7)
    for (std::size_t f = 0; f < tracks.tracks[i].at.size(); ++f) tracks.tracks[i].at[f] += cv::Point2f(0.8F * static_cast<float>(f), 5 * std::sin(0.3F * static_cast<float>(f)));
  const auto camera = solveSpace(tracks, 60);
  ASSERT_TRUE(camera.has_value());
  EXPECT_LT(worst(stage, *camera), 1.0);
}

TEST(CameraSpaceTest, zoomingLensIsNotTakenForOneLens) {
  const Stage stage = Stage::made(60, 60, 20, 0.8);
  const PointTracks tracks = stage.tracks(0.05, 1.5);
  const auto camera = solveSpace(tracks, 60);
  EXPECT_TRUE(!camera || planeMisfit(tracks, *camera) > 1.2);
}

TEST(CameraSpaceTest, thingsThatMoveEachTheirOwnWayGiveNoCamera) {
  const Stage stage = Stage::made(40, 30, 10, 1);
  PointTracks tracks = stage.tracks(0.1);
  std::mt19937 random(2);
  for (auto& track : tracks.tracks) {
    const auto x = static_cast<float>(random() % 9) - 4, y = static_cast<float>(random() % 9) - 4;
    for (std::size_t f = 0; f < track.at.size(); ++f) track.at[f] += static_cast<float>(f) * cv::Point2f(x, y);
  }
  EXPECT_FALSE(solveSpace(tracks, 40).has_value());
}

TEST(CameraSpaceTest, tooFewPointsGiveNoCamera) {
  EXPECT_FALSE(solveSpace({}, 40).has_value());
  EXPECT_FALSE(solveSpace(Stage::made(40, 5, 3, 1).tracks(0.1), 40).has_value());
}

}  // namespace
}  // namespace pai::core

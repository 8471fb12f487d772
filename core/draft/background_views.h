// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/background.h"
#include "core/draft/background_sweep.h"

namespace pai::core {

/// What point matches say about two pictures of one rigid place.
struct ViewEstimate {
  TwoViews views;         // pixels as the points'
  DepthRange range;       // of the matched points, with room
  double parallax = 0.0;  // share of the matches that no homography explains but the camera's translation does
};

/// The camera's turn, translation and focal length between two pictures of `size` from matched points, by RANSAC and robust
/// least squares of Sampson distances. Where `known` explains the matches about as well, it is the answer: the plate's solve saw
/// more than two pictures. Nothing when the matches do not agree on one.
std::optional<ViewEstimate> estimateViews(const std::vector<cv::Point2d>& from, const std::vector<cv::Point2d>& to, cv::Size size,
                                          const std::optional<TwoViews>& known = {});

/// How frame `end`'s camera stands to frame `begin`'s in a solved space; pixels of `size`, the delivered one. Nothing when the
/// camera hardly moves between them.
std::optional<TwoViews> viewsInSpace(const CameraSpace& space, std::int64_t begin, std::int64_t end, cv::Size size);

/// How one frame stands to the first of two references, and which part of the way between them it has done.
struct FramePose {
  TwoViews fromFirst;
  double share = 0;
};

/// Poses of the frames between two references. `planes[i]` carries the first reference's pixels to frame i as the camera
/// curve moves its plane; front and back are the references themselves. The camera's centre is led along the line between
/// the references, its place on it and the turn are read off the planes. Nothing when they do not fit the views.
std::optional<std::vector<FramePose>> posesBetween(const TwoViews& views, const std::vector<cv::Matx33d>& planes, cv::Size size);

/// The same from a camera solved in space: the frames' own turns and places between its frames `begin` and `end`, where the
/// references stand. What the views say of the references is kept: the little by which the solve differs is spread over the
/// way. Nothing when the two do not fit: another lens, another way, or a camera that hardly moves.
std::optional<std::vector<FramePose>> posesInSpace(const TwoViews& views, const CameraSpace& space, std::int64_t begin,
                                                   std::int64_t end);

}  // namespace pai::core

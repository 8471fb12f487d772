// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/background_sweep.h"

namespace pai::core {

/// One reference of a pair with the depth of what it shows.
struct DepthPicture {
  cv::Mat depth;    // CV_32F inverse depth, at the working size
  cv::Mat nearest;  // the same, the nearest of a pixel's surroundings: what borders on something near is not shown
  cv::Mat outline;  // the same of wider surroundings: what lies beyond it is surely shown
  cv::Mat agreed;   // CV_8U, 255 where the other reference of the pair confirms the depth
  std::vector<cv::Mat> behind{};  // what frames show from behind its surfaces, as a layer's levels; none where nothing is needed
  cv::Point behindAt{};         // of its first pixel, in pixels of the layer's full size from the frame's first; divides by four
};

/// Two neighbouring references whose camera and depths are known. Pixels are those of the delivered size.
struct DepthPair {
  TwoViews views;  // from the first to the second
  DepthPicture first, second;
};

/// How a frame between the two sees them, on a grid over the frame: where each grid cell lies in both references, and how
/// much it is seen there. Cells at the border of something near are edges; their two surfaces are kept.
struct DepthGrid {
  cv::Mat toFirst, toSecond;    // CV_32FC2, pixels of the references' frames
  cv::Mat seenFirst, seenSecond;  // CV_32F, 0..1
  cv::Mat depth, far, near;     // CV_32F inverse depth in the frame; the farthest and nearest around a cell
  cv::Mat edge;                 // CV_8U
  cv::Mat lost;                 // CV_8U: cells whose far surface neither reference shows: 1 what lies behind the first shows it, 2 the second
};

/// How much a surface is seen when another lies nearer there, by so many units of what may be a mistake: 1 to nearly 0, never 0,
/// so that of two hidden views the less hidden one is shown.
inline float openness(float nearer) {
  const float n = std::max(0.0F, nearer - 0.5F), k = 2 * n * n;
  return 1 / (1 + k * k * k * k);
}
/// Below, a surface counts as hidden.
inline constexpr float kHiddenOpenness = 0.05F;
/// Parallax over the whole way, in pixels of the working size, by which something nearer hides a surface; and between neighbours,
/// at a border of something near.
inline constexpr float kHiddenPixels = 2.0F, kEdgePixels = 3.0F;
/// How far beyond a reference's frame what lies behind is invented, of the frame's width.
inline constexpr double kBehindMargin = 0.1;

/// The grid of a frame that stands `frame` to the pair's first reference.
DepthGrid gridOf(const DepthPair& pair, const TwoViews& frame, cv::Size delivered, cv::Size grid);

}  // namespace pai::core

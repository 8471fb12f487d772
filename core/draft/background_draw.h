// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/background_depth.h"
#include "core/draft/background_fetch.h"

namespace pai::core {

/// A reference's pixels as a frame of some size samples them: frame pixel of the reference -> pixel of the level.
struct LevelSampling {
  const cv::Mat* level = nullptr;
  float scale = 1, offsetX = 0, offsetY = 0;
  Quad gain{};  // to 0..1 and the frame's exposure; trust to 0..255
};

/// A frame between two references whose depth is known.
struct DepthDrawing {
  const DepthPair* pair = nullptr;
  TwoViews frame;      // from the pair's first reference
  cv::Size delivered;  // the size all cameras refer to
  LevelSampling first, second;
  LevelSampling behindFirst, behindSecond;  // no level where nothing is needed
  float share = 0;     // of the second reference
};

/// Draws the frame into `out` (CV_32FC3), and what was seen nowhere (1) into `invented` when given (CV_8U).
void drawDepth(const DepthDrawing& drawing, cv::Mat& out, cv::Mat* invented);

}  // namespace pai::core

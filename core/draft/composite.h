// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

#include <opencv2/core.hpp>

#include "core/base/project.h"
#include "core/draft/finish_planes.h"

namespace pai::core {

/// What lies over the background of a composite; all of one size, linear.
struct CompositeLayers {
  const Planes& foreground;   // straight
  const cv::Mat& alpha;
  const cv::Mat& shadow;      // light that arrives, 0..1; empty: no shadow
};

/// How a composite is finished at one frame.
struct CompositeFinish {
  float lightWrap = 0.0f;   // background light that comes around soft edges
  float grain = 0.0f;       // deviation of the plate's grain in coded values, put on the background
  float exponent = 2.2f;    // from coded to the planes' values
  std::int64_t frame = 0;   // of the grain's pattern
  double scale = 1.0;       // size over the shot's
};

/// Writes the columns [x0, x1) of a row of the background, linear. Called from several threads, rows more than once.
using BackgroundRows = std::function<void(int y, int x0, int x1, float* const out[3])>;
/// Takes a finished row, linear. Called from several threads.
using RowSink = std::function<void(int y, const float* const row[3])>;

/// Foreground over background, row by row, so that no whole picture lies between the background and what is delivered.
/// Where alpha is 1 the foreground passes bit by bit.
void compositeRows(const CompositeLayers& layers, const CompositeFinish& finish, const BackgroundRows& background,
                   const RowSink& sink);
/// The same from a background's planes to planes.
Planes composited(const CompositeLayers& layers, const Planes& background, const CompositeFinish& finish);

/// A soft shadow on the ground where the subject's lowest part stands, multiplied into `shadow` (made when empty).
void addContactShadow(const cv::Mat& alpha, double strength, cv::Mat& shadow);

/// Deviation of fine noise in coded values where `where` (CV_32F, > 0.99) marks an even screen.
float grainOf(const Planes& frame, const cv::Mat& screen, float exponent);

}  // namespace pai::core

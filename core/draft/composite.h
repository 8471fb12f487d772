// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <opencv2/core.hpp>

#include "core/base/project.h"
#include "core/draft/finish_planes.h"

namespace pai::core {

/// What a composite is made of; all of one size, linear.
struct CompositeLayers {
  const Planes& foreground;   // straight
  const cv::Mat& alpha;
  const Planes& background;
  const cv::Mat& shadow;      // light that arrives, 0..1; empty: no shadow
};

/// How a composite is finished at one frame.
struct CompositeFinish {
  float shadow = 1.0f;      // strength of the subject's own shadow
  float lightWrap = 0.0f;   // background light that comes around soft edges
  float grain = 0.0f;       // deviation of the plate's grain in coded values, put on the background
  float exponent = 2.2f;    // from coded to the planes' values
  std::int64_t frame = 0;   // of the grain's pattern
  double scale = 1.0;       // size over the shot's
};

/// Foreground over background. Where alpha is 1 the foreground passes bit by bit.
Planes composited(const CompositeLayers& layers, const CompositeFinish& finish);

/// A soft shadow on the ground where the subject's lowest part stands, multiplied into `shadow` (made when empty).
void addContactShadow(const cv::Mat& alpha, double strength, cv::Mat& shadow);

/// Deviation of fine noise in coded values where `where` (CV_32F, > 0.99) marks an even screen.
float grainOf(const Planes& frame, const cv::Mat& screen, float exponent);

}  // namespace pai::core

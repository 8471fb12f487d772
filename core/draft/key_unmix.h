// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"
#include "core/draft/key_screen.h"

namespace pai::core {

/// The subject's own colour in a pixel that is mixed with the screen.
struct MixedColour {
  int x = 0;
  cv::Vec3f colour;
  float trust = 0.0f;  // 0..1, how well the pixel is explained as a mixture
};

/// Mixed pixels of a frame, row by row, from left to right.
using MixedColours = std::vector<std::vector<MixedColour>>;

/// Solves a frame's soft pixels as mixtures of the known screen and the colours that the solid subject shows nearby
/// (Chuang et al. 2001, with the screen known): alpha is replaced by its expectation, as far as the mixture explains the
/// pixel, and the subject's colour in each is returned. `solid` (CV_8U) marks pixels of the bare subject; `coarseChroma` says
/// that the frame's chroma has fewer samples than its luma; pixels outside `islands` are left alone.
MixedColours unmixSoftPixels(const Planes& frame, const CoarseField& screen, const cv::Mat& solid,
                             const std::vector<cv::Rect>& islands, bool coarseChroma, cv::Mat& alpha);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"
#include "core/draft/key_screen.h"

namespace pai::core {

/// Rectangles of a frame, apart from each other, outside of which nothing but bare screen is seen: what a key has to look at.
/// They begin at whole cells and reach a few cells beyond what is not screen. One of the whole frame where they would save
/// little. Ordered from top to bottom, then from left to right.
std::vector<cv::Rect> islandsOf(const ScreenField& field, cv::Size size);

/// A view of a part of a frame.
Planes viewOf(const Planes& frame, const cv::Rect& at);
/// A view of a field's cells under a part of a frame that begins at whole cells.
CoarseField viewOf(const CoarseField& field, const cv::Rect& at);

}  // namespace pai::core

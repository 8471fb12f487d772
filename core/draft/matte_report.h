// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/draft_engine.h"
#include "core/draft/finish_planes.h"
#include "core/draft/key_screen.h"

namespace pai::core {

/// A frame and its matte at one size.
struct MatteView {
  cv::Mat alpha;
  Planes plate;
};

/// Measures a frame's matte. `before` (the frame before) may be null; `screen` is null where no screen is known. `divisor` is
/// the shot's size over the pictures'.
MatteReportFrame reportMatte(const MatteView& now, const MatteView* before, const ScreenColour* screen, int divisor);

}  // namespace pai::core

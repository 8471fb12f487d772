// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"
#include "core/draft/key_screen.h"

namespace pai::core {

/// Makes wide dark places far from any clear screen solid: cloth and dense hair that nothing but the screen lights have its
/// colour, but no mixture with a bright screen is that dark unless little of it shows through. Only soft
/// pixels change. `pixel` is the frame's width over 1920; `alpha`, `frame` and `screen` may be a part of it.
void fillDarkDepths(cv::Mat& alpha, const Planes& frame, const CoarseField& screen, double pixel);

}  // namespace pai::core

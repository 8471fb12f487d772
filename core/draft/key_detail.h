// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"
#include "core/draft/key_screen.h"

namespace pai::core {

/// Gives a key of a plate with coarse chroma samples (4:2:0, 4:2:2) back its detail: what is finer than the chroma is taken
/// from luma, as far as screen and subject differ in it. Only soft pixels change.
void addLumaDetail(cv::Mat& alpha, const Planes& frame, const CoarseField& screen, const CoarseField& subject);

}  // namespace pai::core

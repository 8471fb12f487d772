// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/base/stop.h"
#include "core/draft/background_layers.h"

namespace pai::core {

/// Invents, once for all frames of each pair, what its frames need and neither reference shows: the surfaces that go on behind
/// something near. Layered depth inpainting (Shade et al. 1998; Daribo and Pesquet 2010): a hidden place is filled with patches of
/// what lies no nearer than it, and of what the other reference sees there. Layers must be complete and not yet packed. False when
/// stopped.
bool inventBehind(Scene& scene, const StopToken& stop);

/// RGB (CV_8UC3 or CV_16UC3) and trust as the full, half and quarter size that are drawn from.
std::vector<cv::Mat> packedLevels(const LayerLevel& level);

}  // namespace pai::core

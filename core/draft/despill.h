// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/key_screen.h"
#include "core/draft/key_unmix.h"

namespace pai::core {

/// Gives `out` (planes of the frame's size, or the frame's own) a frame's colours replaced by those of the subject alone: mixed pixels are unmixed from the screen behind them and held
/// near the solid subject beside them (or are what `mixed` found in them), so that there is neither a fringe nor a dark ring; light that the screen threw on the
/// subject is taken off by `strength`. Colours without more of the screen's channel than of the others (olive, brown, skin)
/// stay exactly what they are where alpha is 1.
void unmixForeground(const ScreenColour& screen, const CoarseField& field, const CoarseField& subject, const MixedColours& mixed,
                     const cv::Mat& alpha, float strength, const Planes& frame, Planes& out);

}  // namespace pai::core

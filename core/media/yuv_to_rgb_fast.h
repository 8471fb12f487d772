// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/yuv_frame.h"

namespace pai::core {

/// Whether fastRgb converts this frame: 8-bit YUV to 8-bit RGB without alpha.
bool fastRgbApplies(const YuvFrame& frame, SampleType type, bool alpha);
/// RGB in 16-bit fixed point, within one code value of the exact result; the same on every machine. Before rotation.
Picture fastRgb(const YuvFrame& frame);

}  // namespace pai::core

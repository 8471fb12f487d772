// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/av.h"

namespace pai::core {

/// Fills a writable planar frame (YUV, YUVA or GBR(A), 8 to 16 bits) from a picture of the same size: matrix and range of
/// `colour`, chroma averaged to left siting. A missing alpha is opaque; a grey picture has equal channels.
Status fillFrame(const Picture& picture, const ColourTags& colour, AVFrame& frame);

}  // namespace pai::core

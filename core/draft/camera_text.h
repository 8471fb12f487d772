// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/draft/background.h"

namespace pai::core {

/// Fills the curve's motion sentence and focal length from its samples.
void describeCamera(CameraCurve& curve);

}  // namespace pai::core

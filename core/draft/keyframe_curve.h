// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/project.h"

namespace pai::core {

/// A curve through keyframes: `at` rises, and each value goes on to the next as its `how` says. All three as long, at least one.
struct KeyframeCurve {
  std::vector<double> at, value;
  std::vector<KeyInterpolation> how;
};

/// The curve's value at a time; constant outside the keyframes. Smooth parts are monotone cubics (Fritsch-Carlson) that rest at the
/// first and last keyframe and beside held parts, and go on in the direction of a straight one as far as they stay monotone.
double valueAt(const KeyframeCurve& curve, double at);

}  // namespace pai::core

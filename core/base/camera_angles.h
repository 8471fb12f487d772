// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

namespace pai::core {

/// Camera angles that a prompt names, the usual one first; any other text is allowed.
inline constexpr std::string_view kEyeLevel = "eye level", kLowAngle = "low angle", kHighAngle = "high angle", kDutchAngle = "Dutch angle";
inline constexpr std::array<std::string_view, 6> kCameraAngles{kEyeLevel, kLowAngle, kHighAngle, "overhead", kDutchAngle, "over the shoulder"};

}  // namespace pai::core

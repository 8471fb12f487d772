// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace pai::core {

/// What a delivery may hold; all but the camera are pictures.
inline constexpr std::array<std::string_view, 6> kDeliveryLayers{"composite", "background", "foreground", "matte", "shadow", "camera"};

/// Path of a further layer of a delivery beside its output: NAME.LAYER.ENDING; of a pattern NAME.LAYER.%04d.ENDING.
std::string layerPath(const std::string& output, const std::string& layer);

/// Path of the camera that is delivered beside an output: NAME.camera.json, also of a pattern.
std::string cameraPath(const std::string& output);

}  // namespace pai::core

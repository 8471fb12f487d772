// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace pai::core {

/// Path of a further layer of a delivery beside its output: NAME.LAYER.ENDING; of a pattern NAME.LAYER.%04d.ENDING.
std::string layerPath(const std::string& output, const std::string& layer);

}  // namespace pai::core

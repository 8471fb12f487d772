// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "core/draft/background.h"
#include "core/media/clip_reader.h"

namespace pai::worker {

std::string_view cameraMethodName(core::CameraMethod method);

/// camera.json: how the camera of a range of frames moved, against the range's first frame's clip, one entry a frame.
nlohmann::json cameraJson(const core::CameraCurve& camera, const core::ClipInfo& plate, core::FrameRange range);

}  // namespace pai::worker

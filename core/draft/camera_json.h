// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/draft/background.h"

namespace pai::core {

/// The camera curve as JSON: `pai camera --out` and the cache in a job folder. Maps are row-major; a residual field is
/// base64 of little-endian 16-bit pairs in 1/64 pixel.
std::string cameraJson(const CameraCurve& curve);
/// Reads it back; untrusted input, bounded. Errors: kJsonInvalid, kFieldInvalid, kLimitExceeded, kVersionTooNew.
Result<CameraCurve> parseCamera(std::string_view json, const std::string& fileName);

/// Machine name of a method, e.g. "references".
std::string_view cameraMethodName(CameraMethod method);

}  // namespace pai::core

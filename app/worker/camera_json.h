// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/draft/background.h"
#include "core/media/clip_reader.h"
#include "core/render/job_directory.h"

namespace pai::worker {

/// The camera layer of a delivery: core::cameraJson of a range of frames, with the clip, its rate and the frames' numbers.
nlohmann::json cameraJson(const core::CameraCurve& camera, const core::ClipInfo& plate, core::FrameRange range);

/// What the camera of a job is solved from, as one hash: its settings, references, mattes, the program's version, and the
/// files by path, size and time of change.
std::string cameraFingerprint(const core::Job& job);

/// The solved camera kept in a job's checkpoint folder. none: there is none of this fingerprint. kFormatBroken: it is damaged.
core::Result<std::optional<core::CameraCurve>> loadCamera(const core::JobDirectory& directory, const std::string& fingerprint);
/// Keeps a camera and gives it back as it will be loaded (residual fields are rounded), so that a resumed render goes on with
/// the same bits. A camera too large to keep comes back as it is.
core::Result<core::CameraCurve> keepCamera(const core::JobDirectory& directory, const std::string& fingerprint,
                                           const core::CameraCurve& camera);

}  // namespace pai::worker

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/draft/draft_engine.h"
#include "core/media/clip_reader.h"
#include "core/render/wire.h"

namespace pai::worker {

/// Pictures on their way to a client: each is a memory object in a layout that a screen takes as it is.
class ImageParcel {
 public:
  /// Adds a picture; an empty one is left out.
  core::Status add(const std::string& name, const core::Picture& picture);
  nlohmann::json takeJson() { return std::move(m_images); }
  std::vector<core::Descriptor> takeMemory() { return std::move(m_memory); }

 private:
  nlohmann::json m_images = nlohmann::json::array();
  std::vector<core::Descriptor> m_memory;
};

// What the client decodes in app/document/preview_decode.cpp.
nlohmann::json clipInfoJson(const core::ClipInfo& info);
nlohmann::json cameraCurveJson(const core::CameraCurve& camera);
/// Of each frame: exposure, red over blue, and the scene's light from left to right and from top to bottom, in stops.
nlohmann::json lightCurveJson(const core::LightCurve& light);
nlohmann::json matteReportJson(const core::MatteReportFrame& report);

}  // namespace pai::worker

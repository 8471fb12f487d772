// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/worker/preview_lane.h"
#include "app/worker/screen_cube.h"
#include "core/base/result.h"
#include "core/media/colour.h"

namespace pai::worker {

/// How a picture is brought to the screen.
struct ViewWanted {
  std::string config;  // OpenColorIO configuration of the project, or empty
  std::string space;   // of a media's pictures; "" = as tagged
  std::string view;    // viewer transform; "" = the first
  double exposure = 0.0, gamma = 1.0;
  bool operator==(const ViewWanted&) const = default;
};

/// What a request says of it; none: pictures go out as they are.
std::optional<ViewWanted> viewWanted(const nlohmann::json& body);

/// The colour of the editor's pictures. Configurations are read once, and again when their file changed. Any thread.
class PreviewColour {
 public:
  /// A picture for the screen, kU8. Errors of Colour.
  core::Result<core::Picture> toScreen(const core::Picture& picture, const ViewWanted& wanted);
  /// Answers with the input spaces and viewer transforms of a configuration ("" = without one).
  core::Status sendChoices(PreviewReply& reply, std::int64_t ticket, const std::string& config);

 private:
  struct Known {
    std::int64_t stamp = 0;
    std::shared_ptr<const core::Colour> colour;
  };
  struct Cube {
    std::shared_ptr<const core::Colour> colour;
    core::ColourTags tags;
    ViewWanted view;
    std::shared_ptr<const ScreenCube> cube;
  };
  core::Result<std::shared_ptr<const core::Colour>> inForce(const std::string& config);
  core::Result<std::shared_ptr<const ScreenCube>> cubeOf(const std::shared_ptr<const core::Colour>& colour, const core::ColourTags& tags,
                                                         const ViewWanted& wanted);
  std::mutex m_mutex;
  std::map<std::string, Known> m_known;  // by configuration
  std::vector<Cube> m_cubes;             // the newest last
};

}  // namespace pai::worker

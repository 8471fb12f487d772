// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/media/picture.h"

namespace pai::core {

/// Input and viewer transforms about a linear working space (kF32, Rec.709 primaries, 1.0 = diffuse white).
/// Immutable; any thread.
class Colour {
 public:
  virtual ~Colour() = default;

  /// Without a configuration (builds its processors: keep it): "srgb", "rec709", "linear", "pq", "hlg" and the camera logs of `inputSpaces`.
  static std::shared_ptr<const Colour> builtIn();
  /// An OpenColorIO configuration; all files it names must lie beneath its folder. Its scene_linear role (else linear
  /// Rec.709) is the working space. Errors: kFileMissing, kFormatBroken, kFormatUnsupported, kPathForbidden.
  static Result<std::shared_ptr<const Colour>> load(const std::string& configPath);
  /// The configuration in force: the environment's OCIO before the project's; "" for none.
  static std::string configPathFor(const std::string& projectConfig);

  /// Names for Media::colourSpace.
  virtual const std::vector<std::string>& inputSpaces() const = 0;
  /// Viewer transforms, best first: "display - view".
  virtual const std::vector<std::string>& viewerTransforms() const = 0;

  /// A clip's picture in the working space. `space` "" means as tagged. kFieldInvalid for an unknown name.
  virtual Result<Picture> toWorking(const Picture& picture, const std::string& space) const = 0;
  /// A working picture for the screen as kU8; exposure in stops and gamma are for viewing only. `transform` "" is the first.
  virtual Result<Picture> toScreen(const Picture& working, const std::string& transform, double exposure,
                                   double gamma) const = 0;
};

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
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
  /// The one in force: of that configuration, else the built-in one. Errors of `load`.
  static Result<std::shared_ptr<const Colour>> inForce(const std::string& projectConfig);
  /// The transfer of "srgb", "rec709", "linear", "pq" and "hlg", which mean the same with every configuration; none for
  /// other names.
  static std::optional<ColourTags::Transfer> plainTransfer(const std::string& space);

  /// Names for Media::colourSpace.
  virtual const std::vector<std::string>& inputSpaces() const = 0;
  /// Viewer transforms, best first: "display - view".
  virtual const std::vector<std::string>& viewerTransforms() const = 0;

  /// A clip's picture in the working space. `space` "" means as tagged. kFieldInvalid for an unknown name.
  virtual Result<Picture> toWorking(const Picture& picture, const std::string& space) const = 0;
  /// A working picture as kF32 in a named space, which is not "". kFieldInvalid for an unknown name.
  virtual Result<Picture> fromWorking(const Picture& working, const std::string& space) const = 0;
  /// A working picture for the screen as kU8; exposure in stops and gamma are for viewing only. `transform` "" is the first.
  virtual Result<Picture> toScreen(const Picture& working, const std::string& transform, double exposure,
                                   double gamma) const = 0;
};

}  // namespace pai::core

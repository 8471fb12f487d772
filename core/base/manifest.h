// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/project.h"
#include "core/base/result.h"

namespace pai::core {

/// What applying a manifest did to a project.
struct ManifestReport {
  std::vector<std::string> added, changed, unchanged;  // names of shots
  std::vector<std::string> warnings;                   // media that are not there, values moved into their range
};

/// Path of the project that a manifest names, relative to the manifest's folder; "" when it names none.
Result<std::string> manifestProjectPath(std::string_view json, const std::string& fileName);

/// Applies a manifest (assets/schemas/manifest.schema.json) to a project: shots are found by name, added when new, and
/// changed only in what the manifest states; applying it again changes nothing. Paths in it start at `manifestFolder`,
/// paths in the project at `projectFolder`. All or nothing: after an error the project is as before. Errors:
/// kJsonInvalid, kFieldInvalid naming the field, kVersionTooNew.
Result<ManifestReport> applyManifest(Project& project, std::string_view json, const std::string& fileName,
                                     const std::string& manifestFolder, const std::string& projectFolder);

}  // namespace pai::core

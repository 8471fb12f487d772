// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace pai::cli {

// `pai project ...`. Each prints to standard output what it did.

core::Status projectNew(const std::string& path, const std::string& name);
core::Status projectInfo(const std::string& path, bool asJson);
/// Writes projects of earlier versions in the present one; others are left untouched.
core::Status projectMigrate(const std::vector<std::string>& paths);
/// Copies project and media into a folder.
core::Status projectCollect(const std::string& path, const std::string& folder);
/// Finds missing media beneath folders; `hash` also records the hashes of media that are there.
core::Status projectRelink(const std::string& path, const std::vector<std::string>& folders, bool hash);
/// Builds or updates the project that the manifest or `project` names.
core::Status projectApply(const std::string& manifest, const std::string& project, bool asJson);

}  // namespace pai::cli

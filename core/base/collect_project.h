// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::core {

/// A project that was collected: as it was saved at `path`, and what of it is missing and kept its path.
struct CollectedProject {
  Project project;
  std::string path;
  std::vector<std::string> warnings;
};

/// Files and folders that a project collected under a file name would make, and that are there already: none may be.
std::vector<std::string> collectedNamesTaken(const std::string& folder, const std::string& fileName);

/// Collects a project with all that it refers to into `folder`, which is made where it is not there: media, colour configuration,
/// and, of one that has a file (else `projectPath` is ""), its takes. It is copied into a hidden folder within `folder` and put in
/// its place when all of it is there, the project's file last; after an error nothing of it is left. Nothing that is there is
/// replaced. Errors: kFileUnwritable (also where one of these names is taken), those of collectMedia and collectTakes.
Result<CollectedProject> collectProject(const Project& project, const std::string& projectFolder, const std::string& projectPath, const std::string& folder,
                                        const std::string& fileName, const StopToken& stop = {});

}  // namespace pai::core

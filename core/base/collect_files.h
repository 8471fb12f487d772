// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::core {

/// Copies every media of a project into `folder`/media, and its OpenColorIO configuration with the files beside and beneath it
/// that it names into `folder`/colour; gives the project with paths relative to `folder`. What is missing keeps its path and is
/// named in `warnings`. Errors: kFileUnwritable, kDiskFull, kFileUnreadable, kCancelled.
Result<Project> collectMedia(const Project& project, const std::string& projectFolder, const std::string& folder,
                             std::vector<std::string>& warnings, const StopToken& stop = {});

/// The files of a take that are there: its output's and those of its further layers.
std::vector<std::string> takeFiles(const std::string& output);

/// The files of a job that finishing anew what it generated needs; none where one of them is not there.
std::vector<std::string> refinishFiles(const std::string& jobFolder);

/// Copies the ledger of takes that stands beside a project beside another, which then names the same files; nothing where there is
/// none. Errors: kFileUnreadable, kFileUnwritable, kDiskFull, kLimitExceeded.
Status copyTakes(const std::string& fromProject, const std::string& toProject);

/// Where files went that were collected: the absolute path they had, and the one relative to the collected project.
using CollectedPlaces = std::map<std::string, std::string>;

/// The same, with the takes' own files and what finishing them again needs, copied into NAME_takes beside the other project, whose
/// ledger names them relative to itself.
/// What is missing keeps its path and is named in `warnings`. A job that is copied names media by `places`, relative to itself,
/// and what is not among them by its file name. Errors: those of copyTakes, kCancelled.
Status collectTakes(const std::string& fromProject, const std::string& toProject, std::vector<std::string>& warnings, const StopToken& stop = {},
                    CollectedPlaces places = {});

/// Bytes that collectMedia and collectTakes copy of a project; "" where it has no file. The colour configuration is not counted.
std::int64_t collectedBytes(const Project& project, const std::string& projectFolder, const std::string& projectPath);

}  // namespace pai::core

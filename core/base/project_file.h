// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/file_system.h"
#include "core/base/project.h"
#include "core/base/result.h"

namespace pai::core {

/// Largest project file that is read.
inline constexpr std::uint64_t kProjectSizeLimit = std::uint64_t{64} << 20;

/// A project as read from disk and what was said about it.
struct LoadedProject {
  Project project;
  std::string path;    // absolute
  std::string folder;  // of the project; relative media paths start here
  std::vector<std::string> warnings;
};

/// Reads a project file. The file is left untouched whatever happens. Errors: of readWholeFile and parseProject.
Result<LoadedProject> loadProject(const std::string& path, const FileSystem& files = systemFiles());

/// The text of a project as it is saved.
std::string projectText(const Project& project);

/// Saves atomically. What was written is known to read back: kFieldInvalid when a value could not be (e.g. not a
/// number).
Result<SaveReport> saveProject(const std::string& path, const Project& project,
                               const FileSystem& files = systemFiles());

/// Where a media's path leads.
enum class MediaPlace {
  kInside,     // beneath the project's folder
  kOutside,    // absolute or through ".."
  kForbidden,  // a URL, network share, or text that no path can be: never opened, shown as missing
};
struct MediaPath {
  std::string path;  // absolute and normalised; empty when forbidden
  MediaPlace place = MediaPlace::kInside;
};
/// Resolves a path as written in a project against the project's folder; nothing is opened.
MediaPath resolveMediaPath(const std::string& path, const std::string& projectFolder);
/// `path` relative to the project's folder where it lies beneath it, absolute otherwise.
std::string pathForProject(const std::string& path, const std::string& projectFolder);

}  // namespace pai::core

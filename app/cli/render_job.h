// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/project_file.h"
#include "core/base/result.h"

namespace pai::cli {

/// What `pai render` was asked, as given.
struct RenderArguments {
  std::string project, shot;
  bool all = false;
  std::string foreground, matte, cameraFrom, prompt;
  std::vector<std::string> references;  // WHEN=IMAGE
  std::string engine;                   // "" = the shot's, or draft
  std::string range, size;
  std::optional<std::uint64_t> seed;
  int steps = 0;
  bool noRelight = false, noAudio = false, noRepairs = false;
  std::string preset, colour, foregroundColour, referenceColour, ocioConfig;
  std::vector<std::string> layers;
  std::string out;
};

/// The job of the --foreground form. Opens clip, matte, camera footage and references to see that they can be read.
core::Result<core::Job> jobOfFiles(const RenderArguments& arguments);

/// The job of one shot of a project. kFileMissing for offline media.
core::Result<core::Job> jobOfShot(const core::LoadedProject& loaded, const core::Shot& shot, const RenderArguments& arguments);

/// The shots a project render is about. kUsage when it is not clear which.
core::Result<std::vector<core::Shot>> shotsOf(const core::LoadedProject& loaded, const RenderArguments& arguments);

/// "draft", or the folder of a pack given by name or path, and its hash.
core::Status chooseEngine(const std::string& engine, core::Job& job);

}  // namespace pai::cli

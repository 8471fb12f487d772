// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pai::cli {

/// What a command does once its options are parsed. Results go to standard output, progress to standard error; an error
/// becomes the last line of standard error and the exit code of CONTRACT.
using CommandBody = std::function<core::Status()>;

/// Reads a whole file as the editor would and says what it read, as JSON for `pai check KIND FILE --json`.
using CheckFn = std::function<core::Result<nlohmann::json>(const std::string& path)>;

/// Measures something and gives the figures as a JSON object; `clip` may be "" (then the bench makes or finds its own input).
using BenchFn = std::function<core::Result<nlohmann::json>(const std::string& clip)>;

/// The command tree while it is being put together. Each group of commands has a file and a `register...` function:
///
///   void registerProject(Program& p) {                        // app/cli/project_commands.cpp
///     CLI::App& project = *p.app.add_subcommand("project", "Make and change projects");
///     project.require_subcommand(1);
///     auto file = std::make_shared<std::string>();
///     CLI::App& info = p.command(project, "info", "Say what a project holds", [file] { return printInfo(*file); });
///     info.add_option("FILE", *file, "project file")->required();
///   }
///   void registerCheckText(Program& p) { p.checks["prompt"] = checkPrompt; ... }    // check_text.cpp: project prompt
///                                                                                  // safetensors sentencepiece
///   void registerCheckMedia(Program& p) { p.checks["video"] = checkVideo; ... }     // check_media.cpp: image video
///   void registerMediaBench(Program& p) { p.benches["decode"] = ...; }              // media_bench.cpp: decode seek
///   void registerDraftBench(Program& p) { p.benches["draft"] = ...; }               // draft_bench.cpp: draft
struct Program {
  CLI::App app{"PAI-Studio: replace the background of a shot", "pai"};
  std::map<std::string, CheckFn> checks;
  std::map<std::string, BenchFn> benches;
  CommandBody chosen;  // of the command line that was parsed

  /// Adds a command under `parent`; `body` runs after a successful parse.
  CLI::App& command(CLI::App& parent, const std::string& name, const std::string& help, CommandBody body) {
    CLI::App* c = parent.add_subcommand(name, help);
    c->callback([this, body = std::move(body)] { chosen = body; });
    return *c;
  }
};

// One a file; called by main in this order.
void registerRender(Program& program);
void registerTools(Program& program);
void registerCheckText(Program& program);
void registerCheckMedia(Program& program);
void registerCheck(Program& program);
void registerMediaBench(Program& program);
void registerDraftBench(Program& program);
void registerBench(Program& program);
void registerPack(Program& program);
void registerProject(Program& program);
void registerDevices(Program& program);

}  // namespace pai::cli

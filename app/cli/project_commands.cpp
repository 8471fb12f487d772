// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/project_commands.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string_view>
#include <system_error>

#include "app/cli/program.h"
#include "core/base/collect_project.h"
#include "core/base/json_reader.h"
#include "core/base/manifest.h"
#include "core/base/media_files.h"
#include "core/base/project_file.h"
#include "core/base/project_lock.h"
#include "core/base/takes.h"

namespace pai::cli {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorCode;
using core::Status;
using nlohmann::json;

/// Saves and says so, with a word where it could not be made durable.
Status saveAndSay(const std::string& path, const core::Project& project, const std::string& what) {
  const auto saved = core::saveProject(path, project);
  if (!saved) return saved.error();
  std::cout << path << ": " << what << "\n";
  if (!saved->durable) std::cout << path << ": " << saved->note << "\n";
  return {};
}

void sayWarnings(const std::string& path, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) std::cerr << path << ": " << warning << "\n";
}

const char* stateOf(const core::Media& media, const std::string& folder) {
  const core::MediaPath place = core::resolveMediaPath(media.path, folder);
  if (place.place == core::MediaPlace::kForbidden) return "forbidden";
  return core::mediaFiles(place.path, media.kind).empty() ? "missing" : "there";
}

json infoJson(const core::LoadedProject& loaded, const core::TakeLedger& ledger) {
  json media = json::array(), shots = json::array();
  for (const core::Media& m : loaded.project.media)
    media.push_back({{"id", m.id}, {"name", m.name}, {"path", m.path}, {"state", stateOf(m, loaded.folder)}});
  for (const core::Shot& s : loaded.project.shots) {
    std::size_t takes = 0;
    for (const core::Take& take : ledger.takes) takes += take.shot.id == s.id ? 1 : 0;
    shots.push_back({{"id", s.id},
                     {"name", s.name},
                     {"plate", s.plate},
                     {"frames", s.range.length()},
                     {"references", s.references.size()},
                     {"matte_layers", s.matte.size()},
                     {"engine", s.render.engine},
                     {"takes", takes}});
  }
  return {{"name", loaded.project.name},
          {"version", core::kProjectVersion},
          {"media", media},
          {"shots", shots},
          {"warnings", loaded.warnings}};
}

void printInfo(const json& info) {
  std::cout << "project " << core::inQuotes(info["name"].get<std::string>()) << ", " << info["shots"].size()
            << " shots, " << info["media"].size() << " media\n";
  for (const json& s : info["shots"]) {
    std::cout << "  shot " << core::inQuotes(s["name"].get<std::string>()) << ": ";
    if (s["frames"] == 0)
      std::cout << "whole clip";
    else
      std::cout << s["frames"] << " frames";
    std::cout << ", " << s["references"] << " references, " << s["matte_layers"] << " matte layers, engine "
              << s["engine"].get<std::string>() << ", " << s["takes"] << " takes\n";
  }
  for (const json& m : info["media"])
    if (m["state"] != "there")
      std::cout << "  " << m["state"].get<std::string>() << ": " << m["path"].get<std::string>() << "\n";
}

}  // namespace

Status projectNew(const std::string& path, const std::string& name) {
  std::error_code ec;
  if (fs::exists(fs::symlink_status(path, ec)))
    return Error{ErrorCode::kFileUnwritable, "there is a file of this name already", path, {}};
  core::Project project;
  project.name = name.empty() ? fs::path(path).stem().string() : name;
  return saveAndSay(path, project, "made");
}

Status projectInfo(const std::string& path, bool asJson) {
  const auto loaded = core::loadProject(path);
  if (!loaded) return loaded.error();
  const auto ledger = core::loadTakes(path);
  if (!ledger) return ledger.error();
  const json info = infoJson(*loaded, *ledger);
  if (asJson)
    std::cout << core::jsonText(info, 1) << "\n";
  else
    printInfo(info);
  sayWarnings(path, loaded->warnings);
  sayWarnings(core::takesPath(path), ledger->warnings);
  return {};
}

Status projectMigrate(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const auto lock = core::ProjectLock::acquire(path);
    if (!lock) return lock.error();
    const auto loaded = core::loadProject(path);
    if (!loaded) return loaded.error();
    const auto text = core::readWholeFile(path, core::kProjectSizeLimit);
    if (!text) return text.error();
    if (*text == core::projectText(loaded->project)) {
      std::cout << path << ": version " << core::kProjectVersion << " already\n";
      continue;
    }
    if (Status saved = saveAndSay(path, loaded->project, "written as version " + std::to_string(core::kProjectVersion));
        !saved)
      return saved;
    sayWarnings(path, loaded->warnings);
  }
  return {};
}

Status projectCollect(const std::string& path, const std::string& folder) {
  const auto loaded = core::loadProject(path);
  if (!loaded) return loaded.error();
  const auto collected = core::collectProject(loaded->project, loaded->folder, path, folder, fs::path(path).filename().string());
  if (!collected) return collected.error();
  sayWarnings(path, collected->warnings);
  const auto& media = collected->project.media;
  const auto there = std::count_if(media.begin(), media.end(), [&](const core::Media& m) { return stateOf(m, folder) == std::string_view("there"); });
  std::cout << collected->path << ": collected with " << there << " media\n";
  return {};
}

Status projectRelink(const std::string& path, const std::vector<std::string>& folders, bool hash) {
  const auto lock = core::ProjectLock::acquire(path);
  if (!lock) return lock.error();
  auto loaded = core::loadProject(path);
  if (!loaded) return loaded.error();
  core::Project project = loaded->project;
  const auto found = core::findMissingMedia(project, loaded->folder, folders);
  if (!found) return found.error();
  std::size_t missing = 0;
  for (core::Media& media : project.media) {
    for (const core::Relinked& relinked : *found)
      if (relinked.media == media.id) {
        media.path = core::pathForProject(relinked.path, loaded->folder);
        std::cout << "found " << media.path << "\n";
      }
    const core::MediaPath place = core::resolveMediaPath(media.path, loaded->folder);
    if (place.place == core::MediaPlace::kForbidden || core::mediaFiles(place.path, media.kind).empty()) {
      ++missing;
      std::cout << "missing " << media.path << "\n";
    } else if (hash) {
      const auto content = core::readMediaContent(place.path, media.kind);
      if (!content) return content.error();
      media.sha256 = content->sha256;
      media.sizeBytes = content->sizeBytes;
    }
  }
  const std::string count = std::to_string(found->size()) + " media relinked, " + std::to_string(missing) + " missing";
  if (project == loaded->project) return (std::cout << path << ": " << count << ", nothing changed\n"), Status();
  return saveAndSay(path, project, count);
}

Status projectApply(const std::string& manifest, const std::string& project, bool asJson) {
  const auto text = core::readWholeFile(manifest, core::kProjectSizeLimit);
  if (!text) return text.error();
  const auto named = core::manifestProjectPath(*text, manifest);
  if (!named) return named.error();
  const fs::path manifestFolder = fs::absolute(manifest).parent_path();
  if (project.empty() && named->empty())
    return Error{ErrorCode::kUsage, "neither the manifest nor --project names a project", manifest, {}};
  const std::string path = project.empty() ? (manifestFolder / *named).lexically_normal().string() : project;
  const auto lock = core::ProjectLock::acquire(path);
  if (!lock) return lock.error();
  std::error_code ec;
  const bool isNew = !fs::exists(fs::symlink_status(path, ec));
  core::Project before;
  before.name = fs::path(path).stem().string();
  if (!isNew) {
    auto loaded = core::loadProject(path);
    if (!loaded) return loaded.error();
    before = std::move(loaded->project);
  }
  core::Project after = before;
  const auto report =
      core::applyManifest(after, *text, manifest, manifestFolder.string(), fs::absolute(path).parent_path().string());
  if (!report) return report.error();
  sayWarnings(manifest, report->warnings);
  if (isNew || !(after == before)) {
    const auto saved = core::saveProject(path, after);
    if (!saved) return saved.error();
    if (!saved->durable) std::cerr << path << ": " << saved->note << "\n";
  }
  if (asJson) {
    std::cout << core::jsonText({{"project", path},
                                 {"added", report->added},
                                 {"changed", report->changed},
                                 {"unchanged", report->unchanged},
                                 {"warnings", report->warnings}},
                                1)
              << "\n";
  } else {
    std::cout << path << ": " << report->added.size() << " shots added, " << report->changed.size() << " changed, "
              << report->unchanged.size() << " unchanged\n";
  }
  return {};
}

void registerProject(Program& p) {
  struct Options {
    std::string file, name, folder, project;
    std::vector<std::string> files, folders;
    bool json = false, hash = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App& project = *p.app.add_subcommand("project", "Make and change projects");
  project.require_subcommand(1);

  CLI::App& made = p.command(project, "new", "Make an empty project", [o] { return projectNew(o->file, o->name); });
  made.add_option("FILE", o->file, "project file to make, e.g. film.pai")->required();
  made.add_option("--name", o->name, "name of the project; otherwise the file's");

  CLI::App& info = p.command(project, "info", "Say what a project holds and which media are missing",
                             [o] { return projectInfo(o->file, o->json); });
  info.add_option("FILE", o->file, "project file")->required();
  info.add_flag("--json", o->json, "print as JSON");

  CLI::App& migrate = p.command(project, "migrate", "Write projects of earlier versions in the present one",
                                [o] { return projectMigrate(o->files); });
  migrate.add_option("FILE", o->files, "project files")->required();

  CLI::App& collect = p.command(project, "collect", "Copy a project, all its media and its colour configuration into one folder",
                                [o] { return projectCollect(o->file, o->folder); });
  collect.add_option("FILE", o->file, "project file")->required();
  collect.add_option("FOLDER", o->folder, "folder to fill")->required();

  CLI::App& relink = p.command(project, "relink", "Find missing media by content, or by name where no hash is known",
                               [o] { return projectRelink(o->file, o->folders, o->hash); });
  relink.add_option("FILE", o->file, "project file")->required();
  relink.add_option("--search", o->folders, "folders to look through, their sub-folders too");
  relink.add_flag("--hash", o->hash, "also record the hashes of media that are there");

  CLI::App& apply =
      p.command(project, "apply", "Build or update a project from a manifest (JSON); doing it again changes nothing",
                [o] { return projectApply(o->file, o->project, o->json); });
  apply.add_option("MANIFEST", o->file, "manifest file, see assets/schemas/manifest.schema.json")->required();
  apply.add_option("--project", o->project, "project file; otherwise the one that the manifest names");
  apply.add_flag("--json", o->json, "print what was done as JSON");
}

}  // namespace pai::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project_file.h"

#include <filesystem>
#include <system_error>

#include "core/base/json_reader.h"
#include "core/base/project_json.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

fs::path absoluteOf(const std::string& path) {
  std::error_code ec;
  const fs::path absolute = fs::absolute(path, ec);
  return (ec ? fs::path(path) : absolute).lexically_normal();
}

/// "http:", "file:", "concat:" and the like, network shares, drive letters, and what is no path at all.
bool forbiddenPath(const std::string& path) {
  if (path.empty() || path.size() > 4096 || path.find('\0') != std::string::npos) return true;
  if (path.compare(0, 2, "\\\\") == 0 || path.compare(0, 2, "//") == 0) return true;
  const std::size_t colon = path.find(':');
  if (colon == std::string::npos || colon == 0) return false;
  for (std::size_t i = 0; i < colon; ++i) {
    const auto c = static_cast<unsigned char>(path[i]);
    const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    const bool more = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!letter && (i == 0 || !more)) return false;
  }
  const bool drive = colon == 1;
  return drive || path.compare(colon + 1, 2, "//") == 0;
}

bool isBeneath(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != ".." && relative != ".";
}

}  // namespace

Result<LoadedProject> loadProject(const std::string& path, const FileSystem& files) {
  const auto text = readWholeFile(path, kProjectSizeLimit, files);
  if (!text) return text.error();
  LoadedProject loaded;
  auto project = parseProject(*text, path, &loaded.warnings);
  if (!project) return project.error();
  loaded.project = std::move(*project);
  const fs::path absolute = absoluteOf(path);
  loaded.path = absolute.string();
  loaded.folder = absolute.parent_path().string();
  return loaded;
}

std::string projectText(const Project& project) { return jsonText(projectJson(project)) + "\n"; }

Result<SaveReport> saveProject(const std::string& path, const Project& project, const FileSystem& files) {
  const std::string text = projectText(project);
  std::vector<std::string> warnings;
  if (const auto back = parseProject(text, path, &warnings); !back) {
    Error error = back.error();
    error.detail = "it would not open again: " + error.detail;
    return error;
  }
  if (text.size() > kProjectSizeLimit)
    return Error{
        ErrorCode::kLimitExceeded, "the project would take " + std::to_string(text.size()) + " bytes", path, {}};
  return atomicWriteFile(path, text, files);
}

MediaPath resolveMediaPath(const std::string& path, const std::string& projectFolder) {
  if (forbiddenPath(path)) return {"", MediaPlace::kForbidden};
  const fs::path folder = absoluteOf(projectFolder);
  const fs::path given(path);
  const fs::path full = (given.is_absolute() ? given : folder / given).lexically_normal();
  return {full.string(), isBeneath(full, folder) ? MediaPlace::kInside : MediaPlace::kOutside};
}

std::string pathForProject(const std::string& path, const std::string& projectFolder) {
  const fs::path folder = absoluteOf(projectFolder);
  const fs::path full = absoluteOf(path);
  return isBeneath(full, folder) ? full.lexically_relative(folder).string() : full.string();
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/collect_project.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "core/base/collect_files.h"
#include "core/base/media_files.h"
#include "core/base/project_file.h"
#include "core/base/takes.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

/// A hidden folder of its own within another, gone at the end with what is left in it.
class HiddenFolder {
 public:
  explicit HiddenFolder(const fs::path& within) {
    std::error_code ec;
    m_madeOuter = fs::create_directories(within, ec) && !ec;
    m_outer = within;
    std::string name = (within / ".collecting-XXXXXX").string();
    if (const char* made = ::mkdtemp(name.data())) m_path = made;
    else m_error = errno;
  }
  ~HiddenFolder() {
    std::error_code ec;
    if (!m_path.empty()) fs::remove_all(m_path, ec);
    if (m_madeOuter) fs::remove(m_outer, ec);  // where nothing else is in it
  }
  HiddenFolder(const HiddenFolder&) = delete;
  HiddenFolder& operator=(const HiddenFolder&) = delete;
  const fs::path& path() const { return m_path; }
  int error() const { return m_error; }

 private:
  fs::path m_path, m_outer;
  bool m_madeOuter = false;
  int m_error = 0;
};

/// Moves everything into the outer folder, `last` at the end; when one cannot be moved, those that were go back.
Status putInPlace(const fs::path& from, const fs::path& to, const fs::path& last) {
  std::error_code ec;
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(from, ec)) names.push_back(entry.path().filename());
  if (ec) return errnoError(ec.value(), "what was collected cannot be listed", from.string());
  std::sort(names.begin(), names.end(), [&last](const fs::path& a, const fs::path& b) { return std::pair(a == last, a) < std::pair(b == last, b); });
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (fs::exists(fs::symlink_status(to / names[i], ec))) ec = std::make_error_code(std::errc::file_exists);
    else fs::rename(from / names[i], to / names[i], ec);
    if (!ec) continue;
    Error error = errnoError(ec.value(), "what was collected cannot be put in its place", (to / names[i]).string());
    if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
    while (i-- > 0) fs::rename(to / names[i], from / names[i], ec);
    return error;
  }
  return {};
}

/// Names the folder that was asked for in the place of the hidden one.
Error outside(Error error, const fs::path& hidden, const fs::path& folder) {
  if (const auto at = error.context.find(hidden.string()); at != std::string::npos) error.context.replace(at, hidden.string().size(), folder.string());
  return error;
}

}  // namespace

std::vector<std::string> collectedNamesTaken(const std::string& folder, const std::string& fileName) {
  std::vector<std::string> taken;
  const fs::path project = fs::path(folder) / fileName, takes = takesPath(project.string());
  for (const fs::path& path : {project, takes, fs::path(folder) / (project.stem().string() + "_takes"), fs::path(folder) / "media", fs::path(folder) / "colour"}) {
    std::error_code ec;
    if (fs::exists(fs::symlink_status(path, ec))) taken.push_back(path.filename().string());
  }
  return taken;
}

Result<CollectedProject> collectProject(const Project& project, const std::string& projectFolder, const std::string& projectPath, const std::string& folder,
                                        const std::string& fileName, const StopToken& stop) {
  if (const auto taken = collectedNamesTaken(folder, fileName); !taken.empty())
    return Error{ErrorCode::kFileUnwritable, "there is a \"" + taken.front() + "\" already; choose an empty folder", folder, {}};
  const HiddenFolder hidden(folder);
  if (hidden.path().empty()) {
    Error error = errnoError(hidden.error(), "nothing can be written here; choose another folder", folder);
    if (error.code == ErrorCode::kFileUnreadable || error.code == ErrorCode::kFileMissing) error.code = ErrorCode::kFileUnwritable;
    return error;
  }
  CollectedProject out;
  const std::string inside = (hidden.path() / fileName).string();
  Result<Project> collected = collectMedia(project, projectFolder, hidden.path().string(), out.warnings, stop);
  if (!collected) return outside(collected.error(), hidden.path(), folder);
  CollectedPlaces places;
  for (std::size_t i = 0; i < project.media.size(); ++i)
    if (const MediaPath from = resolveMediaPath(project.media[i].path, projectFolder); collected->media[i].path != project.media[i].path)
      places[from.path] = collected->media[i].path;
  if (collected->ocioConfig != project.ocioConfig) places[resolveMediaPath(project.ocioConfig, projectFolder).path] = collected->ocioConfig;
  if (!projectPath.empty())
    if (Status copied = collectTakes(projectPath, inside, out.warnings, stop, std::move(places)); !copied) return outside(copied.error(), hidden.path(), folder);
  if (const auto saved = saveProject(inside, *collected); !saved.ok()) return outside(saved.error(), hidden.path(), folder);
  if (Status placed = putInPlace(hidden.path(), folder, fileName); !placed) return outside(placed.error(), hidden.path(), folder);
  out.project = std::move(collected).value();
  out.path = (fs::path(folder) / fileName).string();
  return out;
}

}  // namespace pai::core

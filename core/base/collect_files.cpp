// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/collect_files.h"

#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "core/base/file_system.h"
#include "core/base/job.h"
#include "core/base/json_reader.h"
#include "core/base/layer_path.h"
#include "core/base/media_files.h"
#include "core/base/project_file.h"
#include "core/base/takes.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBesideConfig = 20'000;
constexpr std::size_t kMostConfigBytes = 16 << 20;

/// Copies a file aside and renames it into place.
Status copyFile(const std::string& from, const std::string& to) {
  std::error_code ec;
  const fs::path aside = to + ".part";
  fs::copy_file(from, aside, fs::copy_options::overwrite_existing, ec);
  if (!ec) fs::rename(aside, to, ec);
  if (!ec) return {};
  std::error_code ignored;
  fs::remove(aside, ignored);
  Error error = errnoError(ec.value(), inQuotes(fs::path(from).filename().string()) + " could not be copied", to);
  if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
  return error;
}

/// A name that is not taken yet: "name", "name-2", ... before the ending.
std::string freeName(const std::string& name, std::set<std::string>& taken) {
  const fs::path path(name);
  std::string candidate = name;
  for (int n = 2; !taken.insert(candidate).second; ++n)
    candidate = path.stem().string() + "-" + std::to_string(n) + path.extension().string();
  return candidate;
}

Status makeFolder(const fs::path& folder) {
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (!ec) return {};
  Error error = errnoError(ec.value(), "the folder cannot be made", folder.string());
  if (error.code != ErrorCode::kDiskFull) error.code = ErrorCode::kFileUnwritable;
  return error;
}

Status copyUnlessSame(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  if (fs::equivalent(from, to, ec) && !ec) return {};
  return copyFile(from.string(), to.string());
}

/// Copies of files that are one file under several names: the copies are, too. What was generated is linked from job to job.
class LinkedCopies {
 public:
  /// True the first time that a file is named, by whatever name.
  bool isNew(const std::string& file) { return m_copies.emplace(identityOf(file), fs::path()).second; }
  Status copy(const std::string& from, const fs::path& to) {
    const Identity identity = identityOf(from);
    if (identity == Identity()) return copyUnlessSame(from, to);
    fs::path& copied = m_copies[identity];
    std::error_code ec = std::make_error_code(std::errc::no_such_file_or_directory);
    if (!copied.empty()) fs::create_hard_link(copied, to, ec);
    if (!ec) return {};
    copied = to;
    return copyUnlessSame(from, to);
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;
  static Identity identityOf(const std::string& file) {
    struct stat about {};
    return ::stat(file.c_str(), &about) == 0 ? Identity(about.st_dev, about.st_ino) : Identity();
  }
  std::map<Identity, fs::path> m_copies;
};

/// A configuration names its tables by file name, and they all lie beneath its folder: else it is refused when it is used.
Status collectConfig(const std::string& config, const fs::path& target, const StopToken& stop) {
  const Result<std::string> text = readWholeFile(config, kMostConfigBytes);
  if (!text) return text.error();
  if (Status made = makeFolder(target); !made) return made;
  if (Status copied = copyUnlessSame(config, target / fs::path(config).filename()); !copied) return copied;
  const fs::path folder = fs::path(config).parent_path();
  std::error_code ec;
  std::size_t seen = 0;
  auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, ec);
  for (; !ec && at != fs::recursive_directory_iterator(); at.increment(ec)) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "collecting was stopped", config, {}};
    if (++seen > kMostBesideConfig) return Error{ErrorCode::kLimitExceeded, "more than 20,000 files lie beside the configuration", config, {}};
    std::error_code each;
    if (at->is_directory(each) && fs::equivalent(at->path(), target, each)) at.disable_recursion_pending();  // where it is collected
    if (!at->is_regular_file(each) || each || text->find(at->path().filename().string()) == std::string::npos) continue;
    const fs::path to = target / at->path().lexically_relative(folder);
    if (Status made = makeFolder(to.parent_path()); !made) return made;
    if (Status copied = copyUnlessSame(at->path(), to); !copied) return copied;
  }
  return {};
}

constexpr std::uint64_t kMostLedgerBytes = std::uint64_t{256} << 20, kMostJobBytes = std::uint64_t{64} << 20;

/// Gives another word for a path that a take names.
using PlaceFn = std::function<Result<std::string>(const std::string& path)>;

/// Writes a project's ledger beside another, with other words for the takes' outputs and jobs; whatever else it says stays as it is.
Status rewriteTakes(const std::string& fromProject, const std::string& toProject, const PlaceFn& placeOutput, const PlaceFn& placeJob) {
  std::error_code ec;
  if (!fs::is_regular_file(takesPath(fromProject), ec)) return {};
  const Result<std::string> text = readWholeFile(takesPath(fromProject), kMostLedgerBytes);
  if (!text) return text.error();
  std::string out;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    const std::string line = text->substr(at, end - at);
    at = end + 1;
    nlohmann::json record = nlohmann::json::parse(line, nullptr, false);
    bool rewritten = false;
    for (const auto& [name, place] : {std::pair("output", &placeOutput), {"job", &placeJob}}) {
      const bool named = record.is_object() && record.contains("shot") && record.contains(name) && record[name].is_string();
      if (!named || record[name].get_ref<const std::string&>().empty()) continue;
      Result<std::string> placed = (*place)(record[name].get<std::string>());
      if (!placed) return placed.error();
      record[name] = *placed;
      rewritten = true;
    }
    out += rewritten ? jsonText(record, -1) : line;
    out += '\n';
  }
  const auto written = atomicWriteFile(takesPath(toProject), out);
  return written.ok() ? Status() : Status(written.error());
}

/// job.json as it lies in the collected folder `up` from its project's: what it names is where it was collected to, and no path is of
/// the machine that it comes from.
Status placeJob(const std::string& from, const fs::path& to, const CollectedPlaces& places, const fs::path& up) {
  const Result<std::string> text = readWholeFile(from, kMostJobBytes);
  if (!text) return text.error();
  nlohmann::json job = nlohmann::json::parse(*text, nullptr, false);
  const auto place = [&](nlohmann::json& holder, const char* name) {
    if (!holder.is_object() || !holder.contains(name) || !holder[name].is_string()) return;
    const std::string path = holder[name].get<std::string>();
    const auto known = places.find(path);
    holder[name] = known != places.end() ? (up / known->second).string() : fs::path(path).filename().string();
  };
  place(job, "output");
  place(job, "ocio_config");
  if (job.is_object() && job.contains("media") && job["media"].is_array())
    for (nlohmann::json& media : job["media"]) place(media, "path");
  const auto written = atomicWriteFile(to.string(), job.is_object() ? jsonText(job, 2) + "\n" : *text);
  return written.ok() ? Status() : Status(written.error());
}

}  // namespace

Result<Project> collectMedia(const Project& project, const std::string& projectFolder, const std::string& folder,
                             std::vector<std::string>& warnings, const StopToken& stop) {
  std::error_code ec;
  const fs::path target = fs::path(folder) / "media";
  if (Status made = makeFolder(target); !made) return made.error();
  Project collected = project;
  std::set<std::string> taken;
  for (Media& media : collected.media) {
    const MediaPath place = resolveMediaPath(media.path, projectFolder);
    const auto files =
        place.place == MediaPlace::kForbidden ? std::vector<std::string>{} : mediaFiles(place.path, media.kind);
    if (files.empty()) {
      warnings.push_back("media '" + media.name.substr(0, 80) + "' is missing and keeps its path");
      continue;
    }
    // A sequence gets a folder of its own, so that its numbers don't mix with another's.
    const std::string name = fs::path(place.path).filename().string();
    const bool sequence = media.kind == MediaKind::kSequence;
    const std::string placed = freeName(sequence ? media.id : name, taken);
    const fs::path into = sequence ? target / placed : target;
    fs::create_directories(into, ec);
    for (const std::string& file : files) {
      if (stop.requested()) return Error{ErrorCode::kCancelled, "collecting was stopped", folder, {}};
      const fs::path to = into / (sequence ? fs::path(file).filename() : fs::path(placed));
      if (Status copied = copyUnlessSame(file, to); !copied) return copied.error();
    }
    media.path = (fs::path("media") / (sequence ? fs::path(placed) / name : fs::path(placed))).string();
    const auto content = readMediaContent((fs::path(folder) / media.path).string(), media.kind, stop);
    if (!content) return content.error();
    media.sha256 = content->sha256;
    media.sizeBytes = content->sizeBytes;
  }
  if (project.ocioConfig.empty()) return collected;
  const MediaPath config = resolveMediaPath(project.ocioConfig, projectFolder);
  const Status copied = config.place == MediaPlace::kForbidden ? Status(Error{ErrorCode::kPathForbidden, "", project.ocioConfig, {}})
                                                               : collectConfig(config.path, fs::path(folder) / "colour", stop);
  if (copied) collected.ocioConfig = (fs::path("colour") / fs::path(config.path).filename()).string();
  else if (copied.error().code == ErrorCode::kFileUnwritable || copied.error().code == ErrorCode::kDiskFull || copied.error().code == ErrorCode::kCancelled) return copied.error();
  else warnings.push_back("the colour configuration keeps its path: " + describe(copied.error()));
  return collected;
}

std::vector<std::string> takeFiles(const std::string& output) {
  std::vector<std::string> files = mediaFiles(output, mediaKindOf(output));
  for (const std::string_view layer : kDeliveryLayers) {
    const std::string path = layer == "camera" ? cameraPath(output) : layerPath(output, std::string(layer));
    const auto more = mediaFiles(path, mediaKindOf(path));
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

std::vector<std::string> refinishFiles(const std::string& jobFolder) {
  std::vector<std::string> files;
  for (const std::string& name : {std::string(kJobFile), std::string("input/") + kPreparedFile, std::string("latents/") + kGeneratedFile}) {
    const std::string path = (fs::path(jobFolder) / name).string();
    std::error_code ec;
    if (jobFolder.empty() || !fs::is_regular_file(fs::symlink_status(path, ec)) || ec) return {};
    files.push_back(path);
  }
  return files;
}

Status copyTakes(const std::string& fromProject, const std::string& toProject) {
  const std::string folder = fs::path(fromProject).parent_path().string();
  if (fs::path(toProject).parent_path() == folder) {
    std::error_code ec;
    const fs::path from = takesPath(fromProject), to = takesPath(toProject);
    return fs::is_regular_file(from, ec) ? copyUnlessSame(from, to) : Status();
  }
  const auto absolute = [&folder](const std::string& path) -> Result<std::string> {
    const MediaPath place = resolveMediaPath(path, folder);
    return place.place == MediaPlace::kForbidden ? path : place.path;
  };
  return rewriteTakes(fromProject, toProject, absolute, absolute);
}

Status collectTakes(const std::string& fromProject, const std::string& toProject, std::vector<std::string>& warnings, const StopToken& stop,
                    CollectedPlaces places) {
  const std::string fromFolder = fs::path(fromProject).parent_path().string();
  const fs::path project(toProject), name = project.stem().string() + "_takes";
  std::set<std::string> taken;
  std::map<std::string, std::string> placed;  // one file may be several takes'
  const auto collectOutput = [&](const std::string& output) -> Result<std::string> {
    if (const auto known = placed.find(output); known != placed.end()) return known->second;
    const MediaPath place = resolveMediaPath(output, fromFolder);
    const auto files = place.place == MediaPlace::kForbidden ? std::vector<std::string>{} : takeFiles(place.path);
    if (files.empty() || mediaFiles(place.path, mediaKindOf(place.path)).empty()) {
      warnings.push_back("the take '" + fs::path(output).filename().string().substr(0, 80) + "' is missing and keeps its path");
      return output;
    }
    // Takes of several folders may have one name: each after the first gets a folder of its own.
    const fs::path file = fs::path(place.path).filename(), own = fs::path(freeName(file.stem().string(), taken));
    const fs::path within = own == file.stem() ? name : name / own;
    if (Status made = makeFolder(project.parent_path() / within); !made) return made.error();
    for (const std::string& each : files) {
      if (stop.requested()) return Error{ErrorCode::kCancelled, "collecting was stopped", toProject, {}};
      if (Status copied = copyUnlessSame(each, project.parent_path() / within / fs::path(each).filename()); !copied) return copied.error();
    }
    return placed[output] = places[place.path] = (within / file).string();
  };
  std::set<std::string> takenJobs;
  LinkedCopies copies;
  const auto collectJob = [&](const std::string& job) -> Result<std::string> {
    if (const auto known = placed.find(job); known != placed.end()) return known->second;
    const MediaPath place = resolveMediaPath(job, fromFolder);
    if (place.place == MediaPlace::kForbidden) return job;
    const auto files = refinishFiles(place.path);
    if (files.empty()) return job;  // nothing to finish again, here neither
    const fs::path within = name / "jobs" / freeName(fs::path(place.path).filename().string(), takenJobs);
    fs::path up;
    for (auto part = within.begin(); part != within.end(); ++part) up /= "..";
    for (const std::string& each : files) {
      if (stop.requested()) return Error{ErrorCode::kCancelled, "collecting was stopped", toProject, {}};
      const fs::path to = project.parent_path() / within / fs::path(each).lexically_relative(place.path);
      if (Status made = makeFolder(to.parent_path()); !made) return made.error();
      const Status copied = to.filename() == kJobFile ? placeJob(each, to, places, up) : copies.copy(each, to);
      if (!copied) return copied.error();
    }
    return placed[job] = within.string();
  };
  return rewriteTakes(fromProject, toProject, collectOutput, collectJob);
}

std::int64_t collectedBytes(const Project& project, const std::string& projectFolder, const std::string& projectPath) {
  std::int64_t bytes = 0;
  LinkedCopies copies;
  const auto count = [&bytes](const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      std::error_code ec;
      const auto size = fs::file_size(file, ec);
      if (!ec) bytes += static_cast<std::int64_t>(size);
    }
  };
  for (const Media& media : project.media)
    if (const MediaPath place = resolveMediaPath(media.path, projectFolder); place.place != MediaPlace::kForbidden) count(mediaFiles(place.path, media.kind));
  std::set<std::string> outputs, jobs;
  if (!projectPath.empty())
    if (const auto ledger = loadTakes(projectPath); ledger.ok())
      for (const Take& take : ledger->takes) {
        outputs.insert(take.output);
        jobs.insert(take.jobFolder);
      }
  for (const std::string& output : outputs)
    if (const MediaPath place = resolveMediaPath(output, projectFolder); place.place != MediaPlace::kForbidden) count(takeFiles(place.path));
  for (const std::string& job : jobs)
    if (const MediaPath place = resolveMediaPath(job, projectFolder); !job.empty() && place.place != MediaPlace::kForbidden)
      for (const std::string& file : refinishFiles(place.path))
        if (copies.isNew(file)) count({file});
  return bytes;
}

}  // namespace pai::core

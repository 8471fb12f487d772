// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/media_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <system_error>

#include <fcntl.h>

#include "core/base/file_system.h"
#include "core/base/hash.h"
#include "core/base/json_reader.h"
#include "core/base/layer_path.h"
#include "core/base/project_file.h"
#include "core/base/takes.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesATime = 500;  // between two words of progress
constexpr std::size_t kMostFiles = 2'000'000;  // seen in one search
constexpr std::size_t kMostBesideConfig = 20'000;
constexpr std::size_t kMostConfigBytes = 16 << 20;

/// What stands before and behind the number of a pattern's name, and how wide the number is at least.
struct Pattern {
  std::string before, after;
  std::size_t digits = 0;
};

bool readPattern(const std::string& name, Pattern& pattern) {
  const std::size_t percent = name.find('%');
  if (percent == std::string::npos) return false;
  std::size_t at = percent + 1;
  if (at < name.size() && name[at] == '0') ++at;
  const bool width = at < name.size() && name[at] >= '1' && name[at] <= '9';
  if (width) pattern.digits = static_cast<std::size_t>(name[at++] - '0');
  if (at >= name.size() || name[at] != 'd') return false;
  pattern.before = name.substr(0, percent);
  pattern.after = name.substr(at + 1);
  return pattern.after.find('%') == std::string::npos;
}

/// Number of a file of the pattern, -1 when it is none.
std::int64_t numberIn(const std::string& name, const Pattern& p) {
  if (name.size() <= p.before.size() + p.after.size() || !name.starts_with(p.before) || !name.ends_with(p.after))
    return -1;
  const char* const first = name.data() + p.before.size();
  const char* const last = name.data() + name.size() - p.after.size();
  std::int64_t number = -1;
  const auto [end, ec] = std::from_chars(first, last, number);
  return ec == std::errc() && end == last && static_cast<std::size_t>(last - first) >= p.digits ? number : -1;
}

std::string extensionOf(const std::string& path) {
  std::string ending = fs::path(path).extension().string();
  for (char& c : ending) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return ending;
}

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

/// The files beneath some folders, by size, for lookups by content; and by name.
struct FoundFiles {
  std::multimap<std::uintmax_t, std::string> bySize;
  std::multimap<std::string, std::string> byName;
};

Result<FoundFiles> filesBeneath(const std::vector<std::string>& folders, const StopToken& stop, const SearchFn& progress) {
  FoundFiles found;
  for (const std::string& folder : folders) {
    std::error_code ec;
    auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, ec);
    for (; !ec && at != fs::recursive_directory_iterator(); at.increment(ec)) {
      if (stop.requested()) return Error{ErrorCode::kCancelled, "the search was stopped", folder, {}};
      if (found.byName.size() >= kMostFiles) break;
      std::error_code each;
      if (!at->is_regular_file(each) || each) continue;
      found.bySize.emplace(at->file_size(each), at->path().string());
      found.byName.emplace(at->path().filename().string(), at->path().string());
      if (progress && found.byName.size() % kFilesATime == 0) progress(static_cast<std::int64_t>(found.byName.size()), 0, 0);
    }
  }
  return found;
}

/// Candidates that hold the media's content. Sequences are found by the name of their first file and its folder.
Result<std::set<std::string>> placesOf(const Media& media, const FoundFiles& found, const StopToken& stop) {
  std::set<std::string> places;
  const std::string name = fs::path(media.path).filename().string();
  if (media.kind == MediaKind::kSequence) {
    Pattern pattern;
    if (!readPattern(name, pattern)) return places;
    for (const auto& [file, path] : found.byName)
      if (numberIn(file, pattern) >= 0) places.insert((fs::path(path).parent_path() / name).string());
  } else if (!media.sha256.empty() && media.sizeBytes > 0) {
    const auto [from, to] = found.bySize.equal_range(static_cast<std::uintmax_t>(media.sizeBytes));
    for (auto it = from; it != to; ++it) places.insert(it->second);
  } else {
    const auto [from, to] = found.byName.equal_range(name);
    for (auto it = from; it != to; ++it) places.insert(it->second);
  }
  if (media.sha256.empty()) return places;
  for (auto it = places.begin(); it != places.end();) {
    const auto content = readMediaContent(*it, media.kind, stop);
    if (!content && content.error().code == ErrorCode::kCancelled) return content.error();
    it = content && content->sha256 == media.sha256 ? std::next(it) : places.erase(it);
  }
  // The same content in several places: any is right.
  if (places.size() > 1) places.erase(std::next(places.begin()), places.end());
  return places;
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

constexpr std::uint64_t kMostLedgerBytes = std::uint64_t{256} << 20;

/// Writes a project's ledger beside another, with other words for the takes' outputs; whatever else it says stays as it is.
Status rewriteTakes(const std::string& fromProject, const std::string& toProject, const std::function<Result<std::string>(const std::string&)>& place) {
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
    const bool take = record.is_object() && record.contains("shot") && record.contains("output") && record["output"].is_string();
    if (take && !record["output"].get_ref<const std::string&>().empty()) {
      Result<std::string> placed = place(record["output"].get<std::string>());
      if (!placed) return placed.error();
      record["output"] = *placed;
      out += jsonText(record, -1);
    } else {
      out += line;
    }
    out += '\n';
  }
  const auto written = atomicWriteFile(takesPath(toProject), out);
  return written.ok() ? Status() : Status(written.error());
}

}  // namespace

bool isSequencePattern(const std::string& path) {
  Pattern pattern;
  return readPattern(fs::path(path).filename().string(), pattern);
}

MediaKind mediaKindOf(const std::string& path) {
  static const std::set<std::string> images{".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".dpx"};
  if (isSequencePattern(path)) return MediaKind::kSequence;
  return images.contains(extensionOf(path)) ? MediaKind::kImage : MediaKind::kClip;
}

std::vector<std::string> mediaFiles(const std::string& path, MediaKind kind) {
  std::error_code ec;
  Pattern pattern;
  if (kind != MediaKind::kSequence || !readPattern(fs::path(path).filename().string(), pattern))
    return fs::is_regular_file(path, ec) ? std::vector<std::string>{path} : std::vector<std::string>{};
  std::map<std::int64_t, std::string> byNumber;
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  for (auto at = fs::directory_iterator(folder, ec); !ec && at != fs::directory_iterator(); at.increment(ec))
    if (const std::int64_t number = numberIn(at->path().filename().string(), pattern); number >= 0)
      byNumber.emplace(number, at->path().string());
  std::vector<std::string> files;
  files.reserve(byNumber.size());
  for (auto& [number, file] : byNumber) files.push_back(std::move(file));
  return files;
}

Result<MediaContent> readMediaContent(const std::string& path, MediaKind kind, const StopToken& stop) {
  const auto files = mediaFiles(path, kind);
  if (files.empty()) return Error{ErrorCode::kFileMissing, "", path, {}};
  MediaContent content;
  for (const std::string& file : files) {
    std::error_code ec;
    content.sizeBytes += static_cast<std::int64_t>(fs::file_size(file, ec));
  }
  const auto hash = sha256Files(files, stop);
  if (!hash) return hash.error();
  content.sha256 = *hash;
  return content;
}

Result<std::vector<Relinked>> findMissingMedia(const Project& project, const std::string& projectFolder,
                                               const std::vector<std::string>& folders, const StopToken& stop,
                                               const SearchFn& progress) {
  const auto found = filesBeneath(folders, stop, progress);
  if (!found) return found.error();
  std::vector<Relinked> relinked;
  std::size_t compared = 0;
  for (const Media& media : project.media) {
    if (progress) progress(static_cast<std::int64_t>(found->byName.size()), compared++, project.media.size());
    const MediaPath place = resolveMediaPath(media.path, projectFolder);
    if (place.place != MediaPlace::kForbidden && !mediaFiles(place.path, media.kind).empty()) continue;
    const auto places = placesOf(media, *found, stop);
    if (!places) return places.error();
    if (places->size() == 1) relinked.push_back({media.id, fs::absolute(*places->begin()).lexically_normal().string()});
  }
  return relinked;
}

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

Status copyTakes(const std::string& fromProject, const std::string& toProject) {
  const std::string folder = fs::path(fromProject).parent_path().string();
  if (fs::path(toProject).parent_path() == folder) {
    std::error_code ec;
    const fs::path from = takesPath(fromProject), to = takesPath(toProject);
    return fs::is_regular_file(from, ec) ? copyUnlessSame(from, to) : Status();
  }
  return rewriteTakes(fromProject, toProject, [&folder](const std::string& output) -> Result<std::string> {
    const MediaPath place = resolveMediaPath(output, folder);
    return place.place == MediaPlace::kForbidden ? output : place.path;
  });
}

Status collectTakes(const std::string& fromProject, const std::string& toProject, std::vector<std::string>& warnings, const StopToken& stop) {
  const std::string fromFolder = fs::path(fromProject).parent_path().string();
  const fs::path project(toProject), name = project.stem().string() + "_takes";
  std::set<std::string> taken;
  std::map<std::string, std::string> placed;  // one file may be several takes'
  return rewriteTakes(fromProject, toProject, [&](const std::string& output) -> Result<std::string> {
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
    return placed[output] = (within / file).string();
  });
}

std::int64_t collectedBytes(const Project& project, const std::string& projectFolder, const std::string& projectPath) {
  std::int64_t bytes = 0;
  const auto count = [&bytes](const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      std::error_code ec;
      const auto size = fs::file_size(file, ec);
      if (!ec) bytes += static_cast<std::int64_t>(size);
    }
  };
  for (const Media& media : project.media)
    if (const MediaPath place = resolveMediaPath(media.path, projectFolder); place.place != MediaPlace::kForbidden) count(mediaFiles(place.path, media.kind));
  std::set<std::string> outputs;
  if (!projectPath.empty())
    if (const auto ledger = loadTakes(projectPath); ledger.ok())
      for (const Take& take : ledger->takes) outputs.insert(take.output);
  for (const std::string& output : outputs)
    if (const MediaPath place = resolveMediaPath(output, projectFolder); place.place != MediaPlace::kForbidden) count(takeFiles(place.path));
  return bytes;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/media_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "core/base/hash.h"
#include "core/base/project_file.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesATime = 500;  // between two words of progress
constexpr std::size_t kMostFiles = 2'000'000;  // seen in one search

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

}  // namespace pai::core

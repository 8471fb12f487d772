// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/base/stop.h"

namespace pai::core {

/// Kind of a media by its path: a %d pattern is a sequence, known endings are images, the rest are clips.
MediaKind mediaKindOf(const std::string& path);

/// True when a path's name has exactly one %d or %0Nd (N 1 to 9) and no other '%'.
bool isSequencePattern(const std::string& path);

/// The files of a media that are there: the one file, or those of a sequence in the order of their numbers.
std::vector<std::string> mediaFiles(const std::string& path, MediaKind kind);

/// Size and hash of a media's content; a sequence's is that of its files one after the other.
struct MediaContent {
  std::int64_t sizeBytes = 0;
  std::string sha256;
};
/// Errors: kFileMissing, kFileUnreadable, kCancelled.
Result<MediaContent> readMediaContent(const std::string& path, MediaKind kind, const StopToken& stop = {});

/// A media that was found elsewhere.
struct Relinked {
  Id media;
  std::string path;  // absolute
};
/// How far a search is: files seen so far; then media compared, of how many.
using SearchFn = std::function<void(std::int64_t files, std::size_t compared, std::size_t media)>;
/// Looks through folders (their sub-folders too) for media of a project that are not where they were: by content where
/// a hash is known, by file name where it is not, and only when there is one answer. Nothing is changed. Errors:
/// kCancelled.
Result<std::vector<Relinked>> findMissingMedia(const Project& project, const std::string& projectFolder,
                                               const std::vector<std::string>& folders, const StopToken& stop = {},
                                               const SearchFn& progress = {});

}  // namespace pai::core

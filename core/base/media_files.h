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

/// Copies every media of a project into `folder`/media, and its OpenColorIO configuration with the files beside and beneath it
/// that it names into `folder`/colour; gives the project with paths relative to `folder`. What is missing keeps its path and is
/// named in `warnings`. Errors: kFileUnwritable, kDiskFull, kFileUnreadable, kCancelled.
Result<Project> collectMedia(const Project& project, const std::string& projectFolder, const std::string& folder,
                             std::vector<std::string>& warnings, const StopToken& stop = {});

/// The files of a take that are there: its output's and those of its further layers.
std::vector<std::string> takeFiles(const std::string& output);

/// Copies the ledger of takes that stands beside a project beside another, which then names the same files; nothing where there is
/// none. Errors: kFileUnreadable, kFileUnwritable, kDiskFull, kLimitExceeded.
Status copyTakes(const std::string& fromProject, const std::string& toProject);

/// The same, with the takes' own files, copied into NAME_takes beside the other project, whose ledger names them relative to itself.
/// What is missing keeps its path and is named in `warnings`. Errors: those of copyTakes, kCancelled.
Status collectTakes(const std::string& fromProject, const std::string& toProject, std::vector<std::string>& warnings, const StopToken& stop = {});

/// Bytes that collectMedia and collectTakes copy of a project; "" where it has no file. The colour configuration is not counted.
std::int64_t collectedBytes(const Project& project, const std::string& projectFolder, const std::string& projectPath);

}  // namespace pai::core

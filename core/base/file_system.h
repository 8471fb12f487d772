// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/result.h"

namespace pai::core {

/// The calls by which files are read and saved, as a table, so that a test can fail each in turn. All behave as the system
/// call of that name: -1 (or a short count) with errno set.
struct FileSystem {
  std::function<int(const char* path, int flags, mode_t mode)> open;
  std::function<ssize_t(int descriptor, void* bytes, std::size_t count)> read;
  std::function<ssize_t(int descriptor, const void* bytes, std::size_t count)> write;
  std::function<int(int descriptor, mode_t mode)> chmod;
  std::function<int(int descriptor)> sync;
  std::function<int(int descriptor)> close;
  std::function<int(const char* from, const char* to)> rename;
  std::function<int(const char* path)> unlink;
};

/// The operating system's own calls.
const FileSystem& systemFiles();

/// How a file was saved.
struct SaveReport {
  std::string path;      // the file that was written: the target where the path given is a symbolic link
  bool durable = true;   // false: the file system cannot sync, the file is saved but a power cut may lose it
  std::string note;      // what could not be done, in English; empty when durable
};

/// Replaces a file's content in one step: writes beside it, syncs, renames, syncs the folder. At every moment the path holds the
/// old content or the new. A symbolic link stays one, its target is replaced; permissions are kept. Errors: kFileMissing (no such
/// folder), kFileUnwritable, kDiskFull; after an error the old content is there unless only the last sync failed.
Result<SaveReport> atomicWriteFile(const std::string& path, std::string_view bytes, const FileSystem& files = systemFiles());

/// The same with a content given in pieces, one after the other.
Result<SaveReport> atomicWritePieces(const std::string& path, const std::vector<std::string_view>& pieces,
                                     const FileSystem& files = systemFiles());

/// Gives a regular file's content piece by piece to `take`, with the size it had when opened; first an empty piece. An error of
/// `take` ends the reading. Errors: kFileMissing, kFileUnreadable, kFormatUnknown (not a regular file).
using TakePiece = std::function<Status(std::uint64_t sizeBytes, std::span<const std::byte> piece)>;
Status readPieces(const std::string& path, const TakePiece& take, const FileSystem& files = systemFiles());

/// A whole regular file, refused when larger than `limitBytes`. Errors: kFileMissing, kFileUnreadable, kFormatUnknown (not a
/// regular file), kLimitExceeded.
Result<std::string> readWholeFile(const std::string& path, std::uint64_t limitBytes, const FileSystem& files = systemFiles());

}  // namespace pai::core

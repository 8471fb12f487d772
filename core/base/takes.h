// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/file_system.h"
#include "core/base/project.h"
#include "core/base/result.h"

namespace pai::core {

/// A media as it was when a take was made.
struct TakeInput {
  Id media;
  std::string sha256;
  bool operator==(const TakeInput&) const = default;
};

/// One finished render. Takes are never changed or removed; notes and choice are later records of the same ledger.
struct Take {
  Id id;                  // given by appendTake
  int number = 0;         // version within its shot, from 1; given by appendTake
  std::string name;       // e.g. "v003"; given by appendTake when empty
  std::string jobFolder;  // relative to the project where it can be
  std::string output;
  std::string engine;
  std::string packHash;
  std::uint64_t seed = 1;
  Shot shot;  // all settings, by value
  std::vector<TakeInput> inputs;
  FrameRange range;              // of the shot
  double finishedSeconds = 0.0;  // since the epoch
  double elapsedSeconds = 0.0;   // that the render took
  std::string programVersion;
  nlohmann::json extra = nlohmann::json::object();

  std::string notes;    // the last notes record
  bool chosen = false;  // the last choice record of its shot names it
  bool operator==(const Take&) const = default;
};

/// All takes of a project in the order they were made, and what could not be read.
struct TakeLedger {
  std::vector<Take> takes;
  std::vector<std::string> warnings;
  const Take* find(const Id& id) const;
};

/// Path of a project's ledger: "film.takes.jsonl" beside "film.pai".
std::string takesPath(const std::string& projectPath);

/// Reads the ledger; none is an empty one. A line that is torn or damaged is skipped with a warning. Errors:
/// kFileUnreadable, kLimitExceeded.
Result<TakeLedger> loadTakes(const std::string& projectPath, const FileSystem& files = systemFiles());

/// Adds a take and syncs; gives it back with its id and number. Errors: kFileUnwritable, kDiskFull; a record that was
/// cut short by an error is skipped by readers.
Result<Take> appendTake(const std::string& projectPath, Take take, const FileSystem& files = systemFiles());
/// Records notes of a take.
Status appendTakeNotes(const std::string& projectPath, const Id& take, const std::string& notes,
                       const FileSystem& files = systemFiles());
/// Records which take of a shot is chosen; "" for none.
Status appendTakeChoice(const std::string& projectPath, const Id& shot, const Id& take,
                        const FileSystem& files = systemFiles());

/// A part of a shot that a take depends on.
enum class TakePart {
  kPlate,
  kRange,
  kReferences,
  kMatte,
  kCamera,
  kLight,
  kPrompt,
  kRender,
  kDelivery,
  kMediaContent
};
/// Machine name of a part, e.g. "references".
std::string_view takePartName(TakePart part);

/// What has changed since a take was made.
struct TakeChanges {
  std::vector<TakePart> parts;  // in the order of TakePart, each once
  std::vector<Id> media;        // whose content changed
  bool stale() const { return !parts.empty(); }
  /// True when only the finish stage has to run again: what was generated still holds.
  bool refinishIsEnough() const;
};
/// Compares a take with the shot and the media hashes of now; `hashOf` gives "" for a media whose hash is not known
/// (then it does not count as changed).
TakeChanges changesSince(const Take& take, const Shot& now, const std::function<std::string(const Id&)>& hashOf);

}  // namespace pai::core

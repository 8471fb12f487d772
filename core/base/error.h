// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pai::core {

/// What went wrong, as a closed set: each code has one English sentence and one remedy (`describe`).
enum class ErrorCode {
  kUsage,              // the command line or a call is wrong
  kFileMissing,        // no such file
  kFileUnreadable,     // permission, I/O error while reading
  kFileUnwritable,     // permission, read-only, I/O error while writing
  kDiskFull,           // ENOSPC or quota
  kFormatUnknown,      // content is not of a kind we read
  kFormatBroken,       // right kind, damaged or truncated
  kFormatUnsupported,  // valid, but outside what we support
  kLimitExceeded,      // larger than a stated bound
  kVersionTooNew,      // written by a later version
  kJsonInvalid,        // JSON syntax, UTF-8 or number rules
  kFieldInvalid,       // a field has the wrong type or value
  kPathForbidden,      // a path leaves the folder it must stay in
  kNoPicture,          // media without a video stream
  kNoScreen,           // no screen colour found in the plate
  kReferenceOutside,   // a reference lies outside the shot
  kSizeMismatch,       // two inputs differ in size or length
  kEncodeFailed,       // an encoder refused or failed
  kJobExists,          // a job directory is already there
  kJobBusy,            // another process runs this job
  kJobBroken,          // a job directory is not valid
  kWorkerFailed,       // a worker crashed, hung or spoke garbage
  kCancelled,          // the user stopped it
  kOutOfMemory,        // memory limit reached
  kDeviceMissing,      // a compute device asked for is not there
  kPackInvalid,        // a model pack is not usable
  kLocked,             // another process holds the project
  kInternal,           // a broken invariant of ours
};

/// One named argument of an error, e.g. {"file", "a.png"} or {"limit", 16384}.
struct ErrorArgument {
  std::string name;
  std::variant<std::int64_t, double, std::string> value;
  bool operator==(const ErrorArgument&) const = default;
};

/// A failure the outside world can cause: a code, the file it concerns, what exactly was found, and further arguments.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;   // what was found, in English, no trailing full stop
  std::string context;  // the file, field or device concerned; may be empty
  std::vector<ErrorArgument> arguments;
  bool operator==(const Error&) const = default;
};

/// Stable machine name of a code, e.g. "format-broken".
std::string_view errorName(ErrorCode code);
/// Code of a machine name; kInternal when unknown.
ErrorCode errorFromName(std::string_view name);
/// What the user can do about a code, one English sentence without a full stop.
std::string_view errorRemedy(ErrorCode code);
/// One line: "<file>: <what>: <detail>; <what to do>". Control characters are shown as '?', length is bounded (600 bytes).
std::string describe(const Error& error);
/// A name in single quotes for a message, shortened to 100 bytes.
std::string inQuotes(std::string_view name);
/// Every code, for tests and translation.
const std::vector<ErrorCode>& allErrorCodes();

/// Exit code of the command line for an error (CONTRACT: 2 usage, 3 input, 4 job, 5 cancelled, 6 resources).
int exitCodeOf(ErrorCode code);

/// Error of the current `errno` after a failed system call on `file`.
Error errnoError(int errnoValue, std::string detail, std::string file);

}  // namespace pai::core

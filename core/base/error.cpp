// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pai::core {
namespace {

struct Entry {
  ErrorCode code;
  std::string_view name;
  std::string_view sentence;
  std::string_view remedy;
  int exitCode;
};

constexpr Entry kEntries[] = {
    {ErrorCode::kUsage, "usage", "wrong usage", "see --help", 2},
    {ErrorCode::kFileMissing, "file-missing", "there is no such file", "check the path or relink the media", 3},
    {ErrorCode::kFileUnreadable, "file-unreadable", "the file cannot be read", "check its permissions and the disk", 3},
    {ErrorCode::kFileUnwritable, "file-unwritable", "the file cannot be written",
     "check the folder's permissions or choose another place", 4},
    {ErrorCode::kDiskFull, "disk-full", "the disk is full", "free some space or choose another disk, then try again",
     6},
    {ErrorCode::kFormatUnknown, "format-unknown", "this is not a kind of file that can be read",
     "choose a file of a supported format", 3},
    {ErrorCode::kFormatBroken, "format-broken", "the file is damaged", "copy or export it again from its source", 3},
    {ErrorCode::kFormatUnsupported, "format-unsupported", "the file uses a feature that is not supported",
     "convert it to a supported form", 3},
    {ErrorCode::kLimitExceeded, "limit-exceeded", "the file is larger than the limit", "use a smaller file", 3},
    {ErrorCode::kVersionTooNew, "version-too-new", "the file was written by a later version",
     "open it with that version or update this program", 3},
    {ErrorCode::kJsonInvalid, "json-invalid", "the text is not valid JSON", "correct it at the place named", 3},
    {ErrorCode::kFieldInvalid, "field-invalid", "a value is missing or wrong", "correct the field named", 3},
    {ErrorCode::kPathForbidden, "path-forbidden", "a path leaves the folder it must stay in",
     "move the file inside or correct the path", 3},
    {ErrorCode::kNoPicture, "no-picture", "there is no picture in this file", "choose a file with a video stream", 3},
    {ErrorCode::kNoScreen, "no-screen", "no screen colour was found", "choose the screen colour or give a matte", 3},
    {ErrorCode::kReferenceOutside, "reference-outside", "a reference lies outside the shot",
     "move it inside the shot's range", 3},
    {ErrorCode::kSizeMismatch, "size-mismatch", "two inputs do not fit together",
     "give inputs of the same size and length", 3},
    {ErrorCode::kEncodeFailed, "encode-failed", "the encoder failed", "choose another delivery format or size", 4},
    {ErrorCode::kJobExists, "job-exists", "the job directory exists already",
     "give --resume to go on with it or choose another directory", 4},
    {ErrorCode::kJobBusy, "job-busy", "another process works on this job",
     "wait for its end or stop it, then give --resume", 4},
    {ErrorCode::kJobBroken, "job-broken", "the job directory is not valid", "queue the render again", 4},
    {ErrorCode::kWorkerFailed, "worker-failed", "a worker process failed",
     "try again; the log in the job directory says more", 4},
    {ErrorCode::kCancelled, "cancelled", "cancelled", "start it again or resume it", 5},
    {ErrorCode::kOutOfMemory, "out-of-memory", "there is not enough memory",
     "use a smaller size or close other programs", 6},
    {ErrorCode::kDeviceMissing, "device-missing", "the compute device is not there",
     "choose another device; see pai devices", 6},
    {ErrorCode::kPackInvalid, "pack-invalid", "the model pack cannot be used", "check it with pai pack check", 3},
    {ErrorCode::kLocked, "locked", "another window has this project open", "close it there or open a copy", 3},
    {ErrorCode::kInternal, "internal", "something went wrong inside the program", "please report this with the log", 4},
};

const Entry& entryOf(ErrorCode code) {
  for (const Entry& e : kEntries)
    if (e.code == code) return e;
  return kEntries[std::size(kEntries) - 1];
}

/// Bytes of a character that must not reach a terminal as it is: controls, and marks that turn the reading direction,
/// which can hide a file's true ending. 0 when the character is harmless.
std::size_t unsafeLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F) return 2;  // C1 controls
  if (byte(0) == 0xD8 && byte(1) == 0x9C) return 2;                     // U+061C
  const bool marks = byte(0) == 0xE2 && byte(1) == 0x80 &&
                     (byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE));
  const bool isolates = byte(0) == 0xE2 && byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
  return marks || isolates ? 3 : 0;
}

void appendClean(std::string& out, std::string_view text, std::size_t limit) {
  const bool cut = text.size() > limit;
  if (cut) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;  // not inside a character
    text = text.substr(0, limit);
  }
  while (!text.empty()) {
    const std::size_t unsafe = unsafeLength(text);
    out += unsafe > 0 ? '?' : text.front();
    text.remove_prefix(std::min(text.size(), std::max<std::size_t>(unsafe, 1)));
  }
  if (cut) out += "...";
}

}  // namespace

std::string_view errorName(ErrorCode code) { return entryOf(code).name; }

ErrorCode errorFromName(std::string_view name) {
  for (const Entry& e : kEntries)
    if (e.name == name) return e.code;
  return ErrorCode::kInternal;
}

std::string_view errorRemedy(ErrorCode code) { return entryOf(code).remedy; }

std::string describe(const Error& error) {
  const Entry& entry = entryOf(error.code);
  std::string out;
  if (!error.context.empty()) {
    appendClean(out, error.context, 200);
    out += ": ";
  }
  out += entry.sentence;
  if (!error.detail.empty()) {
    out += ": ";
    appendClean(out, error.detail, 250);
  }
  out += "; ";
  out += entry.remedy;
  return out;
}

std::string inQuotes(std::string_view name) {
  constexpr std::size_t kMost = 100;
  std::string out(1, '\'');
  return out.append(name.substr(0, kMost)).append(name.size() > kMost ? "...'" : "'");
}

const std::vector<ErrorCode>& allErrorCodes() {
  static const std::vector<ErrorCode> codes = [] {
    std::vector<ErrorCode> v;
    for (const Entry& e : kEntries) v.push_back(e.code);
    return v;
  }();
  return codes;
}

int exitCodeOf(ErrorCode code) { return entryOf(code).exitCode; }

Error errnoError(int errnoValue, std::string detail, std::string file) {
  ErrorCode code = ErrorCode::kFileUnreadable;
  switch (errnoValue) {
    case ENOENT:
      code = ErrorCode::kFileMissing;
      break;
    case ENOSPC:
    case EDQUOT:
      code = ErrorCode::kDiskFull;
      break;
    case EROFS:
      code = ErrorCode::kFileUnwritable;
      break;
    case EFBIG:
      code = ErrorCode::kFileUnwritable;
      detail += ": it would be larger than the file system or a limit for programs (ulimit -f) lets a file be";
      break;
    case ENOMEM:
      code = ErrorCode::kOutOfMemory;
      break;
    default:
      break;
  }
  return Error{
      code, detail + " (" + std::strerror(errnoValue) + ")", std::move(file), {{"errno", std::int64_t{errnoValue}}}};
}

}  // namespace pai::core

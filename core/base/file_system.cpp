// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file_system.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace pai::core {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;

/// Error of a failed step of saving; the cause decides between a full disk and an unwritable place.
Error saveError(int cause, const std::string& step, const std::string& path) {
  Error error = errnoError(cause, step, path);
  if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
  return error;
}

/// True when an error of fsync means that this file system has none, rather than that data was lost.
bool cannotSync(int cause) {
  return cause == EINVAL || cause == ENOSYS || cause == ENOTSUP || cause == EROFS || cause == EBADF;
}

/// The file that is meant: symbolic links followed to their end, which need not exist.
Result<fs::path> followLinks(const std::string& path) {
  fs::path at(path);
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code ec;
    if (!fs::is_symlink(fs::symlink_status(at, ec))) return at;
    const fs::path target = fs::read_symlink(at, ec);
    if (ec) return saveError(ec.value(), "the symbolic link cannot be read", path);
    at = target.is_absolute() ? target : at.parent_path() / target;
  }
  return saveError(ELOOP, "the symbolic link leads in a circle", path);
}

/// A descriptor that is closed, and a temporary file that is removed, unless released.
class Temporary {
 public:
  Temporary(const FileSystem& files, std::string path, int descriptor)
      : m_files(files), m_path(std::move(path)), m_descriptor(descriptor) {}
  ~Temporary() {
    if (m_descriptor >= 0) m_files.close(m_descriptor);
    if (!m_path.empty()) m_files.unlink(m_path.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  int descriptor() const { return m_descriptor; }
  const std::string& path() const { return m_path; }
  int close() {
    const int descriptor = m_descriptor;
    m_descriptor = -1;
    return m_files.close(descriptor);
  }
  void keep() { m_path.clear(); }

 private:
  const FileSystem& m_files;
  std::string m_path;
  int m_descriptor;
};

std::string temporaryName(const fs::path& target) {
  static std::atomic<unsigned> counter{0};
  std::string name = target.filename().string().substr(0, 200);
  return (target.parent_path() /
          ("." + name + "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp"))
      .string();
}

Status writeAll(const FileSystem& files, int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = files.write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return saveError(errno, "it could not be written", path);
    if (wrote == 0) return saveError(ENOSPC, "nothing more could be written", path);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

/// Syncs a descriptor; a file system without sync is noted, a failure is an error.
Status syncOrNote(const FileSystem& files, int descriptor, const std::string& what, SaveReport& report) {
  if (files.sync(descriptor) == 0) return {};
  if (!cannotSync(errno)) return saveError(errno, what + " could not be made durable", report.path);
  report.durable = false;
  report.note = "saved, but this file system cannot make it durable: a power cut in the next seconds may lose it";
  return {};
}

Status syncFolder(const FileSystem& files, const fs::path& folder, SaveReport& report) {
  const int descriptor = files.open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (descriptor < 0) {
    report.durable = false;
    report.note =
        "saved, but the folder cannot be opened to make it durable: a power cut in the next seconds may lose it";
    return {};
  }
  Status synced = syncOrNote(files, descriptor, "the folder's entry", report);
  files.close(descriptor);
  return synced;
}

/// Refuses what is there and is no file to be replaced; gives the permissions to keep.
Result<mode_t> permissionsToKeep(const fs::path& target) {
  struct stat info {};
  if (::stat(target.c_str(), &info) != 0) {
    if (errno == ENOENT) return mode_t{0};
    return saveError(errno, "it cannot be examined", target.string());
  }
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kFileUnwritable, "it is not a regular file", target.string(), {}};
  if (::access(target.c_str(), W_OK) != 0) return saveError(errno, "it is write-protected", target.string());
  return static_cast<mode_t>(info.st_mode & 07777);
}

}  // namespace

const FileSystem& systemFiles() {
  static const FileSystem files{
      [](const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); },
      [](int descriptor, void* bytes, std::size_t count) { return ::read(descriptor, bytes, count); },
      [](int descriptor, const void* bytes, std::size_t count) { return ::write(descriptor, bytes, count); },
      [](int descriptor, mode_t mode) { return ::fchmod(descriptor, mode); },
      [](int descriptor) { return ::fsync(descriptor); },
      [](int descriptor) { return ::close(descriptor); },
      [](const char* from, const char* to) { return ::rename(from, to); },
      [](const char* path) { return ::unlink(path); },
  };
  return files;
}

Result<SaveReport> atomicWriteFile(const std::string& path, std::string_view bytes, const FileSystem& files) {
  return atomicWritePieces(path, {bytes}, files);
}

Result<SaveReport> atomicWritePieces(const std::string& path, const std::vector<std::string_view>& pieces,
                                     const FileSystem& files) {
  const auto target = followLinks(path);
  if (!target) return target.error();
  const auto permissions = permissionsToKeep(*target);
  if (!permissions) return permissions.error();
  SaveReport report{target->string(), true, ""};
  const std::string name = temporaryName(*target);
  const int descriptor = files.open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor < 0) return saveError(errno, "no file can be made in its folder", path);
  Temporary temporary(files, name, descriptor);
  if (*permissions != 0 && files.chmod(descriptor, *permissions) != 0 && errno != EPERM && errno != ENOTSUP)
    return saveError(errno, "its permissions could not be kept", path);
  for (const std::string_view piece : pieces)
    if (Status written = writeAll(files, descriptor, piece, path); !written) return written.error();
  if (Status synced = syncOrNote(files, descriptor, "the file", report); !synced) return synced.error();
  if (temporary.close() != 0 && errno != EINTR) return saveError(errno, "it could not be written", path);
  if (files.rename(name.c_str(), target->c_str()) != 0) return saveError(errno, "it could not be put in place", path);
  temporary.keep();
  if (Status synced = syncFolder(files, target->parent_path(), report); !synced) return synced.error();
  return report;
}

Status readPieces(const std::string& path, const TakePiece& take, const FileSystem& files) {
  // O_NONBLOCK: a named pipe must not stop the reader.
  const int descriptor = files.open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (descriptor < 0) return errnoError(errno, "it cannot be opened", path);
  struct Closer {
    const FileSystem& files;
    int descriptor;
    ~Closer() { files.close(descriptor); }
  } closer{files, descriptor};
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) return errnoError(errno, "it cannot be examined", path);
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kFormatUnknown, "it is not a regular file", path, {}};
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (Status taken = take(size, {}); !taken) return taken;
  constexpr std::uint64_t kLeast = 4096, kMost = 1 << 20;
  std::vector<std::byte> piece(static_cast<std::size_t>(std::clamp(size + 1, kLeast, kMost)));
  for (;;) {
    const ssize_t got = files.read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errnoError(errno, "it cannot be read", path);
    if (got == 0) return {};
    if (Status taken = take(size, std::span(piece).first(static_cast<std::size_t>(got))); !taken) return taken;
  }
}

Result<std::string> readWholeFile(const std::string& path, std::uint64_t limitBytes, const FileSystem& files) {
  std::string bytes;
  const auto take = [&](std::uint64_t size, std::span<const std::byte> piece) -> Status {
    if (size > limitBytes || bytes.size() + piece.size() > limitBytes)
      return Error{ErrorCode::kLimitExceeded,
                   "more than " + std::to_string(limitBytes) + " bytes",
                   path,
                   {{"limit", static_cast<std::int64_t>(limitBytes)}}};
    if (piece.empty()) bytes.reserve(static_cast<std::size_t>(size));
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return {};
  };
  if (Status read = readPieces(path, take, files); !read) return std::move(read).error();
  return bytes;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/project_lock.h"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file_system.h"
#include "core/base/json_reader.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLockBytes = 4096;
constexpr int kTries = 20;

std::string hostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

/// Clock ticks after boot at which a process began, "" when it is gone: tells a process from a later one of the same
/// number.
std::string startOf(std::int64_t pid) {
  const auto text = readWholeFile("/proc/" + std::to_string(pid) + "/stat", 1 << 16);
  if (!text) return "";
  std::size_t at = text->rfind(')');  // the name before it may hold anything
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = text->find(' ', at + 1);
  return at == std::string::npos ? "" : text->substr(at + 1, text->find(' ', at + 1) - at - 1);
}

std::string contentOfMine() {
  return jsonText({{"pid", ::getpid()}, {"host", hostName()}, {"start", startOf(::getpid())}}, -1) + "\n";
}

struct Holder {
  std::int64_t pid = 0;
  std::string host, start;
};

Holder holderOf(int descriptor) {
  std::string text(kLockBytes, '\0');
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  Holder holder;
  const auto read = readJson(text, "lock", {kLockBytes, 4, kLockBytes, 100});
  if (!read || !read->is_object()) return holder;
  const auto textOf = [&](const char* name) {
    return read->contains(name) && (*read)[name].is_string() ? (*read)[name].get<std::string>() : std::string();
  };
  if (read->contains("pid") && (*read)["pid"].is_number_unsigned()) holder.pid = (*read)["pid"].get<std::int64_t>();
  holder.host = textOf("host");
  holder.start = textOf("start");
  return holder;
}

/// Where flock reached the lock but its holder may be on another host (network file systems without shared flock).
bool heldElsewhere(const Holder& holder) {
  if (holder.pid <= 0 || holder.host.empty()) return false;
  if (holder.host != hostName()) return true;
  if (::kill(static_cast<pid_t>(holder.pid), 0) != 0 && errno == ESRCH) return false;
  return holder.pid != ::getpid() && startOf(holder.pid) == holder.start;
}

Error lockedBy(const Holder& holder, const std::string& projectPath) {
  const std::string who =
      holder.pid > 0 ? "process " + std::to_string(holder.pid) + " on " + holder.host : "another process";
  return {ErrorCode::kLocked,
          who + " has it; the lock is " + projectLockPath(projectPath),
          projectPath,
          {{"pid", holder.pid}, {"host", holder.host}}};
}

bool sameFile(int descriptor, const std::string& path) {
  struct stat a {
  }, b{};
  return ::fstat(descriptor, &a) == 0 && ::stat(path.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

std::string projectLockPath(const std::string& projectPath) {
  std::error_code ec;
  fs::path target = fs::weakly_canonical(projectPath, ec);  // two links to one project share its lock
  if (ec) target = projectPath;
  std::string name(1, '.');
  name.append(target.filename().string(), 0, 240).append(".lock");
  return (target.parent_path() / name).string();
}

Result<std::unique_ptr<ProjectLock>> ProjectLock::acquire(const std::string& projectPath) {
  const std::string path = projectLockPath(projectPath);
  for (int i = 0; i < kTries; ++i) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0) {
      Error error = errnoError(errno, "no lock can be made beside it", projectPath);
      if (error.code != ErrorCode::kDiskFull) error.code = ErrorCode::kFileUnwritable;
      return error;
    }
    std::unique_ptr<ProjectLock> lock(new ProjectLock(path, -1));
    const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    const bool busy = !locked && errno == EWOULDBLOCK;
    const Holder holder = holderOf(descriptor);
    if (busy || heldElsewhere(holder)) {
      ::close(descriptor);
      return lockedBy(holder, projectPath);
    }
    if (!sameFile(descriptor, path)) {  // its last holder removed it between open and flock
      ::close(descriptor);
      continue;
    }
    lock->m_descriptor = descriptor;
    const std::string content = contentOfMine();
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
      return errnoError(errno, "its lock cannot be written", projectPath);
    return lock;
  }
  return Error{ErrorCode::kLocked, "its lock changes hands all the time", projectPath, {}};
}

ProjectLock::~ProjectLock() {
  if (m_descriptor < 0) return;
  ::unlink(m_path.c_str());  // before the lock is given up, so that nobody's newer file is removed
  ::close(m_descriptor);
}

}  // namespace pai::core

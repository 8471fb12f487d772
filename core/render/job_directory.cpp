// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cctype>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <thread>

namespace pai::core {
namespace {

constexpr std::array<const char*, 6> kFolderNames{"", "input", "preview", "latents", "frames", "checkpoint"};
constexpr std::size_t kMaxNames = 1'000'000;

Status writeAll(int fd, std::string_view text, const std::string& file) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      Error error = errnoError(n < 0 ? errno : ENOSPC, "writing failed", file);
      if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
      return error;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Error writeError(int number, const std::string& what, const std::string& file) {
  Error error = errnoError(number, what, file);
  if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
  return error;
}

}  // namespace

bool isBaseName(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

Status JobDirectory::openFolders(bool make) {
  Descriptor top(::open(m_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top) {
    if (errno == ENOTDIR) return brokenJob("it is not a directory", m_path);
    return errnoError(errno, "the job directory cannot be opened", m_path);
  }
  m_folders.clear();
  m_folders.push_back(std::move(top));
  for (std::size_t i = 1; i < kFolderNames.size(); ++i) {
    const int at = m_folders[0].get();
    if (make && ::mkdirat(at, kFolderNames[i], 0777) != 0 && errno != EEXIST)
      return writeError(errno, "a folder of the job cannot be made", m_path + "/" + kFolderNames[i]);
    Descriptor fd(::openat(at, kFolderNames[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT) {
      if (::mkdirat(at, kFolderNames[i], 0777) == 0)
        fd.reset(::openat(at, kFolderNames[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    }
    if (!fd) return brokenJob("it is not a folder of its own", m_path + "/" + kFolderNames[i]);
    m_folders.push_back(std::move(fd));
  }
  return {};
}

Result<JobDirectory> JobDirectory::create(const std::string& path, const Job& job) {
  JobDirectory directory;
  directory.m_path = path;
  directory.m_job = job;
  if (::mkdir(path.c_str(), 0777) != 0) {
    if (errno != EEXIST) return writeError(errno, "the job directory cannot be made", path);
    std::error_code code;
    if (!std::filesystem::is_directory(path, code) || !std::filesystem::is_empty(path, code))
      return Error{ErrorCode::kJobExists, "", path, {}};
  }
  if (Status s = directory.openFolders(true); !s) return s.error();
  if (Status s = directory.write(JobFolder::kTop, kJobFile, jobJson(job).dump(2) + "\n"); !s) return s.error();
  return directory;
}

Result<JobDirectory> JobDirectory::open(const std::string& path) {
  JobDirectory directory;
  directory.m_path = path;
  // job.json first: nothing is made in a folder that is no job.
  directory.m_folders.emplace_back(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.m_folders[0]) {
    if (errno == ENOTDIR) return brokenJob("it is not a directory", path);
    return errnoError(errno, "the job directory cannot be opened", path);
  }
  Result<std::string> text = directory.read(JobFolder::kTop, kJobFile, kMaxJobBytes);
  if (!text) {
    if (text.error().code == ErrorCode::kFileMissing) return brokenJob("it has no job.json", path);
    return std::move(text).error();
  }
  Result<Job> job = parseJob(*text, path + "/job.json");
  if (!job) return std::move(job).error();
  directory.m_job = std::move(job).value();
  if (Status s = directory.openFolders(false); !s) return s.error();
  return directory;
}

Result<Descriptor> JobDirectory::openFile(JobFolder folder, const std::string& name, int flags) const {
  const std::string shown = plainPath(folder, name);
  if (!isBaseName(name)) return Error{ErrorCode::kPathForbidden, "only plain file names are allowed in a job", shown, {}};
  Descriptor fd(::openat(folderFd(folder), name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
  if (!fd) {
    if (errno == ELOOP || errno == ENXIO || errno == EISDIR) return brokenJob("it is not a regular file", shown);
    return (flags & O_ACCMODE) == O_RDONLY ? errnoError(errno, "opening failed", shown)
                                           : writeError(errno, "opening failed", shown);
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return brokenJob("it is not a regular file", shown);
  return fd;
}

Result<std::string> JobDirectory::read(JobFolder folder, const std::string& name, std::int64_t maxBytes) const {
  Result<Descriptor> fd = openFile(folder, name, O_RDONLY);
  if (!fd) return std::move(fd).error();
  const std::string shown = plainPath(folder, name);
  struct stat info {};
  if (::fstat(fd->get(), &info) != 0) return errnoError(errno, "reading failed", shown);
  if (info.st_size > maxBytes)
    return Error{ErrorCode::kLimitExceeded, std::to_string(info.st_size) + " bytes where " + std::to_string(maxBytes) + " are allowed",
                 shown, {{"limit", maxBytes}}};
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::pread(fd->get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errnoError(errno, "reading failed", shown);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

Status JobDirectory::write(JobFolder folder, const std::string& name, std::string_view text) const {
  const std::string shown = plainPath(folder, name);
  if (!isBaseName(name)) return Error{ErrorCode::kPathForbidden, "only plain file names are allowed in a job", shown, {}};
  const std::string aside = std::string(".") + name.substr(0, 200) + ".part";
  const int at = folderFd(folder);
  ::unlinkat(at, aside.c_str(), 0);
  Descriptor fd(::openat(at, aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!fd) return writeError(errno, "writing failed", shown);
  Status status = writeAll(fd.get(), text, shown);
  if (status && ::fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOSYS)
    status = writeError(errno, "writing failed", shown);
  if (status && ::renameat(at, aside.c_str(), at, name.c_str()) != 0) status = writeError(errno, "renaming failed", shown);
  if (!status) {
    ::unlinkat(at, aside.c_str(), 0);
    return status;
  }
  (void)::fsync(at);  // not every file system can; the rename itself is atomic
  return {};
}

bool JobDirectory::has(JobFolder folder, const std::string& name) const {
  struct stat info {};
  return isBaseName(name) && ::fstatat(folderFd(folder), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(info.st_mode);
}

Status JobDirectory::remove(JobFolder folder, const std::string& name) const {
  const std::string shown = plainPath(folder, name);
  if (!isBaseName(name)) return Error{ErrorCode::kPathForbidden, "only plain file names are allowed in a job", shown, {}};
  if (::unlinkat(folderFd(folder), name.c_str(), 0) != 0 && errno != ENOENT)
    return writeError(errno, "removing failed", shown);
  return {};
}

Result<std::vector<std::string>> JobDirectory::list(JobFolder folder) const {
  const std::string shown = plainPath(folder, "");
  const int fd = ::openat(folderFd(folder), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* entries = fd >= 0 ? ::fdopendir(fd) : nullptr;
  if (!entries) {
    if (fd >= 0) ::close(fd);
    return errnoError(errno, "the folder cannot be listed", shown);
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(entries)) {
    if (!has(folder, entry->d_name)) continue;
    if (names.size() >= kMaxNames) {
      ::closedir(entries);
      return Error{ErrorCode::kLimitExceeded, "more than 1000000 files", shown, {}};
    }
    names.emplace_back(entry->d_name);
  }
  ::closedir(entries);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> JobDirectory::pathInside(JobFolder folder, const std::string& name) const {
  if (!isBaseName(name))
    return Error{ErrorCode::kPathForbidden, "only plain file names are allowed in a job", plainPath(folder, name), {}};
  return std::string("/proc/self/fd/") + std::to_string(folderFd(folder)) + "/" + name;
}

std::string JobDirectory::plainPath(JobFolder folder, const std::string& name) const {
  std::string path = m_path;
  if (folder != JobFolder::kTop) path += std::string("/") + kFolderNames[static_cast<std::size_t>(folder)];
  return name.empty() ? path : path + "/" + name;
}

Result<Descriptor> JobDirectory::lock(int waitMs) const {
  Result<Descriptor> fd = openFile(JobFolder::kTop, "lock", O_RDWR | O_CREAT);
  if (!fd) return std::move(fd).error();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(waitMs);
  while (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return errnoError(errno, "the job cannot be locked", m_path);
    if (std::chrono::steady_clock::now() >= until)
      return Error{ErrorCode::kJobBusy, "it may be ending just now", m_path, {}};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return std::move(fd).value();
}

Error brokenJob(std::string detail, const std::string& file) {
  return Error{ErrorCode::kJobBroken, std::move(detail), file, {}};
}

Result<std::string> newJobPath(const std::string& parent, const std::string& name) {
  std::error_code code;
  std::filesystem::create_directories(parent, code);
  if (code) return writeError(code.value(), "the folder for jobs cannot be made", parent);
  std::string clean;
  for (const char c : name.substr(0, 60))
    clean += (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') ? c : '_';
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  std::array<char, 32> stamp{};
  std::strftime(stamp.data(), stamp.size(), "%Y%m%d-%H%M%S", &parts);
  for (int i = 0; i < 1000; ++i) {
    std::string path = parent + "/" + stamp.data() + (clean.empty() ? "" : "-" + clean) + (i ? std::string("-") + std::to_string(i) : "");
    if (::mkdir(path.c_str(), 0777) == 0) return path;  // taken for us; `create` accepts an empty directory
    if (errno != EEXIST) return writeError(errno, "the job directory cannot be made", path);
  }
  return Error{ErrorCode::kJobExists, "no free name was found", parent, {}};
}

}  // namespace pai::core

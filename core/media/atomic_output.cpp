// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/atomic_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace pai::core {

namespace {

std::string folderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::unique_ptr<AtomicOutput>> AtomicOutput::create(const std::string& path) {
  std::unique_ptr<AtomicOutput> output(new AtomicOutput);
  output->m_path = path;
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty()) return Error{ErrorCode::kUsage, "the output has no file name", path, {}};
  static std::atomic<unsigned> counter{0};
  const std::string stem = folderOf(path) + "/." + name + "." + std::to_string(getpid()) + "-";
  for (int tries = 0; tries < 1000 && output->m_descriptor < 0; ++tries) {
    const std::string candidate = stem + std::to_string(counter++) + ".part";
    output->m_descriptor = open(candidate.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (output->m_descriptor >= 0) output->m_temporary = candidate;
    else if (errno != EEXIST) break;
  }
  if (output->m_descriptor < 0) return writeError(errno, "cannot be created", path);
  return output;
}

AtomicOutput::~AtomicOutput() {
  if (m_descriptor >= 0) close(m_descriptor);
  if (!m_temporary.empty()) unlink(m_temporary.c_str());
}

Status AtomicOutput::write(const void* bytes, std::size_t count) {
  const auto* from = static_cast<const char*>(bytes);
  while (count > 0 && m_status) {
    const ssize_t done = pwrite(m_descriptor, from, count, m_position);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      m_status = writeError(done == 0 ? ENOSPC : errno, "writing failed", m_path);
      break;
    }
    from += done;
    count -= static_cast<std::size_t>(done);
    m_position += done;
    m_size = std::max(m_size, m_position);
  }
  return m_status;
}

std::int64_t AtomicOutput::seek(std::int64_t offset, int whence) {
  if (whence == SEEK_CUR) offset += m_position;
  if (whence == SEEK_END) offset += m_size;
  if (offset < 0) return -1;
  return m_position = offset;
}

std::int64_t AtomicOutput::read(void* bytes, std::size_t count) {
  const ssize_t got = pread(m_descriptor, bytes, count, m_position);
  if (got > 0) m_position += got;
  return got;
}

Status AtomicOutput::commit() {
  if (!m_status) return m_status;
  if (fsync(m_descriptor) != 0 && errno != EINVAL && errno != ENOTSUP)
    return m_status = writeError(errno, "cannot be made durable", m_path);
  const int closed = close(std::exchange(m_descriptor, -1));
  if (closed != 0) return m_status = writeError(errno, "closing failed", m_path);
  if (std::rename(m_temporary.c_str(), m_path.c_str()) != 0)
    return m_status = writeError(errno, "cannot be moved into place", m_path);
  m_temporary.clear();
  syncFolderOf(m_path);
  return {};
}

Error writeError(int errnoValue, std::string detail, const std::string& file) {
  Error error = errnoError(errnoValue, std::move(detail), file);
  if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
  return error;
}

void syncFolderOf(const std::string& path) {
  const int folder = open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  fsync(folder);
  close(folder);
}

}  // namespace pai::core

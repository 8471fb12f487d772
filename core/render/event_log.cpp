// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/event_log.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace pai::core {
namespace {

constexpr const char* kLogName = "events.jsonl";

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

Result<EventWriter> EventWriter::open(const JobDirectory& directory) {
  EventWriter writer;
  writer.m_path = directory.plainPath(JobFolder::kTop, kLogName);
  Result<Descriptor> file = directory.openFile(JobFolder::kTop, kLogName, O_RDWR | O_CREAT | O_APPEND);
  if (!file) return std::move(file).error();
  writer.m_file = std::move(file).value();
  struct stat info {};
  if (::fstat(writer.m_file.get(), &info) != 0) return errnoError(errno, "reading failed", writer.m_path);
  if (info.st_size > kMaxEventLogBytes)
    return Error{ErrorCode::kLimitExceeded, "the event log is too long", writer.m_path, {{"limit", kMaxEventLogBytes}}};
  // Everything about the past that matters is in the last lines.
  const std::int64_t from = std::max<std::int64_t>(0, info.st_size - static_cast<std::int64_t>(4 * kMaxEventLineBytes));
  std::string tail(static_cast<std::size_t>(info.st_size - from), '\0');
  const ssize_t n = ::pread(writer.m_file.get(), tail.data(), tail.size(), from);
  if (n < 0) return errnoError(errno, "reading failed", writer.m_path);
  tail.resize(static_cast<std::size_t>(n));
  const std::size_t end = tail.rfind('\n');
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  if (whole < tail.size() && ::ftruncate(writer.m_file.get(), from + static_cast<std::int64_t>(whole)) != 0)
    return errnoError(errno, "cutting a torn line failed", writer.m_path);
  tail.resize(whole);
  while (!tail.empty()) {
    tail.pop_back();  // the newline
    const std::size_t begin = tail.rfind('\n');
    const std::string line = tail.substr(begin == std::string::npos ? 0 : begin + 1);
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object() && json.contains("seq") && json["seq"].is_number_integer()) {
      writer.m_nextSeq = json["seq"].get<std::int64_t>() + 1;
      break;
    }
    if (begin == std::string::npos) return brokenJob("it holds no event", writer.m_path);
    tail.resize(begin + 1);
  }
  return writer;
}

Status EventWriter::append(decltype(JobEvent::body) body) {
  JobEvent event;
  event.seq = m_nextSeq;
  event.timeSeconds = now();
  event.body = std::move(body);
  const std::string line = eventLine(event) + "\n";
  std::size_t written = 0;
  int number = 0;
  while (written < line.size() && number == 0) {
    // What stopped a short write is said by the next one.
    const ssize_t n = ::write(m_file.get(), line.data() + written, line.size() - written);
    if (n > 0) written += static_cast<std::size_t>(n);
    else if (n == 0) number = ENOSPC;
    else if (errno != EINTR) number = errno;
  }
  if (number != 0) {
    struct stat info {};
    if (written > 0 && ::fstat(m_file.get(), &info) == 0) (void)!::ftruncate(m_file.get(), info.st_size - static_cast<off_t>(written));
    Error error = errnoError(number, "writing an event failed", m_path);
    if (error.code == ErrorCode::kFileUnreadable) error.code = ErrorCode::kFileUnwritable;
    return error;
  }
  ++m_nextSeq;
  return {};
}

Result<EventTail> EventTail::open(const JobDirectory& directory, From from) {
  EventTail tail;
  tail.m_path = directory.plainPath(JobFolder::kTop, kLogName);
  tail.m_notify.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!tail.m_notify) return errnoError(errno, "the job cannot be watched", directory.path());
  if (Status s = tail.openLog(directory); !s) return s.error();
  if (from == From::kNew) {
    Result<std::vector<JobEvent>> past = tail.read();
    if (!past) return std::move(past).error();
  }
  return tail;
}

Status EventTail::openLog(const JobDirectory& directory) {
  Result<Descriptor> file = directory.openFile(JobFolder::kTop, kLogName, O_RDWR | O_CREAT | O_APPEND);
  if (!file) return file.error();
  m_file = std::move(file).value();
  // The file itself is watched, through its descriptor: a swap of the name changes nothing.
  const std::string self = std::string("/proc/self/fd/") + std::to_string(m_file.get());
  if (::inotify_add_watch(m_notify.get(), self.c_str(), IN_MODIFY) < 0)
    return errnoError(errno, "the job cannot be watched", m_path);
  return {};
}

Result<std::vector<JobEvent>> EventTail::read() {
  std::array<char, 4096> bytes{};
  while (::read(m_notify.get(), bytes.data(), bytes.size()) > 0) {
  }
  std::vector<JobEvent> events;
  std::array<char, 16384> chunk{};
  for (;;) {
    const ssize_t n = ::pread(m_file.get(), chunk.data(), chunk.size(), m_offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errnoError(errno, "reading events failed", m_path);
    if (n == 0) break;
    m_offset += n;
    if (m_offset > kMaxEventLogBytes)
      return Error{ErrorCode::kLimitExceeded, "the event log is too long", m_path, {{"limit", kMaxEventLogBytes}}};
    m_partial.append(chunk.data(), static_cast<std::size_t>(n));
    std::size_t begin = 0;
    for (std::size_t end; (end = m_partial.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string_view line(m_partial.data() + begin, end - begin);
      if (line.size() > kMaxEventLineBytes) return brokenJob("a line is longer than 65536 bytes", m_path);
      Result<std::optional<JobEvent>> event = parseEventLine(line, m_path);
      if (!event) return brokenJob(event.error().detail.empty() ? "a line is no event" : event.error().detail, m_path);
      if (!event->has_value()) continue;
      if ((*event)->seq <= m_lastSeq) return brokenJob("events are out of order", m_path);
      m_lastSeq = (*event)->seq;
      events.push_back(**event);
    }
    m_partial.erase(0, begin);
    if (m_partial.size() > kMaxEventLineBytes) return brokenJob("a line is longer than 65536 bytes", m_path);
  }
  return events;
}

Result<std::vector<JobEvent>> readEvents(const JobDirectory& directory) {
  Result<EventTail> tail = EventTail::open(directory, EventTail::From::kAll);
  if (!tail) return std::move(tail).error();
  return tail->read();
}

}  // namespace pai::core

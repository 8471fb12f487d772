// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/event_lines.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "core/base/file_system.h"
#include "inference/tensor.h"

namespace pai::inference {

namespace {
constexpr std::uint64_t kEventsLimit = 1u << 30;
}

EventLines::EventLines(const std::string& directory) : m_path(directory + "/events.jsonl") {
  m_fd = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (m_fd < 0) throw Failure(core::errnoError(errno, "cannot open", m_path));
  const auto text = core::readWholeFile(m_path, kEventsLimit);
  if (!text) throw Failure(text.error());
  const auto end = text->rfind('\n');
  if (end == std::string::npos) return;
  const auto begin = end == 0 ? std::string::npos : text->rfind('\n', end - 1);
  const std::string last = text->substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1));
  const auto json = nlohmann::json::parse(last, nullptr, false);
  if (json.is_object() && json.contains("seq") && json["seq"].is_number_integer()) m_next = json["seq"].get<std::int64_t>() + 1;
}

EventLines::~EventLines() {
  if (m_fd >= 0) ::close(m_fd);
}

void EventLines::append(decltype(core::JobEvent::body) body) {
  if (m_fd < 0) return;
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::string line = core::eventLine({m_next++, now, std::move(body)}) + "\n";
  if (::write(m_fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) throw Failure(core::errnoError(errno, "cannot append", m_path));
}

}  // namespace pai::inference

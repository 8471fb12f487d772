// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/stop.h"
#include "core/render/wire.h"

namespace pai::worker {

/// A whole number or a text of a request; 0 or "" when it is not there or something else.
inline std::int64_t requestNumber(const nlohmann::json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}
inline std::string requestText(const nlohmann::json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
}

/// The connection's sending side. Any thread; messages stay whole.
class PreviewReply {
 public:
  explicit PreviewReply(int socket) : m_socket(socket) {}
  /// A message of type `type` about a request, with further fields and memory. Lost when the client is gone.
  void send(const char* type, std::int64_t ticket, nlohmann::json fields = nlohmann::json::object(),
            std::vector<core::Descriptor> memory = {});
  void fail(std::int64_t ticket, const core::Error& error);

 private:
  const int m_socket;
  std::mutex m_mutex;
};

/// One thread that does requests in order. Waiting ones can be taken back, the running one asked to stop.
class PreviewLane {
 public:
  using Work = std::function<void(const core::StopToken& stop)>;
  explicit PreviewLane(int niceness) : m_thread([this, niceness] { run(niceness); }) {}
  ~PreviewLane();
  PreviewLane(const PreviewLane&) = delete;
  PreviewLane& operator=(const PreviewLane&) = delete;

  void post(std::int64_t ticket, Work work);
  /// True when it was waiting and is gone now; a running one gets its stop request.
  bool cancel(std::int64_t ticket);
  /// True when it was waiting and is gone now; a running one goes on.
  bool withdraw(std::int64_t ticket);

 private:
  void run(int niceness);
  struct Item {
    std::int64_t ticket = 0;
    Work work;
    core::StopToken stop;
  };
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Item> m_items;
  std::int64_t m_running = 0;
  core::StopToken m_stop;
  bool m_closing = false;
  std::thread m_thread;
};

}  // namespace pai::worker

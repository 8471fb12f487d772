// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_lane.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace pai::worker {

void PreviewReply::send(const char* type, std::int64_t ticket, nlohmann::json fields, std::vector<core::Descriptor> memory) {
  fields["t"] = type;
  fields["ticket"] = ticket;
  core::Result<core::WirePacket> packet = core::WirePacket::make({std::move(fields), std::move(memory)});
  const std::scoped_lock lock(m_mutex);
  if (packet) {
    (void)packet->send(m_socket);
    return;
  }
  core::Result<core::WirePacket> small = core::WirePacket::make(
      {{{"t", "failed"}, {"ticket", ticket}, {"code", core::errorName(packet.error().code)}, {"detail", packet.error().detail},
        {"context", packet.error().context}}, {}});
  if (small) (void)small->send(m_socket);
}

void PreviewReply::fail(std::int64_t ticket, const core::Error& error) {
  if (error.code == core::ErrorCode::kCancelled) return send("cancelled", ticket);
  send("failed", ticket, {{"code", core::errorName(error.code)}, {"detail", error.detail.substr(0, 1000)}, {"context", error.context.substr(0, 4096)}});
}

PreviewLane::~PreviewLane() {
  {
    const std::scoped_lock lock(m_mutex);
    m_closing = true;
    m_items.clear();
    m_stop.request();
  }
  m_changed.notify_all();
  m_thread.join();
}

void PreviewLane::post(std::int64_t ticket, Work work) {
  {
    const std::scoped_lock lock(m_mutex);
    m_items.push_back({ticket, std::move(work), {}});
  }
  m_changed.notify_all();
}

bool PreviewLane::cancel(std::int64_t ticket) {
  {
    const std::scoped_lock lock(m_mutex);
    if (m_running == ticket) m_stop.request();
  }
  return withdraw(ticket);
}

bool PreviewLane::withdraw(std::int64_t ticket) {
  const std::scoped_lock lock(m_mutex);
  return std::erase_if(m_items, [ticket](const Item& item) { return item.ticket == ticket; }) > 0;
}

void PreviewLane::run(int niceness) {
  if (niceness != 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
  std::unique_lock lock(m_mutex);
  for (;;) {
    m_changed.wait(lock, [this] { return m_closing || !m_items.empty(); });
    if (m_closing) return;
    Item item = std::move(m_items.front());
    m_items.pop_front();
    m_running = item.ticket;
    m_stop = item.stop;
    lock.unlock();
    item.work(item.stop);
    lock.lock();
    m_running = 0;
  }
}

}  // namespace pai::worker

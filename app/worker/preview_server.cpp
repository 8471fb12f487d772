// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_server.h"

#include <map>
#include <memory>

#include "app/worker/life.h"
#include "app/worker/preview_clips.h"
#include "app/worker/preview_drafts.h"
#include "app/worker/preview_lane.h"
#include "app/worker/preview_sound.h"
#include "core/media/proxy.h"

namespace pai::worker {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

std::int64_t number(const nlohmann::json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

std::string text(const nlohmann::json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
}

class PreviewServer {
 public:
  explicit PreviewServer(const PreviewServerOptions& options)
      : m_options(options), m_reply(options.socket), m_clips(options.cacheBytes - options.cacheBytes / 8, 0, m_reply),
        m_stills(options.cacheBytes / 8, 5, m_reply),
        m_drafts(m_reply) {}

  Status serve() {
    m_reply.send("hello", 0, {{"version", core::kWireVersion}});
    for (;;) {
      Result<std::optional<core::WireMessage>> message = core::receiveMessage(m_options.socket);
      if (!message) return {};  // the client has gone; that is how a server ends
      if (message->has_value()) take((*message)->body);
    }
  }

 private:
  void take(const nlohmann::json& body) {
    const std::string op = text(body, "op");
    const std::int64_t ticket = number(body, "ticket");
    if (op == "cancel") return cancel(ticket);
    if (op == "close") {
      m_clips.close(ticket);
      m_stills.close(ticket);
      m_proxies.cancel(ticket);
      m_drafts.close(ticket);
      return;
    }
    if (op == "open_clip") {
      m_stills.know(ticket, text(body, "path"));
      return m_clips.open(ticket, text(body, "path"), [this](std::int64_t clip, const core::ClipInfo& info) { proxyLater(clip, info); });
    }
    if (op == "frame") {
      const FrameWanted wanted{number(body, "clip"), {number(body, "frame")}, static_cast<int>(number(body, "w")), static_cast<int>(number(body, "h"))};
      return (number(body, "thumbnail") != 0 ? m_stills : m_clips).frame(ticket, wanted);
    }
    if (op == "image")
      return post(m_images, ticket, [this, ticket, path = text(body, "path"), w = static_cast<int>(number(body, "w")), h = static_cast<int>(number(body, "h"))](
                                            const core::StopToken&) { return sendStill(m_reply, ticket, path, w, h); });
    if (op == "sound") return m_sound.read(ticket, text(body, "path"), number(body, "begin"), number(body, "count"));
    if (op == "peaks") return m_sound.peaks(ticket, text(body, "path"));
    if (op == "proxy")
      return post(m_proxies, ticket, [this, ticket, path = text(body, "path"), out = text(body, "out")](const core::StopToken& stop) {
        return sendProxy(m_reply, ticket, path, out, stop);
      });
    m_drafts.take(op, ticket, body);
  }

  void post(PreviewLane& lane, std::int64_t ticket, std::function<Status(const core::StopToken&)> work) {
    lane.post(ticket, [this, ticket, work = std::move(work)](const core::StopToken& stop) {
      if (Status s = guarded([&] { return work(stop); }); !s) m_reply.fail(ticket, s.error());
    });
  }

  /// Makes the proxy of a clip behind everything else; frames of proxy size come from it once it is there.
  void proxyLater(std::int64_t clip, const core::ClipInfo& info) {
    if (!m_options.proxies || !core::proxyHelps(info)) return;
    m_proxies.post(clip, [this, clip, path = info.path](const core::StopToken& stop) {
      double told = 0.0;
      (void)guarded([&]() -> Status {
        Result<std::string> proxy = core::proxyOf(path, stop, [&](double fraction) {
          if (fraction < told + 0.01) return;
          told = fraction;
          m_reply.send("progress", clip, {{"fraction", fraction}});
        });
        if (!proxy) return std::move(proxy).error();  // the clip itself serves on
        m_clips.useProxy(path, *proxy);
        m_stills.useProxy(path, *proxy);
        return {};
      });
    });
  }

  void cancel(std::int64_t ticket) {
    for (PreviewLane* lane : {&m_images, &m_proxies})
      if (lane->cancel(ticket)) m_reply.send("cancelled", ticket);
    if (m_clips.cancel(ticket) || m_stills.cancel(ticket) || m_sound.cancel(ticket)) m_reply.send("cancelled", ticket);
    m_drafts.cancel(ticket);
  }

  const PreviewServerOptions m_options;
  PreviewReply m_reply;
  PreviewClips m_clips, m_stills;
  PreviewDrafts m_drafts;
  PreviewSound m_sound{m_reply};
  // Last, so that their threads end before what they use.
  PreviewLane m_images{5}, m_proxies{15};
};

}  // namespace

Status servePreview(const PreviewServerOptions& options) { return PreviewServer(options).serve(); }

}  // namespace pai::worker

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/preview_server.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include "app/worker/life.h"
#include "app/worker/preview_clips.h"
#include "app/worker/preview_colour.h"
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

StillWanted stillWanted(const nlohmann::json& body) {
  return {requestText(body, "path"), static_cast<int>(requestNumber(body, "w")), static_cast<int>(requestNumber(body, "h")), viewWanted(body)};
}

class PreviewServer {
 public:
  explicit PreviewServer(const PreviewServerOptions& options)
      : m_options(options), m_reply(options.socket), m_clips(options.cacheBytes - options.cacheBytes / 8, 0, m_reply, m_colour),
        m_stills(options.cacheBytes / 8, 5, m_reply, m_colour), m_drafts(m_reply, m_colour), m_proxiesWanted(options.proxies) {}

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
    const std::string op = requestText(body, "op");
    const std::int64_t ticket = requestNumber(body, "ticket");
    if (op == "cancel") return cancel(ticket);
    if (op == "close") {
      m_clips.close(ticket);
      m_stills.close(ticket);
      m_proxies.cancel(ticket);
      m_drafts.close(ticket);
      return;
    }
    if (op == "open_clip") {
      m_stills.know(ticket, requestText(body, "path"));
      return m_clips.open(ticket, requestText(body, "path"), [this](std::int64_t clip, const core::ClipInfo& info) { proxyLater(clip, info); });
    }
    if (op == "frame") {
      const FrameWanted wanted{requestNumber(body, "clip"), {requestNumber(body, "frame")}, static_cast<int>(requestNumber(body, "w")), static_cast<int>(requestNumber(body, "h")),
                               viewWanted(body)};
      return (requestNumber(body, "thumbnail") != 0 ? m_stills : m_clips).frame(ticket, wanted);
    }
    if (op == "image")
      return post(m_images, ticket, [this, ticket, wanted = stillWanted(body)](const core::StopToken&) {
        return sendStill(m_reply, m_colour, ticket, wanted);
      });
    if (op == "colours")
      return post(m_images, ticket, [this, ticket, config = requestText(body, "config")](const core::StopToken&) {
        return m_colour.sendChoices(m_reply, ticket, config);
      });
    if (op == "configure") return configure(body);
    if (op == "sound") return m_sound.read(ticket, requestText(body, "path"), requestNumber(body, "begin"), requestNumber(body, "count"));
    if (op == "peaks") return m_sound.peaks(ticket, requestText(body, "path"));
    if (op == "proxy")
      return post(m_proxies, ticket, [this, ticket, path = requestText(body, "path"), out = requestText(body, "out")](const core::StopToken& stop) {
        return sendProxy(m_reply, ticket, path, out, stop);
      });
    m_drafts.take(op, ticket, body);
  }

  void post(PreviewLane& lane, std::int64_t ticket, std::function<Status(const core::StopToken&)> work) {
    lane.post(ticket, [this, ticket, work = std::move(work)](const core::StopToken& stop) {
      if (Status s = guarded([&] { return work(stop); }); !s) m_reply.fail(ticket, s.error());
    });
  }

  /// The user's preferences; they hold from now on.
  void configure(const nlohmann::json& body) {
    const auto bytes = static_cast<std::size_t>(std::clamp<std::int64_t>(requestNumber(body, "cache_bytes"), 16 << 20, std::int64_t{1} << 40));
    m_clips.setMaxBytes(bytes - bytes / 8);
    m_stills.setMaxBytes(bytes / 8);
    const std::scoped_lock lock(m_mutex);
    m_proxiesWanted = requestNumber(body, "proxies") != 0;
    m_proxyFolder = requestText(body, "folder");
  }

  /// Makes the proxy of a clip behind everything else; frames of proxy size come from it once it is there.
  void proxyLater(std::int64_t clip, const core::ClipInfo& info) {
    std::string folder;
    {
      const std::scoped_lock lock(m_mutex);
      if (!m_proxiesWanted || !core::proxyHelps(info)) return;
      folder = m_proxyFolder;
    }
    m_proxies.post(clip, [this, clip, folder, path = info.path](const core::StopToken& stop) {
      double told = 0.0;
      std::string at;
      const Status made = guarded([&]() -> Status {
        Result<std::string> proxy = core::proxyOf(path, stop, [&](double fraction) {
          if (fraction < told + 0.01) return;
          told = fraction;
          m_reply.send("proxy", clip, {{"fraction", std::min(fraction, 0.99)}});
        }, folder);
        if (!proxy) return std::move(proxy).error();
        m_clips.useProxy(path, *proxy);
        m_stills.useProxy(path, *proxy);
        at = *proxy;
        return {};
      });
      // Without one the clip itself serves on.
      if (made) m_reply.send("proxy", clip, {{"fraction", 1.0}, {"path", at}});
      else m_reply.send("proxy", clip, {{"fraction", -1.0}, {"code", core::errorName(made.error().code)}, {"detail", made.error().detail.substr(0, 1000)},
                                        {"context", made.error().context.substr(0, 4096)}});
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
  PreviewColour m_colour;
  PreviewClips m_clips, m_stills;
  PreviewDrafts m_drafts;
  PreviewSound m_sound{m_reply};
  std::mutex m_mutex;
  bool m_proxiesWanted;
  std::string m_proxyFolder;
  // Last, so that their threads end before what they use.
  PreviewLane m_images{5}, m_proxies{15};
};

}  // namespace

Status servePreview(const PreviewServerOptions& options) { return PreviewServer(options).serve(); }

}  // namespace pai::worker

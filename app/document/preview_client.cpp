// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/preview_client.h"

#include <algorithm>
#include <utility>

#include "app/document/preview_exchange.h"

namespace pai::app {

using nlohmann::json;
using namespace preview;

namespace {

void addView(json& body, const std::optional<ScreenView>& view) {
  if (!view) return;
  body["colour"] = {{"config", view->config.toStdString()}, {"space", view->space.toStdString()}, {"view", view->transform.toStdString()},
                    {"exposure", view->exposure}, {"gamma", view->gamma}};
}

}  // namespace

PreviewClient::PreviewClient(const PreviewOptions& options, QObject* parent)
    : QObject(parent), d(std::make_unique<Private>(*this, options)) {}
PreviewClient::~PreviewClient() = default;

Ticket PreviewClient::openClip(const QString& path) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kOpenClip;
  request.body = {{"op", "open_clip"}, {"path", path.toStdString()}};
  d->addObject(request.ticket, kMediaRole, request.body);
  return d->ask(std::move(request));
}

void PreviewClient::closeClip(Ticket clip) { d->close(clip); }

Ticket PreviewClient::requestFrame(Ticket clip, core::FrameIndex frame, QSize maxSize, PreviewChannel channel,
                                   const std::optional<ScreenView>& view) {
  Request request;
  request.ticket = d->newTicket();
  request.object = clip;
  request.frame = frame;
  request.channel = channel;
  request.body = {{"op", "frame"}, {"clip", clip}, {"frame", frame.value}, {"w", std::max(0, maxSize.width())},
                  {"h", std::max(0, maxSize.height())}, {"thumbnail", channel == PreviewChannel::kThumbnails ? 1 : 0}};
  addView(request.body, view);
  return d->ask(std::move(request));
}

Ticket PreviewClient::readImage(const QString& path, QSize maxSize, const std::optional<ScreenView>& view) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kImage;
  request.body = {{"op", "image"}, {"path", path.toStdString()}, {"w", std::max(0, maxSize.width())}, {"h", std::max(0, maxSize.height())}};
  addView(request.body, view);
  return d->ask(std::move(request));
}

Ticket PreviewClient::readColours(const QString& config) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kColours;
  request.body = {{"op", "colours"}, {"config", config.toStdString()}};
  return d->ask(std::move(request));
}

Ticket PreviewClient::requestSound(const QString& path, qint64 begin, qint64 count) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kSound;
  request.body = {{"op", "sound"}, {"path", path.toStdString()}, {"begin", begin}, {"count", count}};
  return d->ask(std::move(request));
}

Ticket PreviewClient::requestPeaks(const QString& path) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kPeaks;
  request.body = {{"op", "peaks"}, {"path", path.toStdString()}};
  return d->ask(std::move(request));
}

Ticket PreviewClient::openDraft(const core::Job& job) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kOpenDraft;
  request.role = kDraftRole;
  request.body = {{"op", "open_draft"}, {"job", core::jobJson(job)}};
  d->addObject(request.ticket, kDraftRole, request.body);
  return d->ask(std::move(request));
}

void PreviewClient::closeDraft(Ticket draft) { d->close(draft); }

Ticket PreviewClient::updateDraft(Ticket draft, const core::Job& job) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kUpdate;
  request.role = kDraftRole;
  request.object = draft;
  request.body = {{"op", "update_draft"}, {"draft", draft}, {"job", core::jobJson(job)}};
  if (OpenObject* object = d->find(draft)) object->openBody["job"] = request.body["job"];
  return d->ask(std::move(request));
}

Ticket PreviewClient::prepareDraft(Ticket draft) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kPrepare;
  request.role = kDraftRole;
  request.object = draft;
  request.body = {{"op", "prepare"}, {"draft", draft}};
  if (OpenObject* object = d->find(draft)) object->prepared = true;
  return d->ask(std::move(request));
}

Ticket PreviewClient::requestDraftFrame(Ticket draft, core::FrameIndex frame, const core::DraftRequest& wanted, PreviewChannel channel,
                                        const std::optional<ScreenView>& view) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kDraftFrame;
  request.role = kDraftRole;
  request.object = draft;
  request.frame = frame;
  request.channel = channel;
  json layers = json::array();
  for (const auto& [name, on] : {std::pair{"composite", wanted.composite}, {"background", wanted.background}, {"foreground", wanted.foreground},
                                 {"matte", wanted.matte}, {"shadow", wanted.shadow}})
    if (on) layers.push_back(name);
  request.body = {{"op", "draft_frame"}, {"draft", draft}, {"frame", frame.value}, {"divisor", wanted.divisor}, {"layers", layers}};
  if (wanted.alone) request.body["alone"] = 1;
  if (wanted.quick) request.body["quick"] = 1;
  if (wanted.alone && !wanted.proxy.empty()) request.body["proxy"] = wanted.proxy;
  addView(request.body, view);
  return d->ask(std::move(request));
}

QString PreviewClient::proxyOf(Ticket clip) const {
  const OpenObject* object = d->find(clip);
  return object ? object->proxy : QString();
}

Ticket PreviewClient::requestMatteReport(Ticket draft, core::FrameRange range) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kReport;
  request.role = kDraftRole;
  request.object = draft;
  request.body = {{"op", "matte_report"}, {"draft", draft}, {"begin", range.begin.value}, {"end", range.end.value}};
  return d->ask(std::move(request));
}

Ticket PreviewClient::makeProxy(const QString& path, const QString& proxyPath) {
  Request request;
  request.ticket = d->newTicket();
  request.kind = Kind::kProxy;
  request.role = kDraftRole;
  request.body = {{"op", "proxy"}, {"path", path.toStdString()}, {"out", proxyPath.toStdString()}};
  return d->ask(std::move(request));
}

void PreviewClient::configure(qint64 frameCacheBytes, bool proxies, const QString& proxyFolder) {
  d->configure({{"op", "configure"}, {"ticket", 0}, {"cache_bytes", frameCacheBytes}, {"proxies", proxies ? 1 : 0}, {"folder", proxyFolder.toStdString()}});
}

void PreviewClient::cancel(Ticket ticket) { d->cancel(ticket); }

}  // namespace pai::app

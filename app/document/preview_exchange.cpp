// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/preview_exchange.h"

#include <algorithm>

#include "app/document/preview_decode.h"
#include "core/render/process.h"

namespace pai::app {

using core::Error;
using core::ErrorCode;
using nlohmann::json;
using namespace preview;

namespace {

constexpr int kMostThumbnailsAtWork = 4;
constexpr int kMostPicturesAtWork = 6;  // one is drawn, one waits, the others' end is not heard of yet
constexpr int kMostLosses = 3;

/// Whether the worker gets the next one while it draws the one before, so that it never waits for the window.
bool goesAhead(const Request& request) { return request.kind == Kind::kDraftFrame && request.channel == PreviewChannel::kViewer; }

}  // namespace

PreviewClient::Private::Private(PreviewClient& client, const PreviewOptions& options) : m_client(client) {
  PreviewLink::Options link;
  link.program = options.workerPath.isEmpty() ? core::programBeside("pai-worker") : options.workerPath.toStdString();
  for (const QString& argument : options.arguments) link.arguments.push_back(argument.toStdString());
  link.arguments.insert(link.arguments.end(), {"--cache-bytes", std::to_string(options.frameCacheBytes)});
  if (options.proxies) link.arguments.emplace_back("--proxies");
  link.hangMs = options.requestTimeoutMs;
  link.restartDelayMs = options.restartDelayMs;
  for (int role = 0; role < kRoles; ++role) {
    m_links[role] = std::make_unique<PreviewLink>(link);
    PreviewLink* made = m_links[role].get();
    QObject::connect(made, &PreviewLink::started, &client, [this, role] { onStarted(role); });
    QObject::connect(made, &PreviewLink::lost, &client, [this, role](const QString& reason) { onLost(role, reason); });
    QObject::connect(made, &PreviewLink::received, &client, [this, role](core::WireMessage& message) { onMessage(role, message); });
  }
}

Ticket PreviewClient::Private::ask(Request request) {
  const Ticket ticket = request.ticket;
  if (request.object != 0) {
    const OpenObject* object = find(request.object);
    if (!object || object->losses >= kMostLosses) {
      failLater(ticket, object ? Error{ErrorCode::kWorkerFailed, "it made the worker fail three times and is not tried again", "", {}}
                               : Error{ErrorCode::kUsage, "it is not open", "", {}});
      return ticket;
    }
  }
  if (request.channel && *request.channel != PreviewChannel::kThumbnails) supersede(request);
  const int role = request.role;
  m_requests.emplace(ticket, std::move(request));
  pump(role);
  return ticket;
}

void PreviewClient::Private::supersede(const Request& by) {
  for (auto it = m_requests.begin(); it != m_requests.end();) {
    const Request& old = it->second;
    const bool same = !old.sent && old.role == by.role && old.kind == by.kind && old.channel == by.channel;
    if (same) cancelLater(old.ticket);
    it = same ? m_requests.erase(it) : std::next(it);
  }
}

std::vector<Ticket> PreviewClient::Private::atWork(const Request& like) const {
  std::vector<Ticket> tickets;
  for (const Ticket ticket : m_outstanding[like.role])
    if (const auto it = m_requests.find(ticket); it != m_requests.end() && it->second.channel == like.channel && it->second.kind == like.kind)
      tickets.push_back(ticket);
  return tickets;
}

bool PreviewClient::Private::mayGo(const Request& request) const {
  if (!request.channel) return true;
  const int most = *request.channel == PreviewChannel::kThumbnails ? kMostThumbnailsAtWork : goesAhead(request) ? kMostPicturesAtWork : 1;
  return static_cast<int>(atWork(request).size()) < most;
}

void PreviewClient::Private::sendNow(Request& request) {
  if (goesAhead(request))
    if (const std::vector<Ticket> before = atWork(request); before.size() > 1) request.body["instead"] = before.back();
  request.sent = true;
  request.body["ticket"] = request.ticket;
  m_outstanding[request.role].push_back(request.ticket);
  m_links[request.role]->setBusy(true);
  if (OpenObject* object = find(request.ticket)) object->asked = true;
  m_links[request.role]->send(request.body);
}

void PreviewClient::Private::pump(int role) {
  if (!m_links[role]->ready()) return;
  std::vector<Ticket> tickets;
  for (const auto& [ticket, request] : m_requests)
    if (!request.sent && request.role == role) tickets.push_back(ticket);
  for (const Ticket ticket : tickets)
    // A send may lose the worker, and with it requests.
    if (const auto it = m_requests.find(ticket); it != m_requests.end() && !it->second.sent && mayGo(it->second)) sendNow(it->second);
}

void PreviewClient::Private::configure(json body) {
  m_configured = std::move(body);
  for (const auto& link : m_links) link->send(m_configured);
}

bool PreviewClient::Private::answerProxy(Ticket clip, const core::WireMessage& message) {
  const auto fraction = message.body.find("fraction");
  if (fraction == message.body.end() || !fraction->is_number()) return false;
  const double value = fraction->get<double>();
  if (const auto path = message.body.find("path"); value >= 1.0 && path != message.body.end() && path->is_string())
    find(clip)->proxy = QString::fromStdString(path->get<std::string>());
  if (value < 0.0) later([this, clip, error = errorIn(message.body)] { emit m_client.proxyFailed(clip, error); });
  else later([this, clip, value = std::min(value, 1.0)] { emit m_client.proxyProgress(clip, value); });
  return true;
}

void PreviewClient::Private::onStarted(int role) {
  if (!m_configured.is_null()) m_links[role]->send(m_configured);
  for (auto& [ticket, object] : m_objects) {
    if (object.role != role || object.losses >= kMostLosses || m_requests.contains(ticket)) continue;
    object.asked = true;
    json body = object.openBody;
    body["ticket"] = ticket;
    m_outstanding[role].push_back(ticket);
    m_links[role]->send(std::move(body));
    if (!object.prepared) continue;
    Request again;
    again.ticket = newTicket();
    again.kind = Kind::kPrepare;
    again.role = role;
    again.object = ticket;
    again.body = {{"op", "prepare"}, {"draft", ticket}};
    m_requests.emplace(again.ticket, std::move(again));
  }
  m_links[role]->setBusy(!m_outstanding[role].empty());
  later([this, role] { pump(role); });
}

void PreviewClient::Private::onLost(int role, const QString& reason) {
  // What was being worked on longest is the suspect.
  if (!m_outstanding[role].empty()) {
    const Ticket first = m_outstanding[role].front();
    const auto request = m_requests.find(first);
    if (OpenObject* suspect = find(request != m_requests.end() && request->second.object ? request->second.object : first)) ++suspect->losses;
  }
  m_outstanding[role].clear();
  for (auto& [ticket, object] : m_objects)
    if (object.role == role) object.asked = false;
  const Error error{ErrorCode::kWorkerFailed, reason.toStdString(), "", {}};
  std::vector<Ticket> failed;
  for (auto it = m_requests.begin(); it != m_requests.end();) {
    const bool gone = it->second.sent && it->second.role == role;
    if (gone && !it->second.silent) failed.push_back(it->first);
    // An object whose opening failed is not open.
    if (gone && (it->second.kind == Kind::kOpenClip || it->second.kind == Kind::kOpenDraft)) m_objects.erase(it->first);
    it = gone ? m_requests.erase(it) : std::next(it);
  }
  for (const Ticket ticket : failed) failLater(ticket, error);
  later([this, reason] { emit m_client.workerLost(reason); });
}

void PreviewClient::Private::settle(Ticket ticket) {
  for (int role = 0; role < kRoles; ++role)
    if (std::erase(m_outstanding[role], ticket) > 0) m_links[role]->setBusy(!m_outstanding[role].empty());
}

void PreviewClient::Private::onMessage(int role, core::WireMessage& message) {
  const auto typeField = message.body.find("t");
  const std::string type = typeField != message.body.end() && typeField->is_string() ? typeField->get<std::string>() : std::string();
  const auto ticket = static_cast<Ticket>(numberIn(message.body, "ticket"));
  if (type == "hello") {
    if (numberIn(message.body, "version") != core::kWireVersion) m_links[role]->giveUp(PreviewClient::tr("it is of another version"));
    return;
  }
  if (type == "proxy" && find(ticket)) {
    if (!answerProxy(ticket, message)) m_links[role]->giveUp(PreviewClient::tr("it sent an answer that does not fit (%1)").arg(QStringLiteral("proxy")));
    return;
  }
  if (std::find(m_outstanding[role].begin(), m_outstanding[role].end(), ticket) == m_outstanding[role].end()) {
    // Progress and parts of something given up may still come; anything else was not asked for.
    return;
  }
  const auto it = m_requests.find(ticket);
  if (it == m_requests.end()) {  // an object was opened again
    settle(ticket);
    if (OpenObject* object = find(ticket); object && type != "failed") object->losses = 0;
    return;
  }
  bool over = true;
  Request& request = it->second;
  const bool fits = answer(request, type, message, over);
  if (!fits) return m_links[role]->giveUp(PreviewClient::tr("it sent an answer that does not fit (%1)").arg(QString::fromStdString(type.substr(0, 40))));
  if (!over) return;
  settle(ticket);
  if (OpenObject* object = find(request.object ? request.object : ticket)) object->losses = 0;
  m_requests.erase(ticket);
  later([this, role] { pump(role); });
}

bool PreviewClient::Private::answer(Request& request, const std::string& type, core::WireMessage& message, bool& over) {
  const Ticket ticket = request.ticket;
  const bool opening = request.kind == Kind::kOpenClip || request.kind == Kind::kOpenDraft;
  if (type == "failed" || type == "cancelled") {
    const Error error = errorIn(message.body);
    if (opening) m_objects.erase(ticket);
    if (request.silent) return true;
    if (type == "failed") failLater(ticket, error);
    else cancelLater(ticket);
    return true;
  }
  if (type == "progress") {
    over = false;
    const auto fraction = message.body.find("fraction");
    if (fraction == message.body.end() || !fraction->is_number()) return false;
    if (!request.silent) later([this, ticket, value = std::clamp(fraction->get<double>(), 0.0, 1.0)] { emit m_client.progress(ticket, value); });
    return true;
  }
  if (request.silent) {
    over = type != "report";
    return true;
  }
  switch (request.kind) {
    case Kind::kOpenClip: {
      const auto info = type == "clip" ? clipInfoIn(message.body.value("info", json())) : std::nullopt;
      if (info) later([this, ticket, value = *info] { emit m_client.clipOpened(ticket, value); });
      return info.has_value();
    }
    case Kind::kFrame:
    case Kind::kImage:
    case Kind::kDraftFrame: return (type == "frame" || type == "image" || type == "draft_frame") && answerFrame(request, message);
    case Kind::kSound: {
      const auto samples = type == "sound" ? soundIn(message, numberIn(request.body, "count")) : std::nullopt;
      if (samples) later([this, ticket, value = *samples] { emit m_client.soundReady(ticket, value); });
      return samples.has_value();
    }
    case Kind::kPeaks: {
      const auto peaks = type == "peaks" ? peaksIn(message) : std::nullopt;
      if (peaks) later([this, ticket, value = *peaks] { emit m_client.peaksReady(ticket, value); });
      return peaks.has_value();
    }
    case Kind::kColours:
      if (type != "colours") return false;
      later([this, ticket, spaces = textsIn(message.body, "spaces"), views = textsIn(message.body, "views")] { emit m_client.coloursRead(ticket, spaces, views); });
      return true;
    case Kind::kProxy:
      if (type == "done") later([this, ticket] { emit m_client.finished(ticket); });
      return type == "done";
    case Kind::kReport: {
      if (type == "done") {
        later([this, ticket] { emit m_client.finished(ticket); });
        return true;
      }
      over = false;
      const auto report = type == "report" ? matteReportIn(message.body.value("report", json())) : std::nullopt;
      if (report) later([this, ticket, frame = core::FrameIndex{numberIn(message.body, "frame")}, value = *report] { emit m_client.matteReport(ticket, frame, value); });
      return report.has_value();
    }
    default: return answerDraft(request, type, message);
  }
}

bool PreviewClient::Private::answerFrame(const Request& request, core::WireMessage& message) {
  std::optional<std::vector<NamedImage>> images = imagesIn(message);
  if (!images) return false;
  const Ticket ticket = request.ticket, object = request.object;
  if (request.kind == Kind::kDraftFrame) {
    DraftImages all;
    all.frame = request.frame;
    for (NamedImage& named : *images) {
      QImage* target = named.name == u"composite" ? &all.composite : named.name == u"background" ? &all.background
                       : named.name == u"foreground" ? &all.foreground : named.name == u"matte" ? &all.matte
                       : named.name == u"shadow" ? &all.shadow : nullptr;
      if (!target) return false;
      *target = std::move(named.image);
    }
    later([this, ticket, object, all] { emit m_client.draftFrameReady(ticket, object, all); });
    return true;
  }
  if (images->size() != 1) return false;
  const QImage image = images->front().image;
  if (request.kind == Kind::kImage) {
    const auto info = clipInfoIn(message.body.value("info", json()));
    if (info) later([this, ticket, image, value = *info] { emit m_client.imageReady(ticket, image, value); });
    return info.has_value();
  }
  later([this, ticket, object, frame = request.frame, image] { emit m_client.frameReady(ticket, object, frame, image); });
  return true;
}

bool PreviewClient::Private::answerDraft(Request& request, const std::string& type, core::WireMessage& message) {
  const Ticket ticket = request.ticket, object = request.object;
  if (request.kind == Kind::kOpenDraft && type == "draft") {
    const std::optional<core::ClipInfo> info = clipInfoIn(message.body.value("info", json()));
    if (!info) return false;
    DraftInfo draft{*info, numberIn(message.body, "frames"), textsIn(message.body, "warnings")};
    later([this, ticket, draft] { emit m_client.draftOpened(ticket, draft); });
    return true;
  }
  if (request.kind == Kind::kUpdate && type == "updated") {
    later([this, ticket, object] { emit m_client.draftUpdated(ticket, object); });
    return true;
  }
  if (request.kind == Kind::kPrepare && type == "prepared") {
    std::optional<CameraSummary> camera = cameraIn(message.body.value("camera", json()));
    const std::optional<std::vector<LightFacts>> light = lightIn(message.body.value("light", json()));
    if (!camera || !light) return false;
    camera->warnings = textsIn(message.body, "warnings");
    later([this, ticket, object, camera = *camera, light = *light] { emit m_client.draftPrepared(ticket, object, camera, light); });
    return true;
  }
  return false;
}

void PreviewClient::Private::cancel(Ticket ticket) {
  const auto it = m_requests.find(ticket);
  if (it == m_requests.end() || it->second.silent) return;
  cancelLater(ticket);
  if (!it->second.sent) {
    m_requests.erase(it);
    return;
  }
  it->second.silent = true;
  m_links[it->second.role]->send({{"op", "cancel"}, {"ticket", ticket}});
}

void PreviewClient::Private::close(Ticket object) {
  const OpenObject* known = find(object);
  if (!known) return;
  const int role = known->role;
  std::vector<Ticket> requests;
  for (const auto& [ticket, request] : m_requests)
    if (request.object == object || ticket == object) requests.push_back(ticket);
  for (const Ticket ticket : requests) cancel(ticket);
  m_links[role]->send({{"op", "close"}, {"ticket", object}});
  m_objects.erase(object);
}

}  // namespace pai::app

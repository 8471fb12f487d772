// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/document/preview_client.h"
#include "app/document/preview_link.h"

namespace pai::app {

namespace preview {

inline constexpr int kMediaRole = 0, kDraftRole = 1, kRoles = 2;

enum class Kind : quint8 { kOpenClip, kFrame, kImage, kColours, kOpenDraft, kUpdate, kPrepare, kDraftFrame, kReport, kProxy, kSound, kPeaks };

/// A clip or draft that is open, and how to open it again.
struct OpenObject {
  int role = kMediaRole;
  nlohmann::json openBody;
  bool asked = false;     // of the worker there is now
  bool prepared = false;  // a solve was asked for: it is asked for again after a loss
  int losses = 0;
  QString proxy;  // of a clip, once it serves
};

struct Request {
  Ticket ticket = 0;
  Kind kind = Kind::kFrame;
  int role = kMediaRole;
  Ticket object = 0;  // 0 = none
  core::FrameIndex frame;
  std::optional<PreviewChannel> channel;
  nlohmann::json body;
  bool sent = false;
  bool silent = false;  // cancelled by the client; its answer is dropped
};

}  // namespace preview

/// The requests of a client on their way to the workers and back.
class PreviewClient::Private {
 public:
  Private(PreviewClient& client, const PreviewOptions& options);

  Ticket newTicket() { return m_nextTicket++; }
  Ticket ask(preview::Request request);
  void cancel(Ticket ticket);
  void close(Ticket object);
  void configure(nlohmann::json body);
  preview::OpenObject* find(Ticket object) {
    const auto it = m_objects.find(object);
    return it == m_objects.end() ? nullptr : &it->second;
  }
  void addObject(Ticket ticket, int role, nlohmann::json openBody) { m_objects[ticket] = preview::OpenObject{role, std::move(openBody), false, false, 0, {}}; }

 private:
  void pump(int role);
  bool mayGo(const preview::Request& request) const;
  /// Sent requests of the same kind and channel, in the order they were sent.
  std::vector<Ticket> atWork(const preview::Request& like) const;
  void supersede(const preview::Request& by);
  void sendNow(preview::Request& request);
  void onStarted(int role);
  void onLost(int role, const QString& reason);
  void onMessage(int role, core::WireMessage& message);
  bool answerProxy(Ticket clip, const core::WireMessage& message);
  bool answer(preview::Request& request, const std::string& type, core::WireMessage& message, bool& over);
  bool answerFrame(const preview::Request& request, core::WireMessage& message);
  bool answerDraft(preview::Request& request, const std::string& type, core::WireMessage& message);
  void settle(Ticket ticket);  // its answer has come
  void later(std::function<void()> what) { QMetaObject::invokeMethod(&m_client, std::move(what), Qt::QueuedConnection); }
  void failLater(Ticket ticket, core::Error error) {
    later([this, ticket, error = std::move(error)] { emit m_client.failed(ticket, error); });
  }
  void cancelLater(Ticket ticket) {
    later([this, ticket] { emit m_client.cancelled(ticket); });
  }

  PreviewClient& m_client;
  std::array<std::unique_ptr<PreviewLink>, preview::kRoles> m_links;
  std::array<std::vector<Ticket>, preview::kRoles> m_outstanding;  // in the order they were sent
  std::map<Ticket, preview::Request> m_requests;                   // tickets grow: in the order they were made
  std::map<Ticket, preview::OpenObject> m_objects;
  nlohmann::json m_configured;  // what a new worker is told first; null: nothing
  Ticket m_nextTicket = 1;
};

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/preview_link.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>

namespace pai::app {
namespace {

constexpr int kChildSocket = 3;
constexpr int kMostMessagesAtOnce = 32;
constexpr qint64 kGoodServiceMs = 30000;
constexpr int kMaxRestartDelayMs = 5000;
constexpr int kEndDelayMs = 300;
constexpr int kStillPart = 100;   // of the time it was looked at: less processor time than that is none
constexpr int kMostWorkTimes = 2;  // the limit, as processor time: two threads' work without an answer where nothing else runs

}  // namespace

PreviewLink::PreviewLink(Options options, QObject* parent) : QObject(parent), m_options(std::move(options)) {
  m_hang.setSingleShot(true);
  m_restart.setSingleShot(true);
  connect(&m_hang, &QTimer::timeout, this, &PreviewLink::lookAfterSilence);
  connect(&m_restart, &QTimer::timeout, this, [this] { start(); });
}

PreviewLink::~PreviewLink() { stop(); }

void PreviewLink::start() {
  core::Result<std::pair<core::Descriptor, core::Descriptor>> pair = core::wirePair();
  if (!pair) return lose(QString::fromStdString(core::describe(pair.error())));
  core::ProcessOptions options;
  options.program = m_options.program;
  options.arguments = m_options.arguments;
  options.arguments.insert(options.arguments.end(), {"--serve-preview", std::to_string(kChildSocket), "--launcher", std::to_string(::getpid())});
  options.descriptors = {{pair->second.get(), kChildSocket}, {STDERR_FILENO, STDERR_FILENO}};
  core::Result<core::Process> process = core::Process::start(options);
  if (!process) return lose(QString::fromStdString(core::describe(process.error())));
  m_process.emplace(std::move(process).value());
  m_socket = std::move(pair->first);
  ::fcntl(m_socket.get(), F_SETFL, O_NONBLOCK);
  m_readable = std::make_unique<QSocketNotifier>(m_socket.get(), QSocketNotifier::Read);
  m_writable = std::make_unique<QSocketNotifier>(m_socket.get(), QSocketNotifier::Write);
  m_writable->setEnabled(false);
  m_ended = std::make_unique<QSocketNotifier>(m_process->endFd(), QSocketNotifier::Read);
  connect(m_readable.get(), &QSocketNotifier::activated, this, [this] { read(); });
  connect(m_writable.get(), &QSocketNotifier::activated, this, [this] { flush(); });
  connect(m_ended.get(), &QSocketNotifier::activated, this, [this] { noticeEnd(); });
  m_service.start();
  emit started();
}

bool PreviewLink::ready() {
  if (!m_process && !m_restart.isActive()) start();
  return m_process.has_value();
}

void PreviewLink::send(nlohmann::json body) {
  if (!m_process) return;
  core::Result<core::WirePacket> packet = core::WirePacket::make({std::move(body), {}});
  if (!packet) return lose(QString::fromStdString(core::describe(packet.error())));
  m_waiting.push_back(std::move(packet).value());
  flush();
}

void PreviewLink::flush() {
  while (m_process && !m_waiting.empty()) {
    core::Result<bool> sent = m_waiting.front().send(m_socket.get());
    if (!sent) return noticeEnd();
    if (!*sent) break;
    m_waiting.pop_front();
  }
  if (m_writable) m_writable->setEnabled(!m_waiting.empty());
}

void PreviewLink::read() {
  for (int i = 0; i < kMostMessagesAtOnce && m_process; ++i) {
    core::Result<std::optional<core::WireMessage>> message = core::receiveMessage(m_socket.get());
    if (!message) {
      if (message.error().detail == "it closed the connection") return noticeEnd();
      return lose(QString::fromStdString(message.error().detail));
    }
    if (!message->has_value()) return;
    if (m_busy) hear();
    emit received(**message);
  }
}

void PreviewLink::setBusy(bool busy) {
  if (busy && !m_busy) hear();
  if (!busy) m_hang.stop();
  m_busy = busy;
}

void PreviewLink::hear() {
  m_usedWhenHeard = m_usedAtLook = m_process ? m_process->processorTime() : std::chrono::milliseconds(0);
  m_silentMs = 0;
  m_hang.start(m_options.hangMs);
}

void PreviewLink::lookAfterSilence() {
  if (!m_process) return;
  // On a machine full of other work a step takes long: what got little processor time is let go on, as long as it gets any.
  const std::chrono::milliseconds used = m_process->processorTime(), limit(m_options.hangMs);
  const bool still = (used - m_usedAtLook) * kStillPart < limit, endless = used - m_usedWhenHeard >= kMostWorkTimes * limit;
  m_silentMs += m_options.hangMs;
  if (still || endless) return lose(tr("it gave no answer for %1 s and was stopped").arg(m_silentMs / 1000));
  m_usedAtLook = used;
  m_hang.start(m_options.hangMs);
}

void PreviewLink::noticeEnd() {
  if (!m_process) return;
  const std::optional<core::ProcessEnd> end = m_process->reap();
  if (!end) {
    // The connection is gone before the process; its end is the better reason, and near.
    m_readable->setEnabled(false);
    m_writable->setEnabled(false);
    QTimer::singleShot(kEndDelayMs, m_readable.get(), [this] { lose(tr("it closed the connection")); });
    return;
  }
  if (end->signal != 0) lose(tr("it was ended by signal %1 (%2)").arg(end->signal).arg(QString::fromLocal8Bit(::strsignal(end->signal))));
  else lose(tr("it ended with code %1").arg(end->exitCode));
}

void PreviewLink::giveUp(const QString& reason) { lose(reason); }

void PreviewLink::stop() {
  // A notifier may be the one that called us: it is deleted later.
  for (auto* notifier : {&m_readable, &m_writable, &m_ended})
    if (*notifier) {
      (*notifier)->setEnabled(false);
      notifier->release()->deleteLater();
    }
  m_waiting.clear();
  m_hang.stop();
  // Waiting for its end is another thread's business.
  if (m_process) std::thread([ending = std::move(*m_process)] {}).detach();
  m_process.reset();
  m_socket.reset();
}

void PreviewLink::lose(const QString& reason) {
  const bool served = m_service.isValid() && m_service.elapsed() > kGoodServiceMs;
  m_losses = served ? 1 : m_losses + 1;
  m_service.invalidate();
  stop();
  m_busy = false;
  const int doublings = std::min(m_losses - 1, 10);
  m_restart.start(std::min(kMaxRestartDelayMs, m_options.restartDelayMs << doublings));
  emit lost(reason);
}

}  // namespace pai::app

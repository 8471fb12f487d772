// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include <QElapsedTimer>
#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>

#include "core/render/process.h"
#include "core/render/wire.h"

namespace pai::app {

/// One worker process and the connection to it. Starts on demand, is watched, is replaced after a loss; never blocks.
/// GUI thread only.
class PreviewLink : public QObject {
  Q_OBJECT
 public:
  struct Options {
    std::string program;
    std::vector<std::string> arguments;
    int hangMs = 20000;
    int restartDelayMs = 100;
  };
  explicit PreviewLink(Options options, QObject* parent = nullptr);
  ~PreviewLink() override;

  /// Starts the worker when there is none and none is being replaced. True when there is one now.
  bool ready();
  /// Sends to the worker there is; otherwise nothing happens: `started` asks for what is still wanted.
  void send(nlohmann::json body);
  /// Says whether the worker owes an answer; when it does not, it cannot hang. When it does and is silent for `hangMs`, it hangs if it
  /// did nothing in that time or has used twice that of processor time.
  void setBusy(bool busy);
  /// Ends the worker as broken, e.g. for a message that does not fit.
  void giveUp(const QString& reason);

 signals:
  void started();
  void received(pai::core::WireMessage& message);
  void lost(const QString& reason);

 private:
  void start();
  void stop();
  void read();
  void hear();
  void lookAfterSilence();
  void flush();
  void noticeEnd();
  void lose(const QString& reason);

  const Options m_options;
  std::optional<core::Process> m_process;
  core::Descriptor m_socket;
  std::unique_ptr<QSocketNotifier> m_readable, m_writable, m_ended;
  std::deque<core::WirePacket> m_waiting;
  QTimer m_hang, m_restart;
  std::chrono::milliseconds m_usedWhenHeard{0}, m_usedAtLook{0};  // processor time of the worker; the look at it while it is silent
  int m_silentMs = 0;                                              // when it was looked at
  QElapsedTimer m_service;
  int m_losses = 0;
  bool m_busy = false;
};

}  // namespace pai::app

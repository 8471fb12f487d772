// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

namespace pai::ui {

/// Measures how long the GUI thread is kept by one event: from its delivery until its handling is over, or until a nested
/// event loop (a dialog) turns. Time that the thread waited for a processor is not counted (the kernel's run-queue wait), so
/// that a busy machine does not fail a test; waiting for a lock, a file or another process is.
class Watchdog : public QApplication {
 public:
  Watchdog(int& argc, char** argv);
  bool notify(QObject* receiver, QEvent* event) override;

  static void reset();
  /// Longest that one event has kept the thread since `reset`, in milliseconds, and what it was.
  static double longestMs();
  static QString longestEvent();
};

}  // namespace pai::ui

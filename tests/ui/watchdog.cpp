// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/watchdog.h"

#include <chrono>
#include <cstdio>

#include <QAbstractEventDispatcher>
#include <QMetaEnum>
#include <QThread>

namespace pai::ui {
namespace {

double g_longestMs = 0.0, g_begunMs = 0.0;
int g_depth = 0;
QString g_longestEvent;

/// Wall time of this thread less what it waited for a processor.
double nowMs() {
  const double wall = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
  unsigned long long ran = 0, waited = 0;
  if (std::FILE* file = std::fopen("/proc/thread-self/schedstat", "r")) {
    if (std::fscanf(file, "%llu %llu", &ran, &waited) != 2) waited = 0;
    std::fclose(file);
  }
  return wall - static_cast<double>(waited) * 1e-6;
}

}  // namespace

Watchdog::Watchdog(int& argc, char** argv) : QApplication(argc, argv) {
  // A nested loop turns: what began before it no longer keeps the thread.
  connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this, [] { g_begunMs = nowMs(); });
}

bool Watchdog::notify(QObject* receiver, QEvent* event) {
  if (QThread::currentThread() != thread()) return QApplication::notify(receiver, event);
  if (g_depth++ == 0) g_begunMs = nowMs();
  const QEvent::Type type = event->type();
  const QString name = QString::fromLatin1(receiver->metaObject()->className()) + QLatin1Char(' ') + receiver->objectName();
  const bool handled = QApplication::notify(receiver, event);
  --g_depth;
  const double took = nowMs() - g_begunMs;
  if (took > g_longestMs) {
    g_longestMs = took;
    g_longestEvent = QString::fromLatin1(QMetaEnum::fromType<QEvent::Type>().valueToKey(type)) + QStringLiteral(" to ") + name;
  }
  return handled;
}

void Watchdog::reset() {
  g_longestMs = 0.0;
  g_longestEvent.clear();
}

double Watchdog::longestMs() { return g_longestMs; }

QString Watchdog::longestEvent() { return g_longestEvent; }

}  // namespace pai::ui

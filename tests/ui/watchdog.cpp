// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/watchdog.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <QAbstractEventDispatcher>
#include <QCoreApplication>

namespace pai::ui {
namespace {

double g_longestMs = 0.0, g_begunMs = 0.0;

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

void Watchdog::install() {
  QAbstractEventDispatcher* dispatcher = QAbstractEventDispatcher::instance();
  QObject::connect(dispatcher, &QAbstractEventDispatcher::awake, qApp, [] { g_begunMs = nowMs(); });
  QObject::connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, qApp, [] {
    if (g_begunMs > 0.0) g_longestMs = std::max(g_longestMs, nowMs() - g_begunMs);
    g_begunMs = 0.0;
  });
}

void Watchdog::reset() {
  g_longestMs = 0.0;
  g_begunMs = 0.0;
}

double Watchdog::longestMs() { return g_longestMs; }

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace pai::ui {

/// Measures how long the GUI thread keeps the event loop from turning. Time that other processes took from this one is not
/// counted (the kernel's run-queue wait), so that a busy machine does not fail a test.
class Watchdog {
 public:
  static void install();
  static void reset();
  /// Longest turn of the event loop since `reset`, in milliseconds.
  static double longestMs();
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "core/base/job.h"

namespace pai::cli {

/// Shows a job's events on standard error: JSON lines, a bar on a terminal, or a line now and then. Any thread.
class Progress {
 public:
  enum class Style { kJson, kBar, kLines };
  explicit Progress(std::string title, bool json);
  ~Progress();  // ends the bar's line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(const core::JobEvent& event);

 private:
  void bar(const std::string& what, double fraction, double etaSeconds, bool last);

  const std::string m_title;
  Style m_style;
  std::mutex m_mutex;
  std::string m_stage = "starting";
  std::chrono::steady_clock::time_point m_shown{};
  std::size_t m_width = 0;  // of the line that stands there
  int m_tenths = -1;        // last one told in kLines
};

/// "1:02:03" or "2:03".
std::string clockText(double seconds);

}  // namespace pai::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace pai::cli {
namespace {

constexpr auto kEvery = std::chrono::milliseconds(100);
constexpr int kBarCells = 24;

std::string_view stageWord(core::JobStage stage) {
  switch (stage) {
    case core::JobStage::kPrepare: return "solving";
    case core::JobStage::kGenerate: return "sampling";
    case core::JobStage::kFinish: return "rendering";
  }
  return "";
}

}  // namespace

std::string clockText(double seconds) {
  const auto s = static_cast<long long>(std::llround(std::clamp(seconds, 0.0, 1e7)));
  std::array<char, 32> text{};
  if (s >= 3600) std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  else std::snprintf(text.data(), text.size(), "%lld:%02lld", s / 60, s % 60);
  return text.data();
}

Progress::Progress(std::string title, bool json)
    : m_title(std::move(title)), m_style(json ? Style::kJson : ::isatty(STDERR_FILENO) ? Style::kBar : Style::kLines) {}

Progress::~Progress() {
  if (m_width > 0) std::fputc('\n', stderr);
}

void Progress::bar(const std::string& what, double fraction, double etaSeconds, bool last) {
  fraction = std::clamp(fraction, 0.0, 1.0);
  if (m_style == Style::kLines) {
    const int tenths = static_cast<int>(fraction * 10.0);
    if (tenths == m_tenths) return;
    m_tenths = tenths;
    std::fprintf(stderr, "%s: %s, %d %%%s\n", m_title.c_str(), what.c_str(), static_cast<int>(fraction * 100.0),
                 etaSeconds > 0.0 ? (std::string(", ") + clockText(etaSeconds) + " left").c_str() : "");
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (!last && now - m_shown < kEvery) return;
  m_shown = now;
  const int full = static_cast<int>(std::lround(fraction * kBarCells));
  std::string line = m_title + "  [" + std::string(static_cast<std::size_t>(full), '#') +
                     std::string(static_cast<std::size_t>(kBarCells - full), '.') + "] " +
                     std::to_string(static_cast<int>(fraction * 100.0)) + " %  " + what;
  if (etaSeconds > 0.0) line += std::string("  ") + clockText(etaSeconds) + " left";
  const std::size_t width = line.size();
  if (width < m_width) line.append(m_width - width, ' ');
  m_width = width;
  std::fprintf(stderr, "\r%s", line.c_str());
  std::fflush(stderr);
}

void Progress::show(const core::JobEvent& event) {
  const std::scoped_lock lock(m_mutex);
  if (m_style == Style::kJson) {
    std::fprintf(stderr, "%s\n", core::eventLine(event).c_str());
    return;
  }
  if (const auto* stage = std::get_if<core::StageStarted>(&event.body)) {
    m_stage = stageWord(stage->stage);
    m_tenths = -1;
    bar(m_stage, 0.0, 0.0, true);
  } else if (const auto* step = std::get_if<core::StepFinished>(&event.body)) {
    if (step->steps > 0) bar(m_stage, static_cast<double>(step->step) / static_cast<double>(step->steps), step->etaSeconds, step->step == step->steps);
  } else if (const auto* frame = std::get_if<core::FrameWritten>(&event.body)) {
    if (frame->total > 0)
      bar(std::string("frame ") + std::to_string(frame->done) + " of " + std::to_string(frame->total),
          static_cast<double>(frame->done) / static_cast<double>(frame->total), frame->etaSeconds, frame->done == frame->total);
  } else if (const auto* warning = std::get_if<core::Warning>(&event.body)) {
    if (m_width > 0) std::fputc('\n', stderr);
    m_width = 0;
    std::fprintf(stderr, "warning: %s\n", warning->text.c_str());
  }
}

}  // namespace pai::cli

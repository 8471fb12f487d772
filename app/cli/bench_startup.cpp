// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_startup.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <vector>

#include "app/cli/job_run.h"
#include "core/render/process.h"
#include "core/render/wire.h"

namespace pai::cli {

using core::Error;
using core::ErrorCode;
using core::Result;

namespace {

constexpr int kStarts = 7;
constexpr int kTimeoutMs = 20000;
constexpr int kLookMs = 250, kSameLooks = 8;  // memory that did not change for two seconds
using Clock = std::chrono::steady_clock;

double msSince(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

Error slow(const std::string& program) { return Error{ErrorCode::kWorkerFailed, "it did not answer in time", program, {}}; }

Result<double> toEnd(const std::string& program, const std::vector<std::string>& arguments) {
  const auto start = Clock::now();
  core::ProcessOptions options;
  options.program = program;
  options.arguments = arguments;
  Result<core::Process> process = core::Process::start(options);
  if (!process) return std::move(process).error();
  pollfd fd{process->endFd(), POLLIN, 0};
  if (::poll(&fd, 1, kTimeoutMs) <= 0) return slow(program);
  const double ms = msSince(start);
  const std::optional<core::ProcessEnd> end = process->reap();
  if (!end || end->signal != 0 || end->exitCode != 0) return Error{ErrorCode::kWorkerFailed, "it did not end well", program, {}};
  return ms;
}

/// Waits for a message of a type; kWorkerFailed on anything that ends it.
core::Status await(int socket, const std::string& type) {
  for (;;) {
    pollfd fd{socket, POLLIN, 0};
    if (::poll(&fd, 1, kTimeoutMs) <= 0) return slow("pai-worker");
    Result<std::optional<core::WireMessage>> message = core::receiveMessage(socket);
    if (!message) return message.error();
    if (!message->has_value()) continue;
    const std::string got = (*message)->body.value("t", "");
    if (got == type) return {};
    if (got == "failed")
      return Error{core::errorFromName((*message)->body.value("code", "")), (*message)->body.value("detail", ""), (*message)->body.value("context", ""), {}};
  }
}

core::Status ask(int socket, nlohmann::json body) {
  Result<core::WirePacket> packet = core::WirePacket::make({std::move(body), {}});
  if (!packet) return packet.error();
  Result<bool> sent = packet->send(socket);
  return sent ? core::Status{} : core::Status(sent.error());
}

/// From nothing to the first word of a preview worker, or to a clip's first frame.
Result<double> toPreview(const std::string& clip) {
  const auto start = Clock::now();
  Result<std::pair<core::Descriptor, core::Descriptor>> pair = core::wirePair();
  if (!pair) return std::move(pair).error();
  core::ProcessOptions options;
  options.program = core::programBeside("pai-worker");
  options.arguments = {"--serve-preview", "3"};
  options.descriptors = {{pair->second.get(), 3}};
  Result<core::Process> process = core::Process::start(options);
  if (!process) return std::move(process).error();
  const int socket = pair->first.get();
  if (!clip.empty()) {
    if (core::Status s = ask(socket, {{"op", "open_clip"}, {"ticket", 1}, {"path", absolutePath(clip)}}); !s) return s.error();
    if (core::Status s = ask(socket, {{"op", "frame"}, {"ticket", 2}, {"clip", 1}, {"frame", 0}, {"w", 0}, {"h", 0}}); !s) return s.error();
  }
  if (core::Status s = await(socket, clip.empty() ? "hello" : "frame"); !s) return s.error();
  return msSince(start);
}

/// From nothing to the first paint of the editor's window, or of a bare one of Qt's, without a display.
Result<double> toPaint(const std::string& studio, const char* window) {
  const auto start = Clock::now();
  core::ProcessOptions options;
  options.program = studio;
  options.arguments = {std::string("--first-paint=") + window};
  options.environment = {{"QT_QPA_PLATFORM", "offscreen"}};
  Result<core::Process> process = core::Process::start(options);
  if (!process) return std::move(process).error();
  pollfd fd{process->endFd(), POLLIN, 0};
  if (::poll(&fd, 1, kTimeoutMs) <= 0) return slow(studio);
  const double ms = msSince(start);
  const std::optional<core::ProcessEnd> end = process->reap();
  if (!end || end->signal != 0 || end->exitCode != 0) return Error{ErrorCode::kWorkerFailed, "the window did not show", studio, {}};
  return ms;
}

/// The proportional share of memory of a process and of all that it started, in MB; 0 where the system does not say.
double memoryOf(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", code)) {
    const auto pid = static_cast<pid_t>(std::atoi(entry.path().filename().c_str()));
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    if (pid <= 0 || !std::getline(stat, text) || text.rfind(')') == std::string::npos) continue;
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    char state = 0;
    pid_t parent = 0;
    if (rest >> state >> parent) children.emplace(parent, pid);
  }
  double kilobytes = 0.0;
  std::vector<pid_t> all{root};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [from, to] = children.equal_range(all[i]);
    for (auto it = from; it != to; ++it) all.push_back(it->second);
    std::ifstream memory("/proc/" + std::to_string(all[i]) + "/smaps_rollup");
    for (std::string line; std::getline(memory, line);)
      if (line.starts_with("Pss:")) kilobytes += std::atof(line.c_str() + 4);
  }
  return kilobytes / 1024.0;
}

/// Memory of a window that was left alone, with its helpers: what it is when it no longer changes.
Result<double> whenIdle(const std::string& studio, const char* window) {
  core::ProcessOptions options;
  options.program = studio;
  options.arguments = {std::string("--idle=") + window};
  options.environment = {{"QT_QPA_PLATFORM", "offscreen"}};
  Result<core::Process> process = core::Process::start(options);
  if (!process) return std::move(process).error();
  pollfd fd{process->endFd(), POLLIN, 0};
  double before = 0.0;
  int same = 0;
  for (int waited = 0; waited < kTimeoutMs && same < kSameLooks; waited += kLookMs) {
    if (::poll(&fd, 1, kLookMs) > 0) return Error{ErrorCode::kWorkerFailed, "the window did not stay", studio, {}};
    const double now = memoryOf(process->pid());
    same = now > 0.0 && std::abs(now - before) < 0.1 ? same + 1 : 0;
    before = now;
  }
  if (same < kSameLooks) return slow(studio);
  return std::round(before * 10.0) / 10.0;
}

core::Status measureIdle(nlohmann::json& figures, const std::string& studio) {
  const Result<double> bare = whenIdle(studio, "bare"), editor = whenIdle(studio, "editor");
  if (!bare || !editor) return bare ? editor.error() : bare.error();
  figures["bare_window_idle_mb"] = *bare;
  figures["editor_idle_mb"] = *editor;
  figures["editor_idle_beyond_bare_mb"] = std::round((*editor - *bare) * 10.0) / 10.0;
  return {};
}

core::Status measure(nlohmann::json& figures, const std::string& name, const std::function<Result<double>()>& once) {
  std::vector<double> all;
  for (int i = 0; i < kStarts; ++i) {
    Result<double> ms = once();
    if (!ms) return ms.error();
    all.push_back(*ms);
  }
  std::sort(all.begin(), all.end());
  figures[name] = all[all.size() / 2];
  return {};
}

}  // namespace

Result<nlohmann::json> benchStartup(const std::string& clip) {
  nlohmann::json figures;
  const std::string pai = core::programBeside("pai");
  if (core::Status s = measure(figures, "pai_version_ms", [&] { return toEnd(pai, {"--version"}); }); !s) return s.error();
  if (const std::string studio = core::programBeside("pai-studio"); ::access(studio.c_str(), X_OK) == 0) {
    if (core::Status s = measure(figures, "bare_window_first_paint_ms", [&] { return toPaint(studio, "bare"); }); !s) return s.error();
    if (core::Status s = measure(figures, "editor_first_paint_ms", [&] { return toPaint(studio, "editor"); }); !s) return s.error();
    if (core::Status s = measureIdle(figures, studio); !s) return s.error();
  }
  if (core::Status s = measure(figures, "preview_worker_ms", [] { return toPreview(""); }); !s) return s.error();
  if (!clip.empty())
    if (core::Status s = measure(figures, "worker_first_frame_ms", [&] { return toPreview(clip); }); !s) return s.error();
  if (!clip.empty()) figures["clip"] = clip;
  return figures;
}

}  // namespace pai::cli

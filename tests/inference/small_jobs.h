// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/base/job.h"
#include "inference/weights.h"

namespace pai::inference {

/// Largest difference over the largest value.
inline double apart(const Tensor& a, const Tensor& b) { return ((a - b).abs().max() / b.abs().max()).item<double>(); }

/// Waits for a condition, looking every few milliseconds.
template <typename Until>
bool waitUntil(Until until, std::chrono::seconds most = std::chrono::seconds(60)) {
  const auto end = std::chrono::steady_clock::now() + most;
  while (!until()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

/// One `pai-infer`: what it says goes to a file, what it reads comes through `write`.
class Program {
 public:
  Program(std::vector<std::string> words, std::string log);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  pid_t pid() const { return m_pid; }
  /// The exit code, 128 + signal, or -1 when it has not ended within the time.
  int wait(std::chrono::seconds most = std::chrono::seconds(90));
  void write(const std::string& bytes) const;
  void closeInput();
  std::string said() const;

 private:
  std::string m_log;
  pid_t m_pid = -1;
  int m_input = -1;
};

/// A job of five frames on the processor. Steps 0: the pack's.
core::Job smallJob(const std::string& name, const std::string& engine, int steps = 0);

/// Packs of the golden set's small models ("pack" in context with three heads, "vace" with four), and jobs that use them.
class SmallJobs : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  std::string log(const std::string& name) const { return (m_folder / (name + ".log")).string(); }
  /// A job of 12 tokens each of condition and target and, in context, one of the reference: 25. Steps 0: the pack's three.
  std::string makeJob(const std::string& name, const std::string& pack = "pack", int steps = 0) const;
  static Tensor videoOf(const std::string& job);
  static std::vector<core::JobEvent> eventsOf(const std::string& job);
  /// Its first step was made.
  static bool began(const std::string& job) { return std::filesystem::exists(job + "/preview/step_0001.ppm"); }
  std::filesystem::path m_folder;
};

}  // namespace pai::inference

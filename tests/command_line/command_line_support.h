// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pai::cli {

/// What a program did.
struct Ran {
  int exitCode = -1;  // 128 + signal when it was ended by one
  std::string out, err;
  /// Last line of standard error.
  std::string lastLine() const;
  std::size_t errorLines() const;
};

/// Runs a program to its end; `watch` is called every few milliseconds with its process id while it runs.
Ran runProgram(const std::string& program, const std::vector<std::string>& arguments,
               const std::function<void(int pid)>& watch = {}, const std::vector<std::pair<std::string, std::string>>& environment = {});

std::string paiProgram();
std::string workerProgram();
std::string textOf(const std::string& file);
std::size_t linesIn(const std::string& file);

/// A folder of its own, with a keyed clip of a moving disc, sound, two pictures, and the cache inside.
class CommandLineTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  std::string path(const std::string& name) const { return m_folder + "/" + name; }
  Ran pai(const std::vector<std::string>& arguments, const std::function<void(int)>& watch = {}) const;
  /// `pai render --foreground CLIP --ref begin=A --ref end=B` and more.
  std::vector<std::string> renderArguments(const std::string& out, const std::vector<std::string>& more = {}) const;
  nlohmann::json probe(const std::string& file) const;

  static std::string clip() { return s_shared + "/clip.mp4"; }
  static std::string image(int i) { return s_shared + "/place" + std::to_string(i) + ".png"; }
  static constexpr int kFrames = 120, kWidth = 160, kHeight = 96;
  static std::string s_shared;
  std::string m_folder;
};

}  // namespace pai::cli

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "core/base/job.h"

namespace pai::core {

/// A folder that is gone after the test.
class RenderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "pai-render-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    m_folder = name;
  }
  void TearDown() override {
    std::error_code code;
    std::filesystem::remove_all(m_folder, code);
  }
  std::string path(const std::string& name) const { return m_folder + "/" + name; }

  static Job job() {
    Job job;
    job.name = "shot";
    job.shot.id = "shot1";
    job.shot.name = "shot";
    job.shot.plate = "plate";
    job.media.push_back({"plate", "/nowhere/plate.mp4", "", ""});
    job.output = "/nowhere/out.mp4";
    return job;
  }

  static void writeText(const std::string& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

  /// A worker made of a shell script; $job is the job directory.
  std::string fakeWorker(const std::string& body) const {
    const std::string file = path("fake-worker");
    writeText(file, "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = --job ] && job=$2; shift; done\n" + body + "\n");
    ::chmod(file.c_str(), 0755);
    return file;
  }

  std::string m_folder;
};

}  // namespace pai::core

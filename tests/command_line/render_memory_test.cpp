// SPDX-License-Identifier: GPL-3.0-or-later
/// Renders the sample as a user would and watches what the worker holds.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

// tests/bench/memory.md has what was measured; what is above it here is for other allocators and libraries.
constexpr double kMostMiB = 600;
// What a shot keeps of its frames has bounds that short ones do not reach: decoded frames 48 MiB, residual fields 32, tracked points 64.
constexpr double kMostGrowthMiB = 48 + 32 + 64;

/// The most that any child of a process was ever resident, MiB, as far as this one or an earlier call saw it.
void seePeak(int pid, double& peak) {
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
    std::ifstream children(task.path() / "children");
    for (int child = 0; children >> child;) {
      std::ifstream status("/proc/" + std::to_string(child) + "/status");
      for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) peak = std::max(peak, std::stod(line.substr(6)) / 1024.0);
    }
  }
}

class RenderMemoryTest : public CommandLineTest {
 protected:
  static std::string sample(const std::string& name) { return std::string(PAI_SOURCE_DIR) + "/assets/sample/" + name; }

  /// Peak of a render of a clip over the sample's three references.
  double peakOf(const std::string& plate, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"render", "--foreground", plate, "--no-audio", "--out", path("out.mp4")};
    for (const char* when : {"begin", "middle", "end"})
      arguments.insert(arguments.end(), {"--ref", std::string(when) + "=" + sample(std::string("ref_") + when + ".png")});
    arguments.insert(arguments.end(), more.begin(), more.end());
    double peak = 0;
    const Ran ran = pai(arguments, [&](int pid) { seePeak(pid, peak); });
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    return peak;
  }

  /// So many frames of the plate, over and over, at a small size.
  std::string repeated(int frames) {
    const std::string out = path("plate" + std::to_string(frames) + ".mp4");
    const Ran ran = runProgram("/usr/bin/ffmpeg", {"-v", "error", "-nostdin", "-stream_loop", "20", "-i", sample("plate.mp4"), "-an", "-frames:v",
                                                   std::to_string(frames), "-vf", "scale=384:216", "-c:v", "libx264", "-preset", "veryfast", out});
    EXPECT_EQ(ran.exitCode, 0) << ran.err;
    return out;
  }
};

TEST_F(RenderMemoryTest, aFullSizeRenderStaysBelowWhatIsStated) {
  const double peak = peakOf(sample("plate.mp4"), {"--range", "0:24"});
  std::printf("1080p: %.0f MiB resident at the peak\n", peak);
  EXPECT_GT(peak, 100) << "the worker was not seen";
  EXPECT_LT(peak, kMostMiB);
}

TEST_F(RenderMemoryTest, aLongerShotKeepsNoMoreOfItsFramesThanTheirBounds) {
  const double some = peakOf(repeated(96), {}), many = peakOf(repeated(384), {});
  std::printf("96 frames: %.0f MiB, 384 frames: %.0f MiB\n", some, many);
  EXPECT_GT(some, 60) << "the worker was not seen";
  EXPECT_LT(many, some + kMostGrowthMiB);
}

}  // namespace
}  // namespace pai::cli

// SPDX-License-Identifier: GPL-3.0-or-later
/// Renders a cut of the sample shot as a user would and holds its score to the line that stands in the README.
#include <cstdio>
#include <regex>

#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

/// Allowed loss against the README's figures; the render itself is bit-identical, encoders of other FFmpeg builds are not.
constexpr double kTolerance = 0.02;

class SampleScoreTest : public CommandLineTest {
 protected:
  static std::string sample(const std::string& name) { return std::string(PAI_SOURCE_DIR) + "/assets/sample/" + name; }
  /// Frames [begin, end) of a clip of the sample, without loss.
  void cut(const std::string& name, int begin, int end, const std::string& out) const {
    const std::string filter = "trim=start_frame=" + std::to_string(begin) + ":end_frame=" + std::to_string(end) + ",setpts=PTS-STARTPTS";
    const Ran ran = runProgram("/usr/bin/ffmpeg", {"-v", "error", "-nostdin", "-i", sample(name), "-an", "-vf", filter, "-c:v", "ffv1", out});
    ASSERT_EQ(ran.exitCode, 0) << ran.err;
  }
};

/// "Sample cut, frames 40 to 52: MSE 0.0123, SSIM 0.712, motion consistency 0.901, green spill 0.051."
struct Stated {
  int begin = 0, end = 0;
  double mse = 0.0, ssim = 0.0, motion = 0.0, spill = 0.0;
};
Stated statedInReadme() {
  const std::string text = textOf(std::string(PAI_SOURCE_DIR) + "/README.md");
  const std::regex line(R"(Sample cut, frames (\d+) to (\d+): MSE ([\d.]+), SSIM ([\d.]+), motion consistency ([\d.]+), green spill ([\d.]+\d))");
  std::smatch m;
  if (!std::regex_search(text, m, line)) return {};
  return {std::stoi(m[1]), std::stoi(m[2]), std::stod(m[3]), std::stod(m[4]), std::stod(m[5]), std::stod(m[6])};
}

TEST_F(SampleScoreTest, aCutOfTheSampleIsNoWorseThanTheReadmeSays) {
  const Stated stated = statedInReadme();
  ASSERT_GT(stated.end, stated.begin) << "README.md has no line 'Sample cut, frames A to B: MSE ..., SSIM ..., motion consistency ..., green spill ...'";
  const std::string range = std::to_string(stated.begin) + ":" + std::to_string(stated.end);
  const Ran rendered = pai({"render", "--foreground", sample("plate.mp4"), "--ref", "begin=" + sample("ref_begin.png"), "--ref",
                            "middle=" + sample("ref_middle.png"), "--ref", "end=" + sample("ref_end.png"), "--range", range,
                            "--no-audio", "--out", path("cut.mp4")});
  ASSERT_EQ(rendered.exitCode, 0) << rendered.err;
  cut("gt.mp4", stated.begin, stated.end, path("gt.mkv"));
  cut("matte.mkv", stated.begin, stated.end, path("matte.mkv"));
  const Ran scored = pai({"evaluate", "--gt", path("gt.mkv"), "--result", path("cut.mp4"), "--matte", path("matte.mkv"), "--report",
                          path("score.json")});
  ASSERT_EQ(scored.exitCode, 0) << scored.err;
  const auto score = nlohmann::json::parse(textOf(path("score.json")), nullptr, false);
  std::printf("sample cut %s: MSE %.5f, SSIM %.3f, motion consistency %.3f, spill %.4f\n", range.c_str(), score.value("mse", 9.0),
              score.value("ssim", 0.0), score.value("motion_consistency", 0.0), score.value("green_spill", 9.0));
  EXPECT_LE(score.value("mse", 9.0), stated.mse * (1 + kTolerance));
  EXPECT_GE(score.value("ssim", 0.0), stated.ssim * (1 - kTolerance));
  EXPECT_LE(score.value("green_spill", 9.0), stated.spill * (1 + kTolerance));
  EXPECT_GE(score.value("motion_consistency", 0.0), stated.motion * (1 - kTolerance));
}

}  // namespace
}  // namespace pai::cli

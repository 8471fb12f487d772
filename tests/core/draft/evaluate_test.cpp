// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/evaluate.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/file_system.h"
#include "core/media/image_file.h"

namespace pai::core {
namespace {

namespace fs = std::filesystem;

std::string scriptPath() { return std::string(PAI_SHARED_DIR) + "/tools/score_restore.py"; }

/// A python that has numpy and cv2; empty when there is none.
std::string python() {
  for (const char* name : {"/usr/bin/python3", "python3"}) {
    if (std::system((std::string(name) + " -c 'import cv2, numpy' >/dev/null 2>&1").c_str()) == 0) return name;
  }
  return {};
}

/// What the script prints for three inputs.
nlohmann::json scriptScores(const std::string& gt, const std::string& result, const std::string& matte, const std::string& out) {
  const std::string command = python() + " '" + scriptPath() + "' --gt '" + gt + "' --result '" + result + "' --matte '" + matte +
                              "' --json-out '" + out + "' >/dev/null";
  if (std::system(command.c_str()) != 0) return {};
  const auto text = readWholeFile(out, 1 << 20);
  return text ? nlohmann::json::parse(*text) : nlohmann::json{};
}

void expectAgreement(const nlohmann::json& script, const Scores& ours) {
  const auto mine = nlohmann::json::parse(scoresJson(ours));
  ASSERT_GE(script.size(), 14u);
  for (const auto& [name, value] : script.items()) {
    if (name == "decoder") continue;
    ASSERT_TRUE(mine.contains(name)) << name;
    EXPECT_NEAR(mine[name].get<double>(), value.get<double>(), 1e-3) << name;
  }
}

Picture pictureOf(const cv::Mat& bgr) {
  Picture out(bgr.cols, bgr.rows, 3, SampleType::kU8);
  for (int y = 0; y < bgr.rows; ++y) {
    for (int x = 0; x < bgr.cols; ++x) {
      for (int c = 0; c < 3; ++c) out.row<std::uint8_t>(y)[3 * x + c] = bgr.at<cv::Vec3b>(y, x)[2 - c];
    }
  }
  return out;
}

/// A textured background that pans behind a disc.
ScoreFrame scene(int t, double noise) {
  cv::Mat wide(128, 256, CV_8UC3);
  cv::RNG random(4);
  random.fill(wide, cv::RNG::UNIFORM, 0, 255);
  cv::GaussianBlur(wide, wide, {0, 0}, 1.6);
  ScoreFrame f;
  f.gt = wide(cv::Rect(2 * t, 0, 192, 128)).clone();
  f.matte = cv::Mat::zeros(128, 192, CV_8UC3);
  cv::circle(f.matte, {96 + t, 64}, 26, cv::Scalar::all(255), -1, cv::LINE_AA);
  cv::circle(f.gt, {96 + t, 64}, 26, cv::Scalar(180, 80, 50), -1, cv::LINE_AA);
  cv::Mat added(f.gt.size(), CV_16SC3), sum;
  cv::RNG other(static_cast<std::uint64_t>(t) + 9);
  other.fill(added, cv::RNG::NORMAL, 0.0, noise);
  f.gt.convertTo(sum, CV_16SC3);
  sum += added;
  sum.convertTo(f.result, CV_8UC3);
  cv::circle(f.result, {96 + t, 64}, 27, cv::Scalar(60, 160, 60), 2, cv::LINE_AA);
  return f;
}

TEST(Evaluate, realFootageAgainstItselfIsPerfect) {
  Scorer scorer;
  for (int t = 0; t < 3; ++t) {
    ScoreFrame f = scene(t, 0.0);
    f.result = f.gt;
    ASSERT_TRUE(scorer.add(f).ok());
  }
  const Scores s = scorer.scores();
  EXPECT_EQ(s.mse, 0.0);
  EXPECT_EQ(s.psnr, 100.0);
  EXPECT_NEAR(s.ssim, 1.0, 1e-9);
  EXPECT_NEAR(*s.motionConsistency, 1.0, 1e-9);
  EXPECT_EQ(*s.greenSpill, 0.0);
}

TEST(Evaluate, agreesWithTheScriptOnImages) {
  if (!fs::exists(scriptPath()) || python().empty()) GTEST_SKIP() << "needs " << scriptPath() << " and python3 with cv2";
  const fs::path folder = fs::temp_directory_path() / ("pai-evaluate-" + std::to_string(getpid()));
  for (const char* name : {"gt", "result", "matte"}) fs::create_directories(folder / name);
  for (int t = 0; t < 5; ++t) {
    const ScoreFrame f = scene(t, 8.0);
    char file[32];
    std::snprintf(file, sizeof file, "%04d.png", t);
    ASSERT_TRUE(writeImage((folder / "gt" / file).string(), pictureOf(f.gt)).ok());
    ASSERT_TRUE(writeImage((folder / "result" / file).string(), pictureOf(f.result)).ok());
    ASSERT_TRUE(writeImage((folder / "matte" / file).string(), pictureOf(f.matte)).ok());
  }
  const auto script = scriptScores((folder / "gt").string(), (folder / "result").string(), (folder / "matte").string(),
                                   (folder / "s.json").string());
  const auto ours = scoreClips((folder / "gt/%04d.png").string(), (folder / "result/%04d.png").string(),
                               (folder / "matte/%04d.png").string());
  ASSERT_TRUE(ours.ok()) << describe(ours.error());
  EXPECT_GT(*ours->greenSpill, 0.05);
  expectAgreement(script, *ours);
  fs::remove_all(folder);
}

TEST(Evaluate, agreesWithTheScriptOnVideo) {
  const std::string clip = std::string(PAI_SHARED_DIR) + "/footage/bmx-trees/";
  if (!fs::exists(scriptPath()) || !fs::exists(clip + "gt.mp4") || python().empty() || std::system("which ffmpeg >/dev/null") != 0) {
    GTEST_SKIP() << "needs " << clip << ", python3 with cv2 and ffmpeg";
  }
  const std::string out = (fs::temp_directory_path() / ("pai-evaluate-" + std::to_string(getpid()) + ".json")).string();
  const auto script = scriptScores(clip + "gt.mp4", clip + "foreground_perturbed.mp4", clip + "matte.mkv", out);
  const auto ours = scoreClips(clip + "gt.mp4", clip + "foreground_perturbed.mp4", clip + "matte.mkv");
  ASSERT_TRUE(ours.ok()) << describe(ours.error());
  expectAgreement(script, *ours);
  fs::remove(out);
}

TEST(Evaluate, clipsOfDifferentSizeAreRefused) {
  ScoreFrame f = scene(0, 0.0);
  f.result = f.result(cv::Rect(0, 0, 100, 100)).clone();
  Scorer scorer;
  const Status s = scorer.add(f);
  ASSERT_FALSE(s.ok());
  EXPECT_EQ(s.error().code, ErrorCode::kSizeMismatch);
}

}  // namespace
}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "inference/verify.h"

namespace pai::inference {
namespace {

namespace fs = std::filesystem;

const std::string kGolden = PAI_SOURCE_DIR "/tests/golden";

int failuresOf(const std::string& folder, int* total = nullptr) {
  int failures = 0;
  const auto all = verifyFolder(folder, [&](const TensorCheck& c) {
    if (total) ++*total;
    if (c.passed) return;
    ++failures;
    ADD_FAILURE() << c.file << ": " << c.tensor << " max " << c.maxAbs << " rel " << c.relL2 << " " << c.problem;
  });
  EXPECT_TRUE(all.ok()) << (all ? "" : core::describe(all.error()));
  EXPECT_TRUE(all && *all);
  return failures;
}

TEST(Golden, everyTensorOfThePublishedModulesIsWithinTolerance) {
  int total = 0;
  EXPECT_EQ(failuresOf(kGolden, &total), 0);
  EXPECT_GT(total, 300);
}

TEST(Golden, inContextSequenceAgreesWithTheIndependentReference) {
  int total = 0;
  EXPECT_EQ(failuresOf(kGolden + "/in_context", &total), 0);
  EXPECT_EQ(total, 8);
}

/// A copy of the small in-context set, to be damaged.
class DamagedGolden : public testing::Test {
 protected:
  void SetUp() override {
    m_folder = fs::temp_directory_path() / ("pai_golden_" + std::to_string(::getpid()));
    fs::remove_all(m_folder);
    fs::copy(kGolden + "/in_context", m_folder);
  }
  void TearDown() override { fs::remove_all(m_folder); }
  fs::path m_folder;
};

TEST_F(DamagedGolden, oneWrongWeightFails) {
  auto weights = loadWeights((m_folder / "in_context.safetensors").string());
  ASSERT_TRUE(weights.ok());
  std::map<std::string, Tensor, std::less<>> all = weights->all();
  all["role_embedding.reference"] = all["role_embedding.reference"] + 1e-3;
  ASSERT_TRUE(saveWeights((m_folder / "in_context.safetensors").string(), all).ok());
  const auto result = verifyFolder(m_folder.string(), [](const TensorCheck&) {});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(*result);
}

// bfloat16 is allowed more, but not that a weight is a fifth too large.
TEST_F(DamagedGolden, bfloat16PassesAndOneWrongWeightStillFails) {
  const Compute half{at::kCPU, at::kBFloat16, false};
  const auto right = verifyFolder(m_folder.string(), [](const TensorCheck& c) { EXPECT_TRUE(c.passed) << c.tensor << " rel " << c.relL2; }, half);
  EXPECT_TRUE(right && *right);
  auto weights = loadWeights((m_folder / "in_context.safetensors").string());
  ASSERT_TRUE(weights.ok());
  std::map<std::string, Tensor, std::less<>> all = weights->all();
  const std::string name = "blocks.1.self_attn.v.weight";
  all[name] = all[name] * 1.2;
  ASSERT_TRUE(saveWeights((m_folder / "in_context.safetensors").string(), all).ok());
  int failures = 0;
  const auto wrong = verifyFolder(m_folder.string(), [&](const TensorCheck& c) { failures += c.passed ? 0 : 1; }, half);
  EXPECT_TRUE(wrong && !*wrong);
  EXPECT_GT(failures, 0);
}

TEST_F(DamagedGolden, anOutputThatIsNotComputedFails) {
  std::ifstream in(m_folder / "manifest.json");
  nlohmann::json manifest = nlohmann::json::parse(in);
  manifest["files"][0]["tensors"]["never.made"] = {{"dtype", "F32"}, {"shape", {1}}, {"kind", "output"}};
  std::ofstream(m_folder / "manifest.json") << manifest;
  const auto result = verifyFolder(m_folder.string(), [](const TensorCheck&) {});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(*result);
}

TEST_F(DamagedGolden, aFileOutsideTheFolderIsRefused) {
  std::ifstream in(m_folder / "manifest.json");
  nlohmann::json manifest = nlohmann::json::parse(in);
  manifest["files"][0]["file"] = "../in_context.safetensors";
  std::ofstream(m_folder / "manifest.json") << manifest;
  const auto result = verifyFolder(m_folder.string(), [](const TensorCheck&) {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, core::ErrorCode::kPathForbidden);
}

}  // namespace
}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/base/job.h"
#include "core/base/json_reader.h"
#include "inference/generate.h"
#include "inference/noise.h"
#include "inference/pack.h"
#include "inference/preview.h"
#include "tests/inference/small_jobs.h"

namespace pai::inference {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;

/// A pack of the golden set's small models, and jobs that use it.
class Generate : public testing::Test {
 protected:
  void SetUp() override {
    m_folder = fs::temp_directory_path() / ("pai_generate_" + std::to_string(::getpid()));
    fs::remove_all(m_folder);
    fs::create_directories(m_folder / "pack");
    for (const char* name : {"dit_t2v.safetensors", "vae.safetensors"}) fs::copy(PAI_SOURCE_DIR "/tests/golden/" + std::string(name), m_folder / "pack" / name);
    writePack({{"name", "small"}, {"transformer", "dit_t2v.safetensors"}, {"vae", "vae.safetensors"}, {"heads", 4}, {"text_length", 24},
               {"conditioning", "in-context"}, {"steps", 4}, {"shift", 5.0}, {"guidance", 3.0}});
  }
  void TearDown() override { fs::remove_all(m_folder); }
  void writePack(const nlohmann::json& j) { std::ofstream(m_folder / "pack" / "pack.json") << j; }

  std::string makeJob(const std::string& name) {
    const fs::path directory = m_folder / name;
    fs::create_directories(directory / "input");
    std::ofstream(directory / "job.json") << core::jsonText(core::jobJson(smallJob(name, (m_folder / "pack").string())));
    const auto golden = loadWeights(PAI_SOURCE_DIR "/tests/golden/dit_t2v.safetensors");
    const Tensor video = at::sin(at::linspace(0, 40, 3 * 5 * 32 * 48)).reshape({3, 5, 32, 48});
    EXPECT_TRUE(saveWeights((directory / "input" / "generate.safetensors").string(),
                            {{"condition", video}, {"text", golden->at("in.ctxA")}, {"negative", golden->at("in.ctxB")},
                             {"reference.0", video.narrow(1, 0, 1)}, {"reference.0.frame", at::tensor({4.0f})}}).ok());
    return directory.string();
  }
  static Tensor videoOf(const std::string& job) { return loadWeights(job + "/latents/video.safetensors")->at("video").clone(); }
  static std::vector<core::JobEvent> eventsOf(const std::string& job) {
    std::ifstream in(job + "/events.jsonl");
    std::vector<core::JobEvent> out;
    for (std::string line; std::getline(in, line);) {
      const auto event = core::parseEventLine(line, "events.jsonl");
      EXPECT_TRUE(event.ok() && event->has_value()) << line;
      if (event.ok() && event->has_value()) out.push_back(**event);
    }
    return out;
  }
  static std::int64_t lastStep(const std::string& job) {
    std::int64_t step = 0;
    for (const auto& event : eventsOf(job))
      if (const auto* done = std::get_if<core::StepFinished>(&event.body)) step = done->step;
    return step;
  }
  fs::path m_folder;
};

TEST_F(Generate, interruptedAfterAnyStepAndResumedGivesTheSameBits) {
  const std::string whole = makeJob("whole");
  const core::Status done = runGenerate(whole, false, {});
  ASSERT_TRUE(done.ok()) << core::describe(done.error());
  const Tensor expected = videoOf(whole);
  ASSERT_EQ(expected.sizes(), at::IntArrayRef({3, 5, 32, 48}));
  EXPECT_TRUE(at::isfinite(expected).all().item<bool>());
  const std::string job = makeJob("interrupted");
  for (std::int64_t stopAt = 0; stopAt < 4; ++stopAt) {
    // Stopped in the middle of the step that follows `stopAt`.
    const core::Status stopped = runGenerate(job, true, [&] {
      if (fs::exists(job + "/preview/step_000" + std::to_string(stopAt) + ".ppm") || (stopAt == 0 && fs::exists(job + "/events.jsonl")))
        fail(ErrorCode::kCancelled, "stopped by the test");
    });
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(lastStep(job), stopAt);
  }
  ASSERT_TRUE(runGenerate(job, true, {}).ok());
  EXPECT_TRUE(at::equal(videoOf(job), expected));
  std::int64_t seq = 0;
  for (const auto& event : eventsOf(job)) EXPECT_EQ(event.seq, seq++);
}

TEST_F(Generate, oneWindowThatCoversTheShotGivesTheWholesBits) {
  const std::string whole = makeJob("whole");
  ASSERT_TRUE(runGenerate(whole, false, {}).ok());
  nlohmann::json rules{{"name", "small"}, {"transformer", "dit_t2v.safetensors"}, {"vae", "vae.safetensors"}, {"heads", 4}, {"text_length", 24},
                       {"conditioning", "in-context"}, {"steps", 4}, {"shift", 5.0}, {"guidance", 3.0}, {"window", 5}};
  writePack(rules);
  const std::string covered = makeJob("covered");
  ASSERT_TRUE(runGenerate(covered, false, {}).ok());
  EXPECT_TRUE(at::equal(videoOf(covered), videoOf(whole)));
  rules["window"] = 1;  // one latent step each: another video, of the same size
  writePack(rules);
  const std::string pieces = makeJob("pieces");
  ASSERT_TRUE(runGenerate(pieces, false, {}).ok());
  EXPECT_EQ(videoOf(pieces).sizes(), videoOf(whole).sizes());
  EXPECT_FALSE(at::equal(videoOf(pieces), videoOf(whole)));
}

TEST_F(Generate, aCheckpointOfOtherSettingsIsRefused) {
  const std::string job = makeJob("other");
  ASSERT_TRUE(runGenerate(job, false, {}).ok());
  writePack({{"name", "small"}, {"transformer", "dit_t2v.safetensors"}, {"vae", "vae.safetensors"}, {"heads", 4}, {"text_length", 24},
             {"conditioning", "in-context"}, {"steps", 4}, {"shift", 3.0}, {"guidance", 3.0}});
  const core::Status again = runGenerate(job, true, {});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kJobBroken);
}

TEST_F(Generate, aRenderThatNeedsMoreThanItMayTakeIsRefusedBeforeItBegins) {
  const std::string job = makeJob("large");
  const core::Status refused = runGenerate(job, false, {}, 1 << 20);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kOutOfMemory);
  EXPECT_FALSE(fs::exists(job + "/checkpoint/generate.safetensors"));
  const auto events = eventsOf(job);
  const auto* failed = std::get_if<core::Failed>(&events.back().body);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(failed->arguments.size(), 2u);
}

TEST_F(Generate, theForecastAndWhatWasMeasuredAreTold) {
  const std::string job = makeJob("told");
  ASSERT_TRUE(runGenerate(job, false, {}).ok());
  const auto told = nlohmann::json::parse(std::ifstream(job + "/latents/memory.json"));
  EXPECT_GT(told["forecast"]["peak_bytes"], 1'000'000);
  EXPECT_GT(told["measured_peak_bytes"], 1'000'000);
}

TEST_F(Generate, anEngineThatStaysGivesTheBitsOfOneThatDoesNot) {
  const std::string first = makeJob("first"), second = makeJob("second"), alone = makeJob("alone");
  GenerateEngine engine;
  ASSERT_TRUE(engine.run(first, false, {}).ok());
  ASSERT_TRUE(engine.run(second, false, {}).ok());
  ASSERT_TRUE(runGenerate(alone, false, {}).ok());
  EXPECT_TRUE(at::equal(videoOf(second), videoOf(alone)));
}

TEST_F(Generate, aMissingInputIsSaidInTheEvents) {
  const std::string job = makeJob("empty");
  fs::remove(job + "/input/generate.safetensors");
  ASSERT_FALSE(runGenerate(job, false, {}).ok());
  const auto events = eventsOf(job);
  ASSERT_FALSE(events.empty());
  const auto* failed = std::get_if<core::Failed>(&events.back().body);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->code, ErrorCode::kJobBroken);
  EXPECT_TRUE(failed->context.ends_with("generate.safetensors")) << failed->context;
}

TEST_F(Generate, aPackThatPointsOutsideItsFolderIsRefused) {
  writePack({{"transformer", "../dit_t2v.safetensors"}, {"vae", "vae.safetensors"}});
  const auto pack = openPack((m_folder / "pack").string());
  ASSERT_FALSE(pack.ok());
  EXPECT_EQ(pack.error().code, ErrorCode::kPathForbidden);
}

TEST_F(Generate, aBareDownloadIsRecognisedWithoutPackJson) {
  fs::remove(m_folder / "pack" / "pack.json");
  const auto pack = openPack((m_folder / "pack").string());
  ASSERT_TRUE(pack.ok()) << core::describe(pack.error());
  EXPECT_TRUE(pack->transformerPath.ends_with("/dit_t2v.safetensors"));
  EXPECT_TRUE(pack->vaePath.ends_with("/vae.safetensors"));
  EXPECT_EQ(pack->conditioning, Conditioning::kText);
}

TEST(ShotNoise, aWindowHasTheNoiseOfItsPlaceInTheShot) {
  EXPECT_TRUE(at::equal(shotNoise(5, 3, 4, 2, 6, 8), shotNoise(5, 0, 4, 9, 6, 8).narrow(1, 3, 2)));
  EXPECT_FALSE(at::equal(shotNoise(5, 0, 1, 1, 4, 4), shotNoise(6, 0, 1, 1, 4, 4)));
}

TEST(ShotNoise, itIsNormal) {
  const Tensor n = shotNoise(1, 0, 16, 8, 32, 32);
  EXPECT_NEAR(n.mean().item<double>(), 0.0, 0.01);
  EXPECT_NEAR(n.std().item<double>(), 1.0, 0.01);
  EXPECT_NEAR(n.pow(4).mean().item<double>(), 3.0, 0.1);
}

}  // namespace
}  // namespace pai::inference

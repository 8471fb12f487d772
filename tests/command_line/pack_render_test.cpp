// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <fstream>

#include "tests/command_line/command_line_support.h"

namespace pai::cli {
namespace {

namespace fs = std::filesystem;

/// Renders with an untrained pack of the toy's shape: what is tested is the way through the three stages.
class PackRenderTest : public CommandLineTest {
 protected:
  void SetUp() override {
    CommandLineTest::SetUp();
    const std::string infer = paiProgram().substr(0, paiProgram().rfind('/')) + "/pai-infer";
    const Ran made = runProgram(infer, {"train", "toy", "--steps", "0", "--pack", path("pack")});
    ASSERT_EQ(made.exitCode, 0) << made.err;
  }
  std::vector<std::string> packArguments(const std::string& out, int steps = 3) const {
    return renderArguments(out, {"--engine", path("pack"), "--range", "0:9", "--steps", std::to_string(steps), "--job", path("job")});
  }
  std::vector<nlohmann::json> events() const {
    std::vector<nlohmann::json> out;
    std::ifstream in(path("job/events.jsonl"));
    for (std::string line; std::getline(in, line);) out.push_back(nlohmann::json::parse(line));
    return out;
  }
  bool toldStep(int step) const { return fs::exists(path("job/preview/step_000" + std::to_string(step) + ".ppm")); }
};

TEST_F(PackRenderTest, aPackRendersInThreeStagesAtTheShotsSize) {
  const Ran ran = pai(packArguments(path("out.mkv")));
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  const nlohmann::json is = probe(path("out.mkv"));
  EXPECT_EQ(is["frames"], 9);
  EXPECT_EQ(is["width"], kWidth);
  EXPECT_EQ(is["height"], kHeight);
  std::vector<std::string> stages;
  std::int64_t seq = 0;
  for (const nlohmann::json& event : events()) {
    EXPECT_EQ(event["seq"], seq++);
    if (event["type"] == "StageStarted") stages.push_back(event["stage"]);
    if (event["type"] == "PreviewReady") {
      EXPECT_TRUE(fs::exists(path("job/preview/") + event["path"].get<std::string>()));
    }
  }
  EXPECT_EQ(stages, (std::vector<std::string>{"prepare", "generate", "finish"}));
  EXPECT_EQ(events().back()["type"], "Finished");
  EXPECT_TRUE(toldStep(3));
  // Nine frames are two windows of seven.
  const nlohmann::json windows = nlohmann::json::parse(textOf(path("job/latents/windows.json")));
  EXPECT_EQ(windows["windows"].size(), 2u);
  EXPECT_EQ(windows["seams"].size(), 1u);
}

TEST_F(PackRenderTest, aKilledGenerationGoesOnWithTheSameBits) {
  ASSERT_EQ(pai(packArguments(path("whole.mkv"))).exitCode, 0);
  const std::string whole = textOf(path("whole.mkv"));
  fs::remove_all(path("job"));
  const Ran killed = pai(packArguments(path("out.mkv")), [this](int pid) {
    if (toldStep(1)) ::kill(pid, SIGKILL);
  });
  EXPECT_EQ(killed.exitCode, 128 + SIGKILL);
  EXPECT_FALSE(fs::exists(path("out.mkv")));
  const Ran resumed = pai({"render", "--job", path("job"), "--resume"});
  ASSERT_EQ(resumed.exitCode, 0) << resumed.err;
  EXPECT_EQ(textOf(path("out.mkv")), whole);
}

TEST_F(PackRenderTest, aCancelledGenerationEndsInFive) {
  const Ran ran = pai(packArguments(path("out.mkv"), 1000), [this, sent = false](int pid) mutable {
    if (!sent && toldStep(1)) sent = ::kill(pid, SIGINT) == 0;
  });
  EXPECT_EQ(ran.exitCode, 5) << ran.err;
  EXPECT_FALSE(fs::exists(path("out.mkv")));
}

TEST_F(PackRenderTest, twoProcessesRenderTogetherAndAreCancelledTogether) {
  std::vector<std::string> arguments = packArguments(path("out.mkv"));
  arguments.insert(arguments.end(), {"--ranks", "2"});
  const Ran ran = pai(arguments);
  if (ran.err.find("libgloo-dev") != std::string::npos) GTEST_SKIP() << "this build has no Gloo";
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  EXPECT_EQ(probe(path("out.mkv"))["frames"], 9);
  fs::remove_all(path("job"));
  arguments = packArguments(path("long.mkv"), 1000);
  arguments.insert(arguments.end(), {"--ranks", "2"});
  const Ran cancelled = pai(arguments, [this, sent = false](int pid) mutable {
    if (!sent && toldStep(1)) sent = ::kill(pid, SIGINT) == 0;
  });
  EXPECT_EQ(cancelled.exitCode, 5) << cancelled.err;
}

/// A folder as a public download is: a transformer and an autoencoder, no pack.json.
class BarePackTest : public CommandLineTest {
 protected:
  void SetUp() override {
    CommandLineTest::SetUp();
    fs::create_directories(path("bare"));
    for (const char* name : {"dit_t2v.safetensors", "vae.safetensors"}) fs::copy(PAI_SOURCE_DIR "/tests/golden/" + std::string(name), path("bare/") + name);
  }
};

TEST_F(BarePackTest, aDownloadWithoutPackJsonRenders) {
  const Ran ran = pai(renderArguments(path("out.mkv"), {"--engine", path("bare"), "--range", "0:5", "--steps", "2", "--job", path("job")}));
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  const nlohmann::json is = probe(path("out.mkv"));
  EXPECT_EQ(is["frames"], 5);
  EXPECT_EQ(is["width"], kWidth);
  const nlohmann::json memory = nlohmann::json::parse(textOf(path("job/latents/memory.json")));
  EXPECT_GT(memory["forecast"]["peak_bytes"], 0);
  EXPECT_GT(memory["measured_peak_bytes"], 0);
}

TEST_F(BarePackTest, aVaceDownloadTakesThePlateAndTheReferencesAsItsControl) {
  fs::remove(path("bare/dit_t2v.safetensors"));
  fs::copy(PAI_SOURCE_DIR "/tests/golden/vace.safetensors", path("bare/vace.safetensors"));
  const Ran ran = pai(renderArguments(path("out.mkv"), {"--engine", path("bare"), "--range", "0:5", "--steps", "2", "--job", path("job")}));
  ASSERT_EQ(ran.exitCode, 0) << ran.err;
  EXPECT_EQ(probe(path("out.mkv"))["frames"], 5);
}

TEST_F(BarePackTest, whatDoesNotFitIsForecastWithSix) {
  const Ran fits = pai({"pack", "forecast", path("bare"), "--size", "320x240", "--frames", "9", "--json"});
  EXPECT_EQ(fits.exitCode, 0) << fits.err;
  EXPECT_GT(nlohmann::json::parse(fits.out)["peak_bytes"], 0);
  const Ran large = pai({"pack", "forecast", path("bare"), "--size", "1920x1080", "--frames", "100000"});
  EXPECT_EQ(large.exitCode, 6) << large.err;
  EXPECT_NE(large.lastLine().find("needs"), std::string::npos) << large.lastLine();
}

TEST_F(BarePackTest, whatRendersIsFoundFineAndSaidWhatItIs) {
  const Ran checked = pai({"pack", "check", path("bare"), "--json"});
  ASSERT_EQ(checked.exitCode, 0) << checked.err;
  const nlohmann::json is = nlohmann::json::parse(checked.out);
  ASSERT_EQ(is["recognised"].size(), 2u) << checked.out;
  EXPECT_EQ(is["recognised"][0]["part"], "transformer");
  EXPECT_EQ(is["recognised"][0]["file"], "dit_t2v.safetensors");
  EXPECT_EQ(is["recognised"][1]["part"], "autoencoder");
  EXPECT_EQ(is["conditioning"], "text");
  const Ran told = pai({"pack", "check", path("bare")});
  EXPECT_NE(told.out.find("there is no tokenizer"), std::string::npos) << told.out;
  // What cannot be rendered is not fine.
  fs::remove(path("bare/vae.safetensors"));
  const Ran lacks = pai({"pack", "check", path("bare")});
  EXPECT_EQ(lacks.exitCode, 3) << lacks.out;
  EXPECT_NE(lacks.lastLine().find("autoencoder"), std::string::npos) << lacks.lastLine();
}

TEST_F(BarePackTest, aDownloadIsAddedWithItsFolders) {
  fs::create_directories(path("bare/vae"));
  fs::rename(path("bare/vae.safetensors"), path("bare/vae/model.safetensors"));
  const std::vector<std::pair<std::string, std::string>> data{{"XDG_DATA_HOME", path("data")}};
  const Ran added = runProgram(paiProgram(), {"pack", "add", path("bare")}, {}, data);
  ASSERT_EQ(added.exitCode, 0) << added.err;
  const Ran checked = runProgram(paiProgram(), {"pack", "check", "bare", "--json"}, {}, data);
  ASSERT_EQ(checked.exitCode, 0) << checked.err;
  EXPECT_EQ(nlohmann::json::parse(checked.out)["recognised"][1]["file"], "vae/model.safetensors");
}

TEST_F(BarePackTest, aFolderWithoutWeightsIsRefused) {
  fs::remove(path("bare/dit_t2v.safetensors"));
  const Ran ran = pai(renderArguments(path("out.mkv"), {"--engine", path("bare")}));
  EXPECT_EQ(ran.exitCode, 3) << ran.err;
  EXPECT_NE(ran.lastLine().find("transformer"), std::string::npos) << ran.lastLine();
}

TEST_F(PackRenderTest, aPackWhoseRulesAreOutOfBoundsIsRefused) {
  nlohmann::json rules = nlohmann::json::parse(textOf(path("pack/pack.json")));
  rules["multiple"] = 0;
  std::ofstream(path("pack/pack.json")) << rules;
  const Ran ran = pai(packArguments(path("out.mkv")));
  EXPECT_EQ(ran.exitCode, 3) << ran.err;
  EXPECT_NE(ran.lastLine().find("multiple"), std::string::npos) << ran.lastLine();
}

}  // namespace
}  // namespace pai::cli

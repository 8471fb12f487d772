// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <sstream>

#include "core/base/error.h"
#include "inference/generate.h"
#include "tests/inference/small_jobs.h"

namespace pai::inference {
namespace {

/// `pai-infer --serve`, and its answers: a line of JSON for each job.
class ServeTest : public SmallJobs {
 protected:
  static std::vector<nlohmann::json> answers(const Program& program) {
    std::vector<nlohmann::json> out;
    std::istringstream in(program.said());
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("{")) out.push_back(nlohmann::json::parse(line));
    return out;
  }
  static bool answered(const Program& program, std::size_t jobs) { return waitUntil([&] { return answers(program).size() >= jobs; }); }
  static std::string ended(const std::string& directory) { return directory + std::string(1, '\0'); }
};

TEST_F(ServeTest, aCancelledJobIsFollowedByTheNext) {
  const std::string first = makeJob("first", "pack", 1000), second = makeJob("second"), third = makeJob("third"), alone = makeJob("alone");
  Program program({"--serve"}, log("serve"));
  program.write(ended(first) + ended(second));
  ASSERT_TRUE(waitUntil([&] { return began(first); })) << program.said();
  ::kill(program.pid(), SIGINT);
  ASSERT_TRUE(answered(program, 2)) << program.said();
  program.write(ended(third));
  program.closeInput();
  EXPECT_EQ(program.wait(), 0) << program.said();
  const auto told = answers(program);
  ASSERT_EQ(told.size(), 3u) << program.said();
  EXPECT_EQ(told[0]["job"], first);
  EXPECT_EQ(told[0]["exit"], 5);
  EXPECT_EQ(told[1]["exit"], 0);
  EXPECT_EQ(told[2]["exit"], 0);
  // A process that stays gives the bits of one that does not.
  Program single({"--job", alone}, log("alone"));
  ASSERT_EQ(single.wait(), 0) << single.said();
  EXPECT_TRUE(at::equal(videoOf(second), videoOf(alone)));
  EXPECT_TRUE(at::equal(videoOf(third), videoOf(alone)));
}

TEST_F(ServeTest, badJobsAreAnsweredAndDoNotEndIt) {
  const std::string good = makeJob("good"), without = makeJob("without");
  std::filesystem::remove(without + "/input/generate.safetensors");
  Program program({"--serve"}, log("serve"));
  program.write(ended("") + ended((m_folder / "nowhere").string()) + ended(without) + ended(std::string(100'000, 'x')) + ended(good));
  program.closeInput();
  EXPECT_EQ(program.wait(), 0) << program.said();
  const auto told = answers(program);
  ASSERT_EQ(told.size(), 5u) << program.said();
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NE(told[i]["exit"], 0) << told[i];
    EXPECT_FALSE(told[i]["error"].get<std::string>().empty());
  }
  EXPECT_EQ(told[4]["exit"], 0) << told[4];
  EXPECT_TRUE(std::filesystem::exists(good + "/latents/video.safetensors"));
}

TEST_F(ServeTest, whileItWaitsAnInterruptIsNothingAndATerminationEndsIt) {
  const std::string first = makeJob("first"), second = makeJob("second");
  Program program({"--serve"}, log("serve"));
  program.write(ended(first));
  ASSERT_TRUE(answered(program, 1)) << program.said();
  ::kill(program.pid(), SIGINT);
  program.write(ended(second));
  ASSERT_TRUE(answered(program, 2)) << program.said();
  EXPECT_EQ(answers(program)[1]["exit"], 0) << program.said();
  ::kill(program.pid(), SIGTERM);
  EXPECT_EQ(program.wait(std::chrono::seconds(10)), 0);
}

}  // namespace
}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <cstdlib>

#include <fstream>

#include "inference/generate.h"
#include "tests/inference/small_jobs.h"

namespace pai::inference {
namespace {

using core::ErrorCode;
using Clock = std::chrono::steady_clock;

/// Processes whose parent is this one.
std::vector<pid_t> childrenOf(pid_t parent) {
  std::ifstream in("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  std::vector<pid_t> out;
  for (pid_t pid = 0; in >> pid;) out.push_back(pid);
  return out;
}

/// Ended, whether or not somebody asked how.
bool gone(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto at = text.rfind(')');
  return at == std::string::npos || text.substr(at + 2, 1) == "Z";
}

class RanksTest : public SmallJobs {
 protected:
  void SetUp() override {
    if (!Ranks::available()) GTEST_SKIP() << "this build has no Gloo";
    SmallJobs::SetUp();
  }
};

/// As RanksTest, in float32 on every processor: halves that are rounded the other way would hide what the processes do.
class ExactRanksTest : public RanksTest {
 protected:
  void SetUp() override {
    ::setenv("PAI_DTYPE", "fp32", 1);
    RanksTest::SetUp();
  }
  void TearDown() override {
    RanksTest::TearDown();
    ::unsetenv("PAI_DTYPE");
  }
};

// Tolerance: issue's, 1e-5 of the largest value; products of fewer rows are summed in another order.
TEST_F(ExactRanksTest, twoProcessesGiveTheResultOfOneWhereHeadsAndTokensDoNotDivide) {
  const std::string one = makeJob("one", "pack"), two = makeJob("two", "pack");
  const core::Status alone = runGenerate(one, false, {});
  ASSERT_TRUE(alone.ok()) << core::describe(alone.error());
  Program program({"--job", two, "--ranks", "2"}, log("two"));
  ASSERT_EQ(program.wait(), 0) << program.said();
  EXPECT_LT(apart(videoOf(two), videoOf(one)), 1e-5);
  std::int64_t seq = 0;
  int steps = 0;
  for (const core::JobEvent& event : eventsOf(two)) {
    EXPECT_EQ(event.seq, seq++);
    steps += std::holds_alternative<core::StepFinished>(event.body) ? 1 : 0;
  }
  EXPECT_EQ(steps, 3);  // told once, by rank 0
}

TEST_F(ExactRanksTest, threeProcessesGiveTheResultOfOneWithVace) {
  const std::string one = makeJob("one", "vace"), three = makeJob("three", "vace");
  const core::Status alone = runGenerate(one, false, {});
  ASSERT_TRUE(alone.ok()) << core::describe(alone.error());
  Program program({"--job", three, "--ranks", "3"}, log("three"));
  ASSERT_EQ(program.wait(), 0) << program.said();
  EXPECT_LT(apart(videoOf(three), videoOf(one)), 1e-5);
}

TEST_F(RanksTest, aProcessThatIsKilledEndsTheOtherWithItsReason) {
  const std::string job = makeJob("killed", "pack", 1000);
  Program program({"--job", job, "--ranks", "2"}, log("killed"));
  ASSERT_TRUE(waitUntil([&] { return began(job); })) << program.said();
  const std::vector<pid_t> siblings = childrenOf(program.pid());
  ASSERT_EQ(siblings.size(), 1u);
  const auto killed = Clock::now();
  ::kill(siblings[0], SIGKILL);
  EXPECT_EQ(program.wait(std::chrono::seconds(20)), 4) << program.said();
  EXPECT_LT(Clock::now() - killed, std::chrono::seconds(10));
  EXPECT_NE(program.said().find("process 1 of this render was ended by signal 9"), std::string::npos) << program.said();
  const auto events = eventsOf(job);
  const auto* failed = std::get_if<core::Failed>(&events.back().body);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->code, ErrorCode::kWorkerFailed);
}

TEST_F(RanksTest, theFirstProcessThatIsKilledTakesTheOthersWithIt) {
  const std::string job = makeJob("orphan", "pack", 1000);
  Program program({"--job", job, "--ranks", "2"}, log("orphan"));
  ASSERT_TRUE(waitUntil([&] { return began(job); })) << program.said();
  const std::vector<pid_t> siblings = childrenOf(program.pid());
  ASSERT_EQ(siblings.size(), 1u);
  ::kill(program.pid(), SIGKILL);
  EXPECT_EQ(program.wait(), 128 + SIGKILL);
  EXPECT_TRUE(waitUntil([&] { return gone(siblings[0]); }, std::chrono::seconds(20)));
}

TEST_F(RanksTest, aCancelEndsAllWithFive) {
  const std::string job = makeJob("cancelled", "pack", 1000);
  Program program({"--job", job, "--ranks", "2"}, log("cancelled"));
  ASSERT_TRUE(waitUntil([&] { return began(job); })) << program.said();
  const std::vector<pid_t> siblings = childrenOf(program.pid());
  ::kill(program.pid(), SIGTERM);
  EXPECT_EQ(program.wait(std::chrono::seconds(20)), 5) << program.said();
  for (const pid_t pid : siblings) EXPECT_TRUE(gone(pid));
}

TEST_F(RanksTest, aProcessThatNeverComesIsGivenUpOn) {
  const std::string job = makeJob("lonely", "pack");
  Program program({"--job", job, "--ranks", "2", "--rank", "0", "--store", (m_folder / "store").string(), "--rank-timeout", "2"}, log("lonely"));
  EXPECT_EQ(program.wait(std::chrono::seconds(60)), 4) << program.said();
  EXPECT_NE(program.said().find("did not answer within 2 s"), std::string::npos) << program.said();
}

TEST_F(RanksTest, processesStartedOneByOneMeetAtTheirStore) {
  const std::string job = makeJob("apart", "pack"), store = (m_folder / "store").string();
  Program second({"--job", job, "--ranks", "2", "--rank", "1", "--store", store}, log("second"));
  Program first({"--job", job, "--ranks", "2", "--rank", "0", "--store", store}, log("first"));
  EXPECT_EQ(first.wait(), 0) << first.said();
  EXPECT_EQ(second.wait(), 0) << second.said();
  EXPECT_TRUE(std::filesystem::exists(job + "/latents/video.safetensors"));
}

}  // namespace
}  // namespace pai::inference

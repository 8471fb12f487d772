// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_launcher.h"

#include <sys/types.h>

#include <chrono>
#include <thread>

#include "core/render/process.h"
#include "core/render/queue_runner.h"
#include "tests/core/render/render_test_support.h"

namespace pai::core {
namespace {

/// True once a process has ended, reaped or not.
bool isGone(pid_t pid) {
  for (int i = 0; i < 100; ++i) {
    std::ifstream stream("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    if (!std::getline(stream, stat) || stat[stat.rfind(')') + 2] == 'Z') return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

class JobRunTest : public RenderTest {
 protected:
  void SetUp() override {
    RenderTest::SetUp();
    ASSERT_TRUE(JobDirectory::create(path("job"), job()));
    m_options.graceMs = 300;
    m_options.hangMs = 1500;
  }
  JobOutcome run(const std::string& worker) {
    m_options.workerPath = worker;
    Result<std::unique_ptr<JobRun>> run = JobRun::start(path("job"), m_options, {});
    if (!run) return {JobState::kFailed, {}, run.error()};
    return (*run)->wait();
  }
  /// Shell lines of a worker that does well.
  std::string success() const {
    return "echo made > " + path("out.mp4") + "\nprintf '%s' '{\"version\":1,\"engine\":\"draft\",\"frames\":1,\"width\":2,\"height\":2,\"rate\":\"24\"," +
           "\"outputs\":[{\"layer\":\"composite\",\"path\":\"" + path("out.mp4") + "\",\"size_bytes\":5,\"sha256\":\"\"}]}' > $job/result.json";
  }
  LaunchOptions m_options;
};

TEST_F(JobRunTest, exitZeroWithAResultIsSuccess) {
  const JobOutcome outcome = run(fakeWorker(success()));
  ASSERT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  EXPECT_EQ(outcome.result->outputs.front().path, path("out.mp4"));
}

TEST_F(JobRunTest, exitZeroWithoutAResultIsFailure) {
  const JobOutcome outcome = run(fakeWorker("exit 0"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kWorkerFailed);
  EXPECT_NE(outcome.error->detail.find("result"), std::string::npos);
}

TEST_F(JobRunTest, aResultThatNamesMissingFilesIsFailure) {
  const JobOutcome outcome = run(fakeWorker(success() + "\nrm " + path("out.mp4")));
  EXPECT_EQ(outcome.state, JobState::kFailed);
}

TEST_F(JobRunTest, aCrashNamesTheSignal) {
  const JobOutcome outcome = run(fakeWorker("kill -SEGV $$"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kWorkerFailed);
  EXPECT_NE(outcome.error->detail.find("signal 11"), std::string::npos) << outcome.error->detail;
}

TEST_F(JobRunTest, aHangIsStoppedWithAMessage) {
  const auto start = std::chrono::steady_clock::now();
  const JobOutcome outcome = run(fakeWorker("trap '' TERM\nwhile :; do sleep 0.1; done"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_NE(outcome.error->detail.find("no sign of life"), std::string::npos) << outcome.error->detail;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(JobRunTest, signsOfLifeKeepAWorkerAlive) {
  const JobOutcome outcome = run(fakeWorker("for i in 1 2 3 4 5 6; do sleep 0.5; printf b >&$PAI_BEAT_FD; done\n" + success()));
  EXPECT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
}

TEST_F(JobRunTest, garbageEventsStopTheWorker) {
  const JobOutcome outcome = run(fakeWorker("echo garbage >> $job/events.jsonl\nsleep 30"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kWorkerFailed);
  EXPECT_NE(outcome.error->detail.find("cannot be read"), std::string::npos) << outcome.error->detail;
}

TEST_F(JobRunTest, garbageOnStandardOutputIsBoundedAndHarmless) {
  const JobOutcome outcome = run(fakeWorker("head -c 5000000 /dev/urandom\nhead -c 5000000 /dev/urandom >&2\n" + success()));
  EXPECT_EQ(outcome.state, JobState::kSucceeded) << describe(outcome.error.value_or(Error{}));
  EXPECT_LE(std::filesystem::file_size(path("job") + "/log.txt"), 1u << 20);
}

TEST_F(JobRunTest, aTornResultIsFailure) {
  EXPECT_EQ(run(fakeWorker("printf '{\"version\":1,\"engi' > $job/result.json")).state, JobState::kFailed);
}

TEST_F(JobRunTest, theWorkersOwnErrorComesThrough) {
  JobEvent event;
  event.body = Failed{ErrorCode::kNoScreen, "there is none", "/plate.mp4", {}};
  const JobOutcome outcome = run(fakeWorker("cat >> $job/events.jsonl <<'E'\n" + eventLine(event) + "\nE\nexit 3"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kNoScreen);
  EXPECT_EQ(outcome.error->context, "/plate.mp4");
}

TEST_F(JobRunTest, exitSixWithoutAWordIsAResource) {
  const JobOutcome outcome = run(fakeWorker("exit 6"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(exitCodeOf(outcome.error->code), 6);
}

TEST_F(JobRunTest, aFailureThatCouldNotBeLoggedIsToldBesideTheLog) {
  JobEvent event;
  event.body = Failed{ErrorCode::kFileUnwritable, "writing failed (File too large)", "/out.mov", {}};
  const JobOutcome outcome = run(fakeWorker("printf bb >&3; printf '\\n%s\\n' '" + eventLine(event) + "' >&3; exit 6"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kFileUnwritable);
  EXPECT_EQ(outcome.error->context, "/out.mov");
}

TEST_F(JobRunTest, garbageBesideTheLogIsNoWord) {
  const JobOutcome outcome = run(fakeWorker("printf '\\n{\"t\":\\n' >&3; exit 6"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(exitCodeOf(outcome.error->code), 6);
}

TEST_F(JobRunTest, aProgramThatIsNotThereIsFailure) {
  const JobOutcome outcome = run(path("no-such-worker"));
  ASSERT_EQ(outcome.state, JobState::kFailed);
  EXPECT_EQ(outcome.error->code, ErrorCode::kWorkerFailed);
}

TEST_F(JobRunTest, cancelEndsAStubbornWorkerAndItsChildren) {
  m_options.hangMs = 0;
  m_options.workerPath = fakeWorker("trap '' TERM\nsleep 300 &\necho $! > $job/child\nwhile :; do sleep 0.1; done");
  Result<std::unique_ptr<JobRun>> run = JobRun::start(path("job"), m_options, {});
  ASSERT_TRUE(run);
  pid_t child = 0;
  for (int i = 0; i < 100 && child == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::ifstream(path("job") + "/child") >> child;
  }
  ASSERT_GT(child, 0);
  (*run)->cancel();
  EXPECT_EQ((*run)->wait().state, JobState::kCancelled);
  EXPECT_TRUE(isGone(child));
}

TEST_F(JobRunTest, aPausedWorkerStandsStillAndIsNotTakenForHanging) {
  m_options.hangMs = 600;
  m_options.workerPath = fakeWorker("i=0\nwhile [ $i -lt 12 ]; do i=$((i+1)); echo $i > $job/count; printf b >&$PAI_BEAT_FD; sleep 0.1; done\n" + success());
  Result<std::unique_ptr<JobRun>> run = JobRun::start(path("job"), m_options, {});
  ASSERT_TRUE(run);
  const auto count = [this] {
    int n = 0;
    std::ifstream(path("job") + "/count") >> n;
    return n;
  };
  for (int i = 0; i < 100 && count() < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  (*run)->pause();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const int before = count();
  std::this_thread::sleep_for(std::chrono::milliseconds(900));
  EXPECT_EQ(count(), before);
  (*run)->resume();
  EXPECT_EQ((*run)->wait().state, JobState::kSucceeded);
}

TEST_F(JobRunTest, aWorkerThatGetsLittleOfTheProcessorIsNotTakenForHanging) {
  m_options.hangMs = 500;
  // A few milliseconds of work every tenth of a second, and nothing said of it.
  const JobOutcome starved = run(fakeWorker("i=0\nwhile [ $i -lt 16 ]; do i=$((i+1)); j=0; while [ $j -lt 4000 ]; do j=$((j+1)); done; sleep 0.1; done\n" + success()));
  EXPECT_EQ(starved.state, JobState::kSucceeded) << describe(starved.error.value_or(Error{}));
}

TEST_F(JobRunTest, aWorkerThatTurnsRoundWithoutAWordHangs) {
  m_options.hangMs = 500;
  const JobOutcome turning = run(fakeWorker("while :; do :; done"));
  ASSERT_EQ(turning.state, JobState::kFailed);
  EXPECT_NE(turning.error->detail.find("no sign of life"), std::string::npos);
}

TEST_F(JobRunTest, aJobThatRanIsOnlyRunAgainWhenAsked) {
  writeText(path("job") + "/events.jsonl", "");
  const JobOutcome refused = run(fakeWorker(success()));
  ASSERT_EQ(refused.state, JobState::kFailed);
  EXPECT_EQ(refused.error->code, ErrorCode::kJobExists);
  m_options.resume = true;
  EXPECT_EQ(run(fakeWorker(success())).state, JobState::kSucceeded);
}

class QueueRunnerTest : public JobRunTest {
 protected:
  /// Waits until an entry is in a state.
  static bool reaches(const QueueRunner& runner, std::int64_t id, JobState state) {
    for (int i = 0; i < 500; ++i) {
      const JobQueue queue = runner.snapshot();
      if (const QueueEntry* e = queue.find(id); e && e->state == state) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
};

TEST_F(QueueRunnerTest, jobsRunOneAfterTheOtherAndAFailureDoesNotStopTheNext) {
  m_options.workerPath = fakeWorker("case $job in *bad) exit 4;; esac\n" + success());
  QueueRunner runner(path("queue.json"), m_options, {}, true);
  Result<std::int64_t> bad = runner.add(path("bad"), job());
  Result<std::int64_t> good = runner.add(path("good"), job());
  ASSERT_TRUE(bad && good);
  runner.setHeld(false);
  EXPECT_TRUE(reaches(runner, *bad, JobState::kFailed));
  EXPECT_TRUE(reaches(runner, *good, JobState::kSucceeded));
  EXPECT_TRUE(runner.snapshot().find(*bad)->error.has_value());
}

TEST_F(QueueRunnerTest, aRunningJobIsQueuedAgainAfterARestart) {
  std::int64_t id = 0;
  {
    LaunchOptions slow = m_options;
    slow.workerPath = fakeWorker("while :; do printf b >&$PAI_BEAT_FD; sleep 0.1; done");
    QueueRunner runner(path("queue.json"), slow, {});
    Result<std::int64_t> added = runner.add(path("long"), job());
    ASSERT_TRUE(added);
    id = *added;
    ASSERT_TRUE(reaches(runner, id, JobState::kRunning));
  }
  m_options.workerPath = fakeWorker(success());
  QueueRunner runner(path("queue.json"), m_options, {}, true);
  const JobQueue queue = runner.snapshot();
  ASSERT_NE(queue.find(id), nullptr);
  EXPECT_EQ(queue.find(id)->state, JobState::kQueued);
  EXPECT_TRUE(queue.find(id)->resumable);
  runner.setHeld(false);
  EXPECT_TRUE(reaches(runner, id, JobState::kSucceeded));
}

TEST_F(QueueRunnerTest, aDamagedQueueFileIsKeptAsideAndSaid) {
  writeText(path("queue.json"), "{\"version\":1,\"entries\":[{\"id\":");
  QueueRunner runner(path("queue.json"), m_options, {}, true);
  EXPECT_TRUE(runner.snapshot().entries().empty());
  EXPECT_FALSE(runner.warning().empty());
  EXPECT_TRUE(std::filesystem::exists(path("queue.json.broken")));
}

TEST_F(QueueRunnerTest, aJobCanBeCancelledWhileItRunsAndTriedAgain) {
  m_options.workerPath = fakeWorker("[ -e $job/tried ] && { " + success() + "; exit 0; }\ntouch $job/tried\nexec sleep 300");
  QueueRunner runner(path("queue.json"), m_options, {});
  Result<std::int64_t> id = runner.add(path("one"), job());
  ASSERT_TRUE(id);
  ASSERT_TRUE(reaches(runner, *id, JobState::kRunning));
  for (int i = 0; i < 200 && !std::filesystem::exists(path("one") + "/tried"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(runner.cancel(*id));
  ASSERT_TRUE(reaches(runner, *id, JobState::kCancelled));
  EXPECT_TRUE(runner.retry(*id));
  EXPECT_TRUE(reaches(runner, *id, JobState::kSucceeded));
}

}  // namespace
}  // namespace pai::core

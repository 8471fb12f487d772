// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/job_queue.h"

#include "tests/core/render/render_test_support.h"

namespace pai::core {
namespace {

Job named(const std::string& name) {
  Job job;
  job.name = name;
  return job;
}

TEST(JobQueueTest, theFirstQueuedJobIsNextAndARunningOneBlocks) {
  JobQueue queue;
  const auto a = queue.add("/a", named("a"), 1.0), b = queue.add("/b", named("b"), 2.0);
  EXPECT_EQ(queue.next(1), a);
  EXPECT_TRUE(queue.start(a, 3.0));
  EXPECT_FALSE(queue.next(1).has_value());
  EXPECT_EQ(queue.next(2), b);
  EXPECT_TRUE(queue.pause(a));
  EXPECT_FALSE(queue.next(1).has_value());
  EXPECT_TRUE(queue.finish(a, JobState::kSucceeded, {}, 4.0));
  EXPECT_EQ(queue.next(1), b);
}

TEST(JobQueueTest, movingChangesWhoIsNext) {
  JobQueue queue;
  const auto a = queue.add("/a", named("a"), 1.0);
  queue.add("/b", named("b"), 2.0);
  const auto c = queue.add("/c", named("c"), 3.0);
  EXPECT_TRUE(queue.move(c, 0));
  EXPECT_EQ(queue.next(1), c);
  EXPECT_TRUE(queue.move(c, 2));
  EXPECT_EQ(queue.next(1), a);
  EXPECT_FALSE(queue.move(c, 3));
  EXPECT_FALSE(queue.move(99, 0));
}

TEST(JobQueueTest, refusedChangesLeaveItAsItIs) {
  JobQueue queue;
  const auto a = queue.add("/a", named("a"), 1.0);
  queue.start(a, 2.0);
  const JobQueue before = queue;
  EXPECT_FALSE(queue.remove(a));
  EXPECT_FALSE(queue.start(a, 3.0));
  EXPECT_FALSE(queue.retry(a, 3.0));
  EXPECT_FALSE(queue.resume(a));
  EXPECT_FALSE(queue.cancel(a, 3.0));
  EXPECT_FALSE(queue.finish(a, JobState::kPaused, {}, 3.0));
  EXPECT_EQ(queue, before);
}

TEST(JobQueueTest, eventsTellStageAndProgress) {
  JobQueue queue;
  const auto a = queue.add("/a", named("a"), 1.0);
  queue.start(a, 2.0);
  queue.apply(a, {0, 0.0, Started{"draft", 48}});
  queue.apply(a, {1, 0.0, StageStarted{JobStage::kFinish}});
  queue.apply(a, {2, 0.0, FrameWritten{{11}, 12, 48, 9.0}});
  queue.apply(a, {3, 0.0, PreviewReady{0, "draft.png"}});
  const QueueEntry& e = *queue.find(a);
  EXPECT_EQ(e.stage, JobStage::kFinish);
  EXPECT_EQ(e.done, 12);
  EXPECT_EQ(e.total, 48);
  EXPECT_EQ(e.etaSeconds, 9.0);
  EXPECT_EQ(e.preview, "draft.png");
  queue.finish(a, JobState::kFailed, Error{ErrorCode::kNoScreen, "x", "y", {}}, 5.0);
  queue.apply(a, {4, 0.0, FrameWritten{{12}, 13, 48, 9.0}});
  EXPECT_EQ(queue.find(a)->done, 12);
}

TEST(JobQueueTest, aFailedJobCanBeTriedAgainAndGoesOn) {
  JobQueue queue;
  const auto a = queue.add("/a", named("a"), 1.0);
  queue.start(a, 2.0);
  queue.finish(a, JobState::kFailed, Error{ErrorCode::kDiskFull, "", "", {}}, 3.0);
  EXPECT_TRUE(queue.retry(a, 4.0));
  EXPECT_EQ(queue.find(a)->state, JobState::kQueued);
  EXPECT_TRUE(queue.find(a)->resumable);
  EXPECT_FALSE(queue.find(a)->error.has_value());
}

TEST(JobQueueTest, itReadsBackAndWhatRanIsQueuedAgain) {
  JobQueue queue;
  const auto a = queue.add("/a", named("a"), 1.0), b = queue.add("/b", named("b"), 2.0), c = queue.add("/c", named("c"), 2.5);
  queue.start(a, 3.0);
  queue.finish(a, JobState::kFailed, Error{ErrorCode::kDiskFull, "detail", "file", {}}, 4.0);
  queue.start(b, 5.0);
  Result<JobQueue> read = JobQueue::parse(queue.json().dump(), "queue.json");
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(*read->find(a), *queue.find(a));
  EXPECT_EQ(*read->find(c), *queue.find(c));
  EXPECT_EQ(read->find(b)->state, JobState::kQueued);
  EXPECT_TRUE(read->find(b)->resumable);
  EXPECT_EQ(read->add("/d", named("d"), 6.0), c + 1);
}

TEST(JobQueueTest, damagedTextsAreRefused) {
  for (const char* text : {"", "[]", "{}", "{\"version\":1}", "{\"version\":99,\"entries\":[]}", "{\"version\":1,\"entries\":[{}]}",
                           "{\"version\":1,\"entries\":[{\"id\":1,\"directory\":\"/a\",\"state\":\"flying\"}]}",
                           "{\"version\":1,\"entries\":[{\"id\":1,\"directory\":\"/a\",\"state\":\"queued\"},{\"id\":1,\"directory\":\"/b\",\"state\":\"queued\"}]}"})
    EXPECT_FALSE(JobQueue::parse(text, "queue.json")) << text;
}

}  // namespace
}  // namespace pai::core

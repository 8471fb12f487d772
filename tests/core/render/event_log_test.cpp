// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/event_log.h"

#include <poll.h>

#include "tests/core/render/render_test_support.h"

namespace pai::core {
namespace {

class EventLogTest : public RenderTest {
 protected:
  void SetUp() override {
    RenderTest::SetUp();
    Result<JobDirectory> made = JobDirectory::create(path("job"), job());
    ASSERT_TRUE(made);
    m_directory.emplace(std::move(made).value());
  }
  std::string log() const { return path("job") + "/events.jsonl"; }
  void append(const std::string& text) const { std::ofstream(log(), std::ios::app | std::ios::binary) << text; }
  std::optional<JobDirectory> m_directory;
};

TEST_F(EventLogTest, eventsComeBackInOrderAndNumbersGoOnAfterReopening) {
  for (int run = 0; run < 2; ++run) {
    Result<EventWriter> writer = EventWriter::open(*m_directory);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append(Started{"draft", 10}));
    ASSERT_TRUE(writer->append(FrameWritten{{3}, 4, 10, 1.5}));
  }
  Result<std::vector<JobEvent>> events = readEvents(*m_directory);
  ASSERT_TRUE(events) << describe(events.error());
  ASSERT_EQ(events->size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ((*events)[i].seq, static_cast<std::int64_t>(i));
  EXPECT_EQ(std::get<FrameWritten>((*events)[3].body).done, 4);
}

TEST_F(EventLogTest, aTornLastLineIsCutOff) {
  Result<EventWriter> writer = EventWriter::open(*m_directory);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->append(Started{"draft", 10}));
  append("{\"seq\": 1, \"ti");
  Result<EventWriter> again = EventWriter::open(*m_directory);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->nextSeq(), 1);
  ASSERT_TRUE(again->append(Finished{"out", 1.0}));
  Result<std::vector<JobEvent>> events = readEvents(*m_directory);
  ASSERT_TRUE(events) << describe(events.error());
  EXPECT_EQ(events->size(), 2u);
}

TEST_F(EventLogTest, theTailWakesUpAndSeesOnlyWhatIsNew) {
  Result<EventWriter> writer = EventWriter::open(*m_directory);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->append(Started{"draft", 10}));
  Result<EventTail> tail = EventTail::open(*m_directory, EventTail::From::kNew);
  ASSERT_TRUE(tail);
  EXPECT_TRUE(tail->read()->empty());
  ASSERT_TRUE(writer->append(StageStarted{JobStage::kFinish}));
  pollfd fd{tail->notifyFd(), POLLIN, 0};
  ASSERT_EQ(::poll(&fd, 1, 2000), 1);
  Result<std::vector<JobEvent>> events = tail->read();
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1u);
  EXPECT_TRUE(std::holds_alternative<StageStarted>((*events)[0].body));
}

TEST_F(EventLogTest, unknownTypesAreLeftOut) {
  append("{\"version\":1,\"seq\":0,\"time\":1.0,\"type\":\"Sparkle\",\"colour\":3}\n");
  Result<EventWriter> writer = EventWriter::open(*m_directory);
  ASSERT_TRUE(writer) << describe(writer.error());
  EXPECT_EQ(writer->nextSeq(), 1);
  ASSERT_TRUE(writer->append(Started{"draft", 1}));
  Result<std::vector<JobEvent>> events = readEvents(*m_directory);
  ASSERT_TRUE(events) << describe(events.error());
  EXPECT_EQ(events->size(), 1u);
}

TEST_F(EventLogTest, garbageLongLinesAndReorderedEventsAreErrors) {
  const auto refused = [this](const std::string& text) {
    std::filesystem::remove(log());
    append(text);
    Result<std::vector<JobEvent>> events = readEvents(*m_directory);
    return !events && events.error().code == ErrorCode::kJobBroken;
  };
  EXPECT_TRUE(refused("hello\n"));
  EXPECT_TRUE(refused(std::string("\0\1\2\n", 4)));
  EXPECT_TRUE(refused(std::string(100'000, 'x')));
  JobEvent event;
  event.seq = 5;
  event.body = Started{"draft", 1};
  const std::string five = eventLine(event) + "\n";
  EXPECT_TRUE(refused(five + five));
  EXPECT_FALSE(refused(five));
}

}  // namespace
}  // namespace pai::core

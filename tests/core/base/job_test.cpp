// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/base/json_reader.h"
#include "tests/core/base/full_project.h"

namespace pai::core {
namespace {

Job fullJob() {
  Job job;
  job.name = "sh010 v3";
  job.shot = fullProject().shots[0];
  job.media = {{"media1", "/p/a.mov", std::string(64, 'b'), "rec709"}, {"media2", "/p/b.png", "", ""}};
  job.engine = "/packs/small";
  job.packHash = "abc";
  job.seed = 18446744073709551615ull;
  job.width = 1920;
  job.height = 1080;
  job.steps = 20;
  job.guidance = 5.0;
  job.range = FrameRange{{2}, {9}};
  job.output = "/out/a.mov";
  job.preset = "prores4444";
  job.layers = {"composite", "matte"};
  job.audio = false;
  job.device = "cuda:0";
  return job;
}

TEST(Job, everyFieldReadsBack) {
  const auto back = parseJob(jsonText(jobJson(fullJob())), "job.json");
  ASSERT_TRUE(back.ok()) << back.error().detail;
  EXPECT_EQ(*back, fullJob());
  Job whole = fullJob();
  whole.range.reset();
  EXPECT_EQ(*parseJob(jsonText(jobJson(whole)), "j"), whole);
}

TEST(Job, whatIsNoJobIsBroken) {
  for (const char* text :
       {"", "[]", "{}", "{\"version\":1}", "{\"version\":\"1\"}", "{\"version\":1,\"version\":1}", "nonsense"}) {
    const auto read = parseJob(text, "job.json");
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kJobBroken) << text;
  }
  EXPECT_EQ(parseJob("{\"version\":2}", "j").error().code, ErrorCode::kVersionTooNew);
  auto escaping = jobJson(fullJob());
  escaping["shot"]["id"] = "../x";
  EXPECT_EQ(parseJob(escaping.dump(), "j").error().code, ErrorCode::kJobBroken);
}

std::vector<JobEvent> events() {
  return {
      {0, 1.5, Started{"draft", 97}},
      {1, 2.5, StageStarted{JobStage::kPrepare}},
      {2, 2.5, StageStarted{JobStage::kGenerate}},
      {3, 2.5, StageStarted{JobStage::kFinish}},
      {4, 3.5, StepFinished{1, 20, 12.25}},
      {5, 4.0, PreviewReady{1, "preview/0001.raw"}},
      {6, 5.0, FrameWritten{{12}, 13, 97, 3.5}},
      {7, 6.0, Warning{"grain was reduced\nin \"dark\" parts"}},
      {8, 7.0,
       Failed{
           ErrorCode::kDiskFull, "no room", "/out", {{"bytes", std::int64_t{-5}}, {"share", 0.5}, {"file", "a.png"}}}},
      {9, 8.0, Finished{"/out/a.mov", 30.25}}};
}

TEST(JobEvent, everyTypeIsOneLineAndReadsBack) {
  for (const JobEvent& event : events()) {
    const std::string line = eventLine(event);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto back = parseEventLine(line, "events.jsonl");
    ASSERT_TRUE(back.ok() && back->has_value()) << line;
    EXPECT_EQ((*back)->body.index(), event.body.index());
    EXPECT_EQ(eventLine(**back), line);
  }
}

TEST(JobEvent, notANumberIsNotWritten) {
  const std::string line = eventLine({0, std::nan(""), StepFinished{1, 2, INFINITY}});
  EXPECT_TRUE(parseEventLine(line, "e")->has_value()) << line;
}

TEST(JobEvent, unknownTypesAndLaterVersionsAreIgnored) {
  EXPECT_FALSE(parseEventLine(R"({"version":1,"seq":3,"time":1,"type":"Sparkled","x":1})", "e")->has_value());
  EXPECT_FALSE(parseEventLine(R"({"version":2,"seq":3,"time":1,"type":"Started"})", "e")->has_value());
}

TEST(JobEvent, garbageIsBroken) {
  for (const char* line : {"", "{}", "[]", "{\"version\":1,\"seq\":-1,\"type\":\"Warning\"}",
                           "{\"version\":1,\"seq\":0}", "{\"version\":1,\"seq\":\"0\",\"type\":\"Warning\"}",
                           R"({"version":1,"seq":0,"type":"StageStarted","stage":"lunch"})",
                           R"({"version":1,"seq":0,"type":"Failed","arguments":[1]})"}) {
    const auto read = parseEventLine(line, "e");
    ASSERT_FALSE(read.ok()) << line;
    EXPECT_EQ(read.error().code, ErrorCode::kJobBroken) << line;
  }
}

}  // namespace
}  // namespace pai::core

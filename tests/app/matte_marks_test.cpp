// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/matte_marks.h"

#include <gtest/gtest.h>

namespace pai::app {
namespace {

std::map<std::int64_t, MatteFacts> shotOf(int frames, const MatteFacts& usual) {
  std::map<std::int64_t, MatteFacts> facts;
  for (int f = 0; f < frames; ++f) facts[f] = usual;
  return facts;
}

TEST(MatteMarksTest, whatIsTheSameInEveryFrameMarksNoneAndIsToldOnce) {
  const MatteMarks marks = marksOf(shotOf(97, {0.3, 0.0, 0.18, 0.2, 6.0, true}));
  EXPECT_TRUE(marks.frames.empty()) << "a strip that is always red is not read";
  ASSERT_EQ(marks.throughout.size(), 1u);
  EXPECT_EQ(marks.throughout.begin()->first, MatteMeasure::kSpill);
  EXPECT_DOUBLE_EQ(marks.throughout.begin()->second, 0.2);
}

TEST(MatteMarksTest, aFrameThatStandsOutIsMarkedWithItsReason) {
  auto facts = shotOf(97, {0.3, 0.0004, 0.18, 0.001, 6.0, true});
  facts[36].holes = 0.045;
  facts[61].chatter = 0.6;
  facts[70].coverage = 0.1;
  const MatteMarks marks = marksOf(facts);
  ASSERT_EQ(marks.frames.count(36), 1u);
  EXPECT_EQ(marks.frames.at(36).measure, MatteMeasure::kHoles);
  EXPECT_DOUBLE_EQ(marks.frames.at(36).usual, 0.0004);
  EXPECT_TRUE(marks.frames.at(36).first);
  EXPECT_EQ(marks.frames.at(61).measure, MatteMeasure::kChatter);
  EXPECT_EQ(marks.frames.at(70).measure, MatteMeasure::kJump);
  EXPECT_EQ(marks.frames.at(71).measure, MatteMeasure::kJump) << "and back";
  EXPECT_EQ(marks.frames.size(), 4u);
  EXPECT_GT(marks.frames.at(36).severity, marks.frames.at(61).severity);
}

TEST(MatteMarksTest, atMostAnEighthIsToBeLookedAtFirstTheWorst) {
  auto facts = shotOf(160, {0.3, 0.0, 0.1, 0.0, 6.0, false});
  for (int f = 0; f < 60; ++f) facts[f].holes = 0.01 + 0.001 * f;
  const MatteMarks marks = marksOf(facts);
  int first = 0;
  for (const auto& [frame, mark] : marks.frames) first += mark.first;
  EXPECT_EQ(marks.frames.size(), 60u);
  EXPECT_EQ(first, 20);
  EXPECT_TRUE(marks.frames.at(59).first);
  EXPECT_FALSE(marks.frames.at(0).first);
}

TEST(MatteMarksTest, aPartlyKnownReportHasNoJumpAcrossItsGaps) {
  std::map<std::int64_t, MatteFacts> facts;
  facts[0] = {0.1, 0.0, 0.0, 0.0, 5.0, false};
  facts[50] = {0.6, 0.0, 0.0, 0.0, 5.0, false};
  EXPECT_TRUE(marksOf(facts).frames.empty());
  EXPECT_TRUE(marksOf({}).frames.empty());
}

}  // namespace
}  // namespace pai::app

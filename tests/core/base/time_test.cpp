// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/time.h"

#include <gtest/gtest.h>

namespace pai::core {
namespace {

FrameRate rateOf(std::string_view text) { return *FrameRate::parse(text); }

const char* const kRates[]{"24",         "25",         "30",         "48", "50",   "60",  "120",
                           "24000/1001", "30000/1001", "60000/1001", "15", "1000", "12.5"};

TEST(FrameRate, decimalsOfFilmAndVideoBecomeTheirExactRational) {
  for (const char* text : {"23.976", "23.98", "23.9760", "24000/1001", "48000/2002"})
    EXPECT_EQ(rateOf(text).text(), "24000/1001") << text;
  EXPECT_EQ(rateOf("29.97").text(), "30000/1001");
  EXPECT_EQ(rateOf("59.94").text(), "60000/1001");
  EXPECT_EQ(rateOf("47.952").text(), "48000/1001");
  EXPECT_EQ(rateOf("119.88").text(), "120000/1001");
  EXPECT_EQ(rateOf("25.000").text(), "25");
  EXPECT_EQ(rateOf("12.5").text(), "25/2");
}

TEST(FrameRate, textReadsBack) {
  for (const char* text : kRates) EXPECT_EQ(rateOf(rateOf(text).text()), rateOf(text)) << text;
}

TEST(FrameRate, whatIsNoRateIsRefused) {
  for (const char* text : {"", "0", "-24", "24/0", "1001", "nan", "inf", "24fps", "24/", "/24", "1e3", "1/0.5",
                           "999999999999999999999", "24.", ".5", "0.0000001", "+24"})
    EXPECT_FALSE(FrameRate::parse(text).ok()) << text;
  EXPECT_FALSE(FrameRate::make(INT64_MAX, 1).ok());
  EXPECT_FALSE(FrameRate::make(INT64_MIN, -1).ok());
  EXPECT_EQ(FrameRate::make(0, 1).error().code, ErrorCode::kFieldInvalid);
}

TEST(FrameRate, aFramesOwnTimeFindsIt) {
  for (const char* text : kRates) {
    const FrameRate rate = rateOf(text);
    for (std::int64_t f : {0, 1, 2, 23, 24, 1000, 86399, 1234567, 10'000'000}) {
      EXPECT_EQ(rate.frameAt(rate.secondsOf({f})).value, f) << text;
      const double middle = rate.secondsOf({f}) + 0.5 / rate.framesPerSecond();
      EXPECT_EQ(rate.frameAt(middle).value, f) << text;
    }
  }
  EXPECT_EQ(rateOf("24").frameAt(-5.0).value, 0);
}

TEST(FrameRange, intersectionIsInsideBoth) {
  const FrameRange a{{10}, {20}};
  EXPECT_EQ(a.intersected({{15}, {30}}), (FrameRange{{15}, {20}}));
  EXPECT_TRUE(a.intersected({{20}, {30}}).empty());
  EXPECT_TRUE(a.intersected({{0}, {5}}).empty());
  EXPECT_FALSE(a.contains({20}));
  EXPECT_TRUE(a.contains({10}));
}

TEST(Timecode, everyFrameOfADayReadsBackAndNumbersGrow) {
  for (const char* text : kRates) {
    const FrameRate rate = rateOf(text);
    for (const bool drop : {false, true}) {
      if (drop && !rate.dropFramePossible()) continue;
      const std::int64_t day = rate.nominal() * 86400 - (drop ? rate.nominal() / 15 * 9 * 6 * 24 : 0);
      std::string before;
      for (std::int64_t f = 0; f < day; f += f < 40000 ? 1 : 997) {
        const std::string code = Timecode{f, drop}.text(rate);
        const auto back = Timecode::parse(code, rate);
        ASSERT_TRUE(back.ok()) << code << " at " << text;
        ASSERT_EQ(back->frames, f) << code;
        ASSERT_EQ(back->dropFrame, drop) << code;
        if (rate.nominal() <= 100) {
          ASSERT_LT(before, code);
        }
        before = code;
      }
      EXPECT_EQ((Timecode{day, drop}.text(rate)), (Timecode{0, drop}.text(rate))) << "wraps after 24 hours";
      EXPECT_EQ((Timecode{-1, drop}.text(rate)), (Timecode{day - 1, drop}.text(rate)));
    }
  }
}

TEST(Timecode, dropFrameSkipsTheNumbersOfSt12) {
  const FrameRate rate = rateOf("29.97");
  EXPECT_EQ((Timecode{1799, true}.text(rate)), "00:00:59;29");
  EXPECT_EQ((Timecode{1800, true}.text(rate)), "00:01:00;02");
  EXPECT_EQ((Timecode{17981, true}.text(rate)), "00:09:59;29");
  EXPECT_EQ((Timecode{17982, true}.text(rate)), "00:10:00;00");
  EXPECT_EQ((Timecode{107892, true}.text(rate)), "01:00:00;00");
  EXPECT_EQ((Timecode{3600, true}.text(rateOf("59.94"))), "00:01:00;04");
  for (const char* skipped : {"00:01:00;00", "00:01:00;01", "23:59:00;00"})
    EXPECT_FALSE(Timecode::parse(skipped, rate).ok()) << skipped;
  EXPECT_TRUE(Timecode::parse("00:10:00;00", rate).ok());
  EXPECT_EQ(Timecode::parse("00:01:00.02", rate)->frames, 1800);
}

TEST(Timecode, dropFrameStaysWithinAFrameOfTheClockEveryTenMinutes) {
  const FrameRate rate = rateOf("29.97");
  for (int tens = 0; tens < 144; ++tens) {
    char code[32];
    std::snprintf(code, sizeof code, "%02d:%02d:00;00", tens / 6, tens % 6 * 10);
    EXPECT_NEAR(rate.secondsOf({Timecode::parse(code, rate)->frames}), tens * 600.0, 0.1) << code;
  }
}

TEST(Timecode, whatIsNoTimecodeIsRefused) {
  const FrameRate rate = rateOf("24");
  for (const char* text : {"", "00:00:00", "00:00:00:24", "24:00:00:00", "00:60:00:00", "00:00:60:00", "a0:00:00:00",
                           "00:00:00:-1", "00:00:00:00:00", "00:00:00;00", "000:00:00:00", " 00:00:00:00", "00:00:00:"})
    EXPECT_FALSE(Timecode::parse(text, rate).ok()) << text;
}

}  // namespace
}  // namespace pai::core

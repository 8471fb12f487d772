// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <gtest/gtest.h>

#include "app/document/playback.h"

namespace pai::app {
namespace {

void runFor(int ms) {
  QEventLoop loop;
  QTimer::singleShot(ms, &loop, &QEventLoop::quit);
  loop.exec();
}

TEST(PlaybackTest, seekIsBoundedToTheTimeline) {
  Playback playback;
  playback.setFrames(97);
  playback.seek(500);
  EXPECT_EQ(playback.frame().value, 96);
  playback.seek(-4);
  EXPECT_EQ(playback.frame().value, 0);
}

TEST(PlaybackTest, framesFollowTheClockAtTheShotsRate) {
  Playback playback;
  playback.setFrames(1000);
  playback.setRate(*core::FrameRate::make(24, 1));
  QElapsedTimer clock;
  clock.start();
  playback.play(1.0);
  runFor(500);
  const double expected = static_cast<double>(clock.elapsed()) * 0.024;
  EXPECT_NEAR(static_cast<double>(playback.frame().value), expected, 3.0);
}

TEST(PlaybackTest, withoutLoopPlayingEndsOnTheLastFrame) {
  Playback playback;
  playback.setFrames(5);
  playback.setLoop(false);
  playback.play(8.0);
  runFor(300);
  EXPECT_FALSE(playback.isPlaying());
  EXPECT_EQ(playback.frame().value, 4);
}

TEST(PlaybackTest, aLoopStaysBetweenInAndOut) {
  Playback playback;
  playback.setFrames(100);
  playback.setMarked({{20}, {24}});
  bool outside = false;
  playback.seek(20);
  QObject::connect(&playback, &Playback::frameChanged, &playback, [&](qint64 f) { outside |= f < 20 || f >= 24; });
  playback.play(4.0);
  runFor(300);
  EXPECT_TRUE(playback.isPlaying());
  EXPECT_FALSE(outside);
}

TEST(PlaybackTest, shuttleDoublesAndTurnsThroughPause) {
  Playback playback;
  playback.setFrames(1000);
  playback.shuttle(1);
  playback.shuttle(1);
  EXPECT_DOUBLE_EQ(playback.speed(), 2.0);
  playback.shuttle(-1);
  EXPECT_DOUBLE_EQ(playback.speed(), 0.0);
  playback.shuttle(-1);
  EXPECT_DOUBLE_EQ(playback.speed(), -1.0);
}

TEST(PlaybackTest, aShorterTimelinePullsThePlayheadBack) {
  Playback playback;
  playback.setFrames(100);
  playback.seek(90);
  playback.setFrames(50);
  EXPECT_EQ(playback.frame().value, 49);
}

}  // namespace
}  // namespace pai::app

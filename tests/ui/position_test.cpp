// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QLineEdit>
#include <QTest>
#include <QToolButton>

#include "tests/ui/studio_fixture.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/position_text.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// Frame that is read, or -1.
std::int64_t read(const char* typed, const PositionScale& scale) {
  const auto frame = readPosition(QString::fromUtf8(typed), scale);
  return frame ? frame->value : -1;
}

PositionScale scaleAt(std::int64_t current, const char* start = "10:24:33:00", const char* rate = "24") {
  const core::FrameRate r = *core::FrameRate::parse(rate);
  return {r, *core::Timecode::parse(start, r), 4000, current, 1000, 500};
}

TEST(PositionTextTest, aTimecodeIsThePlatesAndItsLastPartsKeepTheOthers) {
  EXPECT_EQ(read("10:24:37:05", scaleAt(1000)), 4 * 24 + 5);
  EXPECT_EQ(read("37:05", scaleAt(0)), 4 * 24 + 5);
  EXPECT_EQ(read("25:00:03", scaleAt(0)), 27 * 24 + 3);
  EXPECT_EQ(read(" 37.05 ", scaleAt(0)), 4 * 24 + 5);
  EXPECT_EQ(read("１０：２４：３７：０５", scaleAt(0)), 4 * 24 + 5) << "as an input method types it";
}

TEST(PositionTextTest, aNumberIsAFrameOfTheShotAndAStepIsCountedFromThePlayhead) {
  EXPECT_EQ(read("48", scaleAt(1200)), 1048);
  EXPECT_EQ(read("499", scaleAt(1200)), 1499);
  EXPECT_EQ(read("+12", scaleAt(1200)), 1212);
  EXPECT_EQ(read("-1:00", scaleAt(1200)), 1176);
  EXPECT_EQ(read("+30", scaleAt(1200)), 1230) << "more than the frames of a second";
  EXPECT_EQ(read("-9:00:00", scaleAt(1200)), 0);
  EXPECT_EQ(read("+9999", scaleAt(1200)), 3999);
}

TEST(PositionTextTest, whatIsNoPositionOrLiesOutsideIsRefused) {
  for (const char* typed : {"", ":", "x", "1:x", "1::05", "+", "-", "--1", "1:2:3:4:5", "12345678901234567890", "1,5"})
    EXPECT_EQ(read(typed, scaleAt(1200)), -1) << typed;
  EXPECT_EQ(read("37:24", scaleAt(0)), -1) << "24 frames a second end at 23";
  EXPECT_EQ(read("+1:24", scaleAt(0)), -1);
  EXPECT_EQ(read("61:00", scaleAt(0)), -1);
  EXPECT_EQ(read("500", scaleAt(1200)), -1) << "past the shot";
  EXPECT_EQ(read("10:24:32:23", scaleAt(0)), -1);
  EXPECT_EQ(read("10:27:19:16", scaleAt(0)), -1);
  EXPECT_EQ(read("10:27:19:15", scaleAt(0)), 3999);
  EXPECT_EQ(read("0", PositionScale()), -1);
}

TEST(PositionTextTest, dropFrameAndMidnightAreCountedAsTheyAreShown) {
  const PositionScale drop = scaleAt(1700, "01:00:00;00", "30000/1001");
  EXPECT_EQ(read("01:01:00:02", drop), 1800);
  EXPECT_EQ(read("01:01:00:00", drop), -1) << "this number is left out";
  EXPECT_EQ(read("+1:00:00", drop), 3498);
  EXPECT_EQ(read("00:00:01:00", scaleAt(0, "23:59:59:00")), 48);
}

class PositionTest : public StudioTest {
 protected:
  PositionTest() {
    source->startTimecode = *core::Timecode::parse("10:24:33:00", *core::FrameRate::parse("24"));
    importClip();
  }
  QString label(const char* name) { return studio->viewer().findChild<QLabel*>(name)->text(); }
  QToolButton& timecode() { return *studio->viewer().findChild<QToolButton*>("timecode"); }
  QLineEdit& entry() { return *studio->viewer().findChild<QLineEdit*>("positionEntry"); }
  const QLabel* note() { return studio->findChild<QLabel*>("positionNote"); }
  std::int64_t frame() { return studio->playback().frame().value; }
  void type(const char* text, Qt::Key end) {
    QTest::keyClicks(&entry(), text);
    QTest::keyClick(&entry(), end);
  }
};

TEST_F(PositionTest, theLastFrameIsNamedByItsNumberBesideTheLengthOfTheTimeline) {
  studio->actions().goEnd->trigger();
  EXPECT_EQ(timecode().text(), "10:24:37:00");
  EXPECT_EQ(label("frame"), "frame 96");
  EXPECT_EQ(label("duration"), "/ 00:00:04:01");
  studio->actions().splitShot->trigger();  // the last frame alone
  EXPECT_EQ(label("frame"), "frame 0");
  EXPECT_EQ(label("duration"), "/ 00:00:04:01");
}

TEST_F(PositionTest, aClickOnTheTimecodeOpensTheLineAndEnterGoesThere) {
  studio->timeline().setFocus();
  studio->actions().play->trigger();
  QTest::mouseClick(&timecode(), Qt::LeftButton);
  ASSERT_TRUE(entry().isVisible() && entry().hasFocus());
  EXPECT_FALSE(studio->playback().isPlaying());
  EXPECT_EQ(entry().selectedText(), timecode().text());
  type("35:05", Qt::Key_Return);
  EXPECT_EQ(frame(), 53);
  EXPECT_FALSE(entry().isVisible());
  EXPECT_TRUE(studio->timeline().hasFocus());
  EXPECT_EQ(label("frame"), "frame 53");
}

TEST_F(PositionTest, theKeysOpenItAndEscapeLeavesEverythingAsItWas) {
  studio->activateWindow();
  studio->playback().seek(20);
  studio->timeline().setFocus();
  QTest::keyClick(&studio->timeline(), Qt::Key_T, Qt::ShiftModifier);
  ASSERT_TRUE(entry().isVisible());
  type("48", Qt::Key_Escape);
  EXPECT_FALSE(entry().isVisible());
  EXPECT_TRUE(timecode().isVisible());
  EXPECT_EQ(frame(), 20);
  EXPECT_TRUE(studio->timeline().hasFocus());
  QTest::keyClick(&studio->timeline(), Qt::Key_T, Qt::ShiftModifier);
  type("+12", Qt::Key_Enter);
  EXPECT_EQ(frame(), 32);
}

TEST_F(PositionTest, whatCannotBeReadStaysAndIsExplained) {
  studio->actions().typePosition->trigger();
  type("12:99", Qt::Key_Return);
  EXPECT_EQ(frame(), 0);
  ASSERT_TRUE(entry().isVisible());
  ASSERT_TRUE(note() && note()->isVisible());
  EXPECT_EQ(note()->text(), "Frames of a second go from 0 to 23 here.");
  EXPECT_EQ(entry().accessibleDescription(), note()->text());
  EXPECT_TRUE(studio->rect().contains(note()->geometry()));
  type("9", Qt::Key_Backspace);
  EXPECT_FALSE(note()->isVisible()) << "typing goes on in peace";
  QTest::keyClicks(&entry(), "96");
  QTest::keyClick(&entry(), Qt::Key_Return);
  EXPECT_EQ(frame(), 96);
}

TEST_F(PositionTest, aClickElsewhereLeaves) {
  studio->actions().typePosition->trigger();
  QTest::keyClicks(&entry(), "48");
  studio->viewer().canvas().setFocus(Qt::MouseFocusReason);
  EXPECT_FALSE(entry().isVisible());
  EXPECT_EQ(frame(), 0);
  EXPECT_TRUE(studio->viewer().canvas().hasFocus());
}

TEST_F(StudioTest, withoutAShotThereIsNoPositionToType) {
  studio->actions().typePosition->trigger();
  EXPECT_FALSE(studio->viewer().findChild<QLineEdit*>("positionEntry")->isVisibleTo(&studio->viewer()));
  EXPECT_FALSE(studio->viewer().findChild<QToolButton*>("timecode")->isEnabled());
}

}  // namespace
}  // namespace pai::ui

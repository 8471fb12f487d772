// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QListWidget>
#include <QPushButton>
#include <QTest>

#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/theme/theme.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// The source's report lists two repairs in frame 31.
class RepairsTest : public StudioTest {
 protected:
  RepairsTest() {
    importClip();
    studio->inspector().setCurrentWidget(&studio->inspector().matte());
    EXPECT_TRUE(waitUntil([this] { return list().count() == 2; }));
  }
  QListWidget& list() { return *studio->inspector().matte().findChild<QListWidget*>("repairs"); }
  QPushButton& button() { return *studio->inspector().matte().findChild<QPushButton*>("refuseRepair"); }
  ViewerCanvas& canvas() { return studio->viewer().canvas(); }
  QString undoText() { return studio->document().undoStack().undoText(); }
  int steps() { return studio->document().undoStack().count(); }
  void showMatte() {
    studio->actions().viewMatte->trigger();
    studio->playback().seek(31);
    EXPECT_TRUE(waitUntil([this] { return canvas().marks().size() == 2; }));
  }
};

TEST_F(RepairsTest, aRepairIsShownRefusedAndAcceptedByKeys) {
  EXPECT_EQ(list().item(0)->text(), QStringLiteral("Frame 31: %1 px from frames 30 and 32").arg(QLocale().toString(2488)));
  EXPECT_EQ(list().item(0)->checkState(), Qt::Checked);
  list().setFocus();
  QTest::keyClick(&list(), Qt::Key_End);
  EXPECT_EQ(studio->playback().frame().value, 31) << "choosing one goes to its frame";
  const int before = steps();
  QTest::keyClick(&list(), Qt::Key_Space);
  ASSERT_EQ(shot().repairs.refused.size(), 1u);
  EXPECT_EQ(shot().repairs.refused[0].frame.value, 31);
  EXPECT_DOUBLE_EQ(shot().repairs.refused[0].box.left, 0.53);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(undoText(), "Refuse repair");
  EXPECT_TRUE(list().item(1)->text().endsWith(", refused"));
  EXPECT_EQ(list().currentRow(), 1) << "the list keeps its place";
  QTest::keyClick(&list(), Qt::Key_Space);
  EXPECT_TRUE(shot().repairs.refused.empty());
  EXPECT_EQ(undoText(), "Accept repair");
  studio->actions().undo->trigger();
  EXPECT_EQ(shot().repairs.refused.size(), 1u);
  studio->actions().undo->trigger();
  EXPECT_TRUE(shot().repairs.refused.empty());
  EXPECT_EQ(list().item(1)->checkState(), Qt::Checked);
}

TEST_F(RepairsTest, severalAreRefusedAsOneActAndAcceptedAgain) {
  EXPECT_FALSE(button().isEnabled());
  list().selectAll();
  ASSERT_TRUE(button().isEnabled());
  const int before = steps();
  QTest::mouseClick(&button(), Qt::LeftButton);
  EXPECT_EQ(shot().repairs.refused.size(), 2u);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(button().text(), "Accept again");
  QTest::keyClick(&button(), Qt::Key_Space);
  EXPECT_TRUE(shot().repairs.refused.empty());
}

TEST_F(RepairsTest, theMatteViewOutlinesThemAndSaysWhatTheyAre) {
  showMatte();
  EXPECT_FALSE(canvas().marks()[0].dashed);
  EXPECT_EQ(canvas().marks()[0].words, "Repaired from frames 30 and 32");
  const QImage shown = canvas().grab().toImage();
  int lines = 0;
  for (int y = 0; y < shown.height(); ++y)
    for (int x = 0; x < shown.width(); ++x) lines += shown.pixel(x, y) == colour::kAccent;
  EXPECT_GT(lines, 10);
  list().selectAll();
  QTest::mouseClick(&button(), Qt::LeftButton);
  EXPECT_TRUE(canvas().marks()[0].dashed);
  EXPECT_EQ(canvas().marks()[0].words, "Repair refused");
  studio->playback().seek(32);
  EXPECT_TRUE(waitUntil([this] { return canvas().marks().empty(); }));
  studio->playback().seek(31);
  EXPECT_TRUE(waitUntil([this] { return canvas().marks().size() == 2; }));
  studio->actions().viewPlate->trigger();
  EXPECT_TRUE(canvas().marks().empty());
}

TEST_F(RepairsTest, theyAreTurnedOffAndOnForAShot) {
  showMatte();
  auto* enabled = studio->inspector().matte().findChild<QCheckBox*>("repairsEnabled");
  ASSERT_TRUE(enabled && enabled->isChecked());
  enabled->setFocus();
  QTest::keyClick(enabled, Qt::Key_Space);
  EXPECT_FALSE(shot().repairs.enabled);
  EXPECT_EQ(undoText(), "Leave the matte unrepaired");
  EXPECT_TRUE(canvas().marks().empty());
  EXPECT_EQ(list().count(), 0);
  studio->actions().undo->trigger();
  EXPECT_TRUE(enabled->isChecked());
  EXPECT_TRUE(waitUntil([this] { return list().count() == 2; }));
}

}  // namespace
}  // namespace pai::ui

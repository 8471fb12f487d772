// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QElapsedTimer>
#include <QTest>

#include "tests/ui/studio_fixture.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kSlowMs = 700;

/// Switching views while answers are slow.
class ViewerViewsTest : public StudioTest {
 protected:
  ViewerViewsTest() {
    importClip();
    settle();
  }
  /// Waits until all that was asked for is there, also what is asked for at rest.
  void settle() {
    turnFor(200);
    EXPECT_TRUE(waitUntil([this] { return !canvas().picture().isNull() && !studio->viewerController().isWaiting(); }));
  }
  ViewerCanvas& canvas() { return studio->viewer().canvas(); }
  /// What the window shows at a place of the picture, 0 to 1 of it: its corner is the screen, or black in a matte.
  QColor seen(double x, double y) {
    const QRectF area = canvas().transform().pictureRect();
    const QImage all = canvas().grab().toImage();
    const QPointF at(area.left() + area.width() * x, area.top() + area.height() * y);
    return all.pixelColor((at * all.devicePixelRatio()).toPoint());
  }
  QColor corner() { return seen(0.02, 0.02); }
  bool isMatte() const { return studio->viewer().canvas().picture().pixelColor(2, 2) == QColor(Qt::black); }
};

const QColor kScreen(40, 140, 60), kKeyed(70, 90, 120);

TEST_F(ViewerViewsTest, anAnswerThatIsLateLeavesThePictureBeforeItDimmedUnderWordsThatSaySo) {
  ASSERT_EQ(corner(), kScreen);
  source->answerMs = kSlowMs;
  studio->actions().viewMatte->trigger();
  EXPECT_TRUE(canvas().cover(0).isEmpty()) << "not at once";
  ASSERT_TRUE(waitUntil([this] { return !canvas().cover(0).isEmpty(); }, 400));
  EXPECT_EQ(canvas().cover(0), "Preparing the matte…");
  EXPECT_EQ(canvas().accessibleDescription(), "Preparing the matte…");
  EXPECT_FALSE(isMatte());
  EXPECT_LT(corner().green(), kScreen.green() / 2);
  ASSERT_TRUE(waitUntil([this] { return isMatte(); }));
  EXPECT_TRUE(canvas().cover(0).isEmpty());
  EXPECT_EQ(corner(), QColor(Qt::black));
  EXPECT_EQ(seen(0.5, 0.55), QColor(Qt::white));
}

TEST_F(ViewerViewsTest, anAnswerInTimeCoversNothing) {
  source->answerMs = 15;
  bool covered = false;
  studio->actions().viewMatte->trigger();
  EXPECT_TRUE(waitUntil([&] {
    covered = covered || !canvas().cover(0).isEmpty();
    return isMatte();
  }));
  EXPECT_FALSE(covered);
}

TEST_F(ViewerViewsTest, aPictureOfTheViewBeforeIsNeverShownAsTheNewOne) {
  source->answerMs = kSlowMs;
  studio->playback().seek(40);  // the plate is on its way
  turnFor(20);
  studio->actions().viewMatte->trigger();
  int others = 0;
  const QObject here;
  QObject::connect(&canvas(), &ViewerCanvas::pictureChanged, &here, [&] { others += isMatte() ? 0 : 1; });
  ASSERT_TRUE(waitUntil([this] { return !canvas().cover(0).isEmpty(); }, 400));
  bool uncovered = false;
  EXPECT_TRUE(waitUntil([&] {
    uncovered = uncovered || (canvas().cover(0).isEmpty() && !isMatte());
    return isMatte();
  }));
  EXPECT_EQ(others, 0);
  EXPECT_FALSE(uncovered) << "also when the answer that is no longer wanted comes";
}

TEST_F(ViewerViewsTest, goingOnToAThirdViewNamesThatAndGoingBackShowsThePictureAtOnce) {
  source->answerMs = kSlowMs;
  studio->actions().viewMatte->trigger();
  ASSERT_TRUE(waitUntil([this] { return !canvas().cover(0).isEmpty(); }, 400));
  studio->actions().viewComposite->trigger();
  EXPECT_EQ(canvas().cover(0), "Preparing the composite…");
  studio->actions().viewPlate->trigger();
  EXPECT_TRUE(canvas().cover(0).isEmpty());
  EXPECT_EQ(corner(), kScreen);
}

TEST_F(ViewerViewsTest, eachSideOfAWipeIsCoveredByItself) {
  source->answerMs = kSlowMs;
  studio->actions().compareWipe->trigger();
  ASSERT_TRUE(waitUntil([this] { return !canvas().cover(1).isEmpty(); }, 400));
  EXPECT_EQ(canvas().cover(1), "Preparing the composite…");
  EXPECT_TRUE(canvas().cover(0).isEmpty());
  EXPECT_EQ(corner(), kScreen);
  EXPECT_NE(seen(0.98, 0.02), kScreen) << "the plate is not the other side's picture";
  source->answerMs = 0;
  settle();
  EXPECT_TRUE(canvas().cover(1).isEmpty());
  EXPECT_EQ(seen(0.98, 0.02), kKeyed);
  source->answerMs = kSlowMs;
  auto* other = studio->viewer().findChild<QComboBox*>("compareWith");
  ASSERT_NE(other, nullptr);
  other->setCurrentIndex(other->findText("Matte"));
  ASSERT_TRUE(waitUntil([this] { return !canvas().cover(1).isEmpty(); }, 400));
  EXPECT_EQ(canvas().cover(1), "Preparing the matte…");
  EXPECT_LT(seen(0.98, 0.02).blue(), kKeyed.blue() / 2);
  EXPECT_EQ(corner(), kScreen);
}

TEST_F(ViewerViewsTest, withoutATakeTheOtherSideSaysSoInsteadOfShowingThePlate) {
  studio->actions().compareSplit->trigger();
  settle();
  auto* other = studio->viewer().findChild<QComboBox*>("compareWith");
  other->setCurrentIndex(other->findText("Take"));
  turnFor(50);
  EXPECT_EQ(canvas().cover(1), "No take to show");
  EXPECT_NE(seen(0.52, 0.3), kScreen);
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <QComboBox>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QLabel>
#include <QTest>

#include "tests/ui/studio_fixture.h"
#include "ui/panels/scopes_panel.h"
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

/// Which frames reach the screen while the playhead is sent about.
class SeekTest : public ViewerViewsTest {
 protected:
  SeekTest() {
    studio->actions().viewComposite->trigger();
    settle();
    QObject::connect(&studio->viewerController(), &ViewerController::pictureShown, &m_here, [this](qint64 frame) { shown.push_back(frame); });
    source->cancels = 0;
  }
  std::vector<qint64> shown;

 private:
  QObject m_here;
};

TEST_F(SeekTest, aFinalPictureIsGivenUpAsSoonAsThePlayheadGoesOn) {
  studio->playback().seek(40);
  ASSERT_TRUE(waitUntil([this] { return !shown.empty() && shown.back() == 40; }));
  source->answerMs = kSlowMs;
  ASSERT_TRUE(waitUntil([this] { return source->lastShotRequest && !source->lastShotRequest->moving; }));
  source->answerMs = 0;
  QElapsedTimer timer;
  timer.start();
  studio->playback().seek(41);
  ASSERT_TRUE(waitUntil([this] { return shown.back() == 41; }));
  EXPECT_LT(timer.elapsed(), kSlowMs / 2);
  EXPECT_EQ(source->cancels, 1);
}

TEST_F(SeekTest, aChangedSettingGivesUpTheFinalPictureToo) {
  source->answerMs = kSlowMs;
  studio->viewerController().refresh();
  turnFor(20);
  source->answerMs = 0;
  studio->document().editShot(shot().id, "light", [](core::Shot& s) { s.light.strength = 0.2; });
  ASSERT_TRUE(waitUntil([this] { return !studio->viewerController().isWaiting(); }, kSlowMs / 2));
  EXPECT_EQ(source->cancels, 1);
}

TEST_F(SeekTest, inMotionAPictureOfAFrameNearByIsLetBe) {
  source->answerMs = 100;
  studio->playback().seek(40);
  turnFor(20);
  studio->playback().seek(44);
  ASSERT_TRUE(waitUntil([this] { return !shown.empty() && shown.back() == 44; }));
  EXPECT_EQ(shown.front(), 40);
  EXPECT_EQ(source->cancels, 0);
}

TEST_F(SeekTest, inMotionTheNextPictureIsAskedForBeforeTheLastOneIsThereAndTheNewestOneWins) {
  source->answerMs = 100;
  source->viewerRequests = 0;
  studio->playback().seek(40);
  studio->playback().seek(41);
  EXPECT_EQ(source->viewerRequests, 2);
  EXPECT_TRUE(shown.empty());
  studio->playback().seek(42);
  studio->playback().seek(43);
  ASSERT_TRUE(waitUntil([this] { return shown.size() > 1; }));
  EXPECT_EQ(shown[0], 40);
  EXPECT_EQ(shown[1], 43);
}

TEST_F(SeekTest, aPictureThatComesAfterANewerOneIsNotShown) {
  source->answerMs = 100;
  studio->playback().seek(40);
  source->answerMs = 0;  // as where the next frame is held
  studio->playback().seek(42);
  ASSERT_TRUE(waitUntil([this] { return !shown.empty(); }));
  turnFor(200);
  EXPECT_EQ(shown.front(), 42);
  EXPECT_EQ(std::count(shown.begin(), shown.end(), 40), 0);
}

TEST_F(SeekTest, aPictureFarFromThePlayheadIsNotWaitedFor) {
  source->answerMs = 150;
  studio->playback().seek(10);
  turnFor(20);
  studio->playback().seek(80);
  ASSERT_TRUE(waitUntil([this] { return !shown.empty(); }));
  EXPECT_EQ(shown.front(), 80);
  EXPECT_EQ(source->cancels, 1);
}

TEST_F(SeekTest, aHandThatNeverRestsStillSeesPictures) {
  source->answerMs = 60;
  QElapsedTimer timer;
  timer.start();
  for (int i = 0; timer.elapsed() < 1500; ++i) {
    studio->playback().seek(i % 2 == 0 ? 5 + i % 7 : 80 + i % 7);
    turnFor(15);
  }
  EXPECT_GE(shown.size(), 3u);
  EXPECT_GT(source->cancels, 3);
}

TEST_F(ViewerViewsTest, theScopesAreDimmedWithThePictureThatTheyAreOf) {
  studio->dock("scopes")->show();
  studio->dock("scopes")->raise();
  auto* panel = studio->dock("scopes")->findChild<ScopesPanel*>();
  ASSERT_TRUE(waitUntil([panel] { return !panel->scope().isNull() && panel->levels().mean > 0; }));
  turnFor(400);  // docks glide into place
  EXPECT_FALSE(panel->isOlder());
  const auto words = [panel] { return panel->findChildren<QLabel*>().back()->text(); };
  const auto brightest = [panel] {
    const QImage all = panel->grab().toImage();
    int most = 0;
    for (int y = 40; y < all.height() - 40; ++y)
      for (int x = 40; x < all.width() - 12; ++x) most = std::max(most, qGreen(all.pixel(x, y)) - qRed(all.pixel(x, y)));
    return most;
  };
  const int before = brightest(), high = panel->scope().height();
  source->answerMs = kSlowMs;
  studio->actions().viewMatte->trigger();
  ASSERT_TRUE(waitUntil([this] { return !canvas().cover(0).isEmpty(); }, 400));
  EXPECT_TRUE(panel->isOlder());
  EXPECT_TRUE(words().startsWith("Of the picture before")) << words().toStdString();
  if (before > 30) {
    EXPECT_LT(brightest(), before / 2);
  }
  ASSERT_TRUE(waitUntil([this] { return isMatte(); }));
  EXPECT_TRUE(waitUntil([panel] { return !panel->isOlder(); }));
  EXPECT_TRUE(words().startsWith("Luma"));
  EXPECT_EQ(panel->scope().height(), high) << "a line of words more moves nothing";
}

TEST_F(ViewerViewsTest, goingBackToThePictureThatIsThereUndimsTheScopes) {
  studio->dock("scopes")->show();
  studio->dock("scopes")->raise();
  auto* panel = studio->dock("scopes")->findChild<ScopesPanel*>();
  ASSERT_TRUE(waitUntil([panel] { return panel->levels().mean > 0; }));
  source->answerMs = kSlowMs;
  studio->actions().viewMatte->trigger();
  ASSERT_TRUE(waitUntil([panel] { return panel->isOlder(); }));
  studio->actions().viewPlate->trigger();
  EXPECT_FALSE(panel->isOlder());
}

}  // namespace
}  // namespace pai::ui

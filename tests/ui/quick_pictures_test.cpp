// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QTimer>

#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/preferences_dialog.h"
#include "ui/panels/scopes_panel.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

const QString kQuickNote = QStringLiteral("Quick key while moving");

/// The composite under a playhead that moves.
class QuickPicturesTest : public StudioTest {
 protected:
  QuickPicturesTest() {
    importClip();
    studio->viewerController().setFills(false);
    studio->actions().viewComposite->trigger();
    settle();
    QObject::connect(&studio->viewerController(), &ViewerController::pictureShown, &m_here, [this](qint64 frame, bool quick) {
      shown.push_back({frame, quick});
      EXPECT_EQ(canvas().note(0) == kQuickNote, quick) << frame;
    });
  }
  ~QuickPicturesTest() override { app::savePreferences({}); }
  void settle() {
    turnFor(250);
    EXPECT_TRUE(waitUntil([this] { return !canvas().picture().isNull() && !studio->viewerController().isWaiting(); }));
  }
  ViewerCanvas& canvas() { return studio->viewer().canvas(); }
  /// Drags the playhead over the ruler and holds it there.
  void scrub(std::int64_t from, std::int64_t to) {
    const auto at = [this](std::int64_t frame) { return QPoint(lane(frame).x(), 8); };
    QTest::mousePress(&studio->timeline(), Qt::LeftButton, {}, at(from));
    const std::int64_t step = from < to ? 1 : -1;
    for (std::int64_t f = from; f != to + step; f += step) {
      QMouseEvent move(QEvent::MouseMove, at(f), studio->timeline().mapToGlobal(at(f)), Qt::NoButton, Qt::LeftButton, {});
      QApplication::sendEvent(&studio->timeline(), &move);
      turnFor(8);
    }
  }
  void release() { QTest::mouseRelease(&studio->timeline(), Qt::LeftButton, {}, QPoint(lane(studio->playback().frame().value).x(), 8)); }
  int quickOnes() const {
    return static_cast<int>(std::count_if(shown.begin(), shown.end(), [](const Shown& s) { return s.quick; }));
  }
  void pressPreference() {
    QTimer::singleShot(50, studio.get(), [this] {
      auto* dialog = studio->findChild<PreferencesDialog*>();
      ASSERT_NE(dialog, nullptr);
      auto* box = dialog->findChild<QCheckBox*>("quickPictures");
      ASSERT_NE(box, nullptr);
      EXPECT_FALSE(box->toolTip().isEmpty());
      QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, 8));
      QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
    });
    studio->actions().preferences->trigger();
  }

  struct Shown {
    qint64 frame;
    bool quick;
  };
  std::vector<Shown> shown;

 private:
  QObject m_here;
};

TEST_F(QuickPicturesTest, scrubbingShowsQuickPicturesUnderANoteAndRestTheTrueOne) {
  scrub(10, 50);
  EXPECT_GT(quickOnes(), 20);
  EXPECT_EQ(quickOnes(), static_cast<int>(shown.size())) << "nothing is made in full on the way";
  EXPECT_EQ(canvas().note(0), kQuickNote);
  EXPECT_EQ(canvas().accessibleDescription(), kQuickNote);
  ASSERT_TRUE(waitUntil([this] { return canvas().note(0).isEmpty(); })) << "unasked, where the playhead rests";
  EXPECT_EQ(shown.back().frame, 50);
  EXPECT_FALSE(shown.back().quick);
  EXPECT_FALSE(source->lastShotRequest->quick || source->lastShotRequest->moving);
  release();
}

TEST_F(QuickPicturesTest, playingShowsQuickPicturesWhereNoneIsHeld) {
  source->heldFrames = {{{0}, {8}}};
  studio->playback().seek(0);
  settle();
  shown.clear();
  studio->actions().play->trigger();
  ASSERT_TRUE(waitUntil([this] { return studio->playback().frame().value >= 20; }));
  studio->actions().play->trigger();
  for (const Shown& s : shown) EXPECT_EQ(s.quick, s.frame >= 8) << s.frame;
  EXPECT_GT(quickOnes(), 4);
  settle();
  EXPECT_FALSE(shown.back().quick);
}

TEST_F(QuickPicturesTest, turnedOffInThePreferencesNoneIsEverAskedFor) {
  pressPreference();
  EXPECT_FALSE(app::loadPreferences().quickPictures);
  scrub(10, 40);
  settle();
  EXPECT_EQ(source->quickRequests, 0);
  EXPECT_EQ(quickOnes(), 0);
  EXPECT_FALSE(shown.empty());
  release();
  pressPreference();
  EXPECT_TRUE(app::loadPreferences().quickPictures);
  scrub(40, 20);
  EXPECT_GT(quickOnes(), 5) << "on again, at once";
  release();
}

TEST_F(QuickPicturesTest, whatIsComparedIsNeverQuick) {
  for (QAction* compare : {studio->actions().compareWipe, studio->actions().compareSplit, studio->actions().compareDifference}) {
    compare->trigger();
    settle();
    scrub(10, 30);
    settle();
    release();
  }
  EXPECT_EQ(source->quickRequests, 0);
  EXPECT_FALSE(shown.empty());
}

TEST_F(QuickPicturesTest, anEditIsShownByTheTrueKey) {
  scrub(10, 20);
  release();
  settle();
  source->quickRequests = 0;
  for (int i = 0; i < 10; ++i) {
    studio->document().editShot(shot().id, "Key: Gamma", [i](core::Shot& s) { s.matte[0].key.gamma = 1.0 + 0.01 * i; });
    turnFor(15);
  }
  settle();
  EXPECT_EQ(source->quickRequests, 0);
}

TEST_F(QuickPicturesTest, otherViewsAreNotQuick) {
  studio->actions().viewMatte->trigger();
  settle();
  scrub(10, 30);
  EXPECT_EQ(source->quickRequests, 0);
  release();
}

TEST_F(QuickPicturesTest, noPixelIsReadFromOneAndTheScopeSaysWhatItIsOf) {
  auto* panel = studio->dock("scopes")->findChild<ScopesPanel*>();
  studio->dock("scopes")->show();
  studio->dock("scopes")->raise();
  ASSERT_TRUE(waitUntil([panel] { return !panel->scope().isNull(); }));
  const auto words = [panel] {
    for (const QLabel* label : panel->findChildren<QLabel*>())
      if (label->text().contains("Luma")) return label->text();
    return QString();
  };
  QString read = "nothing";
  QObject::connect(&canvas(), &ViewerCanvas::pixelRead, studio.get(), [&read](const QString& text) { read = text; });
  const QPoint middle = canvas().rect().center();
  const auto look = [&] {
    QMouseEvent move(QEvent::MouseMove, middle, canvas().mapToGlobal(middle), Qt::NoButton, Qt::NoButton, {});
    QApplication::sendEvent(&canvas(), &move);
    return read;
  };
  EXPECT_TRUE(look().contains("R ")) << read.toStdString();
  scrub(10, 30);
  EXPECT_TRUE(read.isEmpty()) << "gone as soon as the picture is quick";
  EXPECT_TRUE(look().isEmpty()) << read.toStdString();
  source->answerMs = 400;  // the true one takes long
  EXPECT_TRUE(waitUntil([&] { return panel->isQuick() && words().startsWith("Of a quick key"); })) << words().toStdString();
  ASSERT_TRUE(waitUntil([this] { return canvas().note(0).isEmpty(); }));
  EXPECT_TRUE(look().contains("R ")) << read.toStdString();
  EXPECT_TRUE(waitUntil([&] { return !panel->isQuick() && words().startsWith("Luma"); })) << words().toStdString();
  release();
}

TEST_F(QuickPicturesTest, scopesOfQuickPicturesAreDrawnAFewTimesASecond) {
  auto* panel = studio->dock("scopes")->findChild<ScopesPanel*>();
  studio->dock("scopes")->show();
  studio->dock("scopes")->raise();
  ASSERT_TRUE(waitUntil([panel] { return !panel->scope().isNull(); }));
  int drawn = 0;
  QObject::connect(panel, &ScopesPanel::drawn, studio.get(), [&drawn] { ++drawn; });
  QElapsedTimer time;
  time.start();
  scrub(10, 60);
  const auto most = static_cast<int>(time.elapsed() / 150 + 3);
  if (quickOnes() <= most) GTEST_SKIP() << "pictures come too slowly here for scopes to be left out";
  EXPECT_GE(drawn, 2) << "they follow";
  EXPECT_LE(drawn, most);
  ASSERT_TRUE(waitUntil([this] { return canvas().note(0).isEmpty(); }));
  EXPECT_TRUE(waitUntil([panel] { return !panel->isQuick(); })) << "the true picture's at once";
  release();
}

}  // namespace
}  // namespace pai::ui

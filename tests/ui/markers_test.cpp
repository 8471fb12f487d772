// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QHeaderView>
#include <QHelpEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <QToolTip>
#include <QTreeWidget>

#include "app/document/marker_edits.h"
#include "app/document/shot_job.h"
#include "core/base/project_file.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/marker_dialog.h"
#include "ui/panels/markers_panel.h"
#include "ui/theme/marker_look.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class MarkersTest : public StudioTest {
 protected:
  MarkersTest() {
    importClip();
    studio->show();
    studio->timeline().setFocus();
  }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(&studio->timeline(), static_cast<Qt::Key>(key), modifiers); }
  void addAt(std::int64_t frame) {
    studio->playback().seek(frame);
    press(Qt::Key_M);
  }
  std::vector<std::int64_t> frames() const {
    std::vector<std::int64_t> out;
    for (const core::Marker& marker : shot().markers) out.push_back(marker.frame.value);
    return out;
  }
  /// Where a marker of a frame stands on the ruler.
  QPoint rulerPoint(std::int64_t frame) const {
    return {TimelineView::kHeaderWidth + static_cast<int>(std::lround(studio->timeline().geometryOfFrames().xOf(static_cast<double>(frame)))), 22};
  }
  MarkersPanel& panel() { return *studio->dock("markers")->findChild<MarkersPanel*>(); }
  QTreeWidget& list() { return *panel().findChild<QTreeWidget*>(); }
  void answer(const std::function<void(MarkerDialog&)>& change) {
    auto* timer = new QTimer(studio.get());
    QObject::connect(timer, &QTimer::timeout, timer, [timer, change] {
      auto* dialog = qobject_cast<MarkerDialog*>(QApplication::activeModalWidget());
      if (!dialog) return;
      timer->stop();
      timer->deleteLater();
      change(*dialog);
      if (dialog->isVisible()) dialog->accept();
    });
    timer->start(20);
  }
};

TEST_F(MarkersTest, mSetsOneAtThePlayheadInOneActAndOpensItWherePressedAgain) {
  addAt(30);
  addAt(10);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{10, 30}));
  EXPECT_EQ(studio->document().undoStack().undoText(), "Add marker");
  QString title;
  answer([&title](MarkerDialog& dialog) {
    title = dialog.windowTitle();
    const auto buttons = dialog.findChildren<QPushButton*>();
    for (const QPushButton* each : buttons)
      for (const QPushButton* remove : buttons)
        if (remove->text() == "Remove marker" && each != remove) {
          EXPECT_GT(each->mapTo(&dialog, QPoint()).x(), remove->geometry().right() + 20);
        }
    dialog.findChild<QLineEdit*>()->setText("turn");
    dialog.findChild<QPlainTextEdit*>()->setPlainText("she looks up");
    dialog.findChild<QComboBox*>()->setCurrentIndex(4);
  });
  press(Qt::Key_M);
  EXPECT_EQ(title, "Marker at 00:00:00:10");
  ASSERT_EQ(shot().markers.size(), 2u);
  EXPECT_EQ(shot().markers[0].name, "turn");
  EXPECT_EQ(shot().markers[0].note, "she looks up");
  EXPECT_EQ(shot().markers[0].colour, core::MarkerColour::kRed);
  studio->actions().undo->trigger();
  EXPECT_EQ(shot().markers[0].name, "");
  studio->actions().undo->trigger();
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{30}));
  studio->actions().redo->trigger();
  studio->activateWindow();  // again, after the dialog
  ASSERT_TRUE(QTest::qWaitForWindowActive(studio.get()));
  press(Qt::Key_M, Qt::AltModifier);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{30}));
  EXPECT_EQ(studio->document().undoStack().undoText(), "Remove marker");
}

TEST_F(MarkersTest, shiftWithUpAndDownGoesFromOneToTheNext) {
  for (const std::int64_t frame : {20, 60, 40}) addAt(frame);
  studio->playback().seek(0);
  for (const std::int64_t frame : {20, 40, 60, 60}) {
    press(Qt::Key_Down, Qt::ShiftModifier);
    EXPECT_EQ(studio->playback().frame().value, frame);
  }
  press(Qt::Key_Up, Qt::ShiftModifier);
  EXPECT_EQ(studio->playback().frame().value, 40);
  EXPECT_EQ(panel().selected()->marker, shot().markers[1].id) << "the list follows";
}

TEST_F(MarkersTest, theRulerShowsOneGoesToItOpensItAndNamesIt) {
  addAt(30);
  studio->playback().seek(50);
  TimelineView& timeline = studio->timeline();
  const QColor seen = timeline.grab().toImage().pixelColor(rulerPoint(30) * timeline.devicePixelRatioF());
  EXPECT_EQ(seen, colourOf(core::MarkerColour::kBlue)) << seen.name().toStdString();
  QTest::mouseClick(&timeline, Qt::LeftButton, {}, rulerPoint(30) + QPoint(4, 0));
  EXPECT_EQ(studio->playback().frame().value, 30);
  bool opened = false;
  answer([&opened](MarkerDialog&) { opened = true; });
  QTest::mouseDClick(&timeline, Qt::LeftButton, {}, rulerPoint(30));
  EXPECT_TRUE(opened);
  app::editMarker(studio->document(), shot().id, [&] {
    core::Marker marker = shot().markers[0];
    marker.name = "turn";
    marker.note = "she looks up";
    return marker;
  }());
  QHelpEvent help(QEvent::ToolTip, rulerPoint(30), timeline.mapToGlobal(rulerPoint(30)));
  QApplication::sendEvent(&timeline, &help);
  EXPECT_TRUE(QToolTip::text().startsWith("turn  00:00:01:06\nshe looks up\nDrag to move")) << QToolTip::text().toStdString();
  QToolTip::hideText();
}

TEST_F(MarkersTest, theListGoesEditsAndRemovesByKeys) {
  for (const std::int64_t frame : {20, 60}) addAt(frame);
  QDockWidget* dock = studio->dock("markers");
  dock->show();
  dock->raise();
  ASSERT_EQ(list().topLevelItemCount(), 2);
  turnFor(50);
  EXPECT_LE(list().header()->length(), list().viewport()->width()) << "nothing to scroll to";
  EXPECT_EQ(list().topLevelItem(1)->text(0), "00:00:02:12");
  const QRect row = list().visualItemRect(list().topLevelItem(0));
  QTest::mouseClick(list().viewport(), Qt::LeftButton, {}, row.center());
  EXPECT_EQ(studio->playback().frame().value, 20);
  answer([](MarkerDialog& dialog) { dialog.findChild<QLineEdit*>()->setText("first"); });
  QTest::keyClick(&list(), Qt::Key_Return);
  EXPECT_EQ(shot().markers[0].name, "first");
  EXPECT_EQ(list().topLevelItem(0)->text(1), "first");
  QTest::keyClick(&list(), Qt::Key_Delete);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{60}));
  answer([](MarkerDialog& dialog) {
    for (QPushButton* button : dialog.findChildren<QPushButton*>())
      if (button->text() == "Remove marker") return button->click();
  });
  list().setCurrentItem(list().topLevelItem(0));
  QTest::keyClick(&list(), Qt::Key_Return);
  EXPECT_TRUE(shot().markers.empty());
  EXPECT_EQ(panel().count(), 0);
}

TEST_F(MarkersTest, oneOutsideATrimIsKeptDimmedAndComesBack) {
  for (const std::int64_t frame : {10, 50}) addAt(frame);
  studio->playback().seek(24);
  studio->actions().trimBegin->trigger();
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{10, 50}));
  EXPECT_EQ(list().topLevelItem(0)->text(0), "outside");
  EXPECT_EQ(list().topLevelItem(1)->text(0), "00:00:01:02") << "26 frames into the trimmed shot";
  studio->playback().seek(0);
  press(Qt::Key_Down, Qt::ShiftModifier);
  EXPECT_EQ(studio->playback().frame().value, 26);
  studio->actions().undo->trigger();
  EXPECT_EQ(list().topLevelItem(0)->text(0), "00:00:00:10");
}

TEST_F(MarkersTest, aSplitGivesEachPartItsOwnAndNoTwoHaveOneName) {
  for (const std::int64_t frame : {10, 50}) addAt(frame);
  studio->playback().seek(30);
  studio->actions().splitShot->trigger();
  const auto& shots = studio->document().project().shots;
  ASSERT_EQ(shots.size(), 2u);
  ASSERT_EQ(shots[0].markers.size(), 1u);
  ASSERT_EQ(shots[1].markers.size(), 1u);
  EXPECT_EQ(shots[1].markers[0].frame.value, 50);
  addAt(70);
  EXPECT_NE(shots[1].markers[1].id, shots[1].markers[0].id);
  EXPECT_NE(shots[1].markers[1].id, shots[0].markers[0].id);
  EXPECT_EQ(list().topLevelItemCount(), 3);
}

TEST_F(MarkersTest, theyAreSavedAndAreInNoRender) {
  addAt(30);
  const std::string file = folder.filePath("film.pai").toStdString();
  ASSERT_TRUE(core::saveProject(file, studio->document().project()).ok());
  const auto loaded = core::loadProject(file);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->project.shots[0].markers, shot().markers);
  EXPECT_TRUE(loaded->warnings.empty());
  EXPECT_TRUE(app::jobOfShot(studio->document(), shot(), {{0}, {97}}).shot.markers.empty());
}

}  // namespace
}  // namespace pai::ui

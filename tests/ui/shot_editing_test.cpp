// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QDockWidget>
#include <QTest>

#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class ShotEditingTest : public StudioTest {
 protected:
  ShotEditingTest() { importClip(); }
  /// A point of the plate lane: its title or its pictures.
  QPoint plate(double frame, bool title = false) {
    const QPoint references = studio->timeline().referenceLanePoint(0);
    const double x = TimelineView::kHeaderWidth + studio->timeline().geometryOfFrames().xOf(frame);
    return {static_cast<int>(std::lround(x)), references.y() - (title ? 95 : 66)};
  }
  int steps() { return studio->document().undoStack().count(); }
  const std::vector<core::Shot>& shots() { return studio->document().project().shots; }
};

TEST_F(ShotEditingTest, anEdgeIsDraggedToTrimAsOneActAndUndone) {
  const int before = steps();
  dragMouse(studio->timeline(), plate(97) - QPoint(2, 0), plate(77) - QPoint(2, 0));
  EXPECT_EQ(shot().range, (core::FrameRange{{0}, {77}}));
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Trim shot");
  studio->actions().undo->trigger();
  EXPECT_EQ(shot().range, (core::FrameRange{{0}, {97}}));
}

TEST_F(ShotEditingTest, theBeginningIsTrimmedAndComesBackNoFurtherThanThePlate) {
  dragMouse(studio->timeline(), plate(0) + QPoint(2, 0), plate(12) + QPoint(2, 0));
  EXPECT_EQ(shot().range.begin.value, 12);
  turnFor(30);
  dragMouse(studio->timeline(), plate(0) + QPoint(2, 0), plate(0) - QPoint(300, 0));
  EXPECT_EQ(shot().range.begin.value, 0);
}

TEST_F(ShotEditingTest, keysTrimToThePlayhead) {
  studio->playback().seek(20);
  QTest::keyClick(&studio->timeline(), Qt::Key_BracketLeft);
  EXPECT_EQ(shot().range, (core::FrameRange{{20}, {97}}));
  EXPECT_EQ(studio->playback().frame().value, 0);
  studio->playback().seek(30);
  QTest::keyClick(&studio->timeline(), Qt::Key_BracketRight);
  EXPECT_EQ(shot().range, (core::FrameRange{{20}, {51}}));
}

TEST_F(ShotEditingTest, aCameraKeyframeSurvivesATrimAndASplit) {
  const core::Id id = studio->document().currentShotId();
  studio->document().editShot(id, "key", [](core::Shot& s) {
    core::CameraKey key;
    key.frame = {60};
    key.pan = 90;
    s.camera.keys.push_back(key);
  });
  studio->playback().seek(20);
  QTest::keyClick(&studio->timeline(), Qt::Key_BracketLeft);
  ASSERT_EQ(shot().camera.keys.size(), 1u);
  EXPECT_EQ(shot().camera.keys[0].frame.value, 40) << "it stays on frame 60 of the plate";
  studio->playback().seek(30);
  studio->actions().splitShot->trigger();
  ASSERT_EQ(shots().size(), 2u);
  EXPECT_EQ(shots()[1].range, (core::FrameRange{{50}, {97}}));
  EXPECT_EQ(shots()[1].camera.keys[0].frame.value, 10);
}

TEST_F(ShotEditingTest, aTitleIsDraggedAndKeysMoveAShotInTheSequence) {
  studio->playback().seek(40);
  studio->actions().splitShot->trigger();
  turnFor(30);
  const core::Id first = shots()[0].id, second = shots()[1].id;
  dragMouse(studio->timeline(), plate(10, true), plate(90, true));
  ASSERT_EQ(shots()[0].id, second);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Move shot");
  EXPECT_EQ(studio->document().currentShotId(), first);
  studio->actions().shotEarlier->trigger();
  EXPECT_EQ(shots()[0].id, first);
}

TEST_F(ShotEditingTest, theKeysThatMoveAndRemoveAShotWorkFromTheTimeline) {
  studio->playback().seek(40);
  studio->actions().splitShot->trigger();
  ASSERT_EQ(shots().size(), 2u);
  const core::Id first = shots()[0].id, second = shots()[1].id;
  studio->playback().seek(10);
  ASSERT_EQ(studio->document().currentShotId(), first);
  QApplication::setActiveWindow(studio.get());
  studio->timeline().setFocus();
  QTest::keyClick(&studio->timeline(), Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_EQ(shots()[0].id, second);
  QTest::keyClick(&studio->timeline(), Qt::Key_Delete, Qt::ControlModifier);
  ASSERT_EQ(shots().size(), 1u);
  EXPECT_EQ(shots()[0].id, second);
  QTest::keyClick(&studio->timeline(), Qt::Key_Left);
  EXPECT_EQ(shots().size(), 1u) << "without Ctrl they are the timeline's own";
}

TEST_F(ShotEditingTest, aCameraKeyframeOfTheLaneStopsBesideAnother) {
  studio->document().editShot(shot().id, "Keys", [](core::Shot& s) {
    s.camera.keys.resize(2);
    s.camera.keys[0].frame = {40};
    s.camera.keys[1].frame = {60};
  });
  turnFor(30);
  // The lane is among those below the references.
  for (int y = lane(0).y() + 30; y < studio->timeline().height() && shot().camera.keys[0].frame.value == 40; y += 6) {
    const QPoint from(lane(40).x(), y), to(lane(60).x(), y);
    QTest::mousePress(&studio->timeline(), Qt::LeftButton, {}, from);
    QMouseEvent move(QEvent::MouseMove, to, studio->timeline().mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(&studio->timeline(), &move);
    QTest::mouseRelease(&studio->timeline(), Qt::LeftButton, {}, to);
  }
  EXPECT_EQ(shot().camera.keys[0].frame.value, 59);
  EXPECT_EQ(shot().camera.keys[1].frame.value, 60);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Move camera keyframe");
}

TEST_F(ShotEditingTest, theMarkedPartIsNotedAsReviewedAndBack) {
  studio->playback().setMarked({{10}, {20}});
  studio->actions().markReviewed->trigger();
  ASSERT_EQ(shot().reviewed.size(), 1u);
  EXPECT_EQ(shot().reviewed[0].range, (core::FrameRange{{10}, {20}}));
  studio->actions().markReviewed->trigger();
  EXPECT_TRUE(shot().reviewed.empty());
}

TEST_F(ShotEditingTest, aWorkspaceShowsWhatItsTaskNeedsAndKeepsChanges) {
  studio->actions().workspaceMatte->trigger();
  EXPECT_EQ(studio->inspector().currentWidget(), &studio->inspector().matte());
  EXPECT_TRUE(studio->actions().viewMatte->isChecked());
  studio->dock("media")->close();
  studio->actions().workspaceEdit->trigger();
  EXPECT_TRUE(studio->dock("media")->isVisible());
  studio->actions().workspaceMatte->trigger();
  EXPECT_FALSE(studio->dock("media")->isVisible());
}

}  // namespace
}  // namespace pai::ui

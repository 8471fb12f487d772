// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QHelpEvent>
#include <QTest>
#include <QToolButton>
#include <QToolTip>

#include "app/document/camera_key_edits.h"
#include "app/document/keyframe_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/plots/curves_panel.h"
#include "ui/timeline/camera_curves.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// The camera's keyframes in the Curves panel, by hand and by keys.
class CameraCurvesTest : public StudioTest {
 protected:
  CameraCurvesTest() {
    importClip();
    QDockWidget* dock = studio->dock("curves");
    dock->show();
    dock->raise();
    dock->setFloating(true);
    dock->resize(700, 420);
    turnFor(50);
    curves().setFocus();
  }
  CameraCurves& curves() { return *studio->dock("curves")->findChild<CameraCurves*>(); }
  void give(const std::vector<std::pair<std::int64_t, double>>& pans) {
    std::vector<core::CameraKey> keys;
    for (const auto& [frame, pan] : pans) {
      core::CameraKey key;
      key.frame.value = frame;
      key.pan = pan;
      keys.push_back(key);
    }
    app::addCameraKeys(studio->document(), shot().id, keys, "Keys");
  }
  std::vector<std::int64_t> frames() const {
    std::vector<std::int64_t> out;
    for (const core::CameraKey& key : shot().camera.keys) out.push_back(key.frame.value);
    return out;
  }
  const std::vector<core::CameraKey>& keys() const { return shot().camera.keys; }
  QPoint point(std::size_t key) { return curves().pointOf(keys().at(key).frame.value, keys().at(key).pan).toPoint(); }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(&curves(), static_cast<Qt::Key>(key), modifiers); }
  void hover(const QPoint& to, Qt::KeyboardModifiers modifiers = {}) {
    QMouseEvent move(QEvent::MouseMove, to, curves().mapToGlobal(to), Qt::NoButton, Qt::LeftButton, modifiers);
    QApplication::sendEvent(&curves(), &move);
  }
  int steps() const { return studio->document().undoStack().count(); }
};

TEST_F(CameraCurvesTest, aPointIsDraggedInTimeAndValueAsOneAct) {
  give({{20, 0}, {40, 100}, {60, 0}});
  studio->playback().seek(90);
  const int before = steps();
  dragMouse(curves(), point(1), curves().pointOf(52, 60).toPoint());
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 52, 60}));
  EXPECT_NEAR(keys()[1].pan, 60.0, 1.5);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Move keyframe");
  studio->actions().undo->trigger();
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 40, 60}));
  dragMouse(curves(), point(1), point(1) + QPoint(2, 40));
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 40, 60})) << "a value is set without moving in time";
  EXPECT_LT(keys()[1].pan, 90.0);
}

TEST_F(CameraCurvesTest, aPointDraggedOntoAnotherStopsBesideItAndItsValueFollowsTheHand) {
  give({{20, 0}, {40, 100}, {60, 0}});
  studio->playback().seek(60);  // which draws what is dragged, onto the keyframe that stands there
  dragMouse(curves(), point(1), curves().pointOf(60, 40).toPoint());
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 59, 60}));
  EXPECT_NEAR(keys()[1].pan, 40.0, 1.5);
  EXPECT_EQ(keys()[2].pan, 0.0);
}

TEST_F(CameraCurvesTest, aRubberBandSelectsAndTheyMoveTogetherWithinTheShot) {
  give({{20, 0}, {40, 100}, {60, 0}, {80, 100}});
  dragMouse(curves(), point(0) - QPoint(30, 12), point(2) + QPoint(12, 12));
  EXPECT_EQ(curves().selected(), (std::set<std::int64_t>{20, 60}));
  EXPECT_TRUE(curves().accessibleDescription().contains("2 keyframes selected")) << curves().accessibleDescription().toStdString();
  press(Qt::Key_Right);
  press(Qt::Key_Up, Qt::ShiftModifier);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{21, 40, 61, 80}));
  EXPECT_EQ(keys()[0].pan, 10.0);
  EXPECT_EQ(keys()[2].pan, 10.0);
  EXPECT_EQ(keys()[1].pan, 100.0);
  for (int i = 0; i < 10; ++i) press(Qt::Key_Left, Qt::ShiftModifier);
  EXPECT_EQ(keys().size(), 4u);
  EXPECT_EQ(frames().front(), 1) << "ten more would leave the shot, and one on the way would stand on another";
  QTest::mouseClick(&curves(), Qt::LeftButton, {}, curves().pointOf(10, 60).toPoint());
  EXPECT_TRUE(curves().selected().empty());
  EXPECT_EQ(studio->playback().frame().value, 10) << "a click beside goes there";
}

TEST_F(CameraCurvesTest, escapeGivesUpADragAndThenTheSelection) {
  give({{20, 0}, {40, 100}, {60, 0}});
  const auto before = keys();
  const int count = steps();
  QTest::mousePress(&curves(), Qt::LeftButton, {}, point(1));
  hover(point(1) + QPoint(40, 30));
  hover(point(1) + QPoint(60, 50));
  ASSERT_NE(keys(), before);
  press(Qt::Key_Escape);
  EXPECT_EQ(keys(), before);
  EXPECT_EQ(steps(), count);
  EXPECT_EQ(curves().selected(), (std::set<std::int64_t>{40}));
  press(Qt::Key_Escape);
  EXPECT_TRUE(curves().selected().empty());
}

TEST_F(CameraCurvesTest, keysWalkCopyPasteTypeAndRemove) {
  give({{20, 0}, {40, 100}});
  press(Qt::Key_Tab);
  press(Qt::Key_Tab);
  EXPECT_EQ(curves().selected(), (std::set<std::int64_t>{40}));
  EXPECT_TRUE(curves().accessibleDescription().contains("frame 40, 100.0 px, smooth, selected")) << curves().accessibleDescription().toStdString();
  press(Qt::Key_A, Qt::ControlModifier);
  press(Qt::Key_C, Qt::ControlModifier);
  studio->playback().seek(70);
  press(Qt::Key_V, Qt::ControlModifier);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 40, 70, 90}));
  EXPECT_EQ(keys()[3].pan, 100.0);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Paste keyframes");
  EXPECT_EQ(curves().selected(), (std::set<std::int64_t>{70, 90}));
  press(Qt::Key_Return);
  auto* entry = curves().findChild<QDoubleSpinBox*>();
  ASSERT_TRUE(entry && entry->isVisible());
  QTest::keyClick(entry, Qt::Key_Escape);
  EXPECT_FALSE(entry->isVisible());
  EXPECT_EQ(keys()[2].pan, 0.0);
  press(Qt::Key_Return);
  QTest::keyClicks(entry, "-12.5");
  QTest::keyClick(entry, Qt::Key_Return);
  EXPECT_EQ(keys()[2].pan, -12.5);
  EXPECT_EQ(keys()[3].pan, -12.5);
  press(Qt::Key_Delete);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 40}));
  EXPECT_EQ(studio->document().undoStack().undoText(), "Remove keyframes");
}

TEST_F(CameraCurvesTest, aDoubleClickSetsOneUnderTheHandAndTheOtherValuesStayOnTheirCurves) {
  dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(0));
  ASSERT_TRUE(waitUntil([this] { return studio->timelineModel().camera().frames.size() == 97; }));
  const app::CameraFacts solved = studio->timelineModel().camera().frames[50];
  const QPoint at = curves().pointOf(50, 90.0).toPoint();
  QTest::mouseDClick(&curves(), Qt::LeftButton, {}, at);
  ASSERT_EQ(frames(), (std::vector<std::int64_t>{50}));
  EXPECT_NEAR(keys()[0].pan, 90.0, 1.0);
  EXPECT_NEAR(keys()[0].tilt, solved.tilt, 1e-9);
  EXPECT_NEAR(keys()[0].zoom, solved.zoom, 1e-9);
  press(Qt::Key_PageDown);
  press(Qt::Key_PageDown);
  EXPECT_EQ(curves().channel(), 2);
  press(Qt::Key_Down);
  EXPECT_NEAR(keys()[0].zoom, solved.zoom - 0.005, 1e-9);
  EXPECT_NEAR(keys()[0].pan, 90.0, 1.0);
  EXPECT_EQ(studio->dock("curves")->findChildren<QComboBox*>().last()->currentText(), "zoom");
  QHelpEvent help(QEvent::ToolTip, curves().pointOf(50, keys()[0].zoom).toPoint(), curves().mapToGlobal(QPoint(0, 0)));
  QApplication::sendEvent(&curves(), &help);
  EXPECT_TRUE(QToolTip::text().startsWith("Frame 50: 1.0")) << QToolTip::text().toStdString();
  QToolTip::hideText();
}

TEST_F(CameraCurvesTest, theButtonsSetAndRemove) {
  studio->playback().seek(33);
  QToolButton *set = nullptr, *remove = nullptr;
  for (QToolButton* button : studio->dock("curves")->findChildren<QToolButton*>()) {
    if (button->accessibleName() == "Set a keyframe at the playhead") set = button;
    if (button->accessibleName() == "Remove the selected keyframes") remove = button;
  }
  ASSERT_TRUE(set && remove);
  QTest::mouseClick(set, Qt::LeftButton);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{33}));
  EXPECT_FALSE(remove->isEnabled());
  curves().setFocus();
  press(Qt::Key_Tab);
  EXPECT_TRUE(remove->isEnabled());
  QTest::mouseClick(remove, Qt::LeftButton);
  EXPECT_TRUE(frames().empty());
}

TEST(CameraKeyEdits, theCurveGoesThroughEveryKeyAndKeepsTheSolvedMotionBetween) {
  std::vector<core::CameraKey> keys(2);
  keys[0].frame = {10};
  keys[0].zoom = 2.0;
  keys[1].frame = {30};
  keys[1].zoom = 1.5;
  const std::vector<double> solved(40, 1.25);
  const auto curve = app::cameraCurve(solved, keys, &core::CameraKey::zoom, 1.0, 50);
  ASSERT_EQ(curve.size(), 50u);
  EXPECT_NEAR(curve[10], 2.0, 1e-12);
  EXPECT_NEAR(curve[30], 1.5, 1e-12);
  EXPECT_NEAR(curve[0], 2.0, 1e-12);
  EXPECT_GT(curve[20], 1.5);
  EXPECT_LT(curve[20], 2.0);
  EXPECT_NEAR(curve[45], 1.0 * 1.5 / 1.25, 1e-12) << "past what was solved the camera rests";
  EXPECT_EQ(app::cameraCurve({}, {}, &core::CameraKey::pan, 0.0, 3), (std::vector<double>{0, 0, 0}));
}

TEST(KeyframeEdits, whereOneStandsThereIsNoRoom) {
  using app::InTheWay;
  app::ShotKeyframes all;
  for (const std::int64_t frame : {5, 6, 8}) {
    core::CameraKey key;
    key.frame = {frame};
    all.camera.push_back(key);
  }
  const app::KeyframePlaces first{{{}, 5}}, two{{{}, 5}, {{}, 6}};
  EXPECT_EQ(app::freeFrames(all, first, 1, 20, InTheWay::kStopBeside), 0);
  EXPECT_EQ(app::freeFrames(all, first, 1, 20, InTheWay::kGoOver), 2);
  EXPECT_EQ(app::freeFrames(all, two, 2, 20, InTheWay::kStopBeside), 1);
  EXPECT_EQ(app::freeFrames(all, two, 2, 20, InTheWay::kGoOver), 1) << "the nearest: 3 would put the first on 8";
  EXPECT_EQ(app::freeFrames(all, two, 50, 20, InTheWay::kStopBeside), 13) << "none leaves the shot";
  EXPECT_EQ(app::freeFrames(all, two, -50, 20, InTheWay::kGoOver), -5);
  EXPECT_FALSE(app::movedKeyframes(all, first, {1}));
  const auto moved = app::movedKeyframes(all, two, {13, &core::CameraKey::zoom, -3.0});
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->camera[0].frame.value, 8);
  EXPECT_EQ(moved->camera[2].frame.value, 19);
  EXPECT_EQ(moved->camera[2].zoom, app::kLeastCameraZoom);
}

}  // namespace
}  // namespace pai::ui

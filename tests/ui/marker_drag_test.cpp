// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QApplication>
#include <QDockWidget>
#include <QTest>

#include "app/document/marker_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/panels/markers_panel.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// Markers moved by hand and by keys, and what sticks to them.
class MarkerDragTest : public StudioTest {
 protected:
  MarkerDragTest() {
    importClip();
    timeline().setFocus();
  }
  TimelineView& timeline() const { return studio->timeline(); }
  void addAt(std::int64_t frame) { ASSERT_TRUE(app::addMarker(studio->document(), shot().id, {frame})); }
  std::vector<std::int64_t> frames() const {
    std::vector<std::int64_t> out;
    for (const core::Marker& marker : shot().markers) out.push_back(marker.frame.value);
    return out;
  }
  double pixelsPerFrame() const { return timeline().geometryOfFrames().pixelsPerFrame(); }
  QPoint at(double frame, int y) const {
    return {TimelineView::kHeaderWidth + static_cast<int>(std::lround(timeline().geometryOfFrames().xOf(frame))), y};
  }
  QPoint ruler(double frame) const { return at(frame, 22); }
  QPoint plate(double frame) const { return at(frame, timeline().referenceLanePoint(0).y() - 66); }
  QPoint camera(double frame) const { return at(frame + 0.5, timeline().referenceLanePoint(0).y() + 76 / 2 + 29 + 28); }
  void hover(const QPoint& to, Qt::MouseButtons buttons = {}, Qt::KeyboardModifiers modifiers = {}) {
    QMouseEvent move(QEvent::MouseMove, to, timeline().mapToGlobal(to), Qt::NoButton, buttons, modifiers);
    QApplication::sendEvent(&timeline(), &move);
  }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(&timeline(), static_cast<Qt::Key>(key), modifiers); }
  std::int64_t playhead() const { return studio->playback().frame().value; }
  int steps() const { return studio->document().undoStack().count(); }
};

TEST_F(MarkerDragTest, aDragMovesItAsOneActAndTheViewerFollows) {
  addAt(30);
  const int before = steps();
  dragMouse(timeline(), ruler(30) + QPoint(2, 0), ruler(44) + QPoint(2, 0));
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{44}));
  EXPECT_EQ(playhead(), 44);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Move marker");
  studio->actions().undo->trigger();
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{30}));
  dragMouse(timeline(), ruler(30), ruler(30) + QPoint(4, 0));
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{30})) << "a hand that trembles moves nothing";
  dragMouse(timeline(), ruler(30), ruler(30) + QPoint(5000, 0));
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{96})) << "no further than its shot";
}

TEST_F(MarkerDragTest, escapeGivesUpAndLeavesNothingToUndo) {
  addAt(30);
  studio->playback().seek(70);
  const int before = steps();
  QTest::mousePress(&timeline(), Qt::LeftButton, {}, ruler(30));
  hover(ruler(44), Qt::LeftButton);
  hover(ruler(50), Qt::LeftButton);
  ASSERT_EQ(frames(), (std::vector<std::int64_t>{50}));
  press(Qt::Key_Escape);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{30}));
  EXPECT_EQ(steps(), before);
  EXPECT_EQ(playhead(), 70);
  hover(ruler(60), Qt::LeftButton);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{30})) << "the hand lets go of it";
  QTest::mouseRelease(&timeline(), Qt::LeftButton, {}, ruler(60));
  EXPECT_EQ(steps(), before);
}

TEST_F(MarkerDragTest, escapeGivesUpTheDragOfAReferenceATrimAndAKeyframeToo) {
  dropFiles(timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(30));
  studio->playback().seek(20);
  press(Qt::Key_K, Qt::ShiftModifier);
  turnFor(20);
  const core::Shot whole = shot();
  ASSERT_EQ(whole.camera.keys.size(), 1u);
  const int before = steps();
  const QPoint flag = *timeline().flagCentre(shot().references[0].id);
  const std::vector<std::pair<QPoint, QPoint>> drags{{flag, flag + QPoint(200, 0)}, {flag + QPoint(30, 23), flag + QPoint(5, 23)},
                                                     {plate(97) - QPoint(2, 0), plate(60)}, {plate(0) + QPoint(2, 0), plate(10)}, {camera(20), camera(40)}};
  for (const auto& [from, to] : drags) {
    QTest::mousePress(&timeline(), Qt::LeftButton, {}, from);
    hover((from + to) / 2, Qt::LeftButton);
    hover(to, Qt::LeftButton);
    EXPECT_FALSE(shot() == whole) << from.x() << "," << from.y();
    press(Qt::Key_Escape);
    EXPECT_TRUE(shot() == whole) << from.x() << "," << from.y();
    QTest::mouseRelease(&timeline(), Qt::LeftButton, {}, to);
    EXPECT_EQ(steps(), before);
  }
}

TEST_F(MarkerDragTest, itSticksToThePlayheadAReferenceAndTheMarksAndShiftLetsGo) {
  dropFiles(timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(60));
  studio->playback().setMarked({{12}, {21}});
  addAt(30);
  studio->playback().seek(80);
  for (int i = 0; i < 4; ++i) timeline().zoomOut();
  ASSERT_LT(pixelsPerFrame(), 5.0);
  std::int64_t from = 30;
  for (const std::int64_t place : {60, 80, 12, 20, 0, 96}) {
    studio->playback().seek(80);
    dragMouse(timeline(), ruler(static_cast<double>(from)), ruler(static_cast<double>(place)) + QPoint(place == 96 ? -5 : 5, 0));
    EXPECT_EQ(frames(), (std::vector<std::int64_t>{place}));
    from = place;
  }
  dragMouse(timeline(), ruler(96), ruler(61), Qt::ShiftModifier);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{61}));
}

TEST_F(MarkerDragTest, twoNeverStandOnOneFrame) {
  for (const std::int64_t frame : {30, 31, 50}) addAt(frame);
  dragMouse(timeline(), ruler(50), ruler(31), Qt::ShiftModifier);
  EXPECT_EQ(frames().size(), 3u);
  EXPECT_EQ(frames()[1], 31);
  EXPECT_GT(frames()[2], 31) << "it stops short of the other";
  timeline().selectMarker(shot().markers[0].id);
  press(Qt::Key_Right);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{31, 32, frames()[2]})) << "a step goes over the one that stands there";
}

TEST_F(MarkerDragTest, keysWalkToItMoveItOpenNothingElseAndRemoveIt) {
  for (const std::int64_t frame : {20, 60}) addAt(frame);
  studio->playback().seek(5);
  press(Qt::Key_Tab);
  EXPECT_EQ(timeline().selectedMarker(), shot().markers[0].id);
  press(Qt::Key_Tab);
  EXPECT_EQ(timeline().selectedMarker(), shot().markers[1].id);
  const auto* panel = studio->dock("markers")->findChild<MarkersPanel*>();
  EXPECT_EQ(panel->selected()->marker, shot().markers[1].id) << "the list follows";
  press(Qt::Key_Right);
  press(Qt::Key_Left, Qt::ShiftModifier);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 51}));
  EXPECT_EQ(playhead(), 5) << "the playhead stays";
  EXPECT_TRUE(timeline().accessibleDescription().startsWith("Marker Marker, 00:00:02:03, selected.")) << timeline().accessibleDescription().toStdString();
  press(Qt::Key_Escape);
  EXPECT_TRUE(timeline().selectedMarker().empty());
  press(Qt::Key_Right);
  EXPECT_EQ(playhead(), 6);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20, 51}));
  press(Qt::Key_Backtab);
  press(Qt::Key_Delete);
  EXPECT_EQ(frames(), (std::vector<std::int64_t>{20}));
  QTest::mouseClick(&timeline(), Qt::LeftButton, {}, ruler(20));
  EXPECT_EQ(timeline().selectedMarker(), shot().markers[0].id);
  QTest::mouseClick(&timeline(), Qt::LeftButton, {}, plate(40.5));
  EXPECT_TRUE(timeline().selectedMarker().empty()) << "a click elsewhere leaves it, so that arrows step again";
}

TEST_F(MarkerDragTest, theHandShowsThatItCanBeTaken) {
  addAt(30);
  hover(ruler(40));
  EXPECT_EQ(timeline().cursor().shape(), Qt::ArrowCursor);
  hover(ruler(30));
  EXPECT_EQ(timeline().cursor().shape(), Qt::OpenHandCursor);
  QTest::mousePress(&timeline(), Qt::LeftButton, {}, ruler(30));
  EXPECT_EQ(timeline().cursor().shape(), Qt::ClosedHandCursor);
  QTest::mouseRelease(&timeline(), Qt::LeftButton, {}, ruler(30));
  EXPECT_EQ(timeline().cursor().shape(), Qt::OpenHandCursor);
}

TEST_F(MarkerDragTest, referencesThePlayheadTrimsAndKeyframesStickToIt) {
  addAt(37);
  dropFiles(timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(70));
  studio->playback().seek(20);
  press(Qt::Key_K, Qt::ShiftModifier);
  studio->playback().seek(5);
  for (int i = 0; i < 4; ++i) timeline().zoomOut();
  ASSERT_LT(pixelsPerFrame(), 5.0);
  const int near = 5;
  const QPoint flag = *timeline().flagCentre(shot().references[0].id);
  dragMouse(timeline(), flag, flag + QPoint(ruler(37).x() + near - ruler(70).x(), 0));
  EXPECT_EQ(frameOf(0), 37);
  dragMouse(timeline(), camera(20), camera(37) + QPoint(near, 0));
  EXPECT_EQ(shot().camera.keys[0].frame.value, 37);
  for (const QPoint& from : {ruler(50), plate(50)}) {
    dragMouse(timeline(), from, QPoint(ruler(37).x() - 3, from.y()));
    EXPECT_EQ(playhead(), 37);
    dragMouse(timeline(), from, QPoint(ruler(36).x() + 1, from.y()), Qt::ShiftModifier);
    EXPECT_EQ(playhead(), 36);
  }
  studio->playback().seek(5);
  dragMouse(timeline(), plate(97) - QPoint(1, 0), plate(38) + QPoint(near, 0));
  EXPECT_EQ(shot().range, (core::FrameRange{{0}, {38}})) << "the marker's frame is the last";
}

}  // namespace
}  // namespace pai::ui

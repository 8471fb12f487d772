// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QApplication>
#include <QContextMenuEvent>
#include <QDockWidget>
#include <QHelpEvent>
#include <QMenu>
#include <QTest>
#include <QToolTip>

#include "app/document/camera_key_edits.h"
#include "app/document/keyframe_edits.h"
#include "app/document/shape_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/plots/curves_panel.h"
#include "ui/timeline/camera_curves.h"
#include "ui/timeline/keyframe_sheet.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

using enum core::KeyInterpolation;

/// All keyframes of the shot in the Curves panel: the camera's and those of a garbage polygon.
class KeyframeSheetTest : public StudioTest {
 protected:
  KeyframeSheetTest() {
    importClip();
    polygon = *app::addShape(studio->document(), shot().id, core::MatteOperation::kSubtract, {{0.1, 0.1}, {0.3, 0.1}, {0.2, 0.4}}, {20});
    app::setShape(studio->document(), shot().id, polygon, {60}, {{0.5, 0.1}, {0.7, 0.1}, {0.6, 0.4}}, "Move polygon");
    core::CameraKey key;
    key.frame = {40};
    key.pan = 100.0;
    app::addCameraKeys(studio->document(), shot().id, {key}, "Keys");
    QDockWidget* dock = studio->dock("curves");
    dock->show();
    dock->setFloating(true);
    dock->resize(700, 300);
    panel().setKind(CurveKind::kKeyframes);
    turnFor(50);
    sheet().setFocus();
  }
  CurvesPanel& panel() { return *studio->dock("curves")->findChild<CurvesPanel*>(); }
  KeyframeSheet& sheet() { return *studio->dock("curves")->findChild<KeyframeSheet*>(); }
  QPoint at(const core::Id& layer, std::int64_t frame) { return sheet().pointOf({layer, frame}).toPoint(); }
  std::vector<std::int64_t> polygonFrames() const {
    std::vector<std::int64_t> out;
    for (const core::MatteShapeKey& key : app::findLayer(shot(), polygon)->shape) out.push_back(key.frame.value);
    return out;
  }
  const core::MatteShapeKey& polygonKey(std::size_t i) const { return app::findLayer(shot(), polygon)->shape.at(i); }
  std::vector<std::int64_t> cameraFrames() const {
    std::vector<std::int64_t> out;
    for (const core::CameraKey& key : shot().camera.keys) out.push_back(key.frame.value);
    return out;
  }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(&sheet(), static_cast<Qt::Key>(key), modifiers); }
  int steps() const { return studio->document().undoStack().count(); }
  QString undone() const { return studio->document().undoStack().undoText(); }
  core::Id polygon;
};

TEST_F(KeyframeSheetTest, aPolygonsKeyframeIsDraggedInTimeWithSnappingAsOneAct) {
  const int before = steps();
  const auto points = polygonKey(1).points;
  dragMouse(sheet(), at(polygon, 60), at(polygon, 75));
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 75}));
  EXPECT_EQ(polygonKey(1).points, points) << "its outline goes with it";
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(undone(), "Move keyframe");
  dragMouse(sheet(), at(polygon, 75), at({}, 40) + QPoint(5, 24));
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 40})) << "it sticks to the camera's keyframe";
  studio->actions().undo->trigger();
  dragMouse(sheet(), at(polygon, 75), at({}, 40) + QPoint(5, 24), Qt::ShiftModifier);
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 41})) << "Shift lets it lie beside";
  studio->actions().undo->trigger();
  studio->actions().undo->trigger();
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 60}));
}

TEST_F(KeyframeSheetTest, aKeyframeDraggedOntoOneOfItsRowStopsBesideItAndMayGoOverIt) {
  const int before = steps();
  dragMouse(sheet(), at(polygon, 60), at(polygon, 20) + QPoint(3, 0));
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 21})) << "on the side it came from";
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(undone(), "Move keyframe");
  studio->actions().undo->trigger();
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 60})) << "the one that stays was not touched";
  const auto points = polygonKey(1).points;
  dragMouse(sheet(), at(polygon, 60), at(polygon, 5));
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{5, 20}));
  EXPECT_EQ(polygonKey(0).points, points);
  // The keys: over it, since beside it is where it stands.
  for (int i = 0; i < 14; ++i) press(Qt::Key_Right);
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{19, 20}));
  press(Qt::Key_Right);
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 21}));
  EXPECT_EQ(polygonKey(1).points, points);
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{polygon, 21}}));
}

TEST_F(KeyframeSheetTest, aRubberBandTakesTheCamerasAndThePolygonsTogether) {
  dragMouse(sheet(), QPoint(at({}, 30).x(), 2), at(polygon, 70) + QPoint(0, 8));
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{{}, 40}, {polygon, 60}}));
  EXPECT_TRUE(sheet().accessibleDescription().contains("2 keyframes selected")) << sheet().accessibleDescription().toStdString();
  const int before = steps();
  press(Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(cameraFrames(), (std::vector<std::int64_t>{50}));
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 70}));
  EXPECT_EQ(steps(), before + 1);
  for (int i = 0; i < 5; ++i) press(Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(polygonFrames().back(), 96) << "none leaves the shot";
  EXPECT_EQ(cameraFrames(), (std::vector<std::int64_t>{76}));
}

TEST_F(KeyframeSheetTest, keysWalkCopyPasteAndRemove) {
  press(Qt::Key_Tab);
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{{}, 40}}));
  press(Qt::Key_Tab);
  press(Qt::Key_Tab);
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{polygon, 60}}));
  EXPECT_TRUE(sheet().accessibleDescription().contains("Garbage polygon, frame 60, linear, selected")) << sheet().accessibleDescription().toStdString();
  press(Qt::Key_Up);
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{{}, 40}})) << "the nearest of the row above";
  press(Qt::Key_Return);
  EXPECT_EQ(studio->playback().frame().value, 40);
  press(Qt::Key_A, Qt::ControlModifier);
  EXPECT_EQ(sheet().selected().size(), 3u);
  press(Qt::Key_C, Qt::ControlModifier);
  studio->playback().seek(50);
  press(Qt::Key_V, Qt::ControlModifier);
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 50, 60, 90}));
  EXPECT_EQ(cameraFrames(), (std::vector<std::int64_t>{40, 70}));
  EXPECT_EQ(polygonKey(1).points, polygonKey(0).points);
  EXPECT_EQ(undone(), "Paste keyframes");
  press(Qt::Key_Delete);
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 60}));
  EXPECT_EQ(undone(), "Remove keyframes");
  press(Qt::Key_A, Qt::ControlModifier);
  press(Qt::Key_Delete);
  EXPECT_TRUE(cameraFrames().empty());
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20})) << "an outline keeps one";
  EXPECT_TRUE(sheet().selected().empty() || sheet().selected() == (app::KeyframePlaces{{polygon, 20}}));
}

TEST_F(KeyframeSheetTest, escapeGivesUpADragAndThenTheSelection) {
  const int count = steps();
  QTest::mousePress(&sheet(), Qt::LeftButton, {}, at(polygon, 60));
  const QPoint to = at(polygon, 80);
  QMouseEvent move(QEvent::MouseMove, to, sheet().mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&sheet(), &move);
  ASSERT_EQ(polygonFrames().back(), 80);
  press(Qt::Key_Escape);
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 60}));
  EXPECT_EQ(steps(), count);
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{polygon, 60}}));
  press(Qt::Key_Escape);
  EXPECT_TRUE(sheet().selected().empty());
}

TEST_F(KeyframeSheetTest, aDoubleClickOnARowSetsOne) {
  QTest::mouseDClick(&sheet(), Qt::LeftButton, {}, at(polygon, 40));
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 40, 60}));
  EXPECT_NEAR(polygonKey(1).points[0].x, 0.3, 1e-9) << "with the outline as it is there";
  QTest::mouseDClick(&sheet(), Qt::LeftButton, {}, at({}, 70));
  EXPECT_EQ(cameraFrames(), (std::vector<std::int64_t>{40, 70}));
  EXPECT_EQ(shot().camera.keys[1].pan, 100.0) << "on its curve";
}

TEST_F(KeyframeSheetTest, menuAndKeysSayHowAKeyframeGoesOn) {
  press(Qt::Key_A, Qt::ControlModifier);
  QContextMenuEvent asked(QContextMenuEvent::Mouse, at(polygon, 60), sheet().mapToGlobal(at(polygon, 60)));
  QApplication::sendEvent(&sheet(), &asked);
  auto* menu = sheet().findChild<QMenu*>();
  ASSERT_TRUE(menu && menu->isVisible());
  ASSERT_TRUE(menu->actions().contains(studio->actions().keyHold));
  EXPECT_FALSE(studio->actions().keyLinear->isChecked()) << "they differ";
  QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(studio->actions().keyHold).center());
  EXPECT_EQ(shot().camera.keys[0].interpolation, kHold);
  EXPECT_EQ(polygonKey(0).interpolation, kHold);
  EXPECT_EQ(undone(), "Keyframe: hold");
  EXPECT_TRUE(studio->actions().keyHold->isChecked());
  studio->actions().undo->trigger();
  EXPECT_EQ(polygonKey(0).interpolation, kLinear);
  EXPECT_EQ(shot().camera.keys[0].interpolation, kSmooth);
  // By its keys from anywhere: what stands at the playhead when nothing is selected.
  sheet().select({});
  studio->playback().seek(60);
  EXPECT_TRUE(studio->actions().keyLinear->isChecked());
  QTest::keyClick(studio.get(), Qt::Key_1, Qt::ControlModifier | Qt::AltModifier);
  EXPECT_EQ(polygonKey(1).interpolation, kSmooth);
  EXPECT_EQ(polygonKey(0).interpolation, kLinear);
  studio->playback().seek(61);
  EXPECT_FALSE(studio->actions().keySmooth->isEnabled()) << "there is none";
  // A new one between two goes on as the part it stands in.
  studio->playback().seek(20);
  studio->actions().keyHold->trigger();
  app::addShapeKey(studio->document(), shot().id, polygon, {30});
  EXPECT_EQ(polygonKey(1).interpolation, kHold);
  EXPECT_EQ(app::shapeAt(*app::findLayer(shot(), polygon), {45})[0].x, 0.1);
}

TEST_F(KeyframeSheetTest, bothViewsShareOneSelectionOfWhatIsSeen) {
  press(Qt::Key_A, Qt::ControlModifier);
  ASSERT_EQ(sheet().selected().size(), 3u);
  panel().setKind(CurveKind::kCamera);
  turnFor(20);
  auto& curves = *panel().findChild<CameraCurves*>();
  EXPECT_EQ(curves.selected(), (std::set<std::int64_t>{40}));
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{{}, 40}})) << "the polygon's are not seen there";
  QTest::keyClick(&curves, Qt::Key_Right);
  EXPECT_EQ(cameraFrames(), (std::vector<std::int64_t>{41}));
  EXPECT_EQ(polygonFrames(), (std::vector<std::int64_t>{20, 60}));
  QTest::keyClick(&curves, Qt::Key_C, Qt::ControlModifier);
  panel().setKind(CurveKind::kKeyframes);
  turnFor(20);
  EXPECT_EQ(sheet().selected(), (app::KeyframePlaces{{{}, 41}}));
  studio->playback().seek(70);
  press(Qt::Key_V, Qt::ControlModifier);
  EXPECT_EQ(cameraFrames(), (std::vector<std::int64_t>{41, 70})) << "copied there, pasted here";
}

TEST_F(KeyframeSheetTest, theCamerasCurveIsDrawnAsItsKeyframesSay) {
  panel().setKind(CurveKind::kCamera);
  turnFor(20);
  core::CameraKey key;
  key.frame = {80};
  key.pan = 200.0;
  app::addCameraKeys(studio->document(), shot().id, {key}, "Keys");
  auto& curves = *panel().findChild<CameraCurves*>();
  curves.setFocus();
  QTest::keyClick(&curves, Qt::Key_Tab);
  QTest::keyClick(studio->dock("curves"), Qt::Key_3, Qt::ControlModifier | Qt::AltModifier);
  EXPECT_EQ(shot().camera.keys[0].interpolation, kHold);
  EXPECT_EQ(shot().camera.keys[1].interpolation, kSmooth);
  const auto curve = app::cameraCurve({}, shot().camera.keys, &core::CameraKey::pan, 0.0, 97);
  EXPECT_EQ(curve[79], 100.0);
  EXPECT_EQ(curve[80], 200.0);
  QHelpEvent help(QEvent::ToolTip, curves.pointOf(40, 100.0).toPoint(), curves.mapToGlobal(QPoint(0, 0)));
  QApplication::sendEvent(&curves, &help);
  EXPECT_TRUE(QToolTip::text().startsWith("Frame 40: 100.0 px, hold")) << QToolTip::text().toStdString();
  QToolTip::hideText();
}

TEST(KeyframeEdits, aPasteLeavesOutWhatHasNoPlace) {
  app::Document document;
  core::Project project;
  core::Shot made;
  made.id = "shot1";
  made.range = {{100}, {150}};
  core::MatteLayer layer;
  layer.id = "matte1";
  layer.source = core::MatteSource::kShape;
  layer.shape.resize(1);
  layer.shape[0].frame = {110};
  layer.shape[0].points.resize(3);
  made.matte = {layer};
  project.shots = {made};
  document.reset(project, {});
  app::ShotKeyframes copied = app::keyframesOf(made, made.range);
  EXPECT_EQ(copied.outlines.at("matte1")[0].frame.value, 10) << "of the shot";
  copied.outlines["gone"] = copied.outlines["matte1"];
  copied.camera.resize(1);
  copied.camera[0].frame = {49};
  const auto places = app::pasteKeyframes(document, "shot1", made.range, copied, 20);
  EXPECT_EQ(places, (app::KeyframePlaces{{"matte1", 30}}));
  EXPECT_EQ(document.shot("shot1")->matte[0].shape[1].frame.value, 130);
  EXPECT_TRUE(document.shot("shot1")->camera.keys.empty());
  copied.outlines["matte1"][0].points.resize(4);
  EXPECT_TRUE(app::pasteKeyframes(document, "shot1", made.range, copied, 5).empty()) << "an outline of another number of points";
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListWidget>
#include <QTest>
#include <QToolButton>

#include "app/document/shape_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/framing_tool.h"
#include "ui/viewer/shape_tool.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"
#include "ui/window/viewer_tools.h"

namespace pai::ui {
namespace {

class ViewerToolsTest : public StudioTest {
 protected:
  ViewerToolsTest() {
    importClip();
    EXPECT_TRUE(waitUntil([this] { return !canvas().picture().isNull(); }));
  }
  ViewerCanvas& canvas() { return studio->viewer().canvas(); }
  QPoint at(double x, double y) {
    const QSize size = canvas().transform().pictureSize();
    return canvas().transform().toWidget(QPointF(x * size.width(), y * size.height())).toPoint();
  }
  void click(double x, double y) { QTest::mouseClick(&canvas(), Qt::LeftButton, {}, at(x, y)); }
  /// Draws a square through the command and clicks.
  void drawSquare() {
    studio->actions().drawGarbage->trigger();
    click(0.2, 0.2);
    click(0.5, 0.2);
    click(0.5, 0.6);
    click(0.2, 0.6);
    click(0.2, 0.2);
  }
  const core::MatteLayer& outline() { return shot().matte.back(); }
  int steps() { return studio->document().undoStack().count(); }
};

TEST_F(ViewerToolsTest, clicksDrawAPolygonAsOneActAndItIsSelected) {
  const int before = steps();
  drawSquare();
  ASSERT_EQ(shot().matte.size(), 2u);
  EXPECT_EQ(outline().source, core::MatteSource::kShape);
  EXPECT_EQ(outline().operation, core::MatteOperation::kSubtract);
  ASSERT_EQ(outline().shape.size(), 1u);
  EXPECT_EQ(outline().shape[0].points.size(), 4u);
  EXPECT_NEAR(outline().shape[0].points[2].y, 0.6, 0.01);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(studio->inspector().matte().findChild<QListWidget*>()->currentItem()->text(), "Garbage polygon");
  studio->actions().undo->trigger();
  EXPECT_EQ(shot().matte.size(), 1u);
}

TEST_F(ViewerToolsTest, escapeGivesUpADrawing) {
  studio->actions().drawGarbage->trigger();
  click(0.2, 0.2);
  click(0.5, 0.2);
  QTest::keyClick(&canvas(), Qt::Key_Escape);
  EXPECT_FALSE(studio->viewerTools().shape().isDrawing());
  EXPECT_EQ(shot().matte.size(), 1u);
}

TEST_F(ViewerToolsTest, draggingAPointOnAnotherFrameIsOneActAndLeavesAKeyframeThere) {
  drawSquare();
  studio->playback().seek(40);
  const int before = steps();
  dragMouse(canvas(), at(0.5, 0.2), at(0.7, 0.3));
  ASSERT_EQ(outline().shape.size(), 2u);
  EXPECT_EQ(outline().shape[1].frame.value, 40);
  EXPECT_NEAR(outline().shape[1].points[1].x, 0.7, 0.01);
  EXPECT_NEAR(outline().shape[0].points[1].x, 0.5, 0.01);
  EXPECT_EQ(steps(), before + 1);
  studio->actions().undo->trigger();
  EXPECT_EQ(outline().shape.size(), 1u);
}

TEST_F(ViewerToolsTest, draggingInsideMovesTheWhole) {
  drawSquare();
  dragMouse(canvas(), at(0.35, 0.4), at(0.45, 0.4));
  EXPECT_NEAR(outline().shape[0].points[0].x, 0.3, 0.01);
  EXPECT_NEAR(outline().shape[0].points[2].x, 0.6, 0.01);
}

TEST_F(ViewerToolsTest, thePolygonIsEditedByKeysAndSaysWhatIsSelected) {
  drawSquare();
  canvas().setFocus();
  QTest::keyClick(&canvas(), Qt::Key_Tab);
  QTest::keyClick(&canvas(), Qt::Key_Tab);
  EXPECT_EQ(studio->viewerTools().shape().selectedPoint(), 1);
  EXPECT_TRUE(canvas().accessibleDescription().startsWith("Point 2 of 4")) << canvas().accessibleDescription().toStdString();
  const double before = outline().shape[0].points[1].x;
  QTest::keyClick(&canvas(), Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_NEAR(outline().shape[0].points[1].x, before + 10.0 / 1920, 1e-6);
  EXPECT_EQ(studio->playback().frame().value, 0) << "arrows belong to the point";
  QTest::keyClick(&canvas(), Qt::Key_Insert);
  EXPECT_EQ(outline().shape[0].points.size(), 5u);
  QTest::keyClick(&canvas(), Qt::Key_Delete);
  EXPECT_EQ(outline().shape[0].points.size(), 4u);
  EXPECT_TRUE(shot().references.empty());
}

TEST_F(ViewerToolsTest, aDoubleClickOnAnEdgeAddsAPoint) {
  drawSquare();
  QTest::mouseDClick(&canvas(), Qt::LeftButton, {}, at(0.35, 0.2));
  ASSERT_EQ(outline().shape[0].points.size(), 5u);
  EXPECT_NEAR(outline().shape[0].points[1].x, 0.35, 0.01);
}

TEST_F(ViewerToolsTest, theInspectorSetsAndRemovesKeyframesAtThePlayhead) {
  drawSquare();
  studio->playback().seek(30);
  auto* toggle = studio->inspector().matte().findChild<QToolButton*>("shapeKey");
  ASSERT_TRUE(toggle && toggle->isVisible());
  QTest::mouseClick(toggle, Qt::LeftButton);
  EXPECT_EQ(outline().shape.size(), 2u);
  QTest::mouseClick(toggle, Qt::LeftButton);
  EXPECT_EQ(outline().shape.size(), 1u);
}

class FramingTest : public ViewerToolsTest {
 protected:
  FramingTest() {
    dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(30));
    turnFor(20);
    studio->actions().frameReference->trigger();
    EXPECT_TRUE(waitUntil([this] { return tool().isActive(); }));
  }
  FramingTool& tool() { return studio->viewerTools().framing(); }
  const core::Reference& reference() const { return shot().references.front(); }
};

TEST_F(FramingTest, theReferenceIsFramedWhereItStands) { EXPECT_EQ(studio->playback().frame().value, 30); }

TEST_F(FramingTest, aDragInsideMovesItAsOneAct) {
  const int before = steps();
  dragMouse(canvas(), at(0.5, 0.5), at(0.6, 0.45));
  EXPECT_NEAR(reference().offsetX, 0.1, 0.005);
  EXPECT_NEAR(reference().offsetY, -0.05, 0.005);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Frame reference");
}

TEST_F(FramingTest, aCornerScalesAboutTheMiddle) {
  const QPointF corner = tool().corners(canvas().transform())[2];
  const QPointF centre = at(0.5, 0.5);
  dragMouse(canvas(), corner.toPoint(), (centre + (corner - centre) * 0.5).toPoint());
  EXPECT_NEAR(reference().scale, 0.5, 0.02);
  EXPECT_NEAR(reference().offsetX, 0.0, 1e-9);
}

TEST_F(FramingTest, theKnobRotatesAndShiftHoldsSteps) {
  const QPointF knob = tool().knob(canvas().transform()), centre = at(0.5, 0.5);
  const double radius = centre.y() - knob.y();
  dragMouse(canvas(), knob.toPoint(), (centre + QPointF(radius * 0.72, -radius * 0.7)).toPoint(), Qt::ShiftModifier);
  EXPECT_NEAR(reference().rotationDegrees, 45.0, 1e-9);
}

TEST_F(FramingTest, keysMoveScaleRotateAndReset) {
  canvas().setFocus();
  QTest::keyClick(&canvas(), Qt::Key_Right);
  QTest::keyClick(&canvas(), Qt::Key_Plus);
  QTest::keyClick(&canvas(), Qt::Key_Period);
  EXPECT_NEAR(reference().offsetX, 1.0 / 1920, 1e-9);
  EXPECT_NEAR(reference().scale, 1.01, 1e-9);
  EXPECT_NEAR(reference().rotationDegrees, 0.1, 1e-9);
  EXPECT_EQ(studio->playback().frame().value, 30) << "keys belong to the framing";
  QTest::keyClick(&canvas(), Qt::Key_0);
  EXPECT_EQ(reference().scale, 1.0);
  EXPECT_EQ(reference().offsetX, 0.0);
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QDockWidget>
#include <QListWidget>
#include <QTest>

#include "tests/ui/studio_fixture.h"
#include "ui/plots/curves_panel.h"
#include "ui/panels/queue_panel.h"
#include "ui/panels/scopes_panel.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_controller.h"

namespace pai::ui {
namespace {

QImage filled(QColor colour) {
  QImage image(64, 36, QImage::Format_RGB32);
  image.fill(colour);
  return image;
}

TEST(ScopesTest, theWaveformOfAGreyLiesAtItsLevel) {
  const QImage scope = drawScope(filled(QColor(128, 128, 128)), ScopeKind::kWaveform, QSize(128, 101));
  for (int y = 0; y < scope.height(); ++y) {
    const bool lit = qGray(scope.pixel(64, y)) > 20;
    EXPECT_EQ(lit, y == 50) << y;
  }
}

TEST(ScopesTest, theParadeShowsEachChannelInItsThird) {
  const QImage scope = drawScope(filled(QColor(255, 0, 0)), ScopeKind::kParade, QSize(120, 101));
  EXPECT_GT(qRed(scope.pixel(20, 0)), 100);
  EXPECT_GT(qGreen(scope.pixel(60, 100)), 100);
  EXPECT_LT(qGreen(scope.pixel(60, 0)), 20);
}

TEST(ScopesTest, theVectorscopePutsRedUpAndBlueRight) {
  EXPECT_NEAR(vectorOf(1, 0, 0).y(), 1.0, 1e-9);
  EXPECT_NEAR(vectorOf(0, 0, 1).x(), 1.0, 1e-9);
  EXPECT_NEAR(vectorOf(0.5, 0.5, 0.5).x(), 0.0, 1e-9);
  const QImage scope = drawScope(filled(QColor(128, 128, 128)), ScopeKind::kVectorscope, QSize(101, 101));
  EXPECT_GT(qGray(scope.pixel(50, 50)), 100);
}

TEST(ScopesTest, transparentPixelsAreLeftOutOfTheLevels) {
  QImage image(10, 10, QImage::Format_ARGB32);
  image.fill(QColor(255, 255, 255, 0));
  for (int y = 0; y < 10; ++y) image.setPixelColor(0, y, QColor(51, 51, 51, 255));
  EXPECT_NEAR(levelsOf(image).mean, 0.2, 0.01);
  EXPECT_NEAR(levelsOf(image).high, 0.2, 0.01);
}

TEST_F(StudioTest, theScopesFollowTheViewer) {
  importClip();
  QDockWidget* dock = studio->dock("scopes");
  ASSERT_NE(dock, nullptr);
  dock->show();
  dock->raise();
  auto* panel = dock->findChild<ScopesPanel*>();
  ASSERT_TRUE(waitUntil([panel] { return !panel->scope().isNull() && panel->levels().mean > 0; }));
  const double before = panel->levels().mean;
  turnFor(500);  // at rest the viewer asks once more, for a sharper picture
  ASSERT_TRUE(waitUntil([this] { return !studio->viewerController().isWaiting(); }));
  panel->setPicture(filled(Qt::white));
  EXPECT_TRUE(waitUntil([panel] { return panel->levels().mean > 0.99; }));
  EXPECT_LT(before, 0.9);
}

TEST_F(StudioTest, theCurvesShowCameraMatteAndLightAndAClickJumps) {
  importClip();
  dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(0));
  studio->dock("curves")->show();
  studio->dock("curves")->raise();
  auto* panel = studio->dock("curves")->findChild<CurvesPanel*>();
  ASSERT_TRUE(waitUntil([panel] { return panel->curves().size() == 4; }));
  EXPECT_EQ(panel->curves()[0].name, "Pan, px");
  EXPECT_EQ(panel->curves()[0].values.size(), 97u);
  EXPECT_NEAR(panel->curves()[2].values.back(), 12.0 * 96 / 97, 1e-9);
  panel->setKind(CurveKind::kMatte);
  ASSERT_EQ(panel->curves().size(), 4u);
  EXPECT_NEAR(panel->curves()[1].values[40], 1.2, 1e-9);
  panel->setKind(CurveKind::kLight);
  ASSERT_EQ(panel->curves().size(), 4u);
  EXPECT_EQ(panel->curves()[0].name, "Exposure, stops");
  EXPECT_NEAR(panel->curves()[0].values[48], 0.5 * 48 / 97, 1e-9);
  EXPECT_NEAR(panel->curves()[2].values.front(), 0.4, 1e-9);
  panel->setKind(CurveKind::kMatte);
  auto* plot = panel->findChild<QWidget*>("curvesPlot");
  ASSERT_NE(plot, nullptr);
  EXPECT_TRUE(plot->accessibleDescription().contains("Holes, % from 0.00 to 1.20")) << plot->accessibleDescription().toStdString();
  turnFor(50);
  QTest::mouseClick(plot, Qt::LeftButton, {}, QPoint(plot->width() / 2, plot->height() / 2));
  EXPECT_GT(studio->playback().frame().value, 20);
}

TEST_F(StudioTest, longMessagesAreShownWholeAtEveryWidth) {
  MessagesPanel panel;
  panel.add(MessageKind::kError, "A worker stopped unexpectedly. " + QString("Your project is untouched and the queue goes on with the next one. ").repeated(6));
  auto* list = panel.findChild<QListWidget*>();
  for (const int width : {500, 260}) {
    panel.resize(width, 400);
    panel.show();
    turnFor(50);
    const QListWidgetItem* item = list->item(0);
    const QRect place = list->visualItemRect(item);
    const QRect needed = QFontMetrics(list->font()).boundingRect(QRect(0, 0, place.width() - list->iconSize().width(), 4000), Qt::TextWordWrap, item->text());
    EXPECT_LE(place.width(), list->viewport()->width()) << width;
    EXPECT_GE(place.height(), needed.height()) << width;
  }
}

TEST(QueueRow, saysWhatFailedBeforeItRunsOutOfRoom) {
  core::QueueEntry entry;
  entry.state = core::JobState::kFailed;
  entry.error = core::Error{core::ErrorCode::kWorkerFailed, "it gave no sign of life", "/a/long/path/of/the/job", {}};
  EXPECT_TRUE(jobRowText(entry).startsWith("A worker stopped unexpectedly")) << jobRowText(entry).toStdString();
  EXPECT_TRUE(jobStatusText(entry).startsWith("/a/long/path"));
}

TEST(QueueRow, namesTheFileThatIsDoneWithoutItsFolder) {
  core::QueueEntry entry;
  entry.state = core::JobState::kSucceeded;
  entry.output = "/a/long/path/of/the/film/hall_v001.mp4";
  EXPECT_TRUE(jobRowText(entry).endsWith(": hall_v001.mp4")) << jobRowText(entry).toStdString();
}

}  // namespace
}  // namespace pai::ui

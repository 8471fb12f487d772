// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctime>
#include <functional>

#include <QPainter>
#include <QSpinBox>
#include <QTest>

#include "tests/sanitizers/sanitized.h"
#include "tests/ui/studio_fixture.h"
#include "ui/timeline/timeline_view.h"

namespace pai::ui {
namespace {

class ReferenceLaneTest : public StudioTest {
 protected:
  ReferenceLaneTest() {
    importClip();
    picture = makePng(QDir(folder.path()), "hall.png", Qt::darkCyan);
  }
  void dropAt(std::int64_t frame) {
    dropFiles(studio->timeline(), {picture}, lane(frame));
    turnFor(20);
  }
  QPoint flag(std::size_t i) { return *studio->timeline().flagCentre(shot().references.at(i).id); }
  /// Where to let a grabbed thumbnail go so that its pole stands on a frame.
  QPoint letGo(std::size_t i, std::int64_t frame) { return flag(i) + QPoint(lane(frame).x() - lane(frameOf(i)).x(), 0); }
  QString picture;
};

TEST_F(ReferenceLaneTest, aPictureDroppedAtAFrameStandsThere) {
  dropAt(30);
  ASSERT_EQ(shot().references.size(), 1u);
  EXPECT_EQ(frameOf(0), 30);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Add reference");
}

TEST_F(ReferenceLaneTest, nearTheBeginningMiddleAndEndItSticksToThem) {
  dropAt(0);
  dropAt(48);
  dropAt(96);
  ASSERT_EQ(shot().references.size(), 3u);
  EXPECT_EQ(shot().references[0].anchor.kind, core::AnchorKind::kBegin);
  EXPECT_EQ(shot().references[1].anchor.kind, core::AnchorKind::kMiddle);
  EXPECT_EQ(shot().references[2].anchor.kind, core::AnchorKind::kEnd);
}

TEST_F(ReferenceLaneTest, aDragMovesItByThatManyFramesAsOneUndoStep) {
  dropAt(30);
  const int steps = studio->document().undoStack().count();
  dragMouse(studio->timeline(), flag(0), letGo(0, 38));
  EXPECT_EQ(frameOf(0), 38);
  EXPECT_EQ(studio->document().undoStack().count(), steps + 1);
  studio->document().undoStack().undo();
  EXPECT_EQ(frameOf(0), 30);
}

TEST_F(ReferenceLaneTest, aDragWithControlLeavesACopyBehind) {
  dropAt(30);
  dragMouse(studio->timeline(), flag(0), letGo(0, 60), Qt::ControlModifier);
  ASSERT_EQ(shot().references.size(), 2u);
  EXPECT_EQ(frameOf(0), 30);
  EXPECT_EQ(frameOf(1), 60);
}

TEST_F(ReferenceLaneTest, shiftLetsItStandBesideASnapPoint) {
  dropAt(30);
  dragMouse(studio->timeline(), flag(0), letGo(0, 47), Qt::ShiftModifier);
  EXPECT_EQ(frameOf(0), 47);
  EXPECT_EQ(shot().references[0].anchor.kind, core::AnchorKind::kFrame);
}

TEST_F(ReferenceLaneTest, itSticksToThePlayhead) {
  studio->playback().seek(70);
  dropAt(30);
  dragMouse(studio->timeline(), flag(0), letGo(0, 70) + QPoint(4, 0));
  EXPECT_EQ(frameOf(0), 70);
}

TEST_F(ReferenceLaneTest, arrowsNudgeTheSelectedReferenceAndStepOtherwise) {
  dropAt(30);
  QTest::keyClick(&studio->timeline(), Qt::Key_Right);
  QTest::keyClick(&studio->timeline(), Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(frameOf(0), 41);
  QTest::keyClick(&studio->timeline(), Qt::Key_Escape);
  QTest::keyClick(&studio->timeline(), Qt::Key_Right);
  EXPECT_EQ(studio->playback().frame().value, 1);
  EXPECT_EQ(frameOf(0), 41);
}

TEST_F(ReferenceLaneTest, aTypedFrameIsTaken) {
  dropAt(30);
  QTest::keyClick(&studio->timeline(), Qt::Key_Return);
  auto* entry = studio->timeline().findChild<QSpinBox*>();
  ASSERT_TRUE(entry && entry->isVisible());
  QTest::keyClicks(entry, "57");
  QTest::keyClick(entry, Qt::Key_Return);
  EXPECT_EQ(frameOf(0), 57);
}

TEST_F(ReferenceLaneTest, deleteRemovesTheSelectedReference) {
  dropAt(30);
  QTest::keyClick(&studio->timeline(), Qt::Key_Delete);
  EXPECT_TRUE(shot().references.empty());
}

TEST_F(ReferenceLaneTest, theStrengthBarSetsStrengthAsOneStep) {
  dropAt(30);
  const int steps = studio->document().undoStack().count();
  const QPoint bar = flag(0) + QPoint(30, 23);
  dragMouse(studio->timeline(), bar, bar - QPoint(30, 0));
  EXPECT_NEAR(shot().references[0].strength, 0.5, 0.06);
  EXPECT_EQ(studio->document().undoStack().count(), steps + 1);
}

TEST_F(ReferenceLaneTest, whileDraggingTheViewerShowsThatFrame) {
  dropAt(30);
  QTest::mousePress(&studio->timeline(), Qt::LeftButton, {}, flag(0));
  const QPoint to = letGo(0, 64);
  QMouseEvent move(QEvent::MouseMove, to, studio->timeline().mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
  QApplication::sendEvent(&studio->timeline(), &move);
  EXPECT_TRUE(waitUntil([this] { return source->lastViewerFrame == 64; }));
  QTest::mouseRelease(&studio->timeline(), Qt::LeftButton, {}, to);
  EXPECT_TRUE(waitUntil([this] { return source->lastViewerFrame == 0; }));
}

TEST_F(ReferenceLaneTest, anchorsSurviveATrimAndComeBackWithIt) {
  dropAt(30);
  const core::Id id = studio->document().currentShotId();
  studio->document().editShot(id, "trim", [](core::Shot& s) { s.range = {{50}, {97}}; });
  EXPECT_FALSE(studio->timelineModel().shots().front().flags.front().inRange);
  studio->document().undoStack().undo();
  EXPECT_EQ(frameOf(0), 30);
}

TEST_F(StudioTest, theCamerasCurvesAreStrokedAnewOnlyWhenTheyLookDifferent) {
  importClip();
  auto& timeline = studio->timeline();
  source->solveShot();
  ASSERT_TRUE(waitUntil([this] { return !studio->timelineModel().camera().frames.empty(); }));
  turnFor(50);
  QImage image(timeline.size(), QImage::Format_ARGB32_Premultiplied);
  const auto secondsOf = [&](const std::function<void(int)>& change) {
    double seconds = 0.0;
    for (int i = 0; i < 30; ++i) {
      change(i);
      timespec begun{}, ended{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
      timeline.render(&image);
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
      seconds += static_cast<double>(ended.tv_sec - begun.tv_sec) + 1e-9 * static_cast<double>(ended.tv_nsec - begun.tv_nsec);
    }
    return seconds;
  };
  const double moved = secondsOf([this](int i) { studio->playback().seek(i); });
  const double solved = secondsOf([this](int i) {
    app::CameraSummary camera = studio->timelineModel().camera();
    camera.frames[5].pan += 0.001 * i;
    emit source->cameraReady(camera);
  });
  std::printf("timeline painted again after a move of the playhead over after another camera: %.2f\n", moved / solved);
  EXPECT_LT(moved, 0.6 * solved);
  const QImage before = timeline.grab().toImage();
  app::CameraSummary turned = studio->timelineModel().camera();
  for (app::CameraFacts& f : turned.frames) f.tilt = -f.tilt;
  emit source->cameraReady(turned);
  EXPECT_NE(timeline.grab().toImage(), before) << "another camera is seen at once";
}

TEST_F(StudioTest, panningFiveHundredShotsWithFiveThousandReferencesPaintsSixtyTimesASecond) {
  core::Project project;
  project.media.push_back({"plate", "plate.mov", folder.filePath("plate.mov").toStdString()});
  project.media.push_back({"image", "hall.png", makePng(QDir(folder.path()), "hall.png", Qt::gray).toStdString(), core::MediaKind::kImage});
  for (int i = 0; i < 500; ++i) {
    core::Shot shot;
    shot.id = "s" + std::to_string(i);
    shot.name = shot.id;
    shot.plate = "plate";
    shot.range = {{0}, {97}};
    for (int r = 0; r < 10; ++r) {
      core::Reference reference;
      reference.id = shot.id + "r" + std::to_string(r);
      reference.media = "image";
      reference.anchor = {core::AnchorKind::kFrame, {r * 9}};
      shot.references.push_back(reference);
    }
    project.shots.push_back(shot);
  }
  studio->document().reset(project, {});
  turnFor(200);
  TimelineView& timeline = studio->timeline();
  QImage target(timeline.size(), QImage::Format_RGB32);
  // What a paint costs this thread: painting waits for nothing, and other programs' turns are not its own.
  const auto nowMs = [] {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
  };
  const auto paintMs = [&] {
    const double begun = nowMs();
    timeline.render(&target);
    return nowMs() - begun;
  };
  std::vector<double> times;
  for (int zoom = 0; zoom < 16; ++zoom) {
    QWheelEvent wheel(QPointF(600, 100), timeline.mapToGlobal(QPointF(600, 100)), {}, QPoint(0, 240), Qt::NoButton,
                      Qt::ControlModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&timeline, &wheel);
    times.push_back(std::min({paintMs(), paintMs(), paintMs()}));
  }
  std::sort(times.begin(), times.end());
  std::printf("timeline of 500 shots and 5,000 references: median %.1f ms, worst %.1f ms a paint\n", times[times.size() / 2], times.back());
  EXPECT_LT(times.back(), (kSanitized ? 10.0 : 1.0) * 1000.0 / 60.0);
}

}  // namespace
}  // namespace pai::ui

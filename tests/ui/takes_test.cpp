// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include "app/document/shape_edits.h"
#include "core/render/job_directory.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/splice_dialog.h"
#include "ui/panels/takes_panel.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class TakesTest : public StudioTest {
 protected:
  TakesTest() {
    importClip();
    studio->queue().setHeld(true);
  }
  ~TakesTest() override {
    for (const core::QueueEntry& entry : studio->queue().jobs().entries()) studio->queue().remove(entry.id);
  }
  core::Id addTake(core::FrameRange range, const std::string& file) {
    core::Take take;
    take.shot = shot();
    take.shot.range = {{0}, {97}};
    take.range = range;
    take.output = folder.filePath(QString::fromStdString(file)).toStdString();
    take.engine = "draft";
    const auto before = studio->ledger().takes().size();
    studio->ledger().append(take);
    EXPECT_TRUE(waitUntil([&] { return studio->ledger().takes().size() == before + 1; }));
    return studio->ledger().takes().back().id;
  }
  /// Answers the next splice dialog: `change` sets it, then it is accepted.
  void answerSplice(const std::function<void(SpliceDialog&)>& change) {
    auto* timer = new QTimer(studio.get());
    connect(timer, change);
    timer->start(20);
  }
  void connect(QTimer* timer, const std::function<void(SpliceDialog&)>& change) {
    QObject::connect(timer, &QTimer::timeout, timer, [timer, change] {
      for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* dialog = qobject_cast<SpliceDialog*>(widget); dialog && dialog->isVisible()) {
          timer->stop();
          timer->deleteLater();
          change(*dialog);
          return dialog->accept();
        }
    });
  }
  core::Splice queuedSplice() {
    EXPECT_TRUE(waitUntil([this] { return !studio->queue().jobs().entries().empty(); }));
    const auto directory = core::JobDirectory::open(studio->queue().jobs().entries().back().directory);
    EXPECT_TRUE(directory.ok());
    const auto text = directory->read(core::JobFolder::kTop, core::kSpliceFile, 1 << 20);
    EXPECT_TRUE(text.ok());
    return *core::parseSplice(*text, core::kSpliceFile);
  }
};

TEST_F(TakesTest, aTakeOfAPartIsSplicedIntoTheWholeOne) {
  EXPECT_FALSE(studio->actions().spliceTake->isEnabled());
  const core::Id whole = addTake({{0}, {97}}, "v001.mp4"), part = addTake({{20}, {50}}, "v002.mp4");
  studio->takesPanel().selectTake(QString::fromStdString(part));
  ASSERT_TRUE(studio->actions().spliceTake->isEnabled());
  studio->playback().setMarked({{24}, {40}});
  answerSplice([](SpliceDialog& dialog) {
    QString words;
    for (const QLabel* label : dialog.findChildren<QLabel*>()) words += label->text();
    EXPECT_TRUE(words.contains("kept in 8 bits")) << "what the splice is made of is said";
  });
  studio->actions().spliceTake->trigger();
  const core::Splice splice = queuedSplice();
  EXPECT_EQ(splice.base.take, whole);
  EXPECT_EQ(splice.insert->take, part);
  EXPECT_EQ(splice.insert->begin.value, 20);
  EXPECT_EQ(splice.range, (core::FrameRange{{24}, {40}}));
  EXPECT_FALSE(splice.region);
  const core::QueueEntry& entry = studio->queue().jobs().entries().back();
  EXPECT_TRUE(entry.output.ends_with("v003.mkv")) << entry.output;
}

TEST_F(TakesTest, aRegionDrawnForSplicingIsOfferedAndIsNoPartOfTheMatte) {
  const core::Id whole = addTake({{0}, {97}}, "v001.mp4"), other = addTake({{0}, {97}}, "v002.mp4");
  studio->actions().drawRegion->trigger();
  ViewerCanvas& canvas = studio->viewer().canvas();
  ASSERT_TRUE(waitUntil([&canvas] { return !canvas.picture().isNull(); }));
  const QPoint middle = canvas.rect().center();
  for (const QPoint& at : {QPoint(-100, -80), QPoint(100, -80), QPoint(0, 80)}) QTest::mouseClick(&canvas, Qt::LeftButton, {}, middle + at);
  QTest::keyClick(&canvas, Qt::Key_Return);
  ASSERT_FALSE(shot().matte.empty());
  EXPECT_FALSE(shot().matte.back().enabled);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Draw region");
  EXPECT_TRUE(studio->ledger().changesSince(*studio->ledger().find(whole)).isEmpty()) << "it is no part of the matte";
  studio->takesPanel().selectTake(QString::fromStdString(other));
  answerSplice([](SpliceDialog& dialog) {
    EXPECT_TRUE(dialog.findChildren<QComboBox*>().back()->currentText().contains("Region"));
  });
  studio->actions().spliceTake->trigger();
  const core::Splice splice = queuedSplice();
  ASSERT_TRUE(splice.region);
  EXPECT_EQ(splice.region->id, shot().matte.back().id);
  EXPECT_GT(splice.featherPixels, 0.0);
}

TEST_F(TakesTest, whatIsWrongWithATakeStandsFirstAndALongLineEndsInDots) {
  const core::Id id = addTake({{0}, {97}}, "gone.mp4");
  studio->ledger().note(id, QStringLiteral("the one with the door, and a very long word on what the director said of it").repeated(2));
  studio->document().editShot(shot().id, "light", [](core::Shot& s) { s.light.strength = 0.1; });
  auto* list = studio->takesPanel().findChild<QListWidget*>();
  EXPECT_TRUE(waitUntil([list] { return list->item(0)->text().contains("\nfile missing · stale · draft"); })) << list->item(0)->text().toStdString();
  turnFor(50);
  EXPECT_LE(list->visualItemRect(list->item(0)).width(), list->viewport()->width());
  EXPECT_GT(list->visualItemRect(list->item(0)).height(), 30) << "two lines";
  EXPECT_EQ(list->item(0)->toolTip(), list->item(0)->text());
}

TEST_F(TakesTest, outsideItsFramesATakeSaysThatThePlateIsShown) {
  const core::Id id = addTake({{24}, {48}}, "v001.mp4");
  studio->takesPanel().selectTake(QString::fromStdString(id));
  studio->actions().viewTake->trigger();
  ViewerCanvas& canvas = studio->viewer().canvas();
  const auto at = [&](std::int64_t frame) {
    studio->playback().seek(frame);
    turnFor(200);
    EXPECT_TRUE(waitUntil([this] { return !studio->viewerController().isWaiting(); }));
    return canvas.note(0);
  };
  EXPECT_EQ(at(30), "");
  EXPECT_EQ(source->lastViewerFrame, 6) << "of the take's file";
  const QString words = "This take covers 00:00:01:00 to 00:00:01:23; the plate is shown here";
  EXPECT_EQ(at(23), words);
  EXPECT_EQ(source->lastViewerFrame, 23) << "of the plate";
  EXPECT_EQ(canvas.accessibleDescription(), words);
  EXPECT_TRUE(canvas.cover(0).isEmpty()) << "the plate itself is not dimmed";
  EXPECT_EQ(at(24), "");
  EXPECT_EQ(at(47), "");
  EXPECT_EQ(at(48), words);
  // A trim moves the take's frames along the shot.
  studio->playback().seek(12);
  studio->actions().trimBegin->trigger();
  EXPECT_EQ(at(12), "");
  EXPECT_EQ(source->lastViewerFrame, 0);
  EXPECT_EQ(at(11), "This take covers 00:00:00:12 to 00:00:01:11; the plate is shown here");
  studio->actions().viewPlate->trigger();
  EXPECT_TRUE(waitUntil([&] { return canvas.note(0).isEmpty(); }));
}

TEST_F(TakesTest, onlyWhatWasGeneratedAndIsKeptCanBeFinishedAgain) {
  addTake({{0}, {97}}, "v001.mp4");
  EXPECT_FALSE(studio->actions().refinishTake->isEnabled());
  EXPECT_FALSE(studio->actions().refinishTake->statusTip().isEmpty());
  // A job of a pack that still holds what it generated.
  core::Job job;
  job.name = "earlier";
  job.shot = shot();
  job.engine = "/packs/none";
  job.output = folder.filePath("v002.mp4").toStdString();
  const std::string earlier = folder.filePath("earlier").toStdString();
  auto directory = core::JobDirectory::create(earlier, job);
  ASSERT_TRUE(directory.ok());
  ASSERT_TRUE(directory->write(core::JobFolder::kInput, core::kPreparedFile, "prepared").ok());
  ASSERT_TRUE(directory->write(core::JobFolder::kLatents, core::kGeneratedFile, "generated").ok());
  core::Take take;
  take.shot = shot();
  take.shot.range = {{0}, {97}};
  take.shot.render.engine = take.engine = "none";
  take.range = {{0}, {97}};
  take.output = job.output;
  take.jobFolder = earlier;
  studio->ledger().append(take);
  ASSERT_TRUE(waitUntil([this] { return studio->ledger().takes().size() == 2; }));
  studio->takesPanel().selectTake(QString::fromStdString(studio->ledger().takes().back().id));
  ASSERT_TRUE(studio->actions().refinishTake->isEnabled());
  studio->document().editShot(shot().id, "light", [](core::Shot& s) { s.light.grain = 0.25; });
  studio->actions().refinishTake->trigger();
  ASSERT_TRUE(waitUntil([this] { return !studio->queue().jobs().entries().empty(); }));
  const auto queued = core::JobDirectory::open(studio->queue().jobs().entries().back().directory);
  ASSERT_TRUE(queued.ok());
  EXPECT_EQ(queued->job().shot.light.grain, 0.25);
  EXPECT_TRUE(queued->has(core::JobFolder::kTop, core::kRefinishFile));
  EXPECT_EQ(*queued->read(core::JobFolder::kLatents, core::kGeneratedFile, 100), "generated");
}

TEST_F(TakesTest, aStaleTakeSaysWhatChangedAndItsSettingsComeBackAsOneAct) {
  const core::Id id = addTake({{0}, {97}}, "v001.mp4");
  studio->takesPanel().selectTake(QString::fromStdString(id));
  studio->document().editShot(shot().id, "light", [](core::Shot& s) { s.light.strength = 0.1; });
  const QStringList changes = studio->ledger().changesSince(*studio->ledger().find(id));
  EXPECT_EQ(changes, QStringList{"light"});
  for (QToolButton* button : studio->takesPanel().findChildren<QToolButton*>())
    if (button->accessibleName() == "Use these settings") QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_TRUE(studio->ledger().changesSince(*studio->ledger().find(id)).isEmpty());
  studio->actions().undo->trigger();
  EXPECT_EQ(shot().light.strength, 0.1);
}

TEST_F(TakesTest, anExportOfASplicedTakeIsMadeOfItsFile) {
  core::Take take;
  take.shot = shot();
  take.shot.range = {{0}, {97}};
  take.range = {{0}, {97}};
  take.output = folder.filePath("v001.mkv").toStdString();
  take.engine = "draft";
  take.extra["splice"] = nlohmann::json::object();
  take.shot.delivery.colourSpace = "pq";
  studio->ledger().append(take);
  studio->document().editShot(shot().id, "delivery", [](core::Shot& s) { s.delivery.colourSpace = "srgb"; });
  ASSERT_TRUE(waitUntil([this] { return studio->ledger().takes().size() == 1; }));
  const core::Id id = studio->ledger().takes().front().id;
  studio->ledger().choose(shot().id, id);
  auto* timer = new QTimer(studio.get());
  QObject::connect(timer, &QTimer::timeout, timer, [timer] {
    if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget())) {
      timer->stop();
      dialog->accept();
    }
  });
  timer->start(20);
  studio->actions().exportShot->trigger();
  const core::Splice splice = queuedSplice();
  EXPECT_EQ(splice.base.path, take.output);
  EXPECT_FALSE(splice.insert);
  EXPECT_EQ(splice.base.colourSpace, "pq") << "what its file is in";
  const auto queued = core::JobDirectory::open(studio->queue().jobs().entries().back().directory);
  ASSERT_TRUE(queued.ok());
  EXPECT_EQ(queued->job().colourSpace, "srgb") << "what is delivered now";
}

}  // namespace
}  // namespace pai::ui

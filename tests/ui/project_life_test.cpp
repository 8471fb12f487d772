// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QTreeWidget>

#include "core/base/hash.h"
#include "core/base/project_file.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/relink_dialog.h"
#include "ui/panels/welcome_page.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"
#include "ui/window/project_commands.h"

namespace pai::ui {
namespace {

class ProjectLifeTest : public StudioTest {
 protected:
  /// A project on disk with one shot, whose plate the source says is missing.
  QString writeProjectWithoutItsPlate() {
    core::Project project;
    core::Media media;
    media.id = "plate";
    media.name = media.path = "gone.mov";
    project.media.push_back(media);
    core::Shot s;
    s.id = "s";
    s.name = "A010";
    s.plate = "plate";
    s.range = {{0}, {97}};
    s.prompt.caption = "kept";
    core::Reference reference;
    reference.id = "r";
    reference.anchor = {core::AnchorKind::kFrame, {34}};
    s.references.push_back(reference);
    project.shots.push_back(s);
    const QString path = folder.filePath("film.pai");
    EXPECT_TRUE(core::saveProject(path.toStdString(), project).ok());
    source->missing.insert(folder.filePath("gone.mov"));
    return path;
  }
};

TEST_F(ProjectLifeTest, theWelcomePageOpensTheUsersOwnCopyOfTheSample) {
  QPushButton* button = nullptr;
  for (QPushButton* each : studio->findChild<WelcomePage*>()->findChildren<QPushButton*>())
    if (each->text() == "Open the sample") button = each;
  ASSERT_NE(button, nullptr);
  QTest::mouseClick(button, Qt::LeftButton);
  ASSERT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }));
  EXPECT_EQ(shot().references.size(), 3u);
  EXPECT_TRUE(studio->document().filePath().endsWith("/documents/PAI-Studio/Sample.pai"));
  EXPECT_FALSE(studio->document().isModified());
}

TEST_F(ProjectLifeTest, aSecondWindowOnTheSameProjectIsRefusedWithAMessageAndStaysAsItWas) {
  const QString path = writeProjectWithoutItsPlate();
  studio->openWhenShown(path);
  ASSERT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }));
  StudioOptions options;
  options.source = std::make_unique<FakeFrameSource>();
  Studio second(std::move(options));
  second.show();
  QString said;
  answerBox("OK", &said);
  second.openWhenShown(path);
  ASSERT_TRUE(waitUntil([&] { return !said.isEmpty(); }));
  EXPECT_TRUE(said.contains("Another window has this project open")) << said.toStdString();
  EXPECT_TRUE(said.contains(path)) << said.toStdString();
  EXPECT_EQ(second.document().currentShot(), nullptr);
  EXPECT_TRUE(second.findChild<WelcomePage*>()->isVisible());

  // Once the first window is on another project, the second may have it.
  studio->actions().newProject->trigger();
  second.openWhenShown(path);
  EXPECT_TRUE(waitUntil([&] { return second.document().currentShot() != nullptr; }));
}

TEST_F(ProjectLifeTest, aMissingClipOpensOfflineCanBeEditedSavedAndReopenedAndComesBackWhenRelinked) {
  const QString path = writeProjectWithoutItsPlate();
  studio->openWhenShown(path);
  ASSERT_TRUE(waitUntil([this] { return studio->catalog().state("plate") == app::MediaState::kOffline; }));
  ASSERT_TRUE(waitUntil([this] { return studio->viewer().canvas().messageTitle().contains("offline"); }))
      << studio->viewer().canvas().messageTitle().toStdString();
  ASSERT_TRUE(waitUntil([this] {
    const auto* placeholder = studio->timelineModel().shot("s");
    return placeholder && placeholder->offline;
  }));
  EXPECT_EQ(frameOf(0), 34);

  // The reference is dragged over the placeholder, and the project saved.
  turnFor(50);
  const QPoint grip = *studio->timeline().flagCentre("r");
  dragMouse(studio->timeline(), grip, grip + QPoint(lane(44).x() - lane(34).x(), 0));
  EXPECT_EQ(frameOf(0), 44);
  studio->actions().save->trigger();
  ASSERT_TRUE(waitUntil([this] { return !studio->document().isModified(); }));
  studio->actions().newProject->trigger();
  ASSERT_EQ(studio->document().currentShot(), nullptr);
  studio->openWhenShown(path);
  ASSERT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }));
  EXPECT_EQ(frameOf(0), 44);
  EXPECT_EQ(shot().prompt.caption, "kept");
  EXPECT_EQ(shot().range, (core::FrameRange{{0}, {97}}));

  const std::string found = folder.filePath("found.mov").toStdString();
  studio->document().editProject("Relink media", [&found](core::Project& p) { p.media.front().path = found; });
  EXPECT_TRUE(waitUntil([this] { return studio->catalog().state("plate") == app::MediaState::kOnline; }));
  EXPECT_EQ(frameOf(0), 44);
}

TEST_F(ProjectLifeTest, missingMediaAreFoundByContentInAFolderAndRelinkedAsOneAct) {
  const QDir found(folder.filePath("found"));
  found.mkpath(".");
  QFile moved(found.filePath("renamed.mov"));
  ASSERT_TRUE(moved.open(QIODevice::WriteOnly));
  moved.write("the plate");
  moved.close();
  const QString path = writeProjectWithoutItsPlate();
  auto loaded = core::loadProject(path.toStdString());
  ASSERT_TRUE(loaded.ok());
  loaded->project.media.front().sha256 = core::sha256Of("the plate");
  loaded->project.media.front().sizeBytes = 9;
  ASSERT_TRUE(core::saveProject(path.toStdString(), loaded->project).ok());
  studio->openWhenShown(path);
  ASSERT_TRUE(waitUntil([this] { return studio->catalog().state("plate") == app::MediaState::kOffline; }));
  EXPECT_TRUE(waitUntil([this] { return studio->messages().count() > 0; })) << "it says that something is missing";

  studio->actions().relinkMissing->trigger();
  auto* dialog = studio->findChild<RelinkDialog*>();
  ASSERT_NE(dialog, nullptr);
  auto* relink = dialog->findChild<QPushButton*>("relink");
  EXPECT_FALSE(relink->isEnabled());
  dialog->searchIn(found.path());
  ASSERT_TRUE(waitUntil([relink] { return relink->isEnabled(); })) << dialog->findChild<QLabel*>("relinkState")->text().toStdString();
  QTest::mouseClick(relink, Qt::LeftButton);
  EXPECT_EQ(studio->document().project().media.front().path, moved.fileName().toStdString());
  EXPECT_TRUE(waitUntil([this] { return studio->catalog().state("plate") == app::MediaState::kOnline; }));
  EXPECT_EQ(studio->document().undoStack().count(), 1);
  studio->actions().undo->trigger();
  EXPECT_TRUE(waitUntil([this] { return studio->catalog().state("plate") == app::MediaState::kOffline; }));
  dialog->close();
}

TEST_F(ProjectLifeTest, theListOfMissingMediaDoesNotWaitForTheDisk) {
  QFile other(folder.filePath("other.mov"));
  ASSERT_TRUE(other.open(QIODevice::WriteOnly));
  other.write("of another size");
  other.close();
  const QString path = writeProjectWithoutItsPlate();
  auto loaded = core::loadProject(path.toStdString());
  loaded->project.media.front().sizeBytes = 9;
  ASSERT_TRUE(core::saveProject(path.toStdString(), loaded->project).ok());
  studio->openWhenShown(path);
  ASSERT_TRUE(waitUntil([this] { return studio->document().currentShot() && studio->catalog().state("plate") == app::MediaState::kOffline; }));
  RelinkDialog dialog(studio->document(), studio->catalog());
  const auto* list = dialog.findChild<QTreeWidget*>();
  dialog.locate("plate", other.fileName());
  ASSERT_EQ(list->topLevelItemCount(), 1);
  EXPECT_EQ(list->topLevelItem(0)->text(1), other.fileName()) << "its size is looked up in the background";
  EXPECT_TRUE(waitUntil([list] { return list->topLevelItem(0)->text(1).contains("another size"); }));
}

TEST_F(ProjectLifeTest, aDockThatTheUserClosedStaysClosedThroughEditsAndAnotherProject) {
  importClip();
  QDockWidget* takes = studio->dock("takes");
  QDockWidget* media = studio->dock("media");
  takes->close();
  EXPECT_TRUE(media->isVisible());
  studio->playback().seek(40);
  studio->actions().splitShot->trigger();
  EXPECT_FALSE(takes->isVisible());
  studio->actions().undo->trigger();
  EXPECT_FALSE(takes->isVisible());
  answerBox("Don't save");
  studio->actions().newProject->trigger();
  EXPECT_FALSE(media->isVisible());
  importClip();
  EXPECT_FALSE(takes->isVisible());
  EXPECT_TRUE(media->isVisible());
  studio->actions().resetLayout->trigger();
  EXPECT_TRUE(takes->isVisible());
}

}  // namespace
}  // namespace pai::ui

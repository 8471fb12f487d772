// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QTreeWidget>

#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/colour_dialog.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/inspector/references_page.h"
#include "ui/inspector/space_row.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/display_panel.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class ColourTest : public StudioTest {
 protected:
  ~ColourTest() override { studio->colours().setViewerTransform({}); }
  /// Chooses an entry as a user does.
  void choose(QComboBox& box, const QString& data) {
    ASSERT_TRUE(waitUntil([&] { return box.findData(data) >= 0; })) << data.toStdString();
    box.setCurrentIndex(box.findData(data));
    emit box.activated(box.currentIndex());
  }
  ColourDialog& dialog() {
    studio->actions().colour->trigger();
    auto* shown = studio->findChild<ColourDialog*>();
    EXPECT_NE(shown, nullptr);
    return *shown;
  }
  core::Media media(std::size_t i) const { return studio->document().project().media.at(i); }
};

TEST_F(ColourTest, untouchedNothingIsTransformed) {
  importClip();
  EXPECT_FALSE(source->view().transforms(folder.filePath("plate.mov")));
  EXPECT_TRUE(source->shot->ocioConfig.empty());
}

TEST_F(ColourTest, thePlatesSpaceIsChosenInTheInspectorUndoesAndReachesViewerAndRender) {
  importClip();
  auto* row = studio->inspector().matte().findChild<SpaceRow*>();
  ASSERT_NE(row, nullptr);
  choose(row->box(), "arri logc3");
  EXPECT_EQ(media(0).colourSpace, "arri logc3");
  ASSERT_TRUE(waitUntil([this] { return source->shot && source->shot->media.front().colourSpace == "arri logc3"; }));
  EXPECT_TRUE(source->view().transforms(folder.filePath("plate.mov")));
  EXPECT_EQ(source->view().spaceOf(folder.filePath("plate.mov")), "arri logc3");
  EXPECT_TRUE(studio->actions().undo->text().contains("Colour space of “plate.mov”"));
  studio->actions().undo->trigger();
  EXPECT_TRUE(media(0).colourSpace.empty());
  EXPECT_EQ(row->box().currentData().toString(), QString());
  EXPECT_TRUE(waitUntil([this] { return !source->view().transforms(folder.filePath("plate.mov")); }));
}

TEST_F(ColourTest, aReferencesSpaceIsChosenWhereItsFramingIs) {
  importClip();
  dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(0));
  ASSERT_TRUE(waitUntil([this] { return shot().references.size() == 1; }));
  studio->timeline().selectReference(shot().references[0].id);
  auto* row = studio->inspector().references().findChild<SpaceRow*>();
  ASSERT_TRUE(waitUntil([row] { return row->isVisible(); }));
  choose(row->box(), "linear");
  EXPECT_EQ(media(1).colourSpace, "linear");
  EXPECT_TRUE(media(0).colourSpace.empty());
}

TEST_F(ColourTest, aConfigurationIsTakenOnceReadAndABadOneChangesNothingAndSaysWhy) {
  importClip();
  source->configs["/show/config.ocio"] = {{"lin_ap1", "cam"}, {"Monitor - Film", "Monitor - Raw"}};
  ColourDialog& shown = dialog();
  const int before = studio->document().undoStack().count();
  shown.useConfig("/show/broken.ocio");
  const auto says = [&shown](const QString& words) {
    for (const QLabel* label : shown.findChildren<QLabel*>())
      if (label->text().contains(words)) return true;
    return false;
  };
  EXPECT_TRUE(waitUntil([&] { return says("/show/broken.ocio") && says("line 3"); }));
  EXPECT_EQ(studio->document().undoStack().count(), before);

  shown.useConfig("/show/config.ocio");
  ASSERT_TRUE(waitUntil([this] { return studio->document().project().ocioConfig == "/show/config.ocio"; }));
  EXPECT_TRUE(waitUntil([&] { return says("2 viewer transforms"); }));
  EXPECT_TRUE(source->view().transforms(folder.filePath("plate.mov"))) << "the configuration's first view";
  auto* list = shown.findChild<QTreeWidget*>();
  list->topLevelItem(0)->setSelected(true);
  choose(shown.findChild<SpaceRow*>()->box(), "cam");
  EXPECT_EQ(media(0).colourSpace, "cam");
  EXPECT_TRUE(waitUntil([this] { return source->shot->ocioConfig == "/show/config.ocio" && source->shot->media.front().colourSpace == "cam"; }));

  // Without the configuration the space stays, marked as unknown.
  QTest::mouseClick(shown.findChild<QPushButton*>("noConfig"), Qt::LeftButton);
  EXPECT_TRUE(studio->document().project().ocioConfig.empty());
  auto* row = studio->inspector().matte().findChild<SpaceRow*>();
  EXPECT_TRUE(waitUntil([row] { return row->box().currentText().contains("not in the configuration"); })) << row->box().currentText().toStdString();
  for (int i = 0; i < 3; ++i) studio->actions().undo->trigger();
  EXPECT_TRUE(studio->document().project().ocioConfig.empty());
  EXPECT_TRUE(media(0).colourSpace.empty());
}

TEST_F(ColourTest, theDisplayButtonSetsTheViewersTransformAndWhatIsForViewingOnly) {
  importClip();
  auto* panel = studio->viewer().findChild<DisplayPanel*>();
  ASSERT_NE(panel, nullptr);
  const int acts = studio->document().undoStack().count();
  studio->colours().want();
  choose(*panel->findChild<QComboBox*>(), "Rec.709 - plain");
  EXPECT_EQ(source->view().transform, "Rec.709 - plain");
  EXPECT_TRUE(source->view().transforms(folder.filePath("plate.mov")));
  studio->colours().setViewerTransform({});
  EXPECT_FALSE(source->view().transforms(folder.filePath("plate.mov")));

  const auto middle = [this] { return studio->viewer().canvas().picture().pixelColor(4, 4); };
  ASSERT_TRUE(waitUntil([&] { return !studio->viewer().canvas().picture().isNull() && middle().green() == 140; }));
  studio->viewerController().setExposure(1.0, 1.0);
  EXPECT_TRUE(waitUntil([&] { return middle().green() > 180; })) << middle().green();
  panel->reset();
  EXPECT_TRUE(waitUntil([&] { return middle().green() == 140; }));
  studio->viewer().canvas().setChannels(Channels::kGreen);
  turnFor(20);
  const QImage grey = studio->viewer().canvas().grab().toImage();
  const QColor shown = grey.pixelColor(grey.width() / 2, grey.height() / 2);
  EXPECT_EQ(shown.red(), shown.green());
  EXPECT_EQ(studio->document().undoStack().count(), acts) << "looking is no act";
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHeaderView>
#include <QLineEdit>
#include <QMenuBar>
#include <QSettings>
#include <QTest>
#include <QToolButton>

#include "tests/ui/studio_fixture.h"
#include "ui/panels/media_bin.h"
#include "ui/panels/media_table.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class MediaTableTest : public StudioTest {
 protected:
  MediaTableTest() {
    QSettings().remove("media");
    importClip();
    const QDir dir(folder.path());
    dropFiles(studio->timeline(), {makePng(dir, "zoo.png", Qt::darkCyan)}, lane(10));
    dropFiles(studio->timeline(), {makePng(dir, "alley.png", Qt::darkRed)}, lane(80));
    dropFiles(studio->mediaBin(), {makePng(dir, "unused.png", Qt::darkGray)}, QPoint(50, 50));
    EXPECT_TRUE(waitUntil([this] { return studio->document().project().media.size() == 4; }));
    studio->actions().mediaTable->trigger();
    EXPECT_TRUE(waitUntil([this] { return table().topLevelItemCount() == 4 && !table().topLevelItem(3)->text(MediaTable::kPicture).isEmpty(); }));
  }
  ~MediaTableTest() override { QSettings().remove("media"); }
  MediaTable& table() { return studio->mediaBin().table(); }
  QStringList names() {
    QStringList out;
    for (int i = 0; i < table().topLevelItemCount(); ++i)
      if (!table().topLevelItem(i)->isHidden()) out << table().topLevelItem(i)->text(MediaTable::kName);
    return out;
  }
  QStringList row(const QString& name) {
    QStringList out;
    for (int i = 0; i < table().topLevelItemCount(); ++i)
      for (int column = 0; table().topLevelItem(i)->text(0) == name && column < MediaTable::kColumns; ++column) out << table().topLevelItem(i)->text(column);
    return out;
  }
};

TEST_F(StudioTest, theMediaBinOffersImportOnce) {
  importClip();
  MediaBin& bin = studio->mediaBin();
  const auto offered = [&bin] {
    QStringList names;
    for (const QAbstractButton* button : bin.findChildren<QAbstractButton*>())
      if (button->isVisibleTo(&bin) && (button->accessibleName() + button->text()).contains("Import media")) names << button->metaObject()->className();
    return names;
  };
  EXPECT_EQ(offered(), QStringList("QToolButton"));
  studio->document().editProject("Remove all", [](core::Project& project) { project.media.clear(), project.shots.clear(); });
  EXPECT_EQ(offered(), QStringList("QPushButton")) << "the empty page says what to do";
}

TEST_F(MediaTableTest, columnsSayWhatEachMediaIsAndWhatIsUsedOfIt) {
  EXPECT_TRUE(table().isVisible());
  EXPECT_EQ(row("plate.mov").mid(0, 6), QStringList({"plate.mov", "1920 × 1080", "00:00:04:01", "24", "h264", "97 of 97"}));
  EXPECT_EQ(row("zoo.png").mid(0, 6), QStringList({"zoo.png", "1920 × 1080", "", "", "", "1×"}));
  EXPECT_EQ(row("unused.png")[MediaTable::kUsed], "no");
  studio->playback().seek(40);
  studio->actions().trimBegin->trigger();
  EXPECT_TRUE(waitUntil([this] { return row("plate.mov")[MediaTable::kUsed] == "57 of 97"; })) << row("plate.mov")[MediaTable::kUsed].toStdString();
  studio->actions().undo->trigger();
  studio->playback().seek(40);
  studio->actions().splitShot->trigger();
  EXPECT_TRUE(waitUntil([this] { return row("plate.mov")[MediaTable::kUsed] == "97 of 97"; })) << "two shots of one clip";
}

TEST_F(MediaTableTest, aClickOnAColumnSortsAndNumbersSortAsNumbers) {
  EXPECT_EQ(names(), QStringList({"alley.png", "plate.mov", "unused.png", "zoo.png"}));
  QTest::mouseClick(table().header()->viewport(), Qt::LeftButton, {}, QPoint(table().header()->sectionViewportPosition(MediaTable::kName) + 10, 8));
  EXPECT_EQ(names().front(), "zoo.png");
  table().sortByColumn(MediaTable::kUsed, Qt::DescendingOrder);
  EXPECT_EQ(names().front(), "plate.mov") << "97 frames are more than one reference";
  EXPECT_EQ(names().back(), "unused.png");
}

TEST_F(MediaTableTest, theSearchHidesRowsAndTheChoiceLastsFromOneViewToTheOther) {
  auto* search = studio->mediaBin().findChild<QLineEdit*>();
  QTest::keyClicks(search, "zoo");
  EXPECT_EQ(names(), QStringList{"zoo.png"});
  table().setCurrentItem(table().topLevelItem(3));
  ASSERT_EQ(studio->mediaBin().selected().size(), 1u);
  const core::Id zoo = studio->mediaBin().selected().front();
  studio->actions().mediaTable->trigger();
  EXPECT_FALSE(table().isVisible());
  EXPECT_EQ(studio->mediaBin().selected(), std::vector<core::Id>{zoo});
  EXPECT_FALSE(QSettings().value("media/table").toBool());
  search->clear();
  studio->actions().mediaTable->trigger();
  EXPECT_EQ(names().size(), 4);
  EXPECT_EQ(studio->mediaBin().selected(), std::vector<core::Id>{zoo});
  EXPECT_TRUE(QSettings().value("media/table").toBool());
}

TEST_F(MediaTableTest, returnPlacesAPictureAtThePlayhead) {
  studio->playback().seek(50);
  table().setFocus();
  table().setCurrentItem(table().topLevelItem(2));
  const std::size_t before = shot().references.size();
  QTest::keyClick(&table(), Qt::Key_Return);
  ASSERT_EQ(shot().references.size(), before + 1);
  EXPECT_EQ(frameOf(before), 50);
}

TEST_F(StudioTest, undoRedoAndSaveStandInTheMenusLineAndSayWhatTheyDo) {
  auto* bar = studio->findChild<QWidget*>("projectBar");
  ASSERT_NE(bar, nullptr);
  EXPECT_TRUE(bar->isVisible());
  const auto buttons = bar->findChildren<QToolButton*>().mid(3);  // behind import, render and export
  ASSERT_EQ(buttons.size(), 3);
  EXPECT_FALSE(buttons[0]->isEnabled());
  importClip();
  dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, lane(10));
  ASSERT_EQ(shot().references.size(), 1u);
  const QString undo = studio->document().undoStack().undoText();
  ASSERT_FALSE(undo.isEmpty());
  EXPECT_EQ(buttons[0]->toolTip(), QStringLiteral("Undo: %1  (Ctrl+Z)").arg(undo));
  EXPECT_EQ(buttons[0]->accessibleName(), QStringLiteral("Undo: %1").arg(undo));
  QTest::mouseClick(buttons[0], Qt::LeftButton);
  EXPECT_TRUE(shot().references.empty());
  EXPECT_EQ(buttons[1]->accessibleName(), QStringLiteral("Redo: %1").arg(undo));
  buttons[1]->setFocus();
  QTest::keyClick(buttons[1], Qt::Key_Space);
  EXPECT_EQ(shot().references.size(), 1u);
  EXPECT_TRUE(studio->rect().contains(bar->mapTo(studio.get(), bar->rect().bottomRight())));
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>

#include "app/document/named_presets.h"
#include "app/document/reference_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/references_page.h"
#include "ui/inspector/render_page.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class ExportTest : public StudioTest {
 protected:
  ExportTest() { importClip(); }
  std::unique_ptr<ExportDialog> openDialog() {
    auto dialog = std::make_unique<ExportDialog>(studio->document(), studio->catalog(), studio->colours(), studio->ledger(), shot(), core::FrameRange{});
    fieldNamed(*dialog, "Folder")->setText(folder.path());
    return dialog;
  }
  static QLineEdit* fieldNamed(QDialog& dialog, const QString& name) {
    for (QLineEdit* field : dialog.findChildren<QLineEdit*>())
      if (field->accessibleName() == name) return field;
    return nullptr;
  }
  static QPushButton* start(QDialog& dialog) {
    for (QPushButton* button : dialog.findChildren<QPushButton*>())
      if (button->isDefault()) return button;
    return nullptr;
  }
  static bool says(QDialog& dialog, const QString& words) {
    for (const QLabel* label : dialog.findChildren<QLabel*>())
      if (label->text().contains(words)) return true;
    return false;
  }
  void touch(const QString& path) {
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  }
};

TEST_F(ExportTest, theDialogSaysWhatThePicturesAreMadeFrom) {
  for (const bool spliced : {false, true}) {
    core::Take take;
    take.shot = shot();
    take.shot.range = {{0}, {97}};
    take.range = {{0}, {97}};
    take.engine = "draft";
    take.output = folder.filePath(spliced ? "v002.mkv" : "v001.mp4").toStdString();
    if (spliced) take.extra["splice"] = nlohmann::json::object();
    const std::size_t before = studio->ledger().takes().size();
    studio->ledger().append(take);
    ASSERT_TRUE(waitUntil([&] { return studio->ledger().takes().size() == before + 1; }));
    studio->ledger().choose(shot().id, studio->ledger().takes().back().id);
    auto dialog = openDialog();
    EXPECT_EQ(says(*dialog, "made again, as finely as this preset can hold"), !spliced);
    EXPECT_EQ(says(*dialog, "delivered from its own file"), spliced);
  }
}

TEST_F(ExportTest, withoutAChosenTakeExportAsksAndCancelQueuesNothing) {
  QString said;
  answerBox("Cancel", &said);
  studio->actions().exportShot->trigger();
  EXPECT_TRUE(said.contains("No take of this shot is chosen")) << said.toStdString();
  EXPECT_TRUE(studio->queue().jobs().entries().empty());
  studio->dock("takes")->close();
  answerBox("Choose a take");
  studio->actions().exportShot->trigger();
  EXPECT_TRUE(studio->dock("takes")->isVisible());
}

TEST_F(ExportTest, theColourSpaceOfADeliveryIsChosenThere) {
  auto dialog = openDialog();
  QComboBox* spaces = nullptr;
  for (QComboBox* box : dialog->findChildren<QComboBox*>())
    if (box->accessibleName() == "Colour") spaces = box;
  ASSERT_NE(spaces, nullptr);
  EXPECT_TRUE(spaces->currentText().startsWith("As the plate"));
  const int index = spaces->findData("linear");
  ASSERT_GT(index, 0);
  spaces->setCurrentIndex(index);
  emit spaces->activated(index);
  EXPECT_EQ(dialog->delivery().colourSpace, "linear");
  EXPECT_EQ(dialog->job().colourSpace, "linear");
}

TEST_F(ExportTest, aFolderThatIsNotThereIsMade) {
  auto dialog = openDialog();
  const QString deep = QDir(folder.path()).filePath("deliveries/day 2");
  fieldNamed(*dialog, "Folder")->setText(deep);
  EXPECT_TRUE(says(*dialog, "Makes the folder"));
  EXPECT_FALSE(QFileInfo::exists(deep));
  ASSERT_TRUE(start(*dialog)->isEnabled());
  QTest::mouseClick(start(*dialog), Qt::LeftButton);
  EXPECT_TRUE(QFileInfo(deep).isDir());
  EXPECT_EQ(dialog->result(), QDialog::Accepted);
}

TEST_F(ExportTest, aFileIsNoFolder) {
  auto dialog = openDialog();
  const QString file = QDir(folder.path()).filePath("notes");
  touch(file);
  fieldNamed(*dialog, "Folder")->setText(file + "/inside");
  EXPECT_TRUE(says(*dialog, "is not a folder"));
  EXPECT_FALSE(start(*dialog)->isEnabled());
}

TEST_F(ExportTest, aFileInTheWayOfAnyLayerStopsTheExport) {
  auto dialog = openDialog();
  ASSERT_TRUE(start(*dialog)->isEnabled());
  for (QCheckBox* box : dialog->findChildren<QCheckBox*>())
    if (box->text() == "Matte") box->setChecked(true);
  ASSERT_TRUE(start(*dialog)->isEnabled());
  const QString output = QString::fromStdString(dialog->job().output);
  const QString matte = output.left(output.lastIndexOf('.')) + ".matte.mp4";
  touch(matte);
  dialog = openDialog();
  EXPECT_TRUE(start(*dialog)->isEnabled());
  for (QCheckBox* box : dialog->findChildren<QCheckBox*>())
    if (box->text() == "Matte") box->setChecked(true);
  EXPECT_FALSE(start(*dialog)->isEnabled());
  EXPECT_TRUE(says(*dialog, matte));
}

TEST_F(ExportTest, aFrameOfASequenceInTheWayStopsTheExport) {
  studio->document().editShot(shot().id, "png", [](core::Shot& s) { s.delivery.preset = "png"; });
  auto dialog = openDialog();
  ASSERT_TRUE(start(*dialog)->isEnabled());
  QString frame = QString::fromStdString(dialog->job().output);
  ASSERT_TRUE(frame.contains("%04d"));
  touch(frame.replace("%04d", "0017"));
  dialog = openDialog();
  EXPECT_FALSE(start(*dialog)->isEnabled());
  EXPECT_TRUE(says(*dialog, frame));
}

TEST_F(ExportTest, aChosenTakeIsDeliveredAsItWasRendered) {
  core::Take take;
  take.shot = shot();
  take.shot.range = {{0}, {97}};
  take.shot.light.strength = 0.3;
  take.range = {{0}, {97}};
  take.output = folder.filePath("v001.mp4").toStdString();
  take.engine = "draft";
  studio->ledger().append(take);
  ASSERT_TRUE(waitUntil([this] { return studio->ledger().takes().size() == 1; }));
  const core::Id id = studio->ledger().takes().front().id;
  studio->ledger().choose(shot().id, id);
  studio->document().editShot(shot().id, "light", [](core::Shot& s) { s.light.strength = 0.9; });
  auto dialog = openDialog();
  EXPECT_DOUBLE_EQ(dialog->job().shot.light.strength, 0.3);
  EXPECT_TRUE(says(*dialog, "as it was rendered"));
}

TEST_F(StudioTest, theSelectedReferenceRowStaysWhereItIsWhileItIsEdited) {
  importClip();
  for (int i = 0; i < 8; ++i)
    app::addReference(studio->document(), shot().id, shot().plate, {core::AnchorKind::kFrame, {i * 10}});
  ReferencesPage& page = studio->inspector().references();
  studio->inspector().setCurrentWidget(&page);
  auto* list = page.findChild<QListWidget*>();
  ASSERT_EQ(list->count(), 8);
  turnFor(20);
  list->scrollToItem(list->item(5), QAbstractItemView::PositionAtTop);
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualItemRect(list->item(5)).center());
  ASSERT_EQ(list->currentRow(), 5);
  turnFor(50);  // the details of the selection lay themselves out
  const QRect before = list->visualItemRect(list->item(5));
  const core::Id id = shot().references[5].id;
  studio->document().editShot(shot().id, "strength", [&id](core::Shot& s) {
    for (core::Reference& r : s.references)
      if (r.id == id) r.strength = 0.4;
  });
  turnFor(20);
  EXPECT_EQ(list->currentRow(), 5);
  EXPECT_EQ(list->visualItemRect(list->item(5)), before);
}

TEST_F(ExportTest, ownSettingsAreKeptByNameUsedAndRemoved) {
  core::DeliverySettings own;
  own.preset = "prores4444";
  own.naming = "{shot}_{date}";
  own.layers = {"matte"};
  own.audio = false;
  app::keepDeliveryPreset("House / 4444", own);
  auto dialog = openDialog();
  auto* list = dialog->findChild<QComboBox*>("ownPresets");
  ASSERT_EQ(list->count(), 2);
  list->setCurrentIndex(1);
  emit list->activated(1);
  EXPECT_EQ(dialog->delivery(), own);
  for (QPushButton* button : dialog->findChildren<QPushButton*>())
    if (button->text() == "Remove") QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_TRUE(app::deliveryOwnPresets().isEmpty());
}

TEST_F(ExportTest, variantsQueueRendersWithSeedsOfTheirOwn) {
  auto* variants = studio->inspector().render().findChild<QSpinBox*>();
  ASSERT_NE(variants, nullptr);
  variants->setValue(3);
  studio->actions().render->trigger();
  ASSERT_TRUE(waitUntil([this] { return studio->queue().jobs().entries().size() == 3; }));
  std::set<std::string> outputs;
  for (const auto& entry : studio->queue().jobs().entries()) {
    studio->queue().cancel(entry.id);
    outputs.insert(entry.output);
  }
  EXPECT_EQ(outputs.size(), 3u);
}

}  // namespace
}  // namespace pai::ui

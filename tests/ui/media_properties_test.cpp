// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QTreeWidget>

#include "app/document/reference_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/properties_dialog.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/panels/media_bin.h"
#include "ui/panels/media_table.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

const QString kSampleFiles = QStringLiteral(PAI_SOURCE_DIR "/assets/sample");

/// The window over the real worker, with copies of the sample's plate, matte and a picture in its bin.
class MediaPropertiesTest : public testing::Test {
 protected:
  MediaPropertiesTest() {
    studio = openStudio({1280, 720});
    dropFiles(*studio, {copyOf("plate.mp4")}, QPoint(400, 400));
    EXPECT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }, 30000));
    dropFiles(studio->mediaBin(), {copyOf("ref_begin.png"), copyOf("matte.mkv")}, QPoint(50, 50));
    EXPECT_TRUE(waitUntil([this] {
      const auto& media = studio->document().project().media;
      return media.size() == 3 && std::all_of(media.begin(), media.end(), [this](const core::Media& m) { return studio->catalog().facts(m.id) && !m.sha256.empty(); });
    }, 30000));
  }
  QString copyOf(const QString& name) {
    const QString path = folder.filePath(name);
    EXPECT_TRUE(QFile::copy(QDir(kSampleFiles).filePath(name), path));
    return path;
  }
  QListWidget& list() { return *studio->mediaBin().findChild<QListWidget*>(); }
  QPoint middleOf(int item) {
    list().scrollToItem(list().item(item));
    return list().visualItemRect(list().item(item)).center();
  }
  /// Opens the menu of a media where the mouse is and clicks an entry.
  void clickInMenu(int item, const QString& entry) {
    bool clicked = false;
    QTimer::singleShot(100, studio.get(), [&] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      ASSERT_NE(menu, nullptr);
      for (QAction* action : menu->actions())
        if (action->text() == entry) {
          clicked = true;
          return QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        }
      menu->close();
    });
    QTest::mouseClick(list().viewport(), Qt::RightButton, {}, middleOf(item));
    QContextMenuEvent event(QContextMenuEvent::Mouse, middleOf(item), list().viewport()->mapToGlobal(middleOf(item)));
    QApplication::sendEvent(list().viewport(), &event);
    EXPECT_TRUE(clicked) << entry.toStdString();
  }
  PropertiesDialog* dialog() { return studio->findChild<PropertiesDialog*>(); }
  static QString valueIn(const PropertiesDialog& dialog, const QString& group, const QString& name) {
    const auto* rows = dialog.findChild<QTreeWidget*>("properties");
    for (int g = 0; g < rows->topLevelItemCount(); ++g)
      for (int r = 0; rows->topLevelItem(g)->text(0) == group && r < rows->topLevelItem(g)->childCount(); ++r)
        if (const QTreeWidgetItem* row = rows->topLevelItem(g)->child(r); row->text(0) == name) return row->text(1);
    return QStringLiteral("(no row)");
  }
  QString value(const QString& group, const QString& name) { return dialog() ? valueIn(*dialog(), group, name) : QStringLiteral("(no dialog)"); }

  QTemporaryDir folder;
  std::unique_ptr<Studio> studio;
};

TEST_F(MediaPropertiesTest, theMouseOpensWhatIsKnownOfThePlateAndAllOfItIsCopied) {
  clickInMenu(0, "Properties…");
  ASSERT_TRUE(dialog() && dialog()->isVisible());
  EXPECT_EQ(value("File", "File"), "plate.mp4");
  EXPECT_EQ(value("File", "Folder"), QDir(folder.path()).absolutePath());
  QFile plate(folder.filePath("plate.mp4"));
  ASSERT_TRUE(plate.open(QIODevice::ReadOnly));
  EXPECT_EQ(value("File", "Size on disk"), QStringLiteral("%1 (%2 bytes)").arg(QLocale().formattedDataSize(plate.size()), QLocale().toString(plate.size())));
  EXPECT_EQ(value("File", "SHA-256"), QString::fromLatin1(QCryptographicHash::hash(plate.readAll(), QCryptographicHash::Sha256).toHex()));
  EXPECT_EQ(value("File", "Kind"), "Clip, MP4/MOV");
  EXPECT_EQ(value("Picture", "Pixels"), "1920 × 1080");
  EXPECT_EQ(value("Picture", "Pixel aspect"), "not stated, taken as square");
  EXPECT_EQ(value("Picture", "Rate"), "24 fps");
  EXPECT_EQ(value("Picture", "Length"), "97 frames · 00:00:04:01");
  EXPECT_EQ(value("Picture", "Fields"), "none, progressive");
  EXPECT_EQ(value("Picture", "Timecode"), "10:24:36:00");
  EXPECT_EQ(value("Coding", "Codec"), "h264");
  EXPECT_EQ(value("Coding", "Profile"), "High");
  EXPECT_EQ(value("Coding", "Pixel format"), "yuv420p · 8 bits a component");
  EXPECT_TRUE(value("Coding", "Bit rate").endsWith(" Mbit/s"));
  EXPECT_EQ(value("Colour", "Primaries"), "BT.709");
  EXPECT_EQ(value("Colour", "Transfer"), "BT.709");
  EXPECT_EQ(value("Colour", "Matrix"), "BT.709");
  EXPECT_EQ(value("Colour", "Range"), "limited");
  EXPECT_EQ(value("Sound", "Codec"), "aac");
  EXPECT_EQ(value("Sound", "Sampling"), QLocale().toString(48000) + " Hz");
  EXPECT_EQ(value("Sound", "Channels"), "stereo");
  EXPECT_EQ(value("In this project", "Used as"), QString::fromStdString("plate of " + studio->document().currentShot()->name));
  auto* rows = dialog()->findChild<QTreeWidget*>("properties");
  ASSERT_EQ(dialog()->focusWidget(), rows);
  QTest::keyClick(rows, Qt::Key_End);
  EXPECT_EQ(rows->currentItem()->text(0), "Proxy") << "the keys go through the rows";
  emit studio->frameSource().proxyProgress(folder.filePath("plate.mp4"), 0.4);
  turnFor(20);
  EXPECT_FALSE(value("In this project", "Proxy").startsWith("none")) << "it follows; the worker may tell more by now";
  EXPECT_TRUE(rows->currentItem() && rows->currentItem()->text(0) == "Proxy") << "who reads keeps the place";
  QGuiApplication::clipboard()->clear();
  QTest::mouseClick(dialog()->findChild<QPushButton*>("copyProperties"), Qt::LeftButton);
  const QString copied = QGuiApplication::clipboard()->text();
  for (const char* line : {"File: plate.mp4\n", "Rate: 24 fps\n", "Timecode: 10:24:36:00\n", "Transfer: BT.709\n", "Channels: stereo\n"})
    EXPECT_TRUE(copied.contains(QString::fromLatin1(line))) << line << copied.toStdString();
}

TEST_F(MediaPropertiesTest, oneKeyShowsThePlateTheSelectedReferenceOrWhatIsChosenInTheBin) {
  const auto press = [this](QWidget& focus) {
    QApplication::setActiveWindow(studio.get());
    focus.setFocus();
    QTest::keyClick(&focus, Qt::Key_Return, Qt::AltModifier);
    return dialog() ? dialog()->findChildren<QLabel*>().at(1)->text() : QString();
  };
  EXPECT_EQ(press(studio->timeline()), "plate.mp4");
  const auto reference = app::addReference(studio->document(), studio->document().currentShotId(), studio->document().project().media[1].id, {});
  ASSERT_TRUE(reference);
  studio->timeline().selectReference(*reference);
  EXPECT_EQ(press(studio->timeline()), "ref_begin.png");
  EXPECT_EQ(value("File", "Kind"), "Still picture");
  EXPECT_EQ(value("Coding", "Codec"), "png");
  EXPECT_EQ(value("Coding", "Pixel format"), "rgb · 8 bits a component");
  EXPECT_EQ(value("Picture", "Rate"), "(no row)") << "a still has none";
  EXPECT_EQ(value("Colour", "Primaries"), "not stated");
  EXPECT_TRUE(value("In this project", "Used as").startsWith("reference of ")) << "it followed the edit";
  QTest::mouseClick(list().viewport(), Qt::LeftButton, {}, middleOf(2));
  EXPECT_EQ(press(list()), "matte.mkv");
  EXPECT_EQ(value("Coding", "Codec"), "ffv1");
  EXPECT_EQ(value("Sound", "Sound"), "none");
  EXPECT_EQ(value("Picture", "Timecode"), "not stated");
  EXPECT_EQ(value("In this project", "Used as"), "not used");
  EXPECT_EQ(studio->findChildren<PropertiesDialog*>().size(), 1) << "one dialog shows one after the other";
}

TEST_F(MediaPropertiesTest, theMattePageShowsThoseOfItsLayersClip) {
  const core::Id clip = studio->document().project().media[2].id;
  studio->document().editShot(studio->document().currentShotId(), "Add matte clip", [&clip](core::Shot& s) {
    core::MatteLayer layer;
    layer.id = "roto";
    layer.source = core::MatteSource::kExternal;
    layer.media = clip;
    s.matte.push_back(layer);
  });
  MattePage& page = studio->inspector().matte();
  studio->inspector().setCurrentWidget(&page);
  auto* button = page.findChild<QToolButton*>("matteClipProperties");
  ASSERT_NE(button, nullptr);
  EXPECT_FALSE(button->isVisible()) << "a key has no clip";
  page.selectLayer("roto");
  ASSERT_TRUE(button->isVisible());
  QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_EQ(value("File", "File"), "matte.mkv");
  EXPECT_TRUE(value("In this project", "Used as").startsWith("matte of "));
  dialog()->close();
  turnFor(20);
  QApplication::setActiveWindow(studio.get());
  button->setFocus();
  QTest::keyClick(button, Qt::Key_Return, Qt::AltModifier);
  EXPECT_EQ(value("File", "File"), "matte.mkv") << "by key too while the page has the keys";
}

TEST_F(MediaPropertiesTest, aSequencesBitRateAndSizeAreOfAllItsFiles) {
  qint64 bytes = 0;
  for (int i = 0; i < 8; ++i) {
    QImage image(64, 64, QImage::Format_RGB32);
    image.fill(Qt::darkGreen);
    for (int x = 0; i > 0 && x < 64; ++x)  // all but the first are hard to pack
      for (int y = 0; y < 64; ++y) image.setPixel(x, y, qRgb((x * 73 + y * 151 * i) % 251, (x * y * 31 + i) % 241, (x * 97 + y * 13) % 239));
    const QString path = folder.filePath(QStringLiteral("seq.%1.png").arg(i, 4, 10, QLatin1Char('0')));
    ASSERT_TRUE(image.save(path));
    bytes += QFileInfo(path).size();
  }
  dropFiles(studio->mediaBin(), {folder.filePath("seq.0000.png")}, QPoint(50, 50));
  ASSERT_TRUE(waitUntil([this] {
    const auto& media = studio->document().project().media;
    return media.size() == 4 && media[3].kind == core::MediaKind::kSequence && studio->catalog().facts(media[3].id);
  }, 30000));
  const double rate = studio->catalog().facts(studio->document().project().media[3].id)->rate.framesPerSecond();
  clickInMenu(3, "Properties…");
  const double kilobits = static_cast<double>(bytes) * 8.0 * rate / 8.0 / 1000.0;
  EXPECT_EQ(value("Coding", "Bit rate"), kilobits < 1000.0 ? QStringLiteral("%1 kbit/s").arg(QLocale().toString(std::llround(kilobits)))
                                                            : QStringLiteral("%1 Mbit/s").arg(QLocale().toString(kilobits / 1000.0, 'f', 2)));
  studio->actions().mediaTable->setChecked(true);
  QStringList sizes;
  for (int i = 0; i < studio->mediaBin().table().topLevelItemCount(); ++i) sizes << studio->mediaBin().table().topLevelItem(i)->text(MediaTable::kFile);
  studio->actions().mediaTable->setChecked(false);
  EXPECT_TRUE(sizes.contains(QLocale().formattedDataSize(bytes))) << sizes.join(", ").toStdString();
}

TEST_F(MediaPropertiesTest, aFileThatIsGoneSaysSo) {
  core::Project project = studio->document().project();
  studio->document().editProject("Lose it", [this](core::Project& p) { p.media[1].path = folder.filePath("gone.png").toStdString(); });
  ASSERT_TRUE(waitUntil([this] { return studio->catalog().state(studio->document().project().media[1].id) == app::MediaState::kOffline; }));
  clickInMenu(1, "Properties…");
  EXPECT_EQ(value("File", "File"), "gone.png");
  EXPECT_EQ(value("File", "State"), studio->catalog().trouble(project.media[1].id));
  EXPECT_EQ(value("Picture", "Pixels"), "(no row)");
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QTabWidget>

#include "tests/ui/pseudo_translator.h"
#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/space_row.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class PseudoLocaleTest : public testing::Test {
 protected:
  PseudoLocaleTest() {
    QCoreApplication::installTranslator(&translator);
    auto fake = std::make_unique<FakeFrameSource>();
    StudioOptions options;
    options.source = std::move(fake);
    studio = std::make_unique<Studio>(std::move(options));
    studio->resize(1600, 960);
    studio->show();
    dropFiles(*studio, {folder.filePath("plate.mov")}, QPoint(400, 400));
    EXPECT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }));
  }
  ~PseudoLocaleTest() override {
    studio.reset();
    QCoreApplication::removeTranslator(&translator);
  }
  QTemporaryDir folder;
  PseudoTranslator translator;
  std::unique_ptr<Studio> studio;
};

bool hasWords(const QString& text) {
  int letters = 0;
  for (QChar c : text) letters += c.isLetter() ? 1 : 0;
  return letters > 2;
}

TEST_F(PseudoLocaleTest, noVisibleTextIsHardCoded) {
  const QStringList names{"PAI-Studio", "plate.mov", "plate"};  // of things, not of the program
  QStringList found;
  const auto check = [&](const QString& text) {
    const bool path = text.contains(QDir::tempPath());  // recent projects, by name and folder
    if (hasWords(text) && !text.contains(QChar(0x27E6)) && !names.contains(text) && !path) found << text;
  };
  for (const QAction* action : studio->actions().all()) check(action->text());
  for (const QLabel* label : studio->findChildren<QLabel*>()) check(label->text());
  for (const QAbstractButton* button : studio->findChildren<QAbstractButton*>())
    if (!button->objectName().startsWith("qt_")) check(button->text());
  for (const QComboBox* box : studio->findChildren<QComboBox*>())
    for (int i = 0; i < (box->objectName() == kNamesOfSpaces ? 1 : box->count()); ++i) check(box->itemText(i));
  EXPECT_TRUE(found.isEmpty()) << found.join(" | ").toStdString();
}

TEST_F(PseudoLocaleTest, buttonsHaveRoomForLongerWords) {
  QStringList clipped;
  const auto noneIsClipped = [&] {
    clipped.clear();
    for (const QAbstractButton* button : studio->findChildren<QAbstractButton*>())
      if (button->isVisible() && hasWords(button->text()) && button->width() + 1 < button->minimumSizeHint().width())
        clipped << button->text();
    return clipped.isEmpty();
  };
  // A layout settles when its turn comes, on a busy machine late.
  for (int page = 0; page < studio->inspector().count() && clipped.isEmpty(); ++page) {
    studio->inspector().setCurrentIndex(page);
    turnFor(30);
    waitUntil(noneIsClipped, 5000);
  }
  EXPECT_TRUE(clipped.isEmpty()) << clipped.join(" | ").toStdString();
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QTabWidget>
#include <QTest>

#include "tests/ui/pseudo_translator.h"
#include "tests/ui/studio_fixture.h"
#include "ui/inspector/camera_page.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/prompt_page.h"
#include "ui/inspector/space_row.h"
#include "ui/timeline/timeline_view.h"
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

TEST_F(PseudoLocaleTest, whatTheSolveFoundIsToldInTheUsersLanguageAndWrittenInThePrompts) {
  dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, studio->timeline().referenceLanePoint(10));
  auto* found = studio->inspector().camera().findChild<QLabel*>("foundCamera");
  ASSERT_TRUE(found);
  ASSERT_TRUE(waitUntil([found] { return found->text().contains("pan to the right"); })) << found->text().toStdString();
  for (const QString& line : found->text().split('\n')) {
    QString outside = line;
    EXPECT_FALSE(hasWords(outside.remove(QRegularExpression("\u27e6[^\u27e7]*\u27e7")))) << line.toStdString();
  }
  const app::CameraSummary solved = studio->timelineModel().camera();
  PromptPage& prompt = studio->inspector().prompt();
  studio->inspector().setCurrentWidget(&prompt);
  for (QAbstractButton* button : prompt.findChildren<QAbstractButton*>())
    if (button->text().contains("From camera")) QTest::mouseClick(button, Qt::LeftButton);
  const core::StructuredPrompt& written = studio->document().currentShot()->prompt;
  EXPECT_EQ(QString::fromStdString(written.cameraMotionAnalysis), solved.motionSentence);
  EXPECT_EQ(QString::fromStdString(written.focalLength), solved.focalLength);
  int explained = 0;
  for (const QPlainTextEdit* text : prompt.findChildren<QPlainTextEdit*>())
    if (text->toPlainText() == solved.motionSentence) explained += text->toolTip().contains(QChar(0x27E6)) ? 1 : 0;
  EXPECT_EQ(explained, 1) << "a hint says what it means";
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

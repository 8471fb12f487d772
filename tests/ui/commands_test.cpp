// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QApplication>
#include <QLineEdit>
#include <QStatusBar>
#include <QTest>
#include <QTimer>
#include <QTreeWidget>

#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/command_finder.h"
#include "ui/inspector/inspector.h"
#include "ui/panels/messages_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

/// Finding commands by their words, and the workspaces' buttons.
class CommandsTest : public StudioTest {
 protected:
  /// Works the next finder of commands once it is open.
  void onFinder(std::function<void(CommandFinder&)> work) {
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, qApp, [timer, work = std::move(work)] {
      auto* finder = qobject_cast<CommandFinder*>(QApplication::activeModalWidget());
      if (!finder) return;
      timer->stop();
      timer->deleteLater();
      work(*finder);
    });
    timer->start(20);
  }
  static QTreeWidget& listOf(CommandFinder& finder) { return *finder.findChild<QTreeWidget*>(); }
};

TEST_F(CommandsTest, aFewLettersFindACommandAndReturnRunsIt) {
  importClip();
  studio->playback().seek(12);
  QString first, keys;
  onFinder([&](CommandFinder& finder) {
    auto* words = finder.findChild<QLineEdit*>();
    EXPECT_EQ(finder.focusWidget(), words) << "one types at once";
    EXPECT_EQ(listOf(finder).topLevelItemCount(), static_cast<int>(studio->actions().all().size()));
    QTest::keyClicks(words, "mark in");
    first = listOf(finder).topLevelItem(0)->text(0);
    keys = listOf(finder).topLevelItem(0)->text(1);
    QTest::keyClick(words, Qt::Key_Return);
  });
  QTest::keyClick(studio.get(), Qt::Key_F3);
  EXPECT_EQ(first, "Mark in") << "what begins with the words comes first";
  EXPECT_EQ(keys, "I");
  ASSERT_TRUE(waitUntil([this] { return !studio->playback().marked().empty(); }));
  EXPECT_EQ(studio->playback().marked().begin.value, 12);
}

TEST_F(CommandsTest, whatCantBeRunIsDimmedAndEscapeRunsNothing) {
  bool dimmed = false, stayed = false, none = false;
  onFinder([&](CommandFinder& finder) {
    auto* words = finder.findChild<QLineEdit*>();
    QTest::keyClicks(words, "undo");
    dimmed = listOf(finder).topLevelItem(0)->isDisabled();
    QTest::keyClick(words, Qt::Key_Return);
    stayed = finder.isVisible() && !finder.chosen();
    words->clear();
    QTest::keyClicks(words, "ctrl+shift+s");
    EXPECT_EQ(listOf(finder).topLevelItem(0)->text(0), "Save as") << "its keys find it";
    words->clear();
    QTest::keyClicks(words, "qqqq");
    none = !listOf(finder).isVisible();
    words->clear();
    const QString top = listOf(finder).currentItem()->text(0);
    QTest::keyClick(words, Qt::Key_Down);
    EXPECT_NE(listOf(finder).currentItem()->text(0), top);
    QTest::keyClick(words, Qt::Key_Escape);
  });
  studio->actions().findCommand->trigger();
  EXPECT_TRUE(dimmed);
  EXPECT_TRUE(stayed);
  EXPECT_TRUE(none);
  EXPECT_TRUE(waitUntil([] { return !QApplication::activeModalWidget(); }));
}

TEST(CommandNames, haveNoLettersOfMenus) {
  EXPECT_EQ(plainText("&Save as…"), "Save as");
  EXPECT_EQ(plainText(QString::fromUtf8("另存为(&A)…")), QString::fromUtf8("另存为"));
  EXPECT_EQ(plainText("Sound (stereo)"), "Sound (stereo)");
}

TEST_F(CommandsTest, workspacesHaveButtonsOnceThereIsAShot) {
  auto* bar = studio->findChild<QWidget*>("workspaceBar");
  ASSERT_TRUE(bar);
  EXPECT_FALSE(bar->isVisible());
  importClip();
  ASSERT_TRUE(bar->isVisible());
  const auto buttons = bar->findChildren<QAbstractButton*>();
  ASSERT_EQ(buttons.size(), 4);
  EXPECT_TRUE(buttons[0]->isChecked());
  EXPECT_EQ(buttons[1]->text(), "Matte");
  QTest::mouseClick(buttons[1], Qt::LeftButton);
  EXPECT_EQ(studio->inspector().currentIndex(), 0) << "the matte's page";
  EXPECT_TRUE(buttons[1]->isChecked());
  EXPECT_FALSE(buttons[0]->isChecked());
}

TEST_F(CommandsTest, longWordsOfTheStatusBarDontWidenTheWindow) {
  importClip();
  const int least = studio->minimumSizeHint().width();
  const QString words(2000, QLatin1Char('w'));
  studio->messages().add(MessageKind::kInfo, words);
  turnFor(30);
  EXPECT_EQ(studio->minimumSizeHint().width(), least);
  bool whole = false;
  for (const QWidget* each : studio->statusBar()->findChildren<QWidget*>()) whole = whole || each->toolTip() == words;
  EXPECT_TRUE(whole) << "its tool tip says all";
}

}  // namespace
}  // namespace pai::ui

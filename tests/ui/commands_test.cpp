// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QStatusBar>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QTreeWidget>

#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/command_finder.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/render_page.h"
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

TEST_F(CommandsTest, anEnglishNameFindsACommandInAnyLanguage) {
  studio->actions().save->setProperty("name", QStringLiteral("保存"));
  QStringList found;
  onFinder([&](CommandFinder& finder) {
    QTest::keyClicks(finder.findChild<QLineEdit*>(), "save");
    for (int i = 0; i < listOf(finder).topLevelItemCount(); ++i) found << listOf(finder).topLevelItem(i)->text(0);
    finder.reject();
  });
  studio->actions().findCommand->trigger();
  EXPECT_TRUE(found.contains(QStringLiteral("保存"))) << found.join(", ").toStdString();
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

/// Chooses a file in the next dialog that asks for one.
void chooseFile(const QString& path) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, qApp, [timer, path] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    auto* name = dialog ? dialog->findChild<QLineEdit*>() : nullptr;
    if (!name) return;
    timer->stop();
    timer->deleteLater();
    name->setText(path);
    QTest::keyClick(name, Qt::Key_Return);
  });
  timer->start(20);
}

TEST_F(CommandsTest, theRenderPagesButtonIsDimmedWithoutAShot) {
  const QDir dir(folder.path());
  dropFiles(*studio, {makePng(dir, "hall.png", Qt::darkCyan)}, QPoint(400, 400));
  ASSERT_TRUE(waitUntil([this] { return studio->document().project().media.size() == 1; }));
  RenderPage& page = studio->inspector().render();
  studio->inspector().setCurrentWidget(&page);
  auto* start = page.findChild<QAbstractButton*>("renderButton");
  ASSERT_TRUE(start && start->isVisible());
  EXPECT_FALSE(start->isEnabled());
  const auto says = [&page](const QString& words) {
    const auto labels = page.findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&words](const QLabel* each) { return each->text().contains(words); });
  };
  EXPECT_TRUE(says("no shot to render")) << "and it says why";
  importClip();
  EXPECT_TRUE(start->isEnabled());
  EXPECT_FALSE(says("no shot to render"));
  studio->actions().removeShot->trigger();
  EXPECT_FALSE(start->isEnabled());
  EXPECT_TRUE(says("no shot to render"));
  studio->actions().undo->trigger();
  EXPECT_TRUE(start->isEnabled());
  EXPECT_FALSE(says("no shot to render"));
}

TEST_F(CommandsTest, wordsOfTheButtonsStandOnTheMenusLine) {
  turnFor(50);
  const QImage line = studio->menuBar()->grab().toImage();
  // The first row of the first letter right of a place, a capital one; a letter that opens a menu has a line below it.
  const auto top = [&line](int x) {
    const auto inkIn = [&line](int column) {
      for (int y = 0; y < line.height(); ++y)
        if (qGray(line.pixel(column, y)) > 110) return y;
      return -1;
    };
    while (x < line.width() && inkIn(x) < 0) ++x;
    int first = line.height();
    for (int column = x; column < std::min(line.width(), x + 4); ++column)
      if (const int y = inkIn(column); y >= 0) first = std::min(first, y);
    return first;
  };
  QAction* help = studio->menuBar()->actions().last();
  const QRect menu = studio->menuBar()->actionGeometry(help);
  auto* button = studio->findChild<QWidget*>("projectBar")->findChildren<QToolButton*>().front();
  const int behindIcon = button->mapTo(studio->menuBar(), QPoint(0, 0)).x() + 24;
  EXPECT_EQ(top(behindIcon), top(menu.left() + 4));
}

TEST_F(CommandsTest, importRenderAndExportAreButtonsBesideTheMenus) {
  const auto buttons = studio->findChild<QWidget*>("projectBar")->findChildren<QToolButton*>();
  ASSERT_EQ(buttons.size(), 6);
  QToolButton &import = *buttons[0], &render = *buttons[1], &deliver = *buttons[2];
  EXPECT_EQ(import.text(), "Import");
  EXPECT_EQ(import.accessibleName(), "Import media");
  EXPECT_EQ(import.toolTip(), "Import media  (Ctrl+I)");
  EXPECT_EQ(render.text(), "Render");
  EXPECT_EQ(render.toolTip(), "Render  (Ctrl+R)");
  EXPECT_EQ(deliver.text(), "Export");
  EXPECT_EQ(deliver.toolTip(), "Export  (Ctrl+E)");
  EXPECT_TRUE(import.isEnabled());
  EXPECT_FALSE(render.isEnabled()) << "there is no shot";
  EXPECT_FALSE(deliver.isEnabled());

  const QString plate = folder.filePath("plate.mov");
  QFile file(plate);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.close();
  chooseFile(plate);
  QTest::mouseClick(&import, Qt::LeftButton);
  ASSERT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }));
  EXPECT_TRUE(render.isEnabled());
  EXPECT_TRUE(deliver.isEnabled());

  const auto& queued = studio->queue().jobs().entries();  // it may hold jobs of other tests
  const std::size_t before = queued.size();
  QTest::mouseClick(&render, Qt::LeftButton);
  ASSERT_TRUE(waitUntil([&] { return queued.size() == before + 1; }));
  const qint64 job = queued.back().id;
  studio->queue().cancel(job);
  ASSERT_TRUE(waitUntil([&] { return core::isTerminal(queued.back().state); }));
  studio->queue().remove(job);
  EXPECT_TRUE(waitUntil([&] { return queued.size() == before; })) << "nothing is left for other tests";
  QString asked;
  answerBox("Cancel", &asked);
  QTest::mouseClick(&deliver, Qt::LeftButton);
  EXPECT_FALSE(asked.isEmpty()) << "it asks, as no take is chosen";

  studio->document().undoStack().setIndex(0);
  EXPECT_FALSE(render.isEnabled()) << "the shot is gone";
}

TEST_F(CommandsTest, namesBesideTheMenusGiveWayToTheMenus) {
  QWidget* bar = studio->findChild<QWidget*>("projectBar");
  const auto* import = bar->findChildren<QToolButton*>().front();
  for (const int width : {1280, 760, 1280}) {
    studio->setMinimumWidth(width);  // narrower than its panels let it be
    studio->setMaximumWidth(width);
    turnFor(30);
    ASSERT_EQ(studio->menuBar()->width(), width);
    EXPECT_EQ(import->toolButtonStyle(), width < 1000 ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon) << width;
    EXPECT_GE(bar->width(), bar->sizeHint().width()) << width;
    EXPECT_GT(bar->x(), studio->menuBar()->actionGeometry(studio->menuBar()->actions().back()).right()) << width;
    EXPECT_FALSE(import->accessibleName().isEmpty());
  }
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

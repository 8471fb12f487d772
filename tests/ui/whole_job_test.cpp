// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QTimer>

#include "app/document/collect.h"
#include "core/base/project_json.h"
#include "tests/sanitizers/sanitized.h"
#include "tests/ui/plate.h"
#include "tests/ui/studio_fixture.h"
#include "tests/ui/watchdog.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/prompt_page.h"
#include "ui/inspector/render_page.h"
#include "ui/panels/takes_panel.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kFrames = 24;

/// Answers the next file dialog with a path.
void answerFileDialog(const QString& path) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, qApp, [timer, path] {
    for (QWidget* widget : QApplication::topLevelWidgets()) {
      auto* dialog = qobject_cast<QFileDialog*>(widget);
      if (!dialog || !dialog->isVisible()) continue;
      timer->deleteLater();
      // Not by selectFile, which leaves a line that has the focus as it is.
      dialog->findChild<QLineEdit*>("fileNameEdit")->setText(path);
      QMetaObject::invokeMethod(dialog, "accept", Qt::QueuedConnection);
      return;
    }
  });
  timer->start(30);
}

std::string jsonOf(const Studio& studio) {
  return core::projectJson(const_cast<Studio&>(studio).document().project()).dump();
}

TEST(WholeJobTest, fromAnEmptyStartToARenderedTakeSavedReopenedUndoneAndRedone) {
  QTemporaryDir folder;
  const QDir dir(folder.path());
  const QString plate = dir.filePath("plate.mp4"), projectPath = dir.filePath("film.pai");
  writePlate(plate, kFrames);
  QStringList pictures;
  for (const QColor& colour : {QColor(60, 90, 160), QColor(120, 110, 90), QColor(180, 120, 70)})
    pictures << makePng(dir, QStringLiteral("hall%1.png").arg(pictures.size()), colour);
  auto studio = openStudio({1600, 960});
  Watchdog::reset();
  const std::string empty = jsonOf(*studio);

  // Import.
  dropFiles(*studio, {plate}, {300, 300});
  ASSERT_TRUE(waitUntil([&] { return studio->document().currentShot() != nullptr; }));
  const auto shot = [&]() -> const core::Shot& { return *studio->document().currentShot(); };
  ASSERT_EQ(shot().range.length(), kFrames);

  // Three references: begin, middle, end; one dragged by two frames.
  TimelineView& timeline = studio->timeline();
  turnFor(50);
  for (std::size_t i = 0; i < 3; ++i)
    dropFiles(timeline, {pictures[static_cast<int>(i)]}, timeline.referenceLanePoint(std::array{0, kFrames / 2, kFrames - 1}[i]));
  ASSERT_EQ(shot().references.size(), 3u);
  EXPECT_EQ(shot().references[2].anchor.kind, core::AnchorKind::kEnd);
  const QPoint grip = *timeline.flagCentre(shot().references[1].id);
  dragMouse(timeline, grip, grip + QPoint(timeline.referenceLanePoint(2).x() - timeline.referenceLanePoint(0).x(), 0));
  EXPECT_EQ(shot().references[1].anchor.frame.value, kFrames / 2 + 2);

  // The prompt, by keys.
  PromptPage& prompt = studio->inspector().prompt();
  studio->inspector().setCurrentWidget(&prompt);
  for (QPlainTextEdit* text : prompt.findChildren<QPlainTextEdit*>())
    if (text->accessibleName() == "Foreground content") QTest::keyClicks(text, "a walker");
  EXPECT_EQ(shot().prompt.foregroundContent, "a walker");

  // The contents' hashes come when they are read, beside the work.
  ASSERT_TRUE(waitUntil([&] {
    const auto& media = studio->document().project().media;
    return std::all_of(media.begin(), media.end(), [](const core::Media& file) { return !file.sha256.empty(); });
  }, 60000));

  // Save as, through the dialog.
  answerFileDialog(projectPath);
  studio->actions().saveAs->trigger();
  ASSERT_TRUE(waitUntil([&] { return QFileInfo::exists(projectPath) && !studio->document().isModified(); }));

  // The composite is shown, then the shot is rendered by its button and becomes a take.
  studio->actions().viewComposite->trigger();
  ASSERT_TRUE(waitUntil([&] { return !studio->viewer().canvas().picture().isNull() && !studio->viewerController().isWaiting(); }, 30000));
  studio->inspector().setCurrentWidget(&studio->inspector().render());
  auto* render = studio->inspector().render().findChild<QPushButton*>("renderButton");
  ASSERT_NE(render, nullptr);
  QTest::mouseClick(render, Qt::LeftButton);
  ASSERT_TRUE(waitUntil([&] { return studio->ledger().takes().size() == 1; }, 120000))
      << (studio->queue().jobs().entries().empty() ? "nothing was queued"
          : studio->queue().jobs().entries().back().error ? core::describe(*studio->queue().jobs().entries().back().error)
                                                           : "still running");
  EXPECT_TRUE(QFileInfo::exists(QString::fromStdString(studio->ledger().takes().front().output)));

  // Undo to the beginning, redo to the end: the same project, and the ledger untouched.
  const std::string full = jsonOf(*studio);
  while (studio->document().undoStack().canUndo()) studio->actions().undo->trigger();
  EXPECT_EQ(jsonOf(*studio), empty);
  while (studio->document().undoStack().canRedo()) studio->actions().redo->trigger();
  EXPECT_EQ(jsonOf(*studio), full);
  EXPECT_EQ(studio->ledger().takes().size(), 1u);

  // Close and reopen: the same state.
  ASSERT_FALSE(studio->document().isModified());
  core::Project expected = studio->document().project();
  expected.name = "film";
  const std::string take = studio->ledger().takes().front().output;
  const double longest = Watchdog::longestMs();
  const QString event = Watchdog::longestEvent();
  ASSERT_TRUE(studio->close());
  studio.reset();
  studio = openStudio({1600, 960});
  studio->openWhenShown(projectPath);
  ASSERT_TRUE(waitUntil([&] { return studio->document().currentShot() != nullptr && !studio->ledger().takes().empty(); }));
  EXPECT_EQ(jsonOf(*studio), core::projectJson(expected).dump());
  EXPECT_EQ(studio->ledger().takes().front().output, take);

  // Collected, and opened where nothing of the original is left: the take plays.
  std::optional<bool> collected;
  app::collectProject(studio->document(), dir.filePath("all"), studio.get(), [](qint64) {}, [&](const core::Result<QStringList>& missing) { collected = missing.ok() && missing->isEmpty(); });
  ASSERT_TRUE(waitUntil([&] { return collected.has_value(); }));
  ASSERT_TRUE(*collected);
  ASSERT_TRUE(studio->close());
  studio.reset();
  for (const QFileInfo& entry : dir.entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot))
    if (entry.fileName() != "all") {
      ASSERT_TRUE(entry.isDir() ? QDir(entry.filePath()).removeRecursively() : QFile::remove(entry.filePath()));
    }
  ASSERT_TRUE(QDir(folder.path()).rename("all", "elsewhere"));
  ASSERT_FALSE(QFileInfo::exists(QString::fromStdString(take)));
  studio = openStudio({1600, 960});
  studio->openWhenShown(dir.filePath("elsewhere/film.pai"));
  ASSERT_TRUE(waitUntil([&] { return studio->document().currentShot() != nullptr && !studio->ledger().takes().empty(); }));
  QSize shown;
  QObject::connect(&studio->viewerController(), &ViewerController::pictureShown, studio.get(), [&] { shown = studio->viewer().canvas().picture().size(); });
  ASSERT_TRUE(waitUntil([&] { return !shown.isEmpty() && !studio->viewerController().isWaiting(); }));
  shown = {};
  studio->viewerController().setTake(ShownTake{QString::fromStdString(studio->ledger().takes().front().output), {{0}, {studio->timelineModel().frames()}}});
  studio->actions().viewTake->trigger();
  EXPECT_TRUE(waitUntil([&] { return !shown.isEmpty() && !studio->viewerController().isWaiting(); }));

  std::printf("longest that an event kept the GUI thread: %.1f ms (%s)\n", longest, qPrintable(event));
  EXPECT_LT(longest, (kSanitized ? 10.0 : 1.0) * 50.0) << event.toStdString();
}

}  // namespace
}  // namespace pai::ui

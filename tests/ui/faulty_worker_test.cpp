// SPDX-License-Identifier: GPL-3.0-or-later
// Workers that crash, hang, print garbage or meet a full disk: the editor stays alive, the project untouched, and says so.
#include <QAction>
#include <QFile>
#include <QFileInfo>
#include <QListWidget>
#include <QTest>

#include <algorithm>

#include "core/base/project_file.h"
#include "core/base/project_json.h"
#include "tests/ui/plate.h"
#include "tests/ui/studio_fixture.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kPlateFrames = 12;

class FaultyWorkerTest : public testing::Test {
 protected:
  /// A worker that does `faulty` (shell) when it is started with `option`, and is the real one otherwise.
  QString worker(const QString& option, const QString& faulty) {
    const QString path = folder.filePath("worker.sh");
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(("#!/bin/bash\ncase \" $* \" in *\" " + option + " \"*) " + faulty + " ;; esac\nexec " + QStringLiteral(PAI_BIN_DIR "/pai-worker") + " \"$@\"\n").toUtf8());
    file.close();
    EXPECT_TRUE(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    return path;
  }
  void open(const QString& workerPath) {
    StudioOptions options;
    options.workerPath = workerPath;
    studio = std::make_unique<Studio>(std::move(options));
    studio->resize(1600, 960);
    studio->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(studio.get()));
  }
  /// Imports a plate, drops a reference on it and saves.
  void makeShot() {
    const QString plate = folder.filePath("plate.mp4");
    writePlate(plate, kPlateFrames);
    dropFiles(*studio, {plate}, {300, 300});
    ASSERT_TRUE(waitUntil([this] { return studio->document().currentShot() != nullptr; }, 30000));
    turnFor(50);
    dropFiles(studio->timeline(), {makePng(QDir(folder.path()), "hall.png", Qt::darkCyan)}, studio->timeline().referenceLanePoint(0));
    ASSERT_TRUE(waitUntil([this] {  // content hashes are read in the background
      return std::ranges::none_of(studio->document().project().media, [](const core::Media& media) { return media.sha256.empty(); });
    }));
    studio->session().save(project());
    ASSERT_TRUE(waitUntil([this] { return !studio->document().filePath().isEmpty() && !studio->document().isModified(); }));
  }
  QString project() const { return folder.filePath("film.pai"); }
  std::string json() const { return core::projectJson(studio->document().project()).dump(); }
  QString messages() const {
    QStringList lines;
    const auto* list = studio->messages().findChild<QListWidget*>();
    for (int i = 0; list && i < list->count(); ++i) lines << list->item(i)->text();
    return lines.join(QLatin1Char('\n'));
  }
  /// The job of `render`; none until it stands in the queue, which may hold jobs of other tests.
  const core::QueueEntry* entry() const {
    const auto& entries = studio->queue().jobs().entries();
    return entries.empty() || entries.back().id <= m_lastBefore ? nullptr : &entries.back();
  }
  void render() {
    const auto& entries = studio->queue().jobs().entries();
    m_lastBefore = entries.empty() ? 0 : entries.back().id;
    studio->actions().render->trigger();
  }
  /// The window works, the project is what it was, on screen and on disk.
  void expectAlive(const std::string& before) {
    EXPECT_EQ(json(), before);
    const auto saved = core::loadProject(project().toStdString());
    ASSERT_TRUE(saved.ok());
    EXPECT_EQ(saved->project.shots.size(), 1u);
    studio->actions().undo->trigger();
    EXPECT_TRUE(studio->document().currentShot()->references.empty());
    studio->actions().redo->trigger();
    EXPECT_EQ(json(), before);
  }
  /// Renders and waits until the job has ended badly.
  void renderBadly() {
    render();
    ASSERT_TRUE(waitUntil([this] { return entry() && core::isTerminal(entry()->state); }, 60000));
    EXPECT_EQ(entry()->state, core::JobState::kFailed);
    EXPECT_TRUE(entry()->error.has_value());
    EXPECT_TRUE(studio->ledger().takes().empty());
    EXPECT_FALSE(QFileInfo::exists(QString::fromStdString(entry()->output)));
    EXPECT_TRUE(waitUntil([this] { return messages().contains(QString::fromStdString(entry()->title)); })) << messages().toStdString();
    std::printf("the editor says: %s\n", qPrintable(messages().section(QLatin1Char('\n'), 0, 1)));
  }

  QTemporaryDir folder;
  std::unique_ptr<Studio> studio;
  std::int64_t m_lastBefore = 0;
};

TEST_F(FaultyWorkerTest, aDecoderThatCrashesAtEveryStartLeavesTheClipOfflineWithItsReason) {
  open(worker("--serve-preview", "kill -SEGV $$"));
  const QString plate = folder.filePath("plate.mp4");
  writePlate(plate, kPlateFrames);
  dropFiles(*studio, {plate}, {300, 300});
  ASSERT_FALSE(studio->document().project().media.empty());
  const core::Id media = studio->document().project().media.front().id;
  ASSERT_TRUE(waitUntil([&] { return studio->catalog().state(media) == app::MediaState::kOffline; }, 30000));
  EXPECT_FALSE(studio->catalog().trouble(media).isEmpty());
  EXPECT_TRUE(waitUntil([this] { return studio->messages().count() > 0; }));
  std::printf("the editor says: %s\n", qPrintable(messages().section(QLatin1Char('\n'), 0, 1)));
  studio->actions().undo->trigger();
  EXPECT_TRUE(studio->document().project().media.empty());
}

TEST_F(FaultyWorkerTest, aDecoderThatPrintsGarbageIsGivenUpAndTheEditorSaysSo) {
  open(worker("--serve-preview", "while printf 'garbage that is no message' >&3; do :; done; exit 0"));
  const QString plate = folder.filePath("plate.mp4");
  writePlate(plate, kPlateFrames);
  dropFiles(*studio, {plate}, {300, 300});
  const core::Id media = studio->document().project().media.front().id;
  ASSERT_TRUE(waitUntil([&] { return studio->catalog().state(media) == app::MediaState::kOffline; }, 30000));
  EXPECT_TRUE(waitUntil([this] { return studio->messages().count() > 0; }));
}

TEST_F(FaultyWorkerTest, aRenderThatCrashesEndsAsFailed) {
  open(worker("--job", "kill -SEGV $$"));
  makeShot();
  const std::string before = json();
  renderBadly();
  expectAlive(before);
}

TEST_F(FaultyWorkerTest, aRenderThatPrintsGarbageEndsAsFailed) {
  open(worker("--job", "echo 'no event at all' >> \"$2/events.jsonl\"; echo '{\"broken\":' > \"$2/result.json\"; exit 0"));
  makeShot();
  const std::string before = json();
  renderBadly();
  expectAlive(before);
}

TEST_F(FaultyWorkerTest, aRenderUnderALimitOfFileSizesEndsAsFailedSaysSoAndLeavesNoHalfFile) {
  open(worker("--job", "trap '' XFSZ; ulimit -f 4"));
  makeShot();
  const std::string before = json();
  renderBadly();
  ASSERT_TRUE(entry()->error.has_value());
  EXPECT_EQ(entry()->error->code, core::ErrorCode::kFileUnwritable) << core::describe(*entry()->error);
  EXPECT_TRUE(QString::fromStdString(entry()->error->detail).contains("ulimit")) << entry()->error->detail;
  expectAlive(before);
}

TEST_F(FaultyWorkerTest, aRenderThatHangsIsCancelled) {
  open(worker("--job", "exec sleep 600"));
  makeShot();
  const std::string before = json();
  render();
  ASSERT_TRUE(waitUntil([this] { return entry() && entry()->state == core::JobState::kRunning; }, 30000));
  studio->queue().cancel(entry()->id);
  EXPECT_TRUE(waitUntil([this] { return core::isTerminal(entry()->state); }, 60000));
  EXPECT_EQ(entry()->state, core::JobState::kCancelled);
  expectAlive(before);
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// Kills the editor at random moments of a scripted editing run and opens what it left. The run is this program itself:
// kill_test --edit PROJECT JOURNAL CACHE.
#include <csignal>
#include <cstdio>
#include <random>

#include <QApplication>
#include <QDateTime>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <gtest/gtest.h>

#include "core/base/project_file.h"
#include "tests/ui/fake_frame_source.h"
#include "ui/theme/theme.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {
namespace {

constexpr int kEditMs = 12;
constexpr int kSaveEvery = 90;  // edits
constexpr int kMostLost = app::Session::kRecoveryEdits;
constexpr qint64 kGraceMs = 1000;  // a copy is written beside the editing: what is typed meanwhile is in the next one
constexpr int kMoments = 100;

core::Project firstProject() {
  core::Project project;
  project.name = "film";
  core::Shot shot;
  shot.id = "shot1";
  shot.name = "A010";
  shot.range = {{0}, {97}};
  project.shots.push_back(shot);
  return project;
}

/// Number of the last edit that a project holds.
int editOf(const core::Project& project) {
  return project.shots.empty() ? -1 : QString::fromStdString(project.shots.front().prompt.caption).section(QLatin1Char(' '), 1).toInt();
}

/// Edits and saves until it is killed; writes what it did, each line whole before the next act.
int editForEver(const QString& project, const QString& journal) {
  QFile log(journal);
  if (!log.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered)) return 1;
  const auto note = [&log](const QString& what) { log.write((what + QLatin1Char(' ') + QString::number(QDateTime::currentMSecsSinceEpoch()) + QLatin1Char('\n')).toUtf8()); };
  StudioOptions options;
  options.source = std::make_unique<FakeFrameSource>();
  Studio studio(std::move(options));
  studio.show();
  studio.openWhenShown(project);
  int n = 0, saving = 0;
  QObject::connect(&studio.session(), &app::Session::saved, &studio, [&] { note(QStringLiteral("saved %1").arg(saving)); });
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, &studio, [&] {
    if (!studio.document().currentShot()) return;
    ++n;
    studio.document().editShot("shot1", QStringLiteral("Prompt: Caption"), [&n](core::Shot& s) {
      s.prompt.caption = "edit " + std::to_string(n);
      s.light.lightWrap = (n % 100) / 100.0;
    });
    note(QStringLiteral("edit %1").arg(n));
    if (n % 7 == 0) {  // undone and done again: the stack moves both ways
      studio.actions().undo->trigger();
      studio.actions().redo->trigger();
    }
    if (n % kSaveEvery == 0) {
      saving = n;
      studio.actions().save->trigger();
    }
  });
  timer.start(kEditMs);
  return QApplication::exec();
}

struct Journal {
  std::vector<std::pair<int, qint64>> edits;
  int saved = 0;
};

Journal readJournal(const QString& path) {
  Journal journal;
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return journal;
  for (const QByteArray& line : file.readAll().split('\n')) {
    const QList<QByteArray> words = line.split(' ');
    if (words.size() != 3) continue;
    if (words[0] == "edit") journal.edits.emplace_back(words[1].toInt(), words[2].toLongLong());
    else journal.saved = words[1].toInt();
  }
  return journal;
}

/// What the editor offers of a project after a loss: the number of the saved and of the recovered version (-1: none).
std::pair<int, int> reopen(const QString& project) {
  app::Document document;
  app::Session session(document, QStringLiteral("/nonexistent"));
  int saved = -1, recovered = -1;
  bool failed = false;
  session.askRecovery = [&](const app::RecoveryOffer& offer) {
    if (offer.savedReadable) saved = editOf(offer.saved);
    recovered = editOf(offer.recovered);
    return app::RecoveryChoice::kRecovered;
  };
  bool opened = false;
  QObject::connect(&session, &app::Session::opened, &session, [&] { opened = true; });
  QObject::connect(&session, &app::Session::failed, &session, [&] { failed = true; });
  session.open(project);
  EXPECT_TRUE(QTest::qWaitFor([&] { return opened || failed; }, 10000));
  EXPECT_FALSE(failed) << "the project that was there cannot be opened";
  if (recovered < 0) saved = editOf(document.project());
  return {saved, recovered};
}

TEST(KillTest, killedAtAnyMomentTheEditorLosesNoSavedFileAndAtMostTheLastEdits) {
  std::mt19937 random(20);
  int worst = 0, savedSeen = 0, recoveredSeen = 0;
  for (int moment = 0; moment < kMoments; ++moment) {
    QTemporaryDir folder;
    const QString project = folder.filePath("film.pai"), journalPath = folder.filePath("journal");
    ASSERT_TRUE(core::saveProject(project.toStdString(), firstProject()).ok());
    QProcess editor;
    editor.setProcessChannelMode(QProcess::ForwardedChannels);
    editor.start(QApplication::applicationFilePath(), {"--edit", project, journalPath});
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(journalPath) && QFile(journalPath).size() > 0; }, 30000));
    QTest::qWait(static_cast<int>(std::uniform_int_distribution<>(0, 2500)(random)));
    const qint64 killedAt = QDateTime::currentMSecsSinceEpoch();
    ::kill(static_cast<pid_t>(editor.processId()), SIGKILL);
    ASSERT_TRUE(editor.waitForFinished(10000));
    const Journal journal = readJournal(journalPath);
    ASSERT_FALSE(journal.edits.empty());
    const auto [saved, recovered] = reopen(project);
    EXPECT_GE(saved, journal.saved) << "moment " << moment << ": the saved file is older than what was said to be saved";
    const int kept = std::max(saved, recovered);
    savedSeen += saved > 0;
    recoveredSeen += recovered >= 0;
    // Edits that are lost, but for those of the last second, in which a copy may have been under way.
    int lost = 0;
    for (const auto& [number, at] : journal.edits) lost += number > kept && at < killedAt - kGraceMs;
    worst = std::max(worst, lost);
    EXPECT_LE(lost, kMostLost) << "moment " << moment << ": " << journal.edits.back().first << " edits, kept " << kept;
  }
  std::printf("%d moments: at most %d edits lost before the last second; %d times a recovered version was offered, %d times a saved one was there\n",
              kMoments, worst, recoveredSeen, savedSeen);
  EXPECT_GT(recoveredSeen, kMoments / 4) << "the moments did not test recovery";
  EXPECT_GT(savedSeen, kMoments / 10) << "the moments did not test saving";
}

}  // namespace
}  // namespace pai::ui

int main(int argc, char** argv) {
  const bool edits = argc == 4 && std::string_view(argv[1]) == "--edit";
  std::optional<QTemporaryDir> home;  // of the test; the editing run inherits it
  if (!edits) {
    home.emplace();
    qputenv("XDG_CONFIG_HOME", home->filePath("config").toUtf8());
    qputenv("XDG_CACHE_HOME", home->filePath("cache").toUtf8());
    qputenv("PAI_CACHE_DIR", home->filePath("pai").toUtf8());
    qputenv("PAI_LANGUAGE", "C");
  }
  if (!edits) testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  pai::ui::applyTheme();
  if (edits) return pai::ui::editForEver(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
  return RUN_ALL_TESTS();
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/collect.h"

#include <csignal>

#include <sys/resource.h>

#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QTemporaryDir>
#include <QTimer>

#include <gtest/gtest.h>

#include "app/document/take_ledger.h"
#include "core/base/collect_files.h"
#include "core/base/project_file.h"
#include "core/base/takes.h"

namespace pai::app {
namespace {

class CollectTest : public testing::Test {
 protected:
  void write(const QString& name, const QByteArray& bytes) const {
    QDir().mkpath(QFileInfo(root.filePath(name)).absolutePath());
    QFile file(root.filePath(name));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(bytes);
  }
  core::Media media(const std::string& id, const QString& name, core::MediaKind kind) const {
    core::Media out;
    out.id = id;
    out.name = id;
    out.path = root.filePath(name).toStdString();
    out.kind = kind;
    return out;
  }
  core::Result<QStringList> collect(const QString& folder) {
    std::optional<core::Result<QStringList>> answer;
    QEventLoop loop;
    collectProject(document, root.filePath(folder), &loop, [&](qint64 bytes) { toCopy = bytes; }, [&](const core::Result<QStringList>& missing) {
      answer = missing;
      loop.quit();
    }, freeBytes);
    QTimer::singleShot(10000, &loop, &QEventLoop::quit);
    loop.exec();
    return answer ? *answer : core::Result<QStringList>(core::Error{core::ErrorCode::kInternal, "no answer", "", {}});
  }
  qint64 toCopy = -1;  // as told before
  FreeBytesFn freeBytes = freeBytesOf;
  QTemporaryDir root;
  Document document;
};

TEST_F(CollectTest, takesAllThatTheProjectRefersTo) {
  write("plates/a.mov", "plate");
  write("mattes/m.0001.png", "m1");
  write("mattes/m.0002.png", "m2");
  write("paint/f34.png", "painted");
  write("show/config.ocio", "search_path: luts\nsrc: film.cube\n");
  write("show/luts/film.cube", "table");
  write("film.takes.jsonl", "");
  core::Project project;
  project.media = {media("plate", "plates/a.mov", core::MediaKind::kClip), media("roto", "mattes/m.%04d.png", core::MediaKind::kSequence),
                   media("paint", "paint/f34.png", core::MediaKind::kImage), media("gone", "gone.mov", core::MediaKind::kClip)};
  project.ocioConfig = root.filePath("show/config.ocio").toStdString();
  document.reset(project, root.filePath("film.pai"));
  const auto missing = collect("all");
  ASSERT_TRUE(missing.ok()) << core::describe(missing.error());
  ASSERT_EQ(missing->size(), 1);
  EXPECT_TRUE(missing->front().contains("gone"));
  // Elsewhere, as on another machine.
  QDir(root.path()).rename("show", "away");
  QDir(root.path()).rename("all", "other");
  const auto loaded = core::loadProject(root.filePath("other/film.pai").toStdString());
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->project.ocioConfig, "colour/config.ocio");
  for (const char* name : {"colour/config.ocio", "colour/luts/film.cube", "media/a.mov", "media/f34.png", "media/roto/m.0002.png", "film.takes.jsonl"})
    EXPECT_TRUE(QFile::exists(root.filePath(QStringLiteral("other/") + QLatin1String(name)))) << name;
  EXPECT_EQ(document.project(), project) << "the open project stays as it is";
}

TEST_F(CollectTest, takesTheTakesOwnFilesSoThatAnotherMachineFindsThem) {
  write("renders/v001.mov", "first take");
  write("renders/v001.matte.mov", "its matte");
  write("renders/v001.camera.json", "{}");
  write("other/v001.mov", "another of that name");
  write("film_takes/v003.0001.png", "f1");
  write("film_takes/v003.0002.png", "f2");
  const std::string film = root.filePath("film.pai").toStdString();
  for (const char* output : {"renders/v001.mov", "other/v001.mov", "film_takes/v003.%04d.png", "renders/gone.mov"}) {
    core::Take take;
    take.shot.id = "shot";
    take.output = root.filePath(output).toStdString();
    ASSERT_TRUE(core::appendTake(film, take).ok());
  }
  const core::Id second = core::loadTakes(film)->takes[1].id;
  ASSERT_TRUE(core::appendTakeChoice(film, "shot", second).ok());
  document.reset({}, QString::fromStdString(film));
  const auto missing = collect("all");
  ASSERT_TRUE(missing.ok()) << core::describe(missing.error());
  ASSERT_EQ(missing->size(), 1);
  EXPECT_TRUE(missing->front().contains("gone.mov"));
  EXPECT_EQ(toCopy, 10 + 9 + 2 + 20 + 2 + 2);
  // Elsewhere, as on another machine: nothing of the first one is left.
  for (const char* name : {"renders", "other", "film_takes"}) ASSERT_TRUE(QDir(root.filePath(name)).removeRecursively());
  QDir(root.path()).rename("all", "there");
  Document opened;
  TakeLedger ledger(opened, root.filePath("cache"));
  opened.reset({}, root.filePath("there/film.pai"));
  QEventLoop loop;
  QObject::connect(&ledger, &TakeLedger::changed, &loop, [&] {
    if (!ledger.takes().empty()) loop.quit();
  });
  QTimer::singleShot(10000, &loop, &QEventLoop::quit);
  loop.exec();
  ASSERT_EQ(ledger.takes().size(), 4u);
  const auto bytesOf = [&](std::size_t take) {
    QFile file(QString::fromStdString(ledger.takes()[take].output));
    return file.open(QIODevice::ReadOnly) && file.fileName().startsWith(root.filePath("there/")) ? file.readAll() : QByteArray();
  };
  EXPECT_EQ(bytesOf(0), "first take");
  EXPECT_EQ(bytesOf(1), "another of that name");
  EXPECT_TRUE(ledger.takes()[1].chosen);
  EXPECT_EQ(core::takeFiles(ledger.takes()[0].output).size(), 3u) << "with its layers";
  EXPECT_EQ(core::takeFiles(ledger.takes()[2].output).size(), 2u) << "all frames of a sequence";
  EXPECT_EQ(ledger.takes()[3].output, root.filePath("renders/gone.mov").toStdString());

  // Saved elsewhere under another name, it still names the same files.
  QDir(root.path()).mkdir("saved");
  const std::string there = root.filePath("there/film.pai").toStdString(), saved = root.filePath("saved/copy.pai").toStdString();
  ASSERT_TRUE(core::copyTakes(there, saved).ok());
  EXPECT_EQ(core::loadTakes(saved)->takes[0].output, ledger.takes()[0].output);
}

TEST_F(CollectTest, takesWhatFinishingAgainNeedsAndTheLedgerNamesIt) {
  write("plates/a.mov", "plate");
  const QString plate = root.filePath("plates/a.mov"), output = root.filePath("renders/v001.mov");
  write("jobs/j1/job.json", nlohmann::json{{"name", "v001"}, {"media", {{{"id", "plate"}, {"path", plate.toStdString()}}, {{"id", "gone"}, {"path", "/old/gone.mov"}}}},
                                           {"output", output.toStdString()}, {"ocio_config", ""}}.dump().c_str());
  write("jobs/j1/input/generate.safetensors", "prepared");
  write("jobs/j1/latents/video.safetensors", "generated");
  write("jobs/j1/frames/0001.png", "not needed");
  write("renders/v001.mov", "take");
  const std::string film = root.filePath("film.pai").toStdString();
  core::Take take;
  take.shot.id = "shot";
  take.output = root.filePath("renders/v001.mov").toStdString();
  take.jobFolder = root.filePath("jobs/j1").toStdString();
  ASSERT_TRUE(core::appendTake(film, take).ok());
  core::Project project;
  project.media = {media("plate", "plates/a.mov", core::MediaKind::kClip)};
  document.reset(project, QString::fromStdString(film));
  const qint64 job = QFileInfo(root.filePath("jobs/j1/job.json")).size();
  const auto missing = collect("all");
  ASSERT_TRUE(missing.ok()) << core::describe(missing.error());
  EXPECT_EQ(toCopy, 5 + 4 + job + 8 + 9);
  // The copied job names what was collected, and nothing of the first machine.
  QFile copied(root.filePath("all/film_takes/jobs/j1/job.json"));
  ASSERT_TRUE(copied.open(QIODevice::ReadOnly));
  const auto told = nlohmann::json::parse(copied.readAll().toStdString(), nullptr, false);
  EXPECT_EQ(told["name"], "v001");
  EXPECT_EQ(told["media"][0]["path"], "../../../media/a.mov");
  EXPECT_EQ(told["media"][1]["path"], "gone.mov");
  EXPECT_EQ(told["output"], "../../../film_takes/v001.mov");
  EXPECT_TRUE(QFile::exists(QFileInfo(copied).absoluteDir().filePath("../../../film_takes/v001.mov")));
  for (const char* name : {"renders", "jobs", "plates"}) ASSERT_TRUE(QDir(root.filePath(name)).removeRecursively());
  EXPECT_FALSE(QFile::exists(root.filePath("all/film_takes/jobs/j1/frames")));
  Document opened;
  TakeLedger ledger(opened, root.filePath("cache"));
  opened.reset({}, root.filePath("all/film.pai"));
  QEventLoop loop;
  QObject::connect(&ledger, &TakeLedger::changed, &loop, [&] {
    if (!ledger.takes().empty()) loop.quit();
  });
  QTimer::singleShot(10000, &loop, &QEventLoop::quit);
  loop.exec();
  ASSERT_EQ(ledger.takes().size(), 1u);
  EXPECT_EQ(ledger.takes()[0].jobFolder, root.filePath("all/film_takes/jobs/j1").toStdString());
  EXPECT_EQ(core::refinishFiles(ledger.takes()[0].jobFolder).size(), 3u);
}

TEST_F(CollectTest, copiesNothingWhereThereIsNoRoomAndSaysHowMuchIsNeeded) {
  write("plates/a.mov", QByteArray(5000, 'p'));
  core::Project project;
  project.media = {media("plate", "plates/a.mov", core::MediaKind::kClip)};
  document.reset(project, root.filePath("film.pai"));
  QDir(root.path()).mkdir("all");
  freeBytes = [this](const QString& folder) -> std::optional<qint64> { return folder == root.filePath("all") ? 4999 : 1 << 20; };
  const auto refused = collect("all");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, core::ErrorCode::kDiskFull);
  EXPECT_EQ(refused.error().context, root.filePath("all").toStdString());
  EXPECT_NE(refused.error().detail.find("4.88 KiB"), std::string::npos) << refused.error().detail;
  EXPECT_TRUE(QDir(root.filePath("all")).isEmpty());
  freeBytes = [](const QString&) -> std::optional<qint64> { return 5000; };
  EXPECT_TRUE(collect("all").ok());
}

/// No file grows past a size while it lives, as on a disk that fills.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &m_before);
    const rlimit now{bytes, m_before.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &m_before); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit m_before{};
};

TEST_F(CollectTest, aDiskThatFillsInTheMiddleLeavesNothingBehind) {
  write("plates/a.mov", "small");
  write("plates/b.mov", QByteArray(3 << 20, 'b'));
  write("renders/v001.mov", QByteArray(5 << 20, 't'));
  write("all/notes.txt", "mine");
  core::Project project;
  project.media = {media("a", "plates/a.mov", core::MediaKind::kClip), media("b", "plates/b.mov", core::MediaKind::kClip)};
  core::Take take;
  take.shot.id = "shot";
  take.output = root.filePath("renders/v001.mov").toStdString();
  ASSERT_TRUE(core::appendTake(root.filePath("film.pai").toStdString(), take).ok());
  document.reset(project, root.filePath("film.pai"));
  for (const rlim_t limit : {2 << 20, 4 << 20}) {  // while the second plate is copied; while the take is
    for (const char* folder : {"all", "made"}) {
      const auto failed = [&] {
        const FullDisk disk(limit);
        return collect(QString::fromLatin1(folder));
      }();
      ASSERT_FALSE(failed.ok());
      EXPECT_EQ(failed.error().context.find(".collecting"), std::string::npos) << failed.error().context;
      EXPECT_NE(failed.error().context.find(folder), std::string::npos) << failed.error().context;
    }
    EXPECT_EQ(QDir(root.filePath("all")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList{"notes.txt"});
    EXPECT_FALSE(QFile::exists(root.filePath("made"))) << "the folder was not there either";
  }
  ASSERT_TRUE(collect("all").ok());
  EXPECT_EQ(QDir(root.filePath("all")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name),
            (QStringList{"film.pai", "film.takes.jsonl", "film_takes", "media", "notes.txt"}));
}

TEST_F(CollectTest, replacesNothingThatIsThere) {
  write("plates/a.mov", "plate");
  core::Project project;
  project.media = {media("plate", "plates/a.mov", core::MediaKind::kClip)};
  document.reset(project, root.filePath("film.pai"));
  for (const QString& name : {QStringLiteral("film.pai"), QStringLiteral("media/a.mov"), QStringLiteral("film_takes/v001.mp4"), QStringLiteral("colour/config.ocio")}) {
    write("all/" + name, "another's");
    const auto refused = collect("all");
    ASSERT_FALSE(refused.ok()) << name.toStdString();
    EXPECT_EQ(refused.error().code, core::ErrorCode::kFileUnwritable);
    EXPECT_NE(refused.error().detail.find("choose an empty folder"), std::string::npos) << refused.error().detail;
    QFile file(root.filePath("all/" + name));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), "another's");
    ASSERT_TRUE(QDir(root.filePath("all")).removeRecursively());
  }
}

}  // namespace
}  // namespace pai::app

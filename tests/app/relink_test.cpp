// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/relink.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include "app/document/session.h"
#include "core/base/hash.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

namespace pai::app {
namespace {

bool waitUntil(const std::function<bool()>& condition, int ms = 10000) {
  QElapsedTimer clock;
  clock.start();
  while (!condition() && clock.elapsed() < ms) {
    QEventLoop loop;
    QTimer::singleShot(5, &loop, &QEventLoop::quit);
    loop.exec();
  }
  return condition();
}

void write(const QString& path, const QByteArray& bytes) {
  QDir().mkpath(QFileInfo(path).absolutePath());
  QFile file(path);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(bytes);
}

class RelinkTest : public testing::Test {
 protected:
  /// A media that is gone, with the content it had.
  core::Media gone(const std::string& id, const std::string& name, const QByteArray& content) {
    core::Media media;
    media.id = id;
    media.name = name;
    media.path = folder.filePath(QString::fromStdString("old/" + name)).toStdString();
    if (!content.isEmpty()) {
      media.sha256 = core::sha256Of(content.toStdString());
      media.sizeBytes = content.size();
    }
    return media;
  }
  std::map<core::Id, FoundMedia> search(const core::Project& project, bool cancel = false) {
    Document document;
    document.reset(project, folder.filePath("film.pai"));
    RelinkSearch search;
    std::map<core::Id, FoundMedia> places;
    bool done = false;
    QObject::connect(&search, &RelinkSearch::finished, &search, [&](const auto& found, bool) {
      places = found;
      done = true;
    });
    search.start(document, folder.filePath("new"));
    if (cancel) search.cancel();
    EXPECT_TRUE(waitUntil([&] { return done; }));
    EXPECT_FALSE(search.isRunning());
    return places;
  }
  QTemporaryDir folder;
};

TEST_F(RelinkTest, aRenamedFileIsFoundByItsContentAndOneOfTheSameNameButOtherContentIsNot) {
  write(folder.filePath("new/deep/renamed.mov"), "the plate");
  write(folder.filePath("new/b.png"), "another picture");
  core::Project project;
  project.media = {gone("a", "plate.mov", "the plate"), gone("b", "b.png", "the picture"), gone("c", "byname.png", "")};
  write(folder.filePath("new/byname.png"), "whatever");
  const auto places = search(project);
  ASSERT_EQ(places.count("a"), 1u);
  EXPECT_EQ(places.at("a"), (FoundMedia{folder.filePath("new/deep/renamed.mov"), 9}));
  EXPECT_EQ(places.count("b"), 0u);
  EXPECT_EQ(places.count("c"), 1u) << "without a hash the name decides";
}

TEST_F(RelinkTest, aSearchThatIsStoppedChangesNothing) {
  for (int i = 0; i < 50; ++i) write(folder.filePath(QStringLiteral("new/%1.mov").arg(i)), QByteArray(4096, static_cast<char>(i)));
  core::Project project;
  project.media = {gone("a", "plate.mov", "the plate")};
  EXPECT_TRUE(search(project, true).empty());
}

TEST_F(RelinkTest, relinkingIsOneActThatUndoes) {
  core::Project project;
  project.media = {gone("a", "a.mov", "1"), gone("b", "b.mov", "2")};
  Document document;
  document.reset(project, folder.filePath("film.pai"));
  relinkMedia(document, {{"a", "/x/a.mov"}, {"b", "/x/b.mov"}});
  EXPECT_EQ(document.undoStack().count(), 1);
  EXPECT_EQ(document.project().media[1].path, "/x/b.mov");
  document.undoStack().undo();
  EXPECT_EQ(document.project().media, project.media);
}

TEST_F(RelinkTest, whatIsKnownOfAFileIsSavedWithTheProjectAndSurvivesUndo) {
  core::Project project;
  project.media = {gone("a", "a.mov", "")};
  Document document;
  document.reset(project, folder.filePath("film.pai"));
  document.editProject("Rename", [](core::Project& p) { p.media[0].name = "other"; });
  document.setContent(document.mediaPath(document.project().media[0]), {5, std::string(64, 'a')});
  document.undoStack().undo();
  EXPECT_EQ(document.project().media[0].sha256, std::string(64, 'a'));
  EXPECT_EQ(projectForFile(document, folder.filePath("film.pai")).media[0].sizeBytes, 5);
  EXPECT_FALSE(document.isModified()) << "it is no act of the user";
}

}  // namespace
}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QEventLoop>
#include <QFile>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QTimer>

#include <gtest/gtest.h>

#include "app/document/session.h"
#include "core/base/project_file.h"

namespace pai::app {
namespace {

class SessionTest : public testing::Test {
 protected:
  SessionTest() : session(document, folder.filePath("cache")) {}
  /// Runs until a signal comes; false after ten seconds.
  template <typename Sender, typename Signal>
  bool waitFor(Sender* sender, Signal signal, const std::function<void()>& start) {
    QEventLoop loop;
    bool came = false;
    QObject::connect(sender, signal, &loop, [&] {
      came = true;
      loop.quit();
    });
    QTimer::singleShot(10000, &loop, &QEventLoop::quit);
    start();
    if (!came) loop.exec();
    return came;
  }
  void edit(double value) {
    document.editShot("shot1", "edit", [value](core::Shot& s) { s.light.strength = value; });
  }
  void startProject() {
    core::Project project;
    project.media.push_back({"media1", "plate.mov", folder.filePath("footage/plate.mov").toStdString()});
    core::Shot shot;
    shot.id = "shot1";
    shot.plate = "media1";
    project.shots.push_back(shot);
    document.reset(project, {});
  }
  QTemporaryDir folder;
  Document document;
  Session session;
};

TEST_F(SessionTest, savedAndReopenedIsTheSameProjectWithRelativePaths) {
  startProject();
  edit(0.5);
  const QString path = folder.filePath("a.pai");
  ASSERT_TRUE(waitFor(&session, &Session::saved, [&] { session.save(path); }));
  EXPECT_FALSE(document.isModified());
  const auto onDisk = core::loadProject(path.toStdString());
  ASSERT_TRUE(onDisk.ok());
  EXPECT_EQ(onDisk->project.media.front().path, "footage/plate.mov");
  core::Project before = document.project();
  before.name = "a";
  ASSERT_TRUE(waitFor(&session, &Session::opened, [&] { session.open(path); }));
  EXPECT_EQ(document.project(), before);
}

TEST_F(SessionTest, anEditDuringASaveLeavesTheDocumentModified) {
  startProject();
  edit(0.5);
  ASSERT_TRUE(waitFor(&session, &Session::saved, [&] {
    session.save(folder.filePath("a.pai"));
    edit(0.6);
  }));
  EXPECT_TRUE(document.isModified());
}

TEST_F(SessionTest, aFailedSaveKeepsTheDocumentModifiedAndSaysWhy) {
  startProject();
  edit(0.5);
  core::Error error;
  QObject::connect(&session, &Session::failed, &session, [&](const QString&, const core::Error& e) { error = e; });
  ASSERT_TRUE(waitFor(&session, &Session::failed, [&] { session.save(folder.filePath("nowhere/a.pai")); }));
  EXPECT_TRUE(document.isModified());
  EXPECT_FALSE(error.context.empty());
}

TEST_F(SessionTest, twentyFiveEditsWriteARecoveryCopyThatIsOfferedWithBothVersions) {
  startProject();
  const QString path = folder.filePath("a.pai");
  edit(0.1);
  ASSERT_TRUE(waitFor(&session, &Session::saved, [&] { session.save(path); }));
  for (int i = 0; i < Session::kRecoveryEdits; ++i) edit(0.2 + i * 0.01);
  QElapsedTimer clock;
  clock.start();
  while (!QFile::exists(session.recoveryPath()) && clock.elapsed() < 10000) {
    QEventLoop loop;
    QTimer::singleShot(20, &loop, &QEventLoop::quit);
    loop.exec();
  }
  ASSERT_TRUE(QFile::exists(session.recoveryPath()));
  QThreadPool::globalInstance()->waitForDone();  // the copy is there before its writer is done
  QCoreApplication::processEvents();
  const double last = document.shot("shot1")->light.strength;

  Document second;
  Session reopened(second, folder.filePath("cache2"));
  std::optional<RecoveryOffer> seen;
  reopened.askRecovery = [&](const RecoveryOffer& offer) {
    seen = offer;
    return RecoveryChoice::kRecovered;
  };
  session.startNew();  // gives the lock back, as a crash does
  document.reset({}, {});
  EXPECT_FALSE(QFile::exists(path + ".never"));
  // startNew drops the copy of a project that is closed on purpose; put one back as a crash leaves it.
  core::Project crashed = core::loadProject(path.toStdString())->project;
  crashed.shots.front().light.strength = last;
  ASSERT_TRUE(core::saveProject(folder.filePath(".a.pai.recovery").toStdString(), crashed).ok());
  ASSERT_TRUE(waitFor(&reopened, &Session::opened, [&] { reopened.open(path); }));
  ASSERT_TRUE(seen);
  EXPECT_DOUBLE_EQ(seen->saved.shots.front().light.strength, 0.1);
  EXPECT_DOUBLE_EQ(second.shot("shot1")->light.strength, last);
  EXPECT_TRUE(second.isModified());
}

TEST_F(SessionTest, aSecondWindowIsRefusedAndNamesWhoHoldsTheProject) {
  startProject();
  const QString path = folder.filePath("a.pai");
  ASSERT_TRUE(waitFor(&session, &Session::saved, [&] { session.save(path); }));
  Document second;
  Session other(second, folder.filePath("cache2"));
  core::Error error;
  QObject::connect(&other, &Session::failed, &other, [&](const QString&, const core::Error& e) { error = e; });
  ASSERT_TRUE(waitFor(&other, &Session::failed, [&] { other.open(path); }));
  EXPECT_EQ(error.code, core::ErrorCode::kLocked);
}

TEST_F(SessionTest, aDamagedFileIsRefusedAndTheOpenProjectStays) {
  startProject();
  QFile broken(folder.filePath("broken.pai"));
  ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
  broken.write("{\"version\": 1,");
  broken.close();
  ASSERT_TRUE(waitFor(&session, &Session::failed, [&] { session.open(broken.fileName()); }));
  EXPECT_NE(document.shot("shot1"), nullptr);
}

}  // namespace
}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/collect.h"

#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QTemporaryDir>
#include <QTimer>

#include <gtest/gtest.h>

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
    collectProject(document, root.filePath(folder), &loop, [&](const core::Result<QStringList>& missing) {
      answer = missing;
      loop.quit();
    });
    QTimer::singleShot(10000, &loop, &QEventLoop::quit);
    loop.exec();
    return answer ? *answer : core::Result<QStringList>(core::Error{core::ErrorCode::kInternal, "no answer", "", {}});
  }
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

TEST_F(CollectTest, doesNotReplaceAProjectThatIsThere) {
  write("all/film.pai", "another");
  document.reset({}, root.filePath("film.pai"));
  const auto missing = collect("all");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, core::ErrorCode::kFileUnwritable);
}

}  // namespace
}  // namespace pai::app

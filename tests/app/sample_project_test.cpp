// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/sample_project.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include "core/base/project_file.h"

namespace pai::app {
namespace {

const QString kSource = QStringLiteral(PAI_SOURCE_DIR "/assets/sample");

/// Every file of the sample but the generator, as the package installs them.
void installSample(const QString& folder) {
  ASSERT_TRUE(QDir().mkpath(folder));
  for (const QFileInfo& file : QDir(kSource).entryInfoList(QDir::Files)) ASSERT_TRUE(QFile::copy(file.filePath(), QDir(folder).filePath(file.fileName())));
}

TEST(SampleProjectTest, isFoundFromABuildFolderOfACheckoutAndFromAnInstalledProgram) {
  EXPECT_EQ(sampleFolder(QStringLiteral(PAI_BIN_DIR)), QDir::cleanPath(kSource));
  QTemporaryDir root;
  QDir(root.path()).mkpath("usr/bin");
  EXPECT_EQ(sampleFolder(root.filePath("usr/bin")), QString());
  installSample(root.filePath("usr/share/pai-studio/sample"));
  EXPECT_EQ(sampleFolder(root.filePath("usr/bin")), root.filePath("usr/share/pai-studio/sample"));
}

TEST(SampleProjectTest, isMadeOnceWithAllItsMediaAndKeepsEdits) {
  QTemporaryDir root;
  const auto made = makeSampleProject(kSource, root.filePath("documents/PAI-Studio"));
  ASSERT_TRUE(made.ok()) << core::describe(made.error());
  auto loaded = core::loadProject(made->toStdString());
  ASSERT_TRUE(loaded.ok());
  ASSERT_EQ(loaded->project.shots.size(), 1u);
  EXPECT_EQ(loaded->project.shots.front().references.size(), 3u);
  EXPECT_FALSE(loaded->project.shots.front().prompt.caption.empty());
  for (const core::Media& media : loaded->project.media)
    EXPECT_TRUE(QFile::exists(QString::fromStdString(core::resolveMediaPath(media.path, loaded->folder).path))) << media.path;

  loaded->project.shots.front().prompt.caption = "edited";
  ASSERT_TRUE(core::saveProject(made->toStdString(), loaded->project).ok());
  const auto again = makeSampleProject(kSource, root.filePath("documents/PAI-Studio"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *made);
  EXPECT_EQ(core::loadProject(again->toStdString())->project.shots.front().prompt.caption, "edited");
}

TEST(SampleProjectTest, aCopyWhoseMediaWentAwayIsLeftAloneAndAnotherIsMade) {
  QTemporaryDir root;
  installSample(root.filePath("old"));
  const auto first = makeSampleProject(root.filePath("old"), root.filePath("documents"));
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(QFile::remove(root.filePath("old/plate.mp4")));
  const auto second = makeSampleProject(kSource, root.filePath("documents"));
  ASSERT_TRUE(second.ok());
  EXPECT_NE(*second, *first);
  EXPECT_TRUE(QFile::exists(*first));
}

TEST(SampleProjectTest, aFolderThatCannotBeMadeIsNamed) {
  QTemporaryDir root;
  QFile file(root.filePath("documents"));
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  const auto made = makeSampleProject(kSource, root.filePath("documents"));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, core::ErrorCode::kFileUnwritable);
  EXPECT_EQ(made.error().context, root.filePath("documents").toStdString());
}

}  // namespace
}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include "app/document/delivery_naming.h"
#include "app/document/media_import.h"

namespace pai::app {
namespace {

TEST(DeliveryNameTest, tokensAreFilledInAndPathCharactersTakenOut) {
  EXPECT_EQ(deliveryName("{project}_{shot}_v{version}", "Film/1", "A 010", 7, "matte"), "Film_1_A 010_v007");
}

TEST(DeliveryNameTest, anUnknownTokenIsNamed) {
  QStringList unknown;
  EXPECT_EQ(deliveryName("{shot}_{scene}", "p", "s", 1, "c", &unknown), "s_{scene}");
  EXPECT_EQ(unknown, QStringList{"{scene}"});
}

TEST(ImportTest, numberedFramesBecomeOneSequenceAndTwiceIsOnce) {
  QTemporaryDir folder;
  for (int i = 1; i <= 10; ++i) {
    QFile frame(folder.filePath(QStringLiteral("plate.%1.png").arg(i, 4, 10, QLatin1Char('0'))));
    ASSERT_TRUE(frame.open(QIODevice::WriteOnly));
  }
  Document document;
  const auto first = importMedia(document, {folder.filePath("plate.0001.png"), folder.filePath("plate.0002.png")});
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(document.project().media.front().kind, core::MediaKind::kSequence);
  EXPECT_TRUE(QString::fromStdString(document.project().media.front().path).endsWith("plate.%04d.png"));
  EXPECT_EQ(importMedia(document, {folder.filePath("plate.0003.png")}), first);
  EXPECT_EQ(document.undoStack().count(), 1);
}

TEST(ImportTest, filesOfNoKnownKindAreLeftOut) {
  Document document;
  EXPECT_TRUE(importMedia(document, {"/tmp/notes.txt", "/tmp/archive.zip"}).empty());
  EXPECT_EQ(document.undoStack().count(), 0);
}

}  // namespace
}  // namespace pai::app

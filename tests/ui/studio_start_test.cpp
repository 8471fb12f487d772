// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QPushButton>
#include <QTest>

#include "app/document/session.h"
#include "tests/sanitizers/sanitized.h"
#include "tests/ui/studio_fixture.h"
#include "tests/ui/watchdog.h"
#include "ui/inspector/inspector.h"

namespace pai::ui {
namespace {

constexpr qsizetype kDocks = 10;
constexpr double kLongestMs = (kSanitized ? 10.0 : 1.0) * 50.0;

std::unique_ptr<Studio> emptyStudio() {
  StudioOptions options;
  options.source = std::make_unique<FakeFrameSource>();
  return std::make_unique<Studio>(std::move(options));
}

qsizetype docksOf(const Studio& studio) { return studio.findChildren<QDockWidget*>().size(); }

/// What a window is made of when it is first painted.
class FirstPaintWatch : public QObject {
 public:
  explicit FirstPaintWatch(Studio& studio) : m_studio(studio) { qApp->installEventFilter(this); }
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (watched == &m_studio && event->type() == QEvent::Paint && docks < 0) {
      docks = docksOf(m_studio);
      for (const QPushButton* button : m_studio.findChildren<QPushButton*>()) buttons << (button->isVisible() ? button->text() : QString());
    }
    return false;
  }
  qsizetype docks = -1;
  QStringList buttons;

 private:
  Studio& m_studio;
};

TEST(StudioStart, theFirstPaintShowsTheWelcomePageAndWaitsForNothingElse) {
  const auto studio = emptyStudio();
  const FirstPaintWatch watch(*studio);
  studio->show();
  ASSERT_TRUE(waitUntil([&] { return watch.docks >= 0; }));
  EXPECT_EQ(watch.docks, 0);
  EXPECT_TRUE(watch.buttons.contains(QStringLiteral("Import media…")));
}

TEST(StudioStart, theRestFollowsInPiecesThatKeepTheThreadShortly) {
  const auto studio = emptyStudio();
  studio->show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(studio.get()));
  Watchdog::reset();
  ASSERT_TRUE(waitUntil([&] { return docksOf(*studio) == kDocks; }));
  turnFor(50);
  EXPECT_LT(Watchdog::longestMs(), kLongestMs) << Watchdog::longestEvent().toStdString();
  for (const QDockWidget* dock : studio->findChildren<QDockWidget*>()) EXPECT_TRUE(dock->isHidden()) << dock->objectName().toStdString();
  EXPECT_EQ(studio->inspector().count(), Inspector::kPages);
}

TEST(StudioStart, aKeyFindsAWholeWindow) {
  const auto studio = emptyStudio();
  ASSERT_EQ(docksOf(*studio), 0);
  QTest::keyClick(studio.get(), Qt::Key_Shift);
  EXPECT_EQ(docksOf(*studio), kDocks);
}

TEST(StudioStart, anUnfinishedWindowCloses) {
  const auto studio = emptyStudio();
  studio->show();
  EXPECT_TRUE(studio->close());
  EXPECT_FALSE(studio->isVisible());
}

TEST(StudioStart, aProjectGivenAtTheStartOpensInTheWholeWindow) {
  const QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("film.pai"));
  {
    const auto before = emptyStudio();
    before->session().save(path);
    ASSERT_TRUE(waitUntil([&] { return before->document().filePath() == path; }));
    ASSERT_TRUE(before->close());
  }
  const auto studio = emptyStudio();
  studio->openWhenShown(path);
  studio->show();
  ASSERT_TRUE(waitUntil([&] {
    const auto docks = studio->findChildren<QDockWidget*>();
    return docks.size() == kDocks && std::all_of(docks.begin(), docks.end(), [](const QDockWidget* dock) { return !dock->isHidden(); });
  }));
  EXPECT_EQ(studio->document().filePath(), path);
}

TEST(StudioStart, clipsAndPicturesOfTheCommandLineAreImportedOnceAllIsThere) {
  QTemporaryDir folder;
  const auto studio = emptyStudio();
  studio->openWhenShown(folder.filePath("plate.mov"));
  studio->openWhenShown(makePng(QDir(folder.path()), "place.png", Qt::darkCyan));
  studio->show();
  ASSERT_TRUE(waitUntil([&] { return studio->document().currentShot() != nullptr; }));
  EXPECT_EQ(studio->document().project().media.size(), 2u);
  EXPECT_EQ(studio->document().project().media.back().kind, core::MediaKind::kImage);
}

}  // namespace
}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabBar>
#include <QTest>
#include <QTimer>

#include "core/render/job_directory.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/preferences_dialog.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/render_page.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

class PreferencesTest : public StudioTest {
 protected:
  ~PreferencesTest() override { app::savePreferences({}); }
  /// Does something with the dialog while it is open.
  void withDialog(const std::function<void(PreferencesDialog&)>& act) {
    bool met = false;
    QTimer::singleShot(50, studio.get(), [&] {
      auto* dialog = studio->findChild<PreferencesDialog*>();
      ASSERT_NE(dialog, nullptr);
      met = true;
      act(*dialog);
    });
    studio->actions().preferences->trigger();
    EXPECT_TRUE(met);
  }
};

TEST_F(PreferencesTest, whatIsAcceptedIsKeptAndHoldsAtOnce) {
  withDialog([](PreferencesDialog& dialog) {
    EXPECT_EQ(dialog.findChild<QSpinBox*>("frameCache")->value(), 1024);
    for (const QPushButton* button : dialog.findChildren<QPushButton*>()) EXPECT_TRUE(button->icon().isNull()) << button->text().toStdString();
    dialog.findChild<QSpinBox*>("frameCache")->setValue(2048);
    QTest::mouseClick(dialog.findChild<QCheckBox*>("proxies"), Qt::LeftButton, {}, QPoint(8, 8));
    QTest::mouseClick(dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
  });
  EXPECT_EQ(app::loadPreferences().frameCacheMegabytes, 2048);
  EXPECT_FALSE(app::loadPreferences().proxies);
  ASSERT_TRUE(source->preferred.has_value());
  EXPECT_EQ(source->preferred->frameCacheMegabytes, 2048);
}

TEST_F(PreferencesTest, whatIsCancelledChangesNothing) {
  withDialog([](PreferencesDialog& dialog) {
    dialog.findChild<QSpinBox*>("frameCache")->setValue(4096);
    QTest::mouseClick(dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Cancel), Qt::LeftButton);
  });
  EXPECT_EQ(app::loadPreferences(), app::Preferences());
  EXPECT_FALSE(source->preferred.has_value());
}

TEST_F(PreferencesTest, picturesAreNotMadeAheadWhenThatIsTurnedOff) {
  const auto press = [this] {
    withDialog([](PreferencesDialog& dialog) {
      auto* ahead = dialog.findChild<QCheckBox*>("picturesAhead");
      EXPECT_FALSE(ahead->toolTip().isEmpty());
      QTest::mouseClick(ahead, Qt::LeftButton, {}, QPoint(8, 8));
      QTest::mouseClick(dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
    });
  };
  importClip();
  studio->actions().viewComposite->trigger();
  ASSERT_TRUE(waitUntil([this] { return source->filling.has_value(); }));
  press();
  EXPECT_FALSE(source->filling.has_value()) << "it stops at once";
  EXPECT_FALSE(app::loadPreferences().picturesAhead);
  studio->actions().stepForward->trigger();
  turnFor(1500);
  EXPECT_FALSE(source->filling.has_value()) << "rest does not begin it again";
  emit studio->queue().changed();
  turnFor(1500);
  EXPECT_FALSE(source->filling.has_value()) << "nor does the end of a render";
  press();
  EXPECT_TRUE(waitUntil([this] { return source->filling.has_value(); }));
}

TEST_F(PreferencesTest, takesAreKeptInTheFormThatIsPreferred) {
  importClip();
  studio->queue().setHeld(true);
  const auto forecast = [this] {
    for (const QLabel* label : studio->inspector().render().findChildren<QLabel*>())
      if (label->text().contains("on disk")) return label->text().section("About ", -1);
    return QString();
  };
  const auto queued = [this] {
    const std::size_t before = studio->queue().jobs().entries().size();
    studio->actions().render->trigger();
    if (!waitUntil([&] { return studio->queue().jobs().entries().size() > before; })) return std::pair<std::string, std::string>();
    const core::QueueEntry entry = studio->queue().jobs().entries().back();
    const auto directory = core::JobDirectory::open(entry.directory);
    EXPECT_TRUE(directory.ok());
    return std::pair(directory.ok() ? directory->job().preset : "", entry.output.substr(entry.output.rfind('.')));
  };
  studio->inspector().setCurrentWidget(&studio->inspector().render());
  turnFor(20);
  EXPECT_EQ(queued(), (std::pair<std::string, std::string>("h264", ".mp4")));
  const QString small = forecast();
  withDialog([](PreferencesDialog& dialog) {
    QTest::mouseClick(dialog.findChild<QCheckBox*>("preciseTakes"), Qt::LeftButton, {}, QPoint(8, 8));
    QTest::mouseClick(dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
  });
  EXPECT_EQ(queued(), (std::pair<std::string, std::string>("prores422hq", ".mov")));
  EXPECT_NE(forecast(), small) << "it takes more room: " << small.toStdString();
  for (const core::QueueEntry& entry : std::vector(studio->queue().jobs().entries())) studio->queue().remove(entry.id);
}

TEST_F(PreferencesTest, proxiesAreMeasuredAndClearedAndNothingElseIsTouched) {
  const QDir proxies(folder.filePath("proxies"));
  proxies.mkpath(".");
  for (const QString& name : {QString(64, QLatin1Char('a')) + ".mov", QString("mine.mov")}) {
    QFile file(proxies.filePath(name));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(5000, 'x'));
  }
  app::Preferences preferences;
  preferences.proxyFolder = proxies.path();
  PreferencesDialog dialog(preferences, studio.get());
  dialog.show();
  auto* used = dialog.findChild<QLabel*>("proxiesUsed");
  ASSERT_TRUE(waitUntil([used] { return used->text().contains("in use"); })) << used->text().toStdString();
  EXPECT_TRUE(used->text().startsWith("4.88")) << used->text().toStdString();
  QTest::mouseClick(dialog.findChild<QPushButton*>("clearProxies"), Qt::LeftButton);
  EXPECT_TRUE(waitUntil([used] { return used->text().startsWith("0 "); })) << used->text().toStdString();
  EXPECT_EQ(proxies.entryList(QDir::Files), QStringList("mine.mov"));
}

TEST_F(PreferencesTest, aProxyThatIsMadeIsToldInTheStatusBar) {
  importClip();
  auto* label = studio->findChild<QLabel*>("proxyProgress");
  emit source->proxyProgress(folder.filePath("plate.mov"), 0.42);
  EXPECT_EQ(label->text(), "Making a proxy of plate.mov, 42 %");
  emit source->proxyProgress(folder.filePath("plate.mov"), 1.0);
  EXPECT_TRUE(label->text().isEmpty());
}

TEST_F(PreferencesTest, aLockOfTheSettingsThatAKilledProgramLeftHoldsNobodyUp) {
  QFile lock(QSettings().fileName() + ".lock");
  ASSERT_TRUE(lock.open(QIODevice::WriteOnly));  // killed before it wrote its number into it
  lock.close();
  StudioOptions options;
  options.source = std::make_unique<FakeFrameSource>();
  Studio next(std::move(options));
  QSettings settings;
  QElapsedTimer clock;
  clock.start();
  settings.setValue("test/lock", 1);
  settings.sync();
  EXPECT_LT(clock.elapsed(), 5000);
  settings.remove("test/lock");
}

TEST_F(PreferencesTest, dockTabsSayTheirWholeNamesInASmallWindow) {
  importClip();
  studio->resize(1280, 720);
  turnFor(200);
  EXPECT_LE(studio->minimumSizeHint().width(), 1280);
  EXPECT_LE(studio->minimumSizeHint().height(), 720);
  int bars = 0;
  for (const QTabBar* bar : studio->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
    if (!bar->isVisible() || bar->count() < 2) continue;
    ++bars;
    EXPECT_EQ(bar->elideMode(), Qt::ElideNone);
    EXPECT_LE(bar->tabRect(bar->count() - 1).right(), bar->width()) << bar->tabText(0).toStdString() << ": the last tab needs scrolling";
    for (int i = 0; i < bar->count(); ++i) EXPECT_GE(bar->tabRect(i).width(), bar->fontMetrics().horizontalAdvance(bar->tabText(i))) << bar->tabText(i).toStdString();
  }
  EXPECT_GE(bars, 2);
}

}  // namespace
}  // namespace pai::ui

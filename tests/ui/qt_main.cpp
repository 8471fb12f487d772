// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include "tests/ui/watchdog.h"
#include "ui/theme/theme.h"
#include "ui/window/studio.h"

int main(int argc, char** argv) {
  // Settings and caches of their own: a test neither reads nor writes the user's.
  QTemporaryDir home;
  qputenv("XDG_CONFIG_HOME", home.filePath("config").toUtf8());
  qputenv("XDG_CACHE_HOME", home.filePath("cache").toUtf8());
  qputenv("PAI_CACHE_DIR", home.filePath("pai").toUtf8());
  if (!qEnvironmentVariableIsSet("PAI_LANGUAGE")) qputenv("PAI_LANGUAGE", "C");
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  pai::ui::applyTheme(application);
  pai::ui::installTranslations(application);
  pai::ui::Watchdog::install();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QDir>
#include <QFile>
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
  QDir().mkpath(home.filePath("config"));
  QFile places(home.filePath("config/user-dirs.dirs"));
  if (!places.open(QIODevice::WriteOnly) || places.write("XDG_DOCUMENTS_DIR=\"" + home.filePath("documents").toUtf8() + "\"\n") < 0) return 1;
  places.close();
  pai::ui::Watchdog application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  pai::ui::applyTheme();
  pai::ui::installTranslations(application);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

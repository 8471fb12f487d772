// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include <QApplication>
#include <QFileInfo>

#include "app/studio/bench.h"
#include "app/studio/sound_device.h"
#include "ui/theme/theme.h"
#include "ui/window/studio.h"

namespace {

constexpr const char* kHelp =
    "usage: pai-studio [PROJECT]\n"
    "Opens the editor, on a project file when one is given.\n\n"
    "  --version   print the version and exit\n"
    "  --help      print this and exit\n";

}  // namespace

int main(int argc, char** argv) {
  if (const auto measured = pai::studio::runBench(argc, argv)) return *measured;
  QString project;
  for (int i = 1; i < argc; ++i) {
    const QByteArray argument(argv[i]);
    if (argument == "--version") return std::printf("pai-studio %s\n", PAI_VERSION) < 0;
    if (argument == "--help" || argument == "-h") return std::fputs(kHelp, stdout) < 0;
    if (argument.startsWith("--")) continue;  // Qt's own, such as --platform
    if (project.isEmpty() && QFileInfo::exists(QString::fromLocal8Bit(argument))) project = QString::fromLocal8Bit(argument);
  }
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("pai-studio"));  // the folder of the settings
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  QApplication::setApplicationDisplayName(QStringLiteral("PAI-Studio"));
  QApplication::setApplicationVersion(QStringLiteral(PAI_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("pai-studio"));
  const QStringList arguments = QApplication::arguments();
  if (arguments.size() > 2 || (arguments.size() == 2 && arguments[1].startsWith(QLatin1Char('-')))) {
    std::fputs(kHelp, stderr);
    std::fprintf(stderr, "pai-studio: too many or unknown arguments; give one project file\n");
    return 2;
  }
  pai::ui::applyTheme();
  pai::ui::installTranslations(application);
  pai::ui::StudioOptions options;
  options.sound = pai::studio::makeSoundDevice();
  pai::ui::Studio studio(std::move(options));
  studio.show();
  if (arguments.size() == 2) studio.openWhenShown(QFileInfo(arguments[1]).absoluteFilePath());
  return QApplication::exec();
}

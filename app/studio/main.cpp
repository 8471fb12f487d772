// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>

#include <QApplication>
#include <QFileInfo>

#include "app/document/media_import.h"
#include "app/studio/bench.h"
#include "app/studio/sound_device.h"
#include "ui/theme/theme.h"
#include "ui/window/studio.h"

namespace {

constexpr const char* kHelp =
    "usage: pai-studio [PROJECT | MEDIA...]\n"
    "Opens the editor, on a project file when one is given; clips and pictures are imported, and the first clip becomes a shot.\n\n"
    "  --version   print the version and exit\n"
    "  --help      print this and exit\n";

}  // namespace

int main(int argc, char** argv) {
  if (const auto measured = pai::studio::runBench(argc, argv)) return *measured;
  for (int i = 1; i < argc; ++i) {
    const QByteArray argument(argv[i]);
    if (argument == "--version") return std::printf("pai-studio %s\n", PAI_VERSION) < 0;
    if (argument == "--help" || argument == "-h") return std::fputs(kHelp, stdout) < 0;
  }
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("pai-studio"));  // the folder of the settings
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  QApplication::setApplicationDisplayName(QStringLiteral("PAI-Studio"));
  QApplication::setApplicationVersion(QStringLiteral(PAI_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("pai-studio"));
  const QStringList files = QApplication::arguments().mid(1);
  const auto isMedia = [](const QString& file) { return pai::app::kindOfFile(file).has_value(); };
  const bool option = std::any_of(files.begin(), files.end(), [](const QString& file) { return file.startsWith(QLatin1Char('-')); });
  if (option || (files.size() > 1 && !std::all_of(files.begin(), files.end(), isMedia))) {
    std::fputs(kHelp, stderr);
    std::fprintf(stderr, "pai-studio: too many or unknown arguments; give one project file, or clips and pictures\n");
    return 2;
  }
  pai::ui::applyTheme();
  pai::ui::installTranslations(application);
  pai::ui::StudioOptions options;
  options.sound = pai::studio::makeSoundDevice();
  pai::ui::Studio studio(std::move(options));
  studio.show();
  for (const QString& file : files) studio.openWhenShown(QFileInfo(file).absoluteFilePath());
  return QApplication::exec();
}

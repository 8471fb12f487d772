// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>

#include <QApplication>
#include <QEvent>
#include <QFileInfo>
#include <QTimer>
#include <QWidget>

#include "app/studio/sound_device.h"
#include "ui/theme/theme.h"
#include "ui/window/studio.h"

namespace {

constexpr const char* kHelp =
    "usage: pai-studio [PROJECT]\n"
    "Opens the editor, on a project file when one is given.\n\n"
    "  --version   print the version and exit\n"
    "  --help      print this and exit\n";

/// For `pai bench startup`: ends the program at the first paint of a window.
class FirstPaint : public QObject {
 public:
  using QObject::QObject;
  bool eventFilter(QObject* object, QEvent* event) override {
    if (event->type() == QEvent::Paint && object->isWidgetType() && qobject_cast<QWidget*>(object)->isWindow())
      QTimer::singleShot(0, this, [] { std::_Exit(0); });
    return false;
  }
};

/// A window of Qt's and nothing else, to hold the editor's start against.
int showBareWindow(int argc, char** argv) {
  QApplication application(argc, argv);
  FirstPaint painted;
  application.installEventFilter(&painted);
  QWidget window;
  window.resize(1280, 720);
  window.show();
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  QString project;
  bool timed = false;
  for (int i = 1; i < argc; ++i) {
    const QByteArray argument(argv[i]);
    if (argument == "--version") return std::printf("pai-studio %s\n", PAI_VERSION) < 0;
    if (argument == "--help" || argument == "-h") return std::fputs(kHelp, stdout) < 0;
    if (argument == "--first-paint=bare") return showBareWindow(argc, argv);
    if (argument == "--first-paint=editor") timed = true;
    if (argument.startsWith("--")) continue;  // Qt's own, such as --platform
    if (project.isEmpty() && QFileInfo::exists(QString::fromLocal8Bit(argument))) project = QString::fromLocal8Bit(argument);
  }
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("pai-studio"));  // the folder of the settings
  QApplication::setApplicationName(QStringLiteral("pai-studio"));
  QApplication::setApplicationDisplayName(QStringLiteral("PAI-Studio"));
  QApplication::setApplicationVersion(QStringLiteral(PAI_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("pai-studio"));
  QStringList arguments = QApplication::arguments();
  arguments.removeAll(QStringLiteral("--first-paint=editor"));
  if (arguments.size() > 2 || (arguments.size() == 2 && arguments[1].startsWith(QLatin1Char('-')))) {
    std::fputs(kHelp, stderr);
    std::fprintf(stderr, "pai-studio: too many or unknown arguments; give one project file\n");
    return 2;
  }
  pai::ui::applyTheme();
  pai::ui::installTranslations(application);
  FirstPaint painted;
  if (timed) application.installEventFilter(&painted);
  pai::ui::StudioOptions options;
  options.sound = pai::studio::makeSoundDevice();
  pai::ui::Studio studio(std::move(options));
  pai::ui::applyStyleSheet(application);
  studio.show();
  if (arguments.size() == 2) studio.openWhenShown(QFileInfo(arguments[1]).absoluteFilePath());
  return QApplication::exec();
}

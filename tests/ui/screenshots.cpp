// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a picture of every panel and dialog: screenshots FOLDER [PROJECT]. With a project the preview workers are used,
// without one a fake source of pictures. QT_SCALE_FACTOR=2 gives them at 200 %.
#include <cstdio>

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QTest>

#include "app/document/media_import.h"
#include "app/document/reference_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/help_dialog.h"
#include "ui/dialogs/recovery_dialog.h"
#include "ui/dialogs/shortcuts_dialog.h"
#include "ui/inspector/inspector.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

struct Shooter {
  QDir folder;
  QString suffix;
  int written = 0;
  void shoot(QWidget& widget, const QString& name) {
    turnFor(120);
    const QString path = folder.filePath(name + suffix + QStringLiteral(".png"));
    if (widget.grab().save(path, "PNG", 30)) ++written;
    else std::fprintf(stderr, "%s could not be written\n", qPrintable(path));
  }
};

/// A shot with four references over the fake source.
void fillProject(Studio& studio, const QDir& media) {
  core::Project project;
  project.name = "Courtyard";
  project.media.push_back({"plate", "A010_C003_walk.mov", media.filePath("A010_C003_walk.mov").toStdString()});
  for (const char* name : {"courtyard_dawn.png", "courtyard_noon.png", "courtyard_dusk.png"}) {
    project.media.push_back({name, name, media.filePath(name).toStdString(), core::MediaKind::kImage});
  }
  core::Shot shot;
  shot.id = "shot1";
  shot.name = "A010";
  shot.plate = "plate";
  shot.range = {{0}, {97}};
  core::MatteLayer key;
  key.id = "matte1";
  key.name = "Key";
  shot.matte.push_back(key);
  int n = 0;
  for (const core::Anchor& anchor : {core::Anchor{core::AnchorKind::kBegin, {}}, core::Anchor{core::AnchorKind::kFrame, {34}},
                                     core::Anchor{core::AnchorKind::kEnd, {}}}) {
    core::Reference reference;
    reference.id = "reference" + std::to_string(n + 1);
    reference.media = project.media[static_cast<std::size_t>(1 + n++)].id;
    reference.anchor = anchor;
    reference.strength = n == 2 ? 0.7 : 1.0;
    shot.references.push_back(reference);
  }
  shot.prompt.foregroundContent = "A woman in a dark wool coat, hair loose, walking with her hands in her pockets";
  shot.prompt.backgroundContent = "A stone courtyard at dusk, warm windows, wet ground";
  shot.prompt.cameraMotionAnalysis = "Static camera";
  shot.camera.keys.push_back({{20}, 30.0, 4.0, 1.02, 0.1});
  project.shots.push_back(shot);
  studio.document().reset(project, {});
  studio.document().editShot("shot1", "Key: Gamma", [](core::Shot& s) { s.matte[0].key.gamma = 1.1; });
  studio.document().editShot("shot1", "Prompt: Caption", [](core::Shot& s) { s.prompt.caption = "She walks home through the courtyard."; });
  waitUntil([&] { return studio.timelineModel().camera().frames.size() == 97; }, 4000);
}

void shootPages(Studio& studio, Shooter& shooter) {
  studio.playback().seek(studio.playback().frames() / 2);
  turnFor(300);
  const core::Shot* shot = studio.document().currentShot();
  if (shot && shot->references.size() > 1) studio.timeline().selectReference(shot->references[1].id);
  shooter.shoot(studio, "editor");
  shooter.shoot(studio.timeline(), "timeline");
  const QStringList pages{"matte", "references", "camera", "prompt", "render"};
  for (int i = 0; i < pages.size(); ++i) {
    studio.inspector().setCurrentIndex(i);
    shooter.shoot(studio.inspector(), QStringLiteral("inspector-") + pages[i]);
  }
  for (const char* name : {"queue", "history", "messages", "takes"}) {
    QDockWidget* dock = studio.dock(QString::fromLatin1(name));
    dock->raise();
    shooter.shoot(*dock, QStringLiteral("panel-") + QString::fromLatin1(name));
  }
  shooter.shoot(*studio.dock("media"), "panel-media");
  studio.actions().viewMatte->trigger();
  turnFor(400);
  shooter.shoot(studio.viewer(), "viewer-matte");
  studio.actions().viewPlate->trigger();
  studio.actions().compareWipe->trigger();
  turnFor(800);
  shooter.shoot(studio.viewer(), "viewer-wipe");
  studio.actions().compareSingle->trigger();
  studio.actions().viewComposite->trigger();
  turnFor(600);
  shooter.shoot(studio, "editor-composite");
}

void shootDialogs(Studio& studio, Shooter& shooter) {
  const core::Shot* shot = studio.document().currentShot();
  if (!shot) return;
  ExportDialog exporting(studio.document(), studio.catalog(), studio.ledger(), *shot, {}, &studio);
  exporting.show();
  shooter.shoot(exporting, "dialog-export");
  exporting.hide();
  ShortcutsDialog keys(studio.actions(), &studio);
  keys.show();
  shooter.shoot(keys, "dialog-shortcuts");
  keys.hide();
  HelpDialog help(studio.actions(), &studio);
  help.show();
  shooter.shoot(help, "dialog-help");
  help.hide();
  core::Project older = studio.document().project();
  older.shots.front().references.pop_back();
  RecoveryDialog recovery({"/home/editor/film/Courtyard.pai", "", QDateTime::currentDateTime().addSecs(-3600), QDateTime::currentDateTime(),
                           older, studio.document().project(), true}, &studio);
  recovery.show();
  shooter.shoot(recovery, "dialog-recovery");
  recovery.hide();
}

}  // namespace
}  // namespace pai::ui

int main(int argc, char** argv) {
  QTemporaryDir home;
  qputenv("XDG_CONFIG_HOME", home.filePath("config").toUtf8());
  qputenv("PAI_CACHE_DIR", home.filePath("pai").toUtf8());
  if (!qEnvironmentVariableIsSet("PAI_LANGUAGE")) qputenv("PAI_LANGUAGE", "C");
  QApplication application(argc, argv);
  if (argc < 2) return std::fprintf(stderr, "usage: screenshots FOLDER [PROJECT]\n"), 2;
  pai::ui::applyTheme(application);
  pai::ui::installTranslations(application);
  const QString suffix = qEnvironmentVariable("PAI_SCREENSHOT_SUFFIX");
  pai::ui::Shooter shooter{QDir(QString::fromLocal8Bit(argv[1])), suffix};
  QDir().mkpath(shooter.folder.path());
  const QString project = argc > 2 ? QFileInfo(QString::fromLocal8Bit(argv[2])).absoluteFilePath() : QString();
  pai::ui::StudioOptions options;
  if (project.isEmpty()) options.source = std::make_unique<pai::ui::FakeFrameSource>();
  options.workerPath = QStringLiteral(PAI_BIN_DIR "/pai-worker");
  pai::ui::Studio studio(std::move(options));
  studio.resize(1600, 960);
  studio.show();
  shooter.shoot(studio, "welcome");
  if (project.isEmpty()) {
    pai::ui::fillProject(studio, QDir(home.path()));
  } else {
    studio.openWhenShown(project);
    pai::ui::waitUntil([&] { return studio.document().currentShot() != nullptr; });
    pai::ui::waitUntil([&] { return !studio.viewer().canvas().picture().isNull(); }, 20000);
    pai::ui::waitUntil([&] { return !studio.timelineModel().camera().frames.empty(); }, 120000);
    pai::ui::turnFor(3000);
  }
  pai::ui::shootPages(studio, shooter);
  pai::ui::shootDialogs(studio, shooter);
  studio.document().undoStack().clear();
  studio.document().markSaved();
  std::printf("%d pictures in %s\n", shooter.written, qPrintable(shooter.folder.path()));
  return shooter.written > 0 ? 0 : 1;
}

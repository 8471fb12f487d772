// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a picture of every panel and dialog: screenshots FOLDER [PROJECT], of the sample shot when no project is given, through
// the real workers. QT_SCALE_FACTOR=2 gives them at 200 %, PAI_SCREENSHOT_SIZE=1280x720 of a window of that size.
#include <cstdio>

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QScrollArea>
#include <QTest>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>

#include "app/document/camera_key_edits.h"
#include "app/document/keyframe_edits.h"
#include "app/document/marker_edits.h"
#include "app/document/shape_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/dialogs/colour_dialog.h"
#include "ui/dialogs/command_finder.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/help_dialog.h"
#include "ui/dialogs/marker_dialog.h"
#include "ui/dialogs/preferences_dialog.h"
#include "ui/dialogs/properties_dialog.h"
#include "ui/dialogs/recovery_dialog.h"
#include "ui/dialogs/relink_dialog.h"
#include "ui/dialogs/shortcuts_dialog.h"
#include "ui/inspector/inspector.h"
#include "ui/plots/curves_panel.h"
#include "ui/theme/theme.h"
#include "ui/timeline/camera_curves.h"
#include "ui/timeline/keyframe_sheet.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/display_panel.h"
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

/// Waits until the window knows the shot: its picture, camera and matte report.
void settle(Studio& studio) {
  const auto known = [&studio] {
    const core::Shot* shot = studio.document().currentShot();
    const auto frames = static_cast<std::size_t>(shot ? studio.catalog().rangeOf(*shot).length() : 1);
    return studio.timelineModel().matteFacts().size() >= frames && studio.timelineModel().camera().frames.size() >= frames;
  };
  waitUntil([&studio] { return studio.document().currentShot() != nullptr; });
  waitUntil([&studio] { return !studio.viewer().canvas().picture().isNull(); }, 20000);
  if (!waitUntil(known, 400000)) std::fprintf(stderr, "the camera or the matte report did not come in time\n");
  waitUntil([&studio] { return !studio.viewerController().isWaiting(); }, 30000);
  turnFor(1500);
}

/// Edits by hand, so that history has something to show.
void editALittle(Studio& studio) {
  const core::Shot* shot = studio.document().currentShot();
  if (!shot || shot->matte.empty()) return;
  studio.document().editShot(shot->id, "Key: Gamma", [](core::Shot& s) { s.matte[0].key.gamma = 1.1; });
  studio.document().editShot(shot->id, "Key: Gamma", [](core::Shot& s) { s.matte[0].key.gamma = 1.0; });
  studio.document().editShot(shot->id, "Light: Light wrap", [](core::Shot& s) { s.light.lightWrap = 0.2; });
  for (const std::int64_t frame : {24, 61}) {
    const auto id = app::addMarker(studio.document(), shot->id, {frame});
    core::Marker marker = *app::findMarker(*shot, *id);
    if (frame == 61) marker = {marker.id, marker.frame, "She turns", "Hold the second reference here; the wall behind her gets brighter.", core::MarkerColour::kYellow, marker.extra};
    app::editMarker(studio.document(), shot->id, marker);
  }
}

/// Renders the shot, so that takes and queue have something to show.
void renderOnce(Studio& studio) {
  studio.actions().render->trigger();
  if (!waitUntil([&studio] { return !studio.ledger().takes().empty(); }, 400000)) std::fprintf(stderr, "the render did not end in time\n");
  turnFor(300);
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
    const auto* scroll = studio.inspector().currentWidget()->findChild<QScrollArea*>();
    if (!scroll) scroll = qobject_cast<QScrollArea*>(studio.inspector().currentWidget());
    QWidget& whole = scroll ? *scroll->widget() : studio.inspector();  // with what is scrolled out of sight
    shooter.shoot(whole, QStringLiteral("inspector-") + pages[i]);
  }
  for (const char* name : {"queue", "history", "messages", "scopes", "curves", "markers", "takes"}) {
    QDockWidget* dock = studio.dock(QString::fromLatin1(name));
    dock->raise();
    shooter.shoot(*dock, QStringLiteral("panel-") + QString::fromLatin1(name));
  }
  studio.dock("media")->raise();
  shooter.shoot(*studio.dock("media"), "panel-media");
  studio.actions().mediaTable->setChecked(true);
  shooter.shoot(*studio.dock("media"), "panel-media-list");
  studio.actions().mediaTable->setChecked(false);
  const auto settled = [&studio] { return !studio.viewerController().isWaiting(); };
  studio.actions().viewMatte->trigger();
  waitUntil(settled, 30000);
  turnFor(400);
  shooter.shoot(studio.viewer(), "viewer-matte");
  studio.actions().viewPlate->trigger();
  studio.actions().compareWipe->trigger();
  waitUntil(settled, 30000);
  turnFor(800);
  shooter.shoot(studio.viewer(), "viewer-wipe");
  studio.actions().compareSingle->trigger();
  studio.actions().viewComposite->trigger();
  const auto& held = studio.timelineModel().held();
  if (!waitUntil([&] { return !held.empty() && held.front().length() == studio.playback().frames(); }, 120000))
    std::fprintf(stderr, "the pictures were not made in time\n");
  turnFor(600);
  shooter.shoot(studio, "editor-composite");
}

/// The camera's curve with keyframes set by hand, in a window of its own.
void shootKeyframes(Studio& studio, Shooter& shooter) {
  const core::Shot* shot = studio.document().currentShot();
  const auto& frames = studio.timelineModel().camera().frames;
  if (!shot) return;
  std::vector<core::CameraKey> keys;
  for (const std::size_t frame : {12u, 44u, 80u}) {
    const app::CameraFacts at = frame < frames.size() ? frames[frame] : app::CameraFacts();
    keys.push_back({{static_cast<std::int64_t>(frame)}, at.pan + (frame == 44 ? 60.0 : 0.0), at.tilt, at.zoom, at.roll});
  }
  app::addCameraKeys(studio.document(), shot->id, keys, QStringLiteral("Keys"));
  QDockWidget* dock = studio.dock("curves");
  dock->setFloating(true);
  dock->resize(720, 380);
  dock->show();
  auto* curves = dock->findChild<CameraCurves*>();
  curves->setFocus();
  QTest::keyClick(curves, Qt::Key_Tab);
  QTest::keyClick(curves, Qt::Key_Tab);
  shooter.shoot(*dock, "curves-keyframes");
  // All of them over time, with two polygons.
  const auto garbage = app::addShape(studio.document(), shot->id, core::MatteOperation::kSubtract, {{0.02, 0.1}, {0.2, 0.1}, {0.1, 0.6}}, {8});
  app::setShape(studio.document(), shot->id, *garbage, {70}, {{0.3, 0.1}, {0.5, 0.1}, {0.4, 0.6}}, QStringLiteral("Move polygon"));
  const auto keep = app::addShape(studio.document(), shot->id, core::MatteOperation::kIntersect, {{0.1, 0.1}, {0.9, 0.1}, {0.5, 0.9}}, {0});
  for (const std::int64_t frame : {30, 50}) app::addShapeKey(studio.document(), shot->id, *keep, {frame});
  app::setInterpolation(studio.document(), shot->id, studio.catalog().rangeOf(*shot), {{*keep, 30}, {{}, 12}}, core::KeyInterpolation::kHold);
  dock->findChild<CurvesPanel*>()->setKind(CurveKind::kKeyframes);
  turnFor(50);
  auto* sheet = dock->findChild<KeyframeSheet*>();
  sheet->setFocus();
  sheet->select({{*garbage, 70}});
  shooter.shoot(*dock, "curves-all-keyframes");
  dock->findChild<CurvesPanel*>()->setKind(CurveKind::kCamera);
  dock->setFloating(false);
}

void shootDialogs(Studio& studio, Shooter& shooter) {
  const core::Shot* shot = studio.document().currentShot();
  if (!shot) return;
  ExportDialog exporting(studio.document(), studio.catalog(), studio.colours(), studio.ledger(), *shot, {}, &studio);
  exporting.show();
  shooter.shoot(exporting, "dialog-export");
  exporting.hide();
  ShortcutsDialog keys(studio.actions(), &studio);
  keys.show();
  shooter.shoot(keys, "dialog-shortcuts");
  keys.hide();
  CommandFinder finder(studio.actions(), &studio);
  finder.show();
  if (auto* words = finder.findChild<QLineEdit*>()) words->setText(QStringLiteral("key"));
  shooter.shoot(finder, "dialog-find-command");
  finder.hide();
  ColourDialog colour(studio.document(), studio.colours(), &studio);
  colour.select({shot->plate});
  colour.show();
  turnFor(600);
  shooter.shoot(colour, "dialog-colour");
  colour.hide();
  PreferencesDialog preferences({}, &studio);
  preferences.show();
  turnFor(200);
  shooter.shoot(preferences, "dialog-preferences");
  preferences.hide();
  PropertiesDialog properties(studio.document(), studio.catalog(), &studio);
  properties.setMedia(shot->plate);
  properties.show();
  turnFor(300);
  for (QTreeWidgetItemIterator row(properties.findChild<QTreeWidget*>()); *row; ++row)
    if ((*row)->text(1).startsWith(QLatin1Char('/'))) (*row)->setText(1, QStringLiteral("/home/editor/film"));  // not where this run keeps it
  shooter.shoot(properties, "dialog-properties");
  properties.hide();
  MarkerDialog marker(shot->markers.back(), studio.timelineModel().timecode(61), &studio);
  marker.show();
  shooter.shoot(marker, "dialog-marker");
  marker.hide();
  if (auto* display = studio.viewer().findChild<DisplayPanel*>()) {
    auto* menu = qobject_cast<QMenu*>(display->parentWidget());
    if (menu) menu->popup(QPoint(200, 200));
    shooter.shoot(*display, "panel-display");
    if (menu) menu->close();
  }
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

/// What to do about files that are not where they were. Last: nothing is drawn without them.
void shootMissing(Studio& studio, Shooter& shooter) {
  studio.document().editProject(QStringLiteral("Lose"), [](core::Project& project) {
    for (core::Media& media : project.media)
      if (media.kind == core::MediaKind::kImage) media.path = "/home/editor/stills/" + media.name;
  });
  RelinkDialog relink(studio.document(), studio.catalog(), &studio);
  relink.show();
  turnFor(500);
  shooter.shoot(relink, "dialog-relink");
  relink.hide();
}

}  // namespace
}  // namespace pai::ui

int main(int argc, char** argv) {
  QDir home(QDir::temp().filePath(QStringLiteral("pai-studio")));  // the same in every run: pictures show it
  home.removeRecursively();
  qputenv("XDG_CONFIG_HOME", home.filePath("config").toUtf8());
  qputenv("PAI_CACHE_DIR", home.filePath("cache").toUtf8());
  home.mkpath("config");
  if (QFile places(home.filePath("config/user-dirs.dirs")); places.open(QIODevice::WriteOnly))
    for (const char* kind : {"documents", "videos"})
      places.write("XDG_" + QByteArray(kind).toUpper() + "_DIR=\"" + home.filePath(kind).toUtf8() + "\"\n");
  if (!qEnvironmentVariableIsSet("PAI_LANGUAGE")) qputenv("PAI_LANGUAGE", "C");
  QApplication application(argc, argv);
  if (argc < 2) return std::fprintf(stderr, "usage: screenshots FOLDER [PROJECT]\n"), 2;
  pai::ui::applyTheme();
  pai::ui::installTranslations(application);
  const QString suffix = qEnvironmentVariable("PAI_SCREENSHOT_SUFFIX");
  pai::ui::Shooter shooter{QDir(QString::fromLocal8Bit(argv[1])), suffix};
  QDir().mkpath(shooter.folder.path());
  const QString project = argc > 2 ? QFileInfo(QString::fromLocal8Bit(argv[2])).absoluteFilePath() : QString();
  pai::ui::StudioOptions options;
  options.workerPath = QStringLiteral(PAI_BIN_DIR "/pai-worker");
  pai::ui::Studio studio(std::move(options));
  const QStringList size = qEnvironmentVariable("PAI_SCREENSHOT_SIZE", QStringLiteral("1600x960")).split(QLatin1Char('x'));
  studio.resize(size.front().toInt(), size.back().toInt());
  studio.show();
  shooter.shoot(studio, "welcome");
  if (project.isEmpty()) studio.actions().openSample->trigger();
  else studio.openWhenShown(project);
  pai::ui::settle(studio);
  pai::ui::editALittle(studio);
  pai::ui::renderOnce(studio);
  pai::ui::shootPages(studio, shooter);
  pai::ui::shootDialogs(studio, shooter);
  pai::ui::shootKeyframes(studio, shooter);
  pai::ui::shootMissing(studio, shooter);
  studio.document().undoStack().clear();
  studio.document().markSaved();
  home.removeRecursively();
  std::printf("%d pictures in %s\n", shooter.written, qPrintable(shooter.folder.path()));
  return shooter.written > 0 ? 0 : 1;
}

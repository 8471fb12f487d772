// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/actions.h"

#include <QActionGroup>
#include <QRegularExpression>
#include <QSettings>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

QActionGroup* exclusive(QObject* parent, const std::vector<QAction*>& actions) {
  auto* group = new QActionGroup(parent);
  for (QAction* action : actions) group->addAction(action);
  actions.front()->setChecked(true);
  return group;
}

}  // namespace

QString plainText(QString text) {
  static const QRegularExpression behind(QStringLiteral(" ?\\(&.\\)"));  // where the letters of the menus stand behind the words
  return text.remove(behind).remove(QLatin1Char('&')).remove(QStringLiteral("…"));
}

QString nameOf(const QAction& action) { return plainText(action.property("name").toString()); }

QString toolTipOf(const QAction& action) {
  QString text = plainText(action.text());
  if (!action.shortcut().isEmpty())
    text += QStringLiteral("  (%1)").arg(action.shortcut().toString(QKeySequence::NativeText));
  return text;
}

Actions::Actions(QObject* parent) : QObject(parent) {
  addProject();
  addEdit();
  addTransport();
  addView();
  addTimeline();
  addRest();
  for (QAction* action : m_all) action->setProperty("default", action->shortcut().toString());
  loadShortcuts();
}

QAction* Actions::add(const char* id, const QString& text, const char* iconName, const QKeySequence& shortcut) {
  auto* action = new QAction(text, this);
  action->setObjectName(QString::fromLatin1(id));
  action->setProperty("name", text);
  if (iconName) action->setIcon(icon(QString::fromLatin1(iconName)));
  action->setShortcut(shortcut);
  action->setToolTip(toolTipOf(*action));
  connect(action, &QAction::changed, action, [action] {
    const QString tip = toolTipOf(*action);
    if (action->toolTip() != tip) action->setToolTip(tip);
  });
  m_all.push_back(action);
  return action;
}

QAction* Actions::addChoice(const char* id, const QString& text, const char* iconName, const QKeySequence& shortcut) {
  QAction* action = add(id, text, iconName, shortcut);
  action->setCheckable(true);
  return action;
}

void Actions::addProject() {
  newProject = add("project.new", tr("&New project"), "new", QKeySequence::New);
  open = add("project.open", tr("&Open…"), "open", QKeySequence::Open);
  openSample = add("project.sample", tr("Open the &sample"), "clip");
  save = add("project.save", tr("&Save"), "save", QKeySequence::Save);
  saveAs = add("project.save-as", tr("Save &as…"), nullptr, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S));
  collect = add("project.collect", tr("&Collect into one folder…"), nullptr);
  relinkMissing = add("project.relink", tr("Re&link missing media…"), "offline");
  colour = add("project.colour", tr("Co&lour…"), "display");
  importMedia = add("media.import", tr("&Import media…"), "import", QKeySequence(Qt::CTRL | Qt::Key_I));
  mediaTable = addChoice("media.table", tr("Media as a list with columns"), "list");
  mediaProperties = add("media.properties", tr("Media &properties…"), "info", QKeySequence(Qt::ALT | Qt::Key_Return));
  exportShot = add("project.export", tr("&Export…"), "export", QKeySequence(Qt::CTRL | Qt::Key_E));
  quit = add("program.quit", tr("&Quit"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_Q));
}

void Actions::addEdit() {
  undo = add("edit.undo", tr("&Undo"), "undo", QKeySequence::Undo);
  redo = add("edit.redo", tr("&Redo"), "redo", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z));
  undo->setEnabled(false);
  redo->setEnabled(false);
  removeReference = add("edit.remove", tr("Remove &reference"), "trash", QKeySequence::Delete);
  splitShot = add("edit.split", tr("&Split shot at the playhead"), "split-shot", QKeySequence(Qt::CTRL | Qt::Key_B));
  trimBegin = add("edit.trim-begin", tr("Trim the shot's &beginning to the playhead"), nullptr, QKeySequence(Qt::Key_BracketLeft));
  trimEnd = add("edit.trim-end", tr("Trim the shot's &end to the playhead"), nullptr, QKeySequence(Qt::Key_BracketRight));
  shotEarlier = add("edit.shot-earlier", tr("Move shot ear&lier"), nullptr, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Left));
  shotLater = add("edit.shot-later", tr("Move shot la&ter"), nullptr, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Right));
  removeShot = add("edit.remove-shot", tr("Remove s&hot"), "trash", QKeySequence(Qt::CTRL | Qt::Key_Delete));
  preferences = add("edit.preferences", tr("Prefere&nces…"), "settings", QKeySequence(Qt::CTRL | Qt::Key_Comma));
  shortcuts = add("edit.shortcuts", tr("&Keyboard shortcuts…"), nullptr, QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_K));
}

void Actions::addTransport() {
  play = add("play.toggle", tr("&Play or pause"), "play", QKeySequence(Qt::Key_Space));
  playBackward = add("play.backward", tr("Play &backward, faster"), nullptr, QKeySequence(Qt::Key_J));
  pause = add("play.pause", tr("P&ause"), "pause", QKeySequence(Qt::Key_K));
  playForward = add("play.forward", tr("Play &forward, faster"), nullptr, QKeySequence(Qt::Key_L));
  stepBack = add("play.step-back", tr("Step back"), "step-back", QKeySequence(Qt::Key_Left));
  stepForward = add("play.step-forward", tr("Step forward"), "step-forward", QKeySequence(Qt::Key_Right));
  goBegin = add("play.begin", tr("Go to the beginning"), "go-begin", QKeySequence(Qt::Key_Home));
  goEnd = add("play.end", tr("Go to the end"), "go-end", QKeySequence(Qt::Key_End));
  typePosition = add("play.type-position", tr("Go to a timecode or frame…"), nullptr, QKeySequence(Qt::SHIFT | Qt::Key_T));
  loop = addChoice("play.loop", tr("Loop"), "loop", QKeySequence(Qt::CTRL | Qt::Key_L));
  loop->setChecked(true);
  mute = addChoice("play.mute", tr("Mute the sound"), "audio", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M));
  meters = addChoice("play.meters", tr("Sound meters"), "meters", QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_M));
  meters->setChecked(true);
  markIn = add("play.mark-in", tr("Mark in"), "mark-in", QKeySequence(Qt::Key_I));
  markOut = add("play.mark-out", tr("Mark out"), "mark-out", QKeySequence(Qt::Key_O));
  clearMarks = add("play.clear-marks", tr("Clear in and out"), nullptr, QKeySequence(Qt::ALT | Qt::Key_X));
}

void Actions::addView() {
  viewPlate = addChoice("view.plate", tr("Plate"), "plate", QKeySequence(Qt::Key_1));
  viewMatte = addChoice("view.matte", tr("Matte"), "matte", QKeySequence(Qt::Key_2));
  viewComposite = addChoice("view.composite", tr("Composite"), "composite", QKeySequence(Qt::Key_3));
  viewTake = addChoice("view.take", tr("Take"), "take", QKeySequence(Qt::Key_4));
  viewBackground = addChoice("view.background", tr("Background"), "image", QKeySequence(Qt::Key_5));
  viewForeground = addChoice("view.foreground", tr("Relit foreground"), "light", QKeySequence(Qt::Key_6));
  exclusive(this, {viewPlate, viewMatte, viewComposite, viewTake, viewBackground, viewForeground});
  compareSingle = addChoice("compare.single", tr("One picture"), "single", QKeySequence(Qt::Key_F5));
  compareWipe = addChoice("compare.wipe", tr("Wipe"), "wipe", QKeySequence(Qt::Key_F6));
  compareSplit = addChoice("compare.split", tr("Side by side"), "split", QKeySequence(Qt::Key_F7));
  compareDifference = addChoice("compare.difference", tr("Difference"), "difference", QKeySequence(Qt::Key_F8));
  exclusive(this, {compareSingle, compareWipe, compareSplit, compareDifference});
  fitView = add("view.fit", tr("Fit the picture"), "fit", QKeySequence(Qt::Key_F));
  zoomPixels = add("view.pixels", tr("Zoom to pixels"), "zoom-in", QKeySequence(Qt::CTRL | Qt::Key_1));
  zoomViewIn = add("view.zoom-in", tr("Zoom in"), "zoom-in", QKeySequence::ZoomIn);
  zoomViewOut = add("view.zoom-out", tr("Zoom out"), "zoom-out", QKeySequence::ZoomOut);
  safeAreas = addChoice("view.safe-areas", tr("Safe areas"), "overlay", QKeySequence(Qt::ALT | Qt::Key_S));
}

void Actions::addTimeline() {
  fitTimeline = add("timeline.fit", tr("Fit the timeline"), "fit", QKeySequence(Qt::SHIFT | Qt::Key_Z));
  zoomTimelineIn = add("timeline.zoom-in", tr("Zoom the timeline in"), "zoom-in", QKeySequence(Qt::Key_Plus));
  zoomTimelineOut = add("timeline.zoom-out", tr("Zoom the timeline out"), "zoom-out", QKeySequence(Qt::Key_Minus));
  snapping = addChoice("timeline.snapping", tr("Snapping"), "snap", QKeySequence(Qt::Key_N));
  snapping->setChecked(true);
  previousReference = add("timeline.previous-reference", tr("Go to the previous reference"), "up", QKeySequence(Qt::Key_Up));
  nextReference = add("timeline.next-reference", tr("Go to the next reference"), "down", QKeySequence(Qt::Key_Down));
  addMarker = add("timeline.add-marker", tr("Set a marker, or open the one here"), "marker", QKeySequence(Qt::Key_M));
  editMarker = add("timeline.edit-marker", tr("Edit the marker here…"), nullptr, QKeySequence(Qt::SHIFT | Qt::Key_M));
  removeMarker = add("timeline.remove-marker", tr("Remove the marker here"), nullptr, QKeySequence(Qt::ALT | Qt::Key_M));
  previousMarker = add("timeline.previous-marker", tr("Go to the previous marker"), "up", QKeySequence(Qt::SHIFT | Qt::Key_Up));
  nextMarker = add("timeline.next-marker", tr("Go to the next marker"), "down", QKeySequence(Qt::SHIFT | Qt::Key_Down));
  typeFrame = add("timeline.type-frame", tr("Type the reference's frame"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_G));
  separateReferences = add("timeline.separate-references", tr("Separate references that share a slot"), nullptr, QKeySequence(Qt::ALT | Qt::Key_G));
  referenceHere = add("timeline.reference-here", tr("Place the selected media at the playhead"), "reference",
                      QKeySequence(Qt::Key_R));
  cameraKeyHere = add("timeline.camera-key", tr("Set a camera keyframe here"), "keyframe", QKeySequence(Qt::SHIFT | Qt::Key_K));
  keySmooth = addChoice("keyframe.smooth", tr("Keyframe: smooth"), "key-smooth", QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_1));
  keyLinear = addChoice("keyframe.linear", tr("Keyframe: linear"), "keyframe", QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_2));
  keyHold = addChoice("keyframe.hold", tr("Keyframe: hold until the next"), "key-hold", QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_3));
  frameReference = addChoice("timeline.frame-reference", tr("Frame the selected reference in the viewer"), "overlay", QKeySequence(Qt::Key_G));
  drawGarbage = add("matte.draw-garbage", tr("Draw a garbage polygon"), "shape", QKeySequence(Qt::SHIFT | Qt::Key_G));
  drawKeep = add("matte.draw-keep", tr("Draw a keep polygon"), "shape", QKeySequence(Qt::SHIFT | Qt::Key_H));
  drawRegion = add("takes.draw-region", tr("Draw a region for splicing takes"), "shape", QKeySequence(Qt::SHIFT | Qt::Key_R));
  markReviewed = add("matte.reviewed", tr("Mark in to out as reviewed, or not"), "check", QKeySequence(Qt::CTRL | Qt::Key_M));
}

void Actions::addRest() {
  render = add("render.queue", tr("&Render"), "render", QKeySequence(Qt::CTRL | Qt::Key_R));
  spliceTake = add("takes.splice", tr("Splice the selected take into another…"), "splice", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P));
  refinishTake = add("takes.refinish", tr("Finish the selected take again"), "refinish", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R));
  workspaceEdit = addChoice("workspace.edit", tr("Workspace: &References"), "reference", QKeySequence(Qt::ALT | Qt::Key_1));
  workspaceMatte = addChoice("workspace.matte", tr("Workspace: &Matte"), "matte", QKeySequence(Qt::ALT | Qt::Key_2));
  workspaceGrade = addChoice("workspace.light", tr("Workspace: &Light"), "light", QKeySequence(Qt::ALT | Qt::Key_3));
  workspaceDeliver = addChoice("workspace.deliver", tr("Workspace: &Takes and delivery"), "export", QKeySequence(Qt::ALT | Qt::Key_4));
  exclusive(this, {workspaceEdit, workspaceMatte, workspaceGrade, workspaceDeliver});
  resetLayout = add("window.reset", tr("Reset the &layout"), nullptr);
  fullScreen = addChoice("window.full-screen", tr("&Full screen"), "fit", QKeySequence(Qt::Key_F11));
  nextPanel = add("window.next-panel", tr("Go to the next panel"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_F6));
  previousPanel = add("window.previous-panel", tr("Go to the previous panel"), nullptr, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F6));
  help = add("help.contents", tr("&Help"), "help", QKeySequence::HelpContents);
  findCommand = add("help.find-command", tr("&Find a command…"), "search", QKeySequence(Qt::Key_F3));
  about = add("help.about", tr("&About PAI-Studio"), "info");
}

QKeySequence Actions::defaultShortcut(const QAction* action) const {
  return QKeySequence(action->property("default").toString());
}

void Actions::loadShortcuts() {
  QSettings settings;
  settings.beginGroup(QStringLiteral("shortcuts"));
  for (QAction* action : m_all)
    if (settings.contains(action->objectName()))
      action->setShortcut(QKeySequence(settings.value(action->objectName()).toString()));
}

void Actions::saveShortcuts() const {
  QSettings settings;
  settings.beginGroup(QStringLiteral("shortcuts"));
  settings.remove(QString());
  for (const QAction* action : m_all)
    if (action->shortcut() != defaultShortcut(action)) settings.setValue(action->objectName(), action->shortcut().toString());
}

}  // namespace pai::ui

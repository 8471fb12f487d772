// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAction>
#include <QObject>

namespace pai::ui {

/// Every command of the editor, by name: menus, buttons and the shortcut editor take them from here. What a command does is
/// connected by the part that does it.
class Actions : public QObject {
  Q_OBJECT
 public:
  explicit Actions(QObject* parent = nullptr);

  QAction *newProject, *open, *openSample, *save, *saveAs, *collect, *relinkMissing, *colour, *importMedia, *mediaTable, *mediaProperties, *exportShot, *quit;
  QAction *undo, *redo, *removeReference, *splitShot, *trimBegin, *trimEnd, *shotEarlier, *shotLater, *removeShot, *shortcuts, *preferences;
  QAction *play, *playBackward, *playForward, *pause, *stepBack, *stepForward, *goBegin, *goEnd, *typePosition, *loop, *mute, *meters, *markIn, *markOut, *clearMarks;
  QAction *viewPlate, *viewMatte, *viewComposite, *viewTake, *viewBackground, *viewForeground;
  QAction *compareSingle, *compareWipe, *compareSplit, *compareDifference;
  QAction *fitView, *zoomPixels, *zoomViewIn, *zoomViewOut, *safeAreas;
  QAction *fitTimeline, *zoomTimelineIn, *zoomTimelineOut, *snapping, *previousReference, *nextReference, *typeFrame, *separateReferences;
  QAction *addMarker, *editMarker, *removeMarker, *previousMarker, *nextMarker;
  QAction *referenceHere, *cameraKeyHere, *keySmooth, *keyLinear, *keyHold, *frameReference, *drawGarbage, *drawKeep, *drawRegion, *markReviewed;
  QAction *render, *spliceTake, *refinishTake;
  QAction *workspaceEdit, *workspaceMatte, *workspaceGrade, *workspaceDeliver;
  QAction *resetLayout, *fullScreen, *nextPanel, *previousPanel, *help, *findCommand, *about;

  /// All of them, in order of menus.
  const std::vector<QAction*>& all() const { return m_all; }
  /// The shortcut an action was made with.
  QKeySequence defaultShortcut(const QAction* action) const;
  /// Reads and writes the user's own shortcuts.
  void loadShortcuts();
  void saveShortcuts() const;

 private:
  QAction* add(const char* id, const QString& text, const char* iconName = nullptr, const QKeySequence& shortcut = {});
  QAction* addChoice(const char* id, const QString& text, const char* iconName, const QKeySequence& shortcut = {});
  void addProject();
  void addEdit();
  void addTransport();
  void addView();
  void addTimeline();
  void addRest();
  std::vector<QAction*> m_all;
};

/// Words of a menu without the letter that opens them, and without dots.
QString plainText(QString text);
/// What a command is called in lists: also while its menu says what it would do ("Undo: …").
QString nameOf(const QAction& action);
/// An action's text without its mnemonic and dots, with its shortcut: for tool tips.
QString toolTipOf(const QAction& action);

}  // namespace pai::ui

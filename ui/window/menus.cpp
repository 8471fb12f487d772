// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/menus.h"

#include <QCoreApplication>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QToolButton>

#include "ui/window/actions.h"

namespace pai::ui {
namespace {

struct Menus {
  Q_DECLARE_TR_FUNCTIONS(Menus)
};

void add(QMenu* menu, std::initializer_list<QAction*> actions) {
  for (QAction* action : actions) action ? menu->addAction(action) : (void)menu->addSeparator();
}

}  // namespace

QMenu* fillMenus(QMenuBar& bar, Actions& a) {
  add(bar.addMenu(Menus::tr("&Project")),
      {a.newProject, a.open, a.openSample, nullptr, a.save, a.saveAs, a.collect, a.relinkMissing, a.colour, nullptr, a.importMedia, a.mediaProperties, a.exportShot, nullptr, a.quit});
  add(bar.addMenu(Menus::tr("&Edit")),
      {a.undo, a.redo, nullptr, a.referenceHere, a.removeReference, a.typeFrame, a.separateReferences, a.frameReference, nullptr, a.cameraKeyHere, a.keySmooth, a.keyLinear, a.keyHold, nullptr, a.drawGarbage, a.drawKeep, a.drawRegion, a.markReviewed,
       nullptr, a.splitShot, a.trimBegin, a.trimEnd, a.shotEarlier, a.shotLater, a.removeShot,
       nullptr, a.shortcuts, a.preferences});
  QMenu* view = bar.addMenu(Menus::tr("&View"));
  add(view, {a.viewPlate, a.viewMatte, a.viewComposite, a.viewTake, a.viewBackground, a.viewForeground, nullptr, a.compareSingle,
             a.compareWipe, a.compareSplit, a.compareDifference, nullptr, a.fitView, a.zoomPixels, a.zoomViewIn, a.zoomViewOut,
             a.safeAreas, nullptr, a.mediaTable, a.colour});
  QMenu* play = bar.addMenu(Menus::tr("&Play"));
  add(play, {a.play, a.playBackward, a.pause, a.playForward, nullptr, a.stepBack, a.stepForward, a.goBegin, a.goEnd, a.typePosition,
             a.previousReference, a.nextReference, nullptr, a.markIn, a.markOut, a.clearMarks, a.loop, a.mute, a.meters});
  add(bar.addMenu(Menus::tr("&Timeline")), {a.addMarker, a.editMarker, a.removeMarker, a.previousMarker, a.nextMarker, nullptr, a.snapping, nullptr, a.fitTimeline, a.zoomTimelineIn, a.zoomTimelineOut});
  add(bar.addMenu(Menus::tr("&Render")), {a.render, nullptr, a.spliceTake, a.refinishTake, nullptr, a.exportShot});
  QMenu* window = bar.addMenu(Menus::tr("&Window"));
  add(bar.addMenu(Menus::tr("&Help")), {a.help, a.findCommand, a.shortcuts, nullptr, a.about});
  return window;
}

void fillWindowMenu(QMenu& menu, Actions& a, const QList<QDockWidget*>& docks) {
  for (QDockWidget* dock : docks)
    if (dock->features().testFlag(QDockWidget::DockWidgetClosable)) menu.addAction(dock->toggleViewAction());
  add(&menu, {nullptr, a.workspaceEdit, a.workspaceMatte, a.workspaceGrade, a.workspaceDeliver, nullptr, a.nextPanel, a.previousPanel, nullptr, a.resetLayout, a.fullScreen});
}

QWidget* makeWorkspaceBar(Actions& a) {
  auto* bar = new QWidget;
  bar->setObjectName(QStringLiteral("workspaceBar"));
  bar->setAccessibleName(Menus::tr("Workspaces"));
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2);
  const std::pair<QAction*, QString> workspaces[]{{a.workspaceEdit, Menus::tr("References")}, {a.workspaceMatte, Menus::tr("Matte")},
                                                  {a.workspaceGrade, Menus::tr("Light")}, {a.workspaceDeliver, Menus::tr("Takes and delivery")}};
  for (const auto& [action, words] : workspaces) {
    auto* button = new QToolButton;
    action->setIconText(words);
    button->setDefaultAction(action);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIconSize(QSize(16, 16));
    button->setAccessibleName(nameOf(*action));
    layout->addWidget(button);
  }
  return bar;
}

QWidget* makeTimelineBar(Actions& a) {
  auto* bar = new QWidget;
  bar->setProperty("role", "bar");
  bar->setAttribute(Qt::WA_StyledBackground);
  auto* layout = new QHBoxLayout(bar);
  layout->addStrut(32);  // a dock asks for the hint alone: a fixed height would cover the timeline's top
  layout->setContentsMargins(12, 0, 8, 0);
  layout->setSpacing(2);
  auto* title = new QLabel(Menus::tr("Timeline"));
  title->setProperty("role", "section");
  layout->addWidget(title);
  layout->addStretch(1);
  for (QAction* action : {a.referenceHere, a.cameraKeyHere, a.addMarker, a.splitShot, a.snapping, a.zoomTimelineOut, a.zoomTimelineIn, a.fitTimeline}) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setFocusPolicy(Qt::TabFocus);
    button->setIconSize(QSize(16, 16));
    button->setAccessibleName(plainText(action->text()));
    layout->addWidget(button);
  }
  return bar;
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

class QDockWidget;
class QMenu;
class QMenuBar;
class QWidget;

namespace pai::ui {

class Actions;

/// Fills the menu bar; gives the Window menu, which lists the docks once they are there.
QMenu* fillMenus(QMenuBar& bar, Actions& actions);
void fillWindowMenu(QMenu& menu, Actions& actions, const QList<QDockWidget*>& docks);
/// The workspaces side by side, for the status bar.
QWidget* makeWorkspaceBar(Actions& actions);
/// The narrow bar above the timeline.
QWidget* makeTimelineBar(Actions& actions);

}  // namespace pai::ui

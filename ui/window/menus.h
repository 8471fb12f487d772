// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

class QDockWidget;
class QMenuBar;
class QWidget;

namespace pai::ui {

class Actions;

/// Fills the menu bar; `docks` are listed under Window.
void fillMenus(QMenuBar& bar, Actions& actions, const QList<QDockWidget*>& docks);
/// The narrow bar above the timeline.
QWidget* makeTimelineBar(Actions& actions);

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

class QMenuBar;
class QToolButton;

namespace pai::ui {

class Actions;

/// Import, render and export with their names, then undo, redo and save, for the end of the menu bar. The names give way where the
/// menus leave no room for them.
class ProjectBar : public QWidget {
  Q_OBJECT
 public:
  ProjectBar(Actions& actions, QMenuBar& menus);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QToolButton* add(QAction& action);
  void fit();
  void setNamed(bool named);
  QMenuBar& m_menus;
  std::vector<QToolButton*> m_buttons;
  std::vector<QToolButton*> m_named;
};

}  // namespace pai::ui

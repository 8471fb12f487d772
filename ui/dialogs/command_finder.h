// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QAction;
class QLabel;
class QLineEdit;
class QTreeWidget;

namespace pai::ui {

class Actions;

/// Finds a command by a few letters of its words or by its keys, and shows its keys: Return or a click gives it up to be run. Commands
/// that can't be run now are dimmed.
class CommandFinder : public QDialog {
  Q_OBJECT
 public:
  explicit CommandFinder(Actions& actions, QWidget* parent = nullptr);
  /// What was chosen; nullptr for nothing.
  QAction* chosen() const { return m_chosen; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void search(const QString& words);
  void choose();

  Actions& m_actions;
  QLineEdit* m_words;
  QTreeWidget* m_list;
  QLabel* m_none;
  QAction* m_chosen = nullptr;
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QAction;
class QKeySequenceEdit;
class QLabel;
class QTreeWidget;

namespace pai::ui {

class Actions;

/// All commands with their keys; each can be changed, two with the same key are named.
class ShortcutsDialog : public QDialog {
  Q_OBJECT
 public:
  explicit ShortcutsDialog(Actions& actions, QWidget* parent = nullptr);

 private:
  QAction* current() const;
  void showKeys();
  void assign(const QKeySequence& keys);

  Actions& m_actions;
  QTreeWidget* m_tree;
  QKeySequenceEdit* m_edit;
  QLabel* m_conflict;
};

}  // namespace pai::ui

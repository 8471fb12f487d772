// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "app/document/take_ledger.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QStackedWidget;
class QToolButton;

namespace pai::ui {

class Actions;

/// Takes of the current shot: look at, compare, note, choose for delivery, go back to their settings.
class TakesPanel : public QWidget {
  Q_OBJECT
 public:
  TakesPanel(app::Document& document, app::TakeLedger& ledger, Actions& actions, QWidget* parent = nullptr);
  /// The take in the list that is selected; empty when none.
  QString selectedTake() const;
  void selectTake(const QString& id);

 signals:
  void takeSelected(const QString& id);
  /// Double-clicked: show it in the viewer.
  void takeShown(const QString& id);
  void revealRequested(const QString& path);

 private:
  void rebuild();
  void showSelected();
  void useSettings();
  /// What can be done with the selected take; what cannot says why.
  void showCommands(const core::Take* take);

  app::Document& m_document;
  app::TakeLedger& m_ledger;
  Actions& m_actions;
  QStackedWidget* m_stack;
  QListWidget* m_list;
  QLabel* m_stale;
  QLineEdit* m_note;
  QToolButton *m_choose, *m_use, *m_reveal;
};

}  // namespace pai::ui

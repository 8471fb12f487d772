// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/shortcuts_dialog.h"

#include <map>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"
#include "ui/window/actions.h"

namespace pai::ui {

ShortcutsDialog::ShortcutsDialog(Actions& actions, QWidget* parent) : QDialog(parent), m_actions(actions) {
  setWindowTitle(tr("Keyboard shortcuts"));
  resize(560, 620);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  auto* search = new QLineEdit;
  search->setPlaceholderText(tr("Search commands or keys"));
  search->setAccessibleName(search->placeholderText());
  layout->addWidget(search);
  m_tree = new QTreeWidget;
  m_tree->setHeaderLabels({tr("Command"), tr("Keys"), tr("Conflict")});
  m_tree->setRootIsDecorated(false);
  m_tree->header()->setStretchLastSection(false);
  m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_tree->header()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
  m_tree->setAccessibleName(tr("Commands"));
  layout->addWidget(m_tree, 1);
  m_conflict = hint({});
  layout->addWidget(m_conflict);
  auto* row = new QHBoxLayout;
  m_edit = new QKeySequenceEdit;
  m_edit->setAccessibleName(tr("New keys"));
  auto* set = new QPushButton(tr("Assign"));
  auto* clear = new QPushButton(tr("None"));
  auto* preset = new QPushButton(tr("Default"));
  row->addWidget(m_edit, 1);
  row->addWidget(set);
  row->addWidget(clear);
  row->addWidget(preset);
  layout->addLayout(row);
  auto* close = new QPushButton(tr("Close"));
  layout->addWidget(close, 0, Qt::AlignRight);
  for (QAction* action : actions.all()) {
    auto* item = new QTreeWidgetItem(m_tree, {nameOf(*action)});
    item->setData(0, Qt::UserRole, QVariant::fromValue<QObject*>(action));
  }
  showKeys();
  connect(search, &QLineEdit::textChanged, this, [this](const QString& text) {
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
      QTreeWidgetItem* item = m_tree->topLevelItem(i);
      item->setHidden(!item->text(0).contains(text, Qt::CaseInsensitive) && !item->text(1).contains(text, Qt::CaseInsensitive));
    }
  });
  connect(m_tree, &QTreeWidget::currentItemChanged, this, [this] {
    if (const QAction* action = current()) m_edit->setKeySequence(action->shortcut());
  });
  connect(set, &QPushButton::clicked, this, [this] { assign(m_edit->keySequence()); });
  connect(clear, &QPushButton::clicked, this, [this] { assign({}); });
  connect(preset, &QPushButton::clicked, this, [this] {
    if (const QAction* action = current()) assign(m_actions.defaultShortcut(action));
  });
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
}

QAction* ShortcutsDialog::current() const {
  const QTreeWidgetItem* item = m_tree->currentItem();
  return item ? qobject_cast<QAction*>(item->data(0, Qt::UserRole).value<QObject*>()) : nullptr;
}

void ShortcutsDialog::assign(const QKeySequence& keys) {
  QAction* action = current();
  if (!action) return;
  action->setShortcut(keys);
  m_actions.saveShortcuts();
  showKeys();
}

void ShortcutsDialog::showKeys() {
  std::map<QString, int> used;
  for (const QAction* action : m_actions.all())
    if (!action->shortcut().isEmpty()) ++used[action->shortcut().toString()];
  QStringList conflicts;
  for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
    QTreeWidgetItem* item = m_tree->topLevelItem(i);
    const auto* action = qobject_cast<QAction*>(item->data(0, Qt::UserRole).value<QObject*>());
    item->setText(1, action->shortcut().toString(QKeySequence::NativeText));
    const bool twice = used[action->shortcut().toString()] > 1 && !action->shortcut().isEmpty();
    item->setText(2, twice ? tr("also used elsewhere") : QString());
    if (twice) conflicts << item->text(0);
  }
  m_conflict->setText(conflicts.isEmpty() ? QString() : tr("Same keys: %1").arg(conflicts.join(QStringLiteral(", "))));
  m_conflict->setVisible(!conflicts.isEmpty());
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/command_finder.h"

#include <algorithm>

#include <QAction>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/inspector/controls.h"
#include "ui/theme/theme.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

QString keysOf(const QAction& action) { return action.shortcut().toString(QKeySequence::NativeText); }

/// How well words fit a command: 0 when its name begins with them, more where they stand later in it, in its keys or in its
/// identifier, whose English words find it in any language; -1 for not at all.
int distanceOf(const QAction& action, const QStringList& words) {
  const QString name = nameOf(action), others = keysOf(action) + QLatin1Char(' ') + action.objectName();
  int distance = 0;
  for (const QString& word : words) {
    const auto at = static_cast<int>(name.indexOf(word, 0, Qt::CaseInsensitive));
    if (at < 0 && !others.contains(word, Qt::CaseInsensitive)) return -1;
    const bool begins = at == 0 || (at > 0 && !name[at - 1].isLetter());
    distance += at == 0 ? 0 : begins ? 1 : at > 0 ? 2 : 3;
  }
  return distance;
}

}  // namespace

CommandFinder::CommandFinder(Actions& actions, QWidget* parent) : QDialog(parent), m_actions(actions), m_words(new QLineEdit), m_list(new QTreeWidget) {
  setWindowTitle(tr("Find a command"));
  resize(520, 420);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(8);
  m_words->setPlaceholderText(tr("A word of the command, or its keys"));
  m_words->setAccessibleName(tr("Find a command"));
  m_words->setClearButtonEnabled(true);
  m_words->addAction(icon(QStringLiteral("search"), colour::kFaint), QLineEdit::LeadingPosition);
  m_words->installEventFilter(this);
  m_list->setHeaderHidden(true);
  m_list->setColumnCount(2);
  m_list->setRootIsDecorated(false);
  m_list->setUniformRowHeights(true);
  m_list->setAllColumnsShowFocus(true);
  m_list->header()->setStretchLastSection(false);
  m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_list->setAccessibleName(tr("Commands"));
  m_none = hint(tr("No command has these words."));
  m_none->setAlignment(Qt::AlignCenter);
  layout->addWidget(m_words);
  layout->addWidget(m_list, 1);
  layout->addWidget(m_none, 1);
  connect(m_words, &QLineEdit::textChanged, this, &CommandFinder::search);
  connect(m_words, &QLineEdit::returnPressed, this, &CommandFinder::choose);
  connect(m_list, &QTreeWidget::itemClicked, this, &CommandFinder::choose);
  search({});
  m_words->setFocus();
}

void CommandFinder::search(const QString& text) {
  const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  std::vector<std::pair<int, QAction*>> found;
  for (QAction* action : m_actions.all()) {
    const int distance = distanceOf(*action, words);
    if (distance >= 0) found.emplace_back(distance, action);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  m_list->clear();
  for (const auto& [distance, action] : found) {
    auto* item = new QTreeWidgetItem(m_list, {nameOf(*action), keysOf(*action)});
    item->setIcon(0, action->icon());
    item->setData(0, Qt::UserRole, QVariant::fromValue<QObject*>(action));
    if (action->isEnabled()) item->setForeground(1, QColor::fromRgb(colour::kDim));
    item->setDisabled(!action->isEnabled());
  }
  m_list->setVisible(!found.empty());
  m_none->setVisible(found.empty());
  if (!found.empty()) m_list->setCurrentItem(m_list->topLevelItem(0));
}

void CommandFinder::choose() {
  const QTreeWidgetItem* item = m_list->currentItem();
  auto* action = item ? qobject_cast<QAction*>(item->data(0, Qt::UserRole).value<QObject*>()) : nullptr;
  if (!action || !action->isEnabled()) return;
  m_chosen = action;
  accept();
}

bool CommandFinder::eventFilter(QObject* watched, QEvent* event) {
  // The list is walked from the line that is typed in.
  if (watched == m_words && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown) {
      const int rows = m_list->topLevelItemCount(), now = m_list->indexOfTopLevelItem(m_list->currentItem());
      const int by = key == Qt::Key_Up ? -1 : key == Qt::Key_Down ? 1 : key == Qt::Key_PageUp ? -10 : 10;
      if (rows > 0) m_list->setCurrentItem(m_list->topLevelItem(std::clamp(now + by, 0, rows - 1)));
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

}  // namespace pai::ui

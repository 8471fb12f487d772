// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/project_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QToolButton>

#include "ui/theme/theme.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kButtonSpacing = 2;
constexpr int kGroupSpacing = 3 * kGrid;

}  // namespace

ProjectBar::ProjectBar(Actions& a, QMenuBar& menus) : m_menus(menus) {
  setObjectName(QStringLiteral("projectBar"));
  setAccessibleName(tr("Import, render, export, undo, redo, save"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 8, 2);  // words stand as high as the menus'
  layout->setSpacing(kButtonSpacing);
  a.importMedia->setIconText(tr("Import"));
  a.render->setIconText(tr("Render"));
  a.exportShot->setIconText(tr("Export"));
  for (QAction* action : {a.importMedia, a.render, a.exportShot}) m_named.push_back(add(*action));
  layout->addSpacing(kGroupSpacing);
  for (QAction* action : {a.undo, a.redo, a.save}) add(*action);
  m_menus.installEventFilter(this);
}

QToolButton* ProjectBar::add(QAction& action) {
  auto* button = new QToolButton;
  button->setDefaultAction(&action);
  button->setFocusPolicy(Qt::TabFocus);
  button->setIconSize(QSize(16, 16));
  // A reader hears what would be undone.
  const auto name = [button, &action] { button->setAccessibleName(plainText(action.text())); };
  connect(&action, &QAction::changed, button, name);
  name();
  layout()->addWidget(button);
  m_buttons.push_back(button);
  return button;
}

bool ProjectBar::eventFilter(QObject* watched, QEvent* event) {
  if (watched == &m_menus && event->type() == QEvent::Resize) fit();  // before the menus are laid out in the new width
  return QWidget::eventFilter(watched, event);
}

/// Asks the buttons and not the layout, which leaves out what is not shown yet.
void ProjectBar::fit() {
  QRect menus;
  for (QAction* menu : m_menus.actions()) menus |= m_menus.actionGeometry(menu);
  setNamed(true);
  int needed = menus.width() + kGroupSpacing + layout()->contentsMargins().right() + 4 * kGrid;
  for (const QToolButton* button : m_buttons) needed += button->sizeHint().width() + kButtonSpacing;
  setNamed(needed <= m_menus.width());
}

void ProjectBar::setNamed(bool named) {
  for (QToolButton* button : m_named) button->setToolButtonStyle(named ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  layout()->invalidate();
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/panel_walk.h"

#include <algorithm>

#include <QApplication>
#include <QDockWidget>

#include "ui/inspector/inspector.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewer/viewer_panel.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {
namespace {

/// What in a panel takes the keys: itself, or the first in it.
QWidget* firstStop(QWidget& panel) {
  if (panel.focusPolicy() & Qt::TabFocus) return &panel;
  for (QWidget* each = panel.nextInFocusChain(); each != &panel; each = each->nextInFocusChain())
    if (panel.isAncestorOf(each) && each->isVisibleTo(&panel) && each->isEnabled() && (each->focusPolicy() & Qt::TabFocus)) return each;
  return nullptr;
}

}  // namespace

PanelWalk::PanelWalk(Studio& studio) : QObject(&studio), m_studio(studio) {
  connect(studio.actions().nextPanel, &QAction::triggered, this, [this] { go(1); });
  connect(studio.actions().previousPanel, &QAction::triggered, this, [this] { go(-1); });
}

void PanelWalk::go(int direction) {
  QList<QWidget*> panels;
  for (const char* name : {"media", "scopes", "curves", "markers", "takes", "queue", "history", "messages"})
    if (QDockWidget* dock = m_studio.dock(QString::fromLatin1(name)); !dock->visibleRegion().isEmpty()) panels << dock->widget();
  panels << &m_studio.viewer() << &m_studio.inspector() << &m_studio.timeline();
  const QWidget* now = QApplication::focusWidget();
  const auto holds = [now](const QWidget* panel) { return now && (panel == now || panel->isAncestorOf(now)); };
  const auto at = std::find_if(panels.begin(), panels.end(), holds) - panels.begin();
  const auto count = panels.size();
  const auto first = at == count ? (direction > 0 ? 0 : count - 1) : (at + direction + count) % count;
  for (qsizetype i = 0; i < count; ++i) {
    QWidget* panel = panels[(first + i * direction + count * count) % count];
    QWidget* stop = panel == &m_studio.viewer() ? static_cast<QWidget*>(&m_studio.viewer().canvas()) : firstStop(*panel);
    if (stop && stop->isVisible()) return stop->setFocus(Qt::TabFocusReason);
  }
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/focus_keys.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>

namespace pai::ui {

FocusKeys::FocusKeys(QObject* parent) : QObject(parent) { QApplication::instance()->installEventFilter(this); }

bool FocusKeys::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusIn && watched->isWidgetType()) {
    const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
    const bool returns = reason == Qt::ActiveWindowFocusReason || reason == Qt::PopupFocusReason || reason == Qt::MenuBarFocusReason;
    if (!returns) m_clicked = reason == Qt::MouseFocusReason ? static_cast<QWidget*>(watched) : nullptr;
  } else if (event->type() == QEvent::MouseButtonPress && watched->isWidgetType()) {
    if (auto* pressed = static_cast<QWidget*>(watched); pressed->hasFocus()) m_clicked = pressed;
  } else if (event->type() == QEvent::ShortcutOverride && watched != m_clicked) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool takes = qobject_cast<QAbstractButton*>(watched) || qobject_cast<QComboBox*>(watched) || qobject_cast<QAbstractItemView*>(watched);
    if (takes && key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier) event->accept();
  }
  return false;
}

}  // namespace pai::ui

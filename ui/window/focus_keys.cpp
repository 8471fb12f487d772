// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/focus_keys.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QKeyEvent>
#include <QTabBar>
#include <QToolButton>

namespace pai::ui {
namespace {

/// Whether a control is worked by a key that moves.
bool movesBy(const QObject* control, int key) {
  const bool steps = key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown;
  const bool along = key == Qt::Key_Left || key == Qt::Key_Right, ends = key == Qt::Key_Home || key == Qt::Key_End;
  if (qobject_cast<const QAbstractSpinBox*>(control)) return steps;
  if (qobject_cast<const QComboBox*>(control)) return steps || ends;
  if (qobject_cast<const QTabBar*>(control)) return along || ends;
  if (qobject_cast<const QAbstractItemView*>(control) || qobject_cast<const QAbstractSlider*>(control)) return steps || along || ends;
  return false;
}

}  // namespace

FocusKeys::FocusKeys(QObject* parent) : QObject(parent) { QApplication::instance()->installEventFilter(this); }

bool FocusKeys::presses(QObject& watched, const QKeyEvent& key) const {
  auto* button = qobject_cast<QAbstractButton*>(&watched);
  const bool enter = key.key() == Qt::Key_Return || key.key() == Qt::Key_Enter;
  if (!button || (!enter && key.key() != Qt::Key_Space) || (key.modifiers() & ~Qt::KeypadModifier) != Qt::NoModifier) return false;
  // A button that only opens a menu does not do so by keys of its own.
  auto* tool = qobject_cast<QToolButton*>(button);
  const bool menu = tool && tool->popupMode() == QToolButton::InstantPopup;
  if (menu) tool->showMenu();
  // In a dialog Return is the default button's.
  else if (enter && !qobject_cast<QDialog*>(button->window())) button->click();
  else return false;
  return true;
}

bool FocusKeys::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::KeyPress && presses(*watched, *static_cast<QKeyEvent*>(event))) return true;
  if (event->type() == QEvent::FocusIn && watched->isWidgetType()) {
    const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
    const bool returns = reason == Qt::ActiveWindowFocusReason || reason == Qt::PopupFocusReason || reason == Qt::MenuBarFocusReason;
    if (!returns) m_clicked = reason == Qt::MouseFocusReason ? static_cast<QWidget*>(watched) : nullptr;
  } else if (event->type() == QEvent::MouseButtonPress && watched->isWidgetType()) {
    if (auto* pressed = static_cast<QWidget*>(watched); pressed->hasFocus()) m_clicked = pressed;
  } else if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if ((key->modifiers() & ~Qt::KeypadModifier) != Qt::NoModifier) return false;
    const bool clicked = watched == m_clicked;
    const bool takesSpace = qobject_cast<QAbstractButton*>(watched) || qobject_cast<QComboBox*>(watched) || qobject_cast<QAbstractItemView*>(watched);
    // Up and down go through rows and numbers after a click, too; whatever else was clicked leaves them to the playhead.
    const bool keeps = (qobject_cast<QAbstractItemView*>(watched) || qobject_cast<QAbstractSpinBox*>(watched)) && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down);
    const bool own = key->key() == Qt::Key_Space ? takesSpace && !clicked : movesBy(watched, key->key()) && (keeps || !clicked);
    if (own) {
      event->accept();
      return true;
    }
  }
  return false;
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

class QKeyEvent;
class QWidget;

namespace pai::ui {

/// Whose the space bar and the keys that move are: a button's, box's, slider's, number's, tab's or list's that was reached by keys, the
/// window's (play, step, go) after a click on it; but up and down go through rows and numbers after a click, too. Return works a
/// button as the space bar does. One an application; GUI thread.
class FocusKeys : public QObject {
 public:
  explicit FocusKeys(QObject* parent);
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  /// Whether the key works a button that Qt leaves alone: Return on one of the window, either key on one that opens a menu.
  bool presses(QObject& watched, const QKeyEvent& key) const;
  QPointer<QWidget> m_clicked;  // has the focus from the mouse
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace pai::ui {

class Actions;

/// The manual's short form, built in: how a shot goes from plate to delivery, and the keys.
class HelpDialog : public QDialog {
  Q_OBJECT
 public:
  explicit HelpDialog(Actions& actions, QWidget* parent = nullptr);
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "app/document/session.h"

namespace pai::ui {

/// Shows a project as saved and as recovered, side by side, and asks which to open.
class RecoveryDialog : public QDialog {
  Q_OBJECT
 public:
  explicit RecoveryDialog(const app::RecoveryOffer& offer, QWidget* parent = nullptr);
  app::RecoveryChoice choice() const { return m_choice; }

 private:
  QWidget* makeCard(const QString& title, const QDateTime& time, const core::Project& project, const core::Project& other,
                    const QString& button, app::RecoveryChoice choice, bool primary, bool usable);
  app::RecoveryChoice m_choice = app::RecoveryChoice::kCancel;
};

}  // namespace pai::ui

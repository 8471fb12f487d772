// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "app/document/preferences.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace pai::ui {

/// What the user sets for all projects. Takes effect when it is accepted.
class PreferencesDialog : public QDialog {
  Q_OBJECT
 public:
  explicit PreferencesDialog(const app::Preferences& preferences, QWidget* parent = nullptr);
  app::Preferences preferences() const;

 private:
  void showFolder();
  void measure();
  void clearProxies();
  QString folder() const;

  QSpinBox *m_cache, *m_recovery;
  QCheckBox *m_proxies, *m_ahead, *m_preciseTakes, *m_quick;
  QString m_proxyFolder;
  QLabel *m_folder, *m_used;
  QPushButton* m_clear;
};

}  // namespace pai::ui

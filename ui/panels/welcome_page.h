// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace pai::ui {

class Actions;

/// Projects opened before, newest first; kept in the settings.
QStringList recentProjects();
void rememberProject(const QString& path);

/// What is shown without a project: three steps, the sample, recent projects.
class WelcomePage : public QWidget {
  Q_OBJECT
 public:
  explicit WelcomePage(Actions& actions, QWidget* parent = nullptr);
  void refresh();

 signals:
  void projectChosen(const QString& path);

 private:
  QWidget* makeStep(const QString& number, const QString& iconName, const QString& title, const QString& text);
  QVBoxLayout* m_recent;
};

}  // namespace pai::ui

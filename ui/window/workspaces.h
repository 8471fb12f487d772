// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

class QAction;

namespace pai::ui {

class Studio;

/// Layouts per task. Each starts with the panels and the inspector's page that its task needs and keeps what the user changes.
class Workspaces : public QObject {
  Q_OBJECT
 public:
  explicit Workspaces(Studio& studio);

 private:
  struct Task;
  void use(const Task& task);
  void arrange(const Task& task);
  void keep();
  Studio& m_studio;
  QString m_current;
};

}  // namespace pai::ui

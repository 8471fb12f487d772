// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/workspaces.h"

#include <QDockWidget>
#include <QSettings>

#include "ui/inspector/camera_page.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/matte_page.h"
#include "ui/inspector/references_page.h"
#include "ui/inspector/render_page.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {

struct Workspaces::Task {
  QString name;
  QAction* action = nullptr;
  QWidget* page = nullptr;  // of the inspector
  QString raised;           // the dock on top of its tabs
  QAction* view = nullptr;  // what the viewer shows
};

Workspaces::Workspaces(Studio& studio) : QObject(&studio), m_studio(studio), m_current(QStringLiteral("edit")) {
  const Actions& a = studio.actions();
  Inspector& i = studio.inspector();
  const Task tasks[]{{QStringLiteral("edit"), a.workspaceEdit, &i.references(), QStringLiteral("takes"), a.viewPlate},
                     {QStringLiteral("matte"), a.workspaceMatte, &i.matte(), QStringLiteral("scopes"), a.viewMatte},
                     {QStringLiteral("light"), a.workspaceGrade, &i.references(), QStringLiteral("scopes"), a.viewComposite},
                     {QStringLiteral("deliver"), a.workspaceDeliver, &i.render(), QStringLiteral("takes"), a.viewTake}};
  for (const Task& task : tasks) connect(task.action, &QAction::triggered, this, [this, task] { use(task); });
}

void Workspaces::keep() {
  QSettings().setValue(QStringLiteral("workspaces/") + m_current, m_studio.saveState(Studio::kLayoutVersion));
}

void Workspaces::use(const Task& task) {
  if (task.name != m_current) keep();
  m_current = task.name;
  const QByteArray kept = QSettings().value(QStringLiteral("workspaces/") + task.name).toByteArray();
  if (!kept.isEmpty()) m_studio.restoreState(kept, Studio::kLayoutVersion);
  else arrange(task);
  m_studio.inspector().setCurrentWidget(task.page);
  task.view->trigger();
}

void Workspaces::arrange(const Task& task) {
  QDockWidget* dock = m_studio.dock(task.raised);
  dock->show();
  dock->raise();
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/collect.h"

#include <set>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QRegularExpression>
#include <QThreadPool>

#include "app/document/colour_edits.h"
#include "core/base/project_file.h"

namespace pai::app {
namespace {

/// Files of a media path: itself, or the frames of its %0Nd pattern.
QStringList filesOf(const QString& path) {
  static const QRegularExpression number(QStringLiteral("%0?(\\d*)d"));
  const auto match = number.match(QFileInfo(path).fileName());
  if (!match.hasMatch()) return {path};
  QString glob = QFileInfo(path).fileName();
  glob.replace(match.capturedStart(), match.capturedLength(), QString(std::max(1, match.captured(1).toInt()), QLatin1Char('?')));
  QStringList files;
  for (const QFileInfo& file : QFileInfo(path).absoluteDir().entryInfoList({glob}, QDir::Files)) files << file.filePath();
  return files;
}

core::Status copyFile(const QString& from, const QString& to) {
  if (QFileInfo(from) == QFileInfo(to)) return {};
  QFile source(from);
  if (QFile::exists(to) && QFileInfo(to).size() == source.size()) return {};
  if (QFile::exists(to)) return core::Error{core::ErrorCode::kFileUnwritable, "another file of that name is there", to.toStdString(), {}};
  if (source.copy(to)) return {};
  return core::Error{core::ErrorCode::kFileUnwritable, source.errorString().toStdString(), to.toStdString(), {}};
}

core::Status collect(core::Project project, const QString& name, const QDir& folder) {
  if (!folder.mkpath(QStringLiteral("media")))
    return core::Error{core::ErrorCode::kFileUnwritable, "the folder could not be made", folder.path().toStdString(), {}};
  std::set<QString> taken;
  for (core::Media& media : project.media) {
    const QString path = QString::fromStdString(media.path);
    if (path.isEmpty()) continue;
    // Two files of the same name go into folders of their own.
    QString place = QStringLiteral("media/");
    if (!taken.insert(QFileInfo(path).fileName()).second) place += QString::fromStdString(media.id) + QLatin1Char('/');
    folder.mkpath(place);
    for (const QString& file : filesOf(path)) {
      if (!QFileInfo::exists(file)) continue;  // missing media stays missing; the project says so
      if (const core::Status copied = copyFile(file, folder.filePath(place + QFileInfo(file).fileName())); !copied.ok()) return copied;
    }
    media.path = (place + QFileInfo(path).fileName()).toStdString();
  }
  const auto saved = core::saveProject(folder.filePath(name + QStringLiteral(".pai")).toStdString(), project);
  return saved.ok() ? core::Status() : core::Status(saved.error());
}

}  // namespace

void collectProject(const Document& document, const QString& folder, QObject* owner,
                    std::function<void(const core::Status&)> done) {
  core::Project project = document.project();
  for (core::Media& media : project.media) media.path = document.mediaPath(media).toStdString();
  project.ocioConfig = configPath(document).toStdString();  // with the files that it names it stays where it is
  const QString name = document.displayName();
  const QPointer<QObject> guard(owner);
  QThreadPool::globalInstance()->start([project, name, folder, guard, done = std::move(done)] {
    const core::Status status = collect(project, name, QDir(folder));
    QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, done, status] {
      if (guard) done(status);
    }, Qt::QueuedConnection);
  });
}

}  // namespace pai::app

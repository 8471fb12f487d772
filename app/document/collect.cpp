// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/collect.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QPointer>
#include <QStorageInfo>
#include <QThreadPool>

#include "app/document/colour_edits.h"
#include "core/base/collect_files.h"
#include "core/base/project_file.h"

namespace pai::app {
namespace {

core::Result<QStringList> collect(const core::Project& project, const QString& file, const QString& name, const QString& folder,
                                  const FreeBytesFn& freeBytes, const std::function<void(qint64 bytes)>& measured) {
  const std::string target = QDir(folder).filePath(name + QStringLiteral(".pai")).toStdString();
  if (QFileInfo::exists(QString::fromStdString(target)))
    return core::Error{core::ErrorCode::kFileUnwritable, "there is a project of this name already; choose another folder", target, {}};
  const qint64 bytes = core::collectedBytes(project, QFileInfo(file).absolutePath().toStdString(), file.toStdString());
  measured(bytes);
  if (const auto free = freeBytes(folder); free && *free < bytes)
    return core::Error{core::ErrorCode::kDiskFull, QLocale::c().formattedDataSize(bytes).toStdString() + " are needed", folder.toStdString(), {}};
  std::vector<std::string> warnings;
  const auto collected = core::collectMedia(project, QFileInfo(file).absolutePath().toStdString(), folder.toStdString(), warnings);
  if (!collected.ok()) return collected.error();
  if (!file.isEmpty())
    if (const core::Status copied = core::collectTakes(file.toStdString(), target, warnings); !copied.ok()) return copied.error();
  if (const auto saved = core::saveProject(target, *collected); !saved.ok()) return saved.error();
  QStringList missing;
  for (const std::string& warning : warnings) missing << QString::fromStdString(warning);
  return missing;
}

}  // namespace

std::optional<qint64> freeBytesOf(const QString& folder) {
  const QStorageInfo storage(folder);
  return storage.isValid() ? std::optional(storage.bytesAvailable()) : std::nullopt;
}

void collectProject(const Document& document, const QString& folder, QObject* owner, std::function<void(qint64 bytes)> measured,
                    std::function<void(const core::Result<QStringList>& missing)> done, FreeBytesFn freeBytes) {
  core::Project project = document.project();
  for (core::Media& media : project.media) media.path = document.mediaPath(media).toStdString();
  project.ocioConfig = configPath(document).toStdString();
  const QPointer<QObject> guard(owner);
  QThreadPool::globalInstance()->start([project, file = document.filePath(), name = document.displayName(), folder, guard, measured = std::move(measured), done = std::move(done),
                                          freeBytes = std::move(freeBytes)] {
    const core::Result<QStringList> missing = collect(project, file, name, folder, freeBytes, [&](qint64 bytes) {
      QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, measured, bytes] {
        if (guard) measured(bytes);
      }, Qt::QueuedConnection);
    });
    QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, done, missing] {
      if (guard) done(missing);
    }, Qt::QueuedConnection);
  });
}

}  // namespace pai::app

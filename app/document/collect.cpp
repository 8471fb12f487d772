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
#include "app/document/core_words.h"
#include "core/base/collect_files.h"
#include "core/base/collect_project.h"

namespace pai::app {
namespace {

core::Result<QStringList> collect(const core::Project& project, const QString& file, const QString& name, const QString& folder,
                                  const FreeBytesFn& freeBytes, const std::function<void(qint64 bytes)>& measured) {
  const std::string target = (name + QStringLiteral(".pai")).toStdString();
  const qint64 bytes = core::collectedBytes(project, QFileInfo(file).absolutePath().toStdString(), file.toStdString());
  measured(bytes);
  if (const auto free = freeBytes(folder); free && *free < bytes)
    return core::Error{core::ErrorCode::kDiskFull, QLocale::c().formattedDataSize(bytes).toStdString() + " are needed", folder.toStdString(), {}};
  const auto collected = core::collectProject(project, QFileInfo(file).absolutePath().toStdString(), file.toStdString(), folder.toStdString(), target);
  if (!collected.ok()) return collected.error();
  QStringList missing;
  for (const std::string& warning : collected->warnings) missing << noteText(QString::fromStdString(warning));
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

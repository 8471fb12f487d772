// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/sample_project.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>

#include "core/base/json_reader.h"
#include "core/base/manifest.h"
#include "core/base/media_files.h"
#include "core/base/project_file.h"

namespace pai::app {
namespace {

constexpr const char* kManifest = "sample.manifest.json";
constexpr int kMostCopies = 100;

/// True where a project can be read and all its media are there.
bool isWhole(const QString& path) {
  const auto loaded = core::loadProject(path.toStdString());
  if (!loaded.ok()) return false;
  return std::all_of(loaded->project.media.begin(), loaded->project.media.end(), [&](const core::Media& media) {
    const core::MediaPath place = core::resolveMediaPath(media.path, loaded->folder);
    return !place.path.empty() && !core::mediaFiles(place.path, media.kind).empty();
  });
}

core::Result<QString> make(const QString& sampleFolder, const QString& path) {
  const std::string manifest = QDir(sampleFolder).filePath(QString::fromLatin1(kManifest)).toStdString();
  const auto text = core::readWholeFile(manifest, core::kProjectSizeLimit);
  if (!text.ok()) return text.error();
  core::Project project;
  const auto report =
      core::applyManifest(project, *text, manifest, sampleFolder.toStdString(), QFileInfo(path).absolutePath().toStdString());
  if (!report.ok()) return report.error();
  // A key to tune, as a clip that is dropped on the window gets.
  for (core::Shot& shot : project.shots) {
    if (!shot.matte.empty()) continue;
    core::MatteLayer key;
    key.id = core::newId(project, "matte");
    key.name = QCoreApplication::translate("SampleProject", "Key").toStdString();
    shot.matte.push_back(std::move(key));
  }
  const auto saved = core::saveProject(path.toStdString(), project);
  if (!saved.ok()) return saved.error();
  return path;
}

}  // namespace

QString sampleFolder(const QString& programFolder) {
  const QDir program(programFolder);
  for (const char* place : {"../share/pai-studio/sample", "../../../assets/sample"}) {
    QString folder = QDir::cleanPath(program.filePath(QString::fromLatin1(place)));
    if (QFileInfo::exists(QDir(folder).filePath(QString::fromLatin1(kManifest)))) return folder;
  }
  return {};
}

core::Result<QString> makeSampleProject(const QString& sampleFolder, const QString& into) {
  const QDir folder(into);
  if (!folder.mkpath(QStringLiteral(".")))
    return core::Error{core::ErrorCode::kFileUnwritable, "the folder could not be made", into.toStdString(), {}};
  for (int copy = 1; copy <= kMostCopies; ++copy) {
    const QString path = folder.filePath(copy == 1 ? QStringLiteral("Sample.pai") : QStringLiteral("Sample %1.pai").arg(copy));
    if (!QFileInfo::exists(path)) return make(sampleFolder, path);
    if (isWhole(path)) return path;
  }
  return core::Error{core::ErrorCode::kFileUnwritable, "too many copies of the sample are there", into.toStdString(), {}};
}

void makeSampleProject(const QString& sampleFolder, const QString& into, QObject* owner,
                       std::function<void(const core::Result<QString>&)> done) {
  const QPointer<QObject> guard(owner);
  QThreadPool::globalInstance()->start([sampleFolder, into, guard, done = std::move(done)] {
    const core::Result<QString> made = makeSampleProject(sampleFolder, into);
    QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, done, made] {
      if (guard) done(made);
    }, Qt::QueuedConnection);
  });
}

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/media_import.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace pai::app {
namespace {

constexpr int kSequenceSiblings = 8;

struct MediaImport {
  Q_DECLARE_TR_FUNCTIONS(MediaImport)
};

}  // namespace

QString mediaPathOf(const QString& path) {
  static const QRegularExpression numbered(QStringLiteral("^(.*?)(\\d{3,8})(\\.[A-Za-z]+)$"));
  const QFileInfo info(path);
  const auto match = numbered.match(info.fileName());
  if (!match.hasMatch()) return path;
  const QString glob = match.captured(1) + QString(match.captured(2).size(), QLatin1Char('?')) + match.captured(3);
  const QStringList siblings = info.absoluteDir().entryList({glob}, QDir::Files);
  if (siblings.size() < kSequenceSiblings) return path;
  const QString number = QLatin1String("%0") + QString::number(match.captured(2).size()) + QLatin1Char('d');
  return info.absoluteDir().filePath(match.captured(1) + number + match.captured(3));
}

std::optional<core::MediaKind> kindOfFile(const QString& path) {
  static const QStringList stills{"png", "jpg", "jpeg", "tif", "tiff", "exr", "dpx", "gif"};
  static const QStringList clips{"mp4", "mov", "mkv", "m4v", "webm", "avi", "mxf", "ts", "mts", "m2ts"};
  const QString ending = QFileInfo(path).suffix().toLower();
  if (clips.contains(ending)) return core::MediaKind::kClip;
  if (!stills.contains(ending)) return std::nullopt;
  return path.contains(QLatin1Char('%')) ? core::MediaKind::kSequence : core::MediaKind::kImage;
}

std::vector<core::Id> importMedia(Document& document, const QStringList& files) {
  std::vector<core::Id> ids;
  std::vector<core::Media> added;
  core::Project scratch = document.project();
  for (const QString& file : files) {
    if (!kindOfFile(file)) continue;
    const QString path = mediaPathOf(QFileInfo(file).absoluteFilePath());
    const bool sequence = path.contains(QLatin1Char('%'));
    const auto known = std::find_if(scratch.media.begin(), scratch.media.end(), [&](const core::Media& m) {
      return document.mediaPath(m) == path || m.path == path.toStdString();
    });
    if (known != scratch.media.end()) {
      if (std::find(ids.begin(), ids.end(), known->id) == ids.end()) ids.push_back(known->id);
      continue;
    }
    core::Media media;
    media.id = core::newId(scratch, "media");
    media.name = QFileInfo(path).fileName().toStdString();
    media.path = path.toStdString();
    media.kind = sequence ? core::MediaKind::kSequence : *kindOfFile(path);
    media.sizeBytes = QFileInfo(file).size();
    scratch.media.push_back(media);
    ids.push_back(media.id);
    added.push_back(std::move(media));
  }
  if (added.empty()) return ids;
  const QString text = added.size() == 1 ? MediaImport::tr("Import “%1”").arg(QString::fromStdString(added.front().name))
                                         : MediaImport::tr("Import %1 files").arg(added.size());
  document.editProject(text, [&added](core::Project& project) {
    project.media.insert(project.media.end(), added.begin(), added.end());
  });
  return ids;
}

core::Id addShot(Document& document, const MediaCatalog& catalog, const core::Id& plate) {
  core::Shot shot;
  shot.id = core::newId(document.project(), "shot");
  shot.plate = plate;
  const core::Media* media = document.project().findMedia(plate);
  shot.name = media ? QFileInfo(QString::fromStdString(media->name)).completeBaseName().toStdString() : shot.id;
  if (const MediaFacts* facts = catalog.facts(plate)) shot.range = {{0}, {facts->frames}};
  core::MatteLayer key;
  key.id = core::newId(document.project(), "matte");
  key.name = MediaImport::tr("Key").toStdString();
  shot.matte.push_back(key);
  document.editProject(MediaImport::tr("Add shot"), [&shot](core::Project& project) { project.shots.push_back(shot); });
  document.setCurrentShot(shot.id);
  return shot.id;
}

}  // namespace pai::app

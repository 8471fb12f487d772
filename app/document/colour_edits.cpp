// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/colour_edits.h"

#include <algorithm>

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QFileInfo>
#include <QSettings>

namespace pai::app {
namespace {

struct ColourEdits {
  Q_DECLARE_TR_FUNCTIONS(ColourEdits)
};

QString settingOf(const QString& config) {
  const QByteArray hash = QCryptographicHash::hash(config.toUtf8(), QCryptographicHash::Sha1).toHex();
  return QStringLiteral("viewerTransform/") + QString::fromLatin1(hash.left(16));
}

}  // namespace

QString configPath(const Document& document) {
  core::Media file;
  file.path = document.project().ocioConfig;
  return file.path.empty() ? QString() : document.mediaPath(file);
}

ViewSetup viewSetupOf(const Document& document) {
  ViewSetup setup;
  setup.config = configPath(document);
  setup.transform = viewerTransformFor(setup.config);
  for (const core::Media& media : document.project().media)
    if (!media.colourSpace.empty()) setup.spaces[document.mediaPath(media)] = QString::fromStdString(media.colourSpace);
  return setup;
}

void setColourSpace(Document& document, const std::vector<core::Id>& media, const QString& space) {
  const core::Media* first = media.size() == 1 ? document.project().findMedia(media.front()) : nullptr;
  const QString text = first ? ColourEdits::tr("Colour space of “%1”").arg(QString::fromStdString(first->name))
                             : ColourEdits::tr("Colour space of %n media", nullptr, static_cast<int>(media.size()));
  document.editProject(text, [&](core::Project& project) {
    for (core::Media& each : project.media)
      if (std::find(media.begin(), media.end(), each.id) != media.end()) each.colourSpace = space.toStdString();
  });
}

void setColourConfig(Document& document, const QString& path) {
  const QString text = path.isEmpty() ? ColourEdits::tr("Use no colour configuration")
                                      : ColourEdits::tr("Use the colour configuration “%1”").arg(QFileInfo(path).fileName());
  document.editProject(text, [&](core::Project& project) { project.ocioConfig = path.toStdString(); });
}

QString viewerTransformFor(const QString& config) { return QSettings().value(settingOf(config)).toString(); }

void keepViewerTransform(const QString& config, const QString& transform) {
  QSettings settings;
  transform.isEmpty() ? settings.remove(settingOf(config)) : settings.setValue(settingOf(config), transform);
}

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/document.h"

#include <QDir>
#include <QFileInfo>

#include "app/document/edit_commands.h"
#include "core/base/project_file.h"

namespace pai::app {

Document::Document(QObject* parent) : QObject(parent) {
  connect(&m_undo, &QUndoStack::cleanChanged, this, &Document::fileChanged);
}

void Document::setCurrentShot(const core::Id& id) {
  if (id == m_current || !m_project.findShot(id)) return;
  m_current = id;
  emit currentShotChanged();
}

void Document::reset(core::Project project, const QString& filePath) {
  m_project = std::move(project);
  m_filePath = filePath;
  m_contents.clear();
  m_forcedModified = false;
  m_current = m_project.shots.empty() ? core::Id() : m_project.shots.front().id;
  m_undo.clear();
  m_undo.setClean();
  emit projectReset();
  emit fileChanged();
}

void Document::setFilePath(const QString& path) {
  m_filePath = path;
  emit fileChanged();
}

void Document::setForcedModified(bool modified) {
  m_forcedModified = modified;
  emit fileChanged();
}

void Document::markSaved() {
  m_forcedModified = false;
  m_undo.setClean();
  emit fileChanged();
}

QString Document::displayName() const {
  if (!m_filePath.isEmpty()) return QFileInfo(m_filePath).completeBaseName();
  return m_project.name.empty() ? tr("Untitled") : QString::fromStdString(m_project.name);
}

QString Document::mediaPath(const core::Media& media) const {
  const QString folder = m_filePath.isEmpty() ? QDir::currentPath() : QFileInfo(m_filePath).absolutePath();
  return QString::fromStdString(core::resolveMediaPath(media.path, folder.toStdString()).path);
}

void Document::editShot(const core::Id& id, const QString& text, const std::function<void(core::Shot&)>& change,
                        const QString& mergeKey) {
  const core::Shot* before = m_project.findShot(id);
  if (!before) return;
  core::Shot after = *before;
  change(after);
  if (after == *before) return;
  const QString key = mergeKey.isEmpty() ? QString() : mergeKey + QString::number(m_mergeSerial);
  m_undo.push(new ShotCommand(*this, text, *before, std::move(after), key));
}

void Document::editProject(const QString& text, const std::function<void(core::Project&)>& change) {
  core::Project after = m_project;
  change(after);
  if (after == m_project) return;
  m_undo.push(new ProjectCommand(*this, text, m_project, std::move(after)));
}

void Document::putShot(const core::Shot& shot) {
  core::Shot* target = m_project.findShot(shot.id);
  if (!target) return;
  *target = shot;
  emit shotChanged(shot.id);
}

void Document::setContent(const QString& path, const core::MediaContent& content) {
  m_contents[path] = content;
  fillContents();
  emit contentChanged();
}

void Document::fillContents() {
  for (core::Media& media : m_project.media) {
    const auto known = m_contents.find(mediaPath(media));
    if (known == m_contents.end()) continue;
    media.sha256 = known->second.sha256;
    media.sizeBytes = known->second.sizeBytes;
  }
}

void Document::putStructure(const core::Project& project) {
  m_project = project;
  fillContents();  // an act may be older than what is known of the files
  keepCurrentShot();
  emit structureChanged();
}

void Document::keepCurrentShot() {
  if (m_project.findShot(m_current)) return;
  m_current = m_project.shots.empty() ? core::Id() : m_project.shots.front().id;
  emit currentShotChanged();
}

}  // namespace pai::app

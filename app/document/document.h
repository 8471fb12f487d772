// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>

#include <QObject>
#include <QString>
#include <QUndoStack>

#include "core/base/media_files.h"
#include "core/base/project.h"
#include "core/base/result.h"

namespace pai::app {

/// The project being edited: the value, its undo stack, the file it came from. Every change is one named, undoable act.
/// GUI thread only.
class Document : public QObject {
  Q_OBJECT
 public:
  explicit Document(QObject* parent = nullptr);

  const core::Project& project() const { return m_project; }
  const core::Shot* shot(const core::Id& id) const { return m_project.findShot(id); }
  QUndoStack& undoStack() { return m_undo; }

  /// The shot that viewer and inspector show; nullptr when the project has none. Not on the undo stack.
  const core::Shot* currentShot() const { return m_project.findShot(m_current); }
  const core::Id& currentShotId() const { return m_current; }
  void setCurrentShot(const core::Id& id);

  /// Replaces everything by a project; `filePath` may be empty (never saved).
  void reset(core::Project project, const QString& filePath);
  const QString& filePath() const { return m_filePath; }
  void setFilePath(const QString& path);
  bool isModified() const { return m_forcedModified || !m_undo.isClean(); }
  /// Marks as differing from disk whatever the undo stack says (a recovered project).
  void setForcedModified(bool modified);
  void markSaved();
  /// File name without ending, or the words for a project without a file.
  QString displayName() const;
  /// Absolute path of a media item; empty when its path may not be opened.
  QString mediaPath(const core::Media& media) const;

  /// What a file's content was found to be: kept with the media of that path, saved with the project, no act of the user.
  void setContent(const QString& path, const core::MediaContent& content);

  /// One act on one shot, named `text`. Acts with the same non-empty `mergeKey` become one until `endMerge`.
  /// Nothing is pushed when `change` leaves the shot as it was.
  void editShot(const core::Id& id, const QString& text, const std::function<void(core::Shot&)>& change,
                const QString& mergeKey = {});
  /// One act on media and the list of shots.
  void editProject(const QString& text, const std::function<void(core::Project&)>& change);
  /// The next edit starts an act of its own (a drag ended).
  void endMerge() { ++m_mergeSerial; }

 signals:
  void projectReset();
  void shotChanged(const pai::core::Id& shot);
  void structureChanged();
  void currentShotChanged();
  void fileChanged();
  /// What a media's file holds was read: its hash and size.
  void contentChanged();

 private:
  friend class ShotCommand;
  friend class ProjectCommand;
  void putShot(const core::Shot& shot);
  void putStructure(const core::Project& project);
  void keepCurrentShot();
  void fillContents();

  std::map<QString, core::MediaContent> m_contents;  // by path
  core::Project m_project;
  core::Id m_current;
  QString m_filePath;
  QUndoStack m_undo;
  quint64 m_mergeSerial = 0;
  bool m_forcedModified = false;
};

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <QDateTime>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "app/document/document.h"
#include "core/base/project_lock.h"

namespace pai::app {

/// A copy kept aside, newer than the project file it belongs to.
struct RecoveryOffer {
  QString projectPath, recoveryPath;
  QDateTime savedAt, recoveredAt;
  core::Project saved, recovered;
  bool savedReadable = true;
};

enum class RecoveryChoice { kSaved, kRecovered, kCancel };

/// Opens and saves the document's file: in the background, atomically, under a lock; keeps a recovery copy aside after 25
/// edits or 60 seconds. GUI thread only; nothing here blocks it.
class Session : public QObject {
  Q_OBJECT
 public:
  static constexpr int kRecoverySeconds = 60;
  static constexpr int kRecoveryEdits = 25;

  /// `cacheFolder` takes recovery copies of projects that have no file yet.
  Session(Document& document, QString cacheFolder, QObject* parent = nullptr);
  ~Session() override;

  /// Starts a new, empty project.
  void startNew();
  /// Reads a project: `opened` or `failed`.
  void open(const QString& path);
  /// Writes the document to a file and makes it the document's own: `saved` or `failed`.
  void save(const QString& path);
  /// Recovery copies are kept at least so often, while there is something to keep.
  void setRecoverySeconds(int seconds) { m_timer.setInterval(seconds * 1000); }
  bool isBusy() const { return m_busy > 0; }
  /// Removes the recovery copy: the work is saved or was given up.
  void dropRecovery();
  /// Writes the recovery copy now, if there is anything to keep.
  void keepRecovery();
  QString recoveryPath() const;
  /// Untitled work that an earlier run left in the cache folder.
  QStringList abandonedWork() const;

  /// Asked when a recovery copy is newer than the project; unset takes the saved one.
  std::function<RecoveryChoice(const RecoveryOffer&)> askRecovery;

 signals:
  void opened();
  void saved(const QString& path, const QString& note);
  void failed(const QString& path, const pai::core::Error& error);
  void warned(const QString& message);

 private:
  struct Loaded;
  void take(const QString& path, Loaded loaded);
  void countEdit();

  Document& m_document;
  QString m_cacheFolder;
  std::unique_ptr<core::ProjectLock> m_lock;
  QTimer m_timer;
  int m_edits = 0, m_busy = 0;
  bool m_keeping = false, m_keepAgain = false;
  qint64 m_serial = 0;
};

/// The project as it is written to `path`: media beneath its folder are named relative to it.
core::Project projectForFile(const Document& document, const QString& path);

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/session.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>

#include "app/document/colour_edits.h"
#include "app/document/core_words.h"
#include "core/base/project_file.h"

namespace pai::app {
namespace {

QString recoveryOf(const QString& projectPath) {
  const QFileInfo info(projectPath);
  return info.absoluteDir().filePath(QLatin1Char('.') + info.fileName() + QStringLiteral(".recovery"));
}

/// Runs work on a pool thread and hands its result to `then` on the thread of `owner`, unless that is gone.
template <typename Work, typename Then>
void inBackground(QObject* owner, Work work, Then then) {
  const QPointer<QObject> guard(owner);
  QThreadPool::globalInstance()->start([guard, work, then] {
    auto result = std::make_shared<decltype(work())>(work());
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [guard, then, result] {
          if (guard) then(std::move(*result));
        },
        Qt::QueuedConnection);
  });
}

core::Project resolved(core::Project project, const QString& path) {
  const std::string folder = QFileInfo(path).absolutePath().toStdString();
  for (core::Media& media : project.media) {
    const core::MediaPath place = core::resolveMediaPath(media.path, folder);
    if (!place.path.empty()) media.path = place.path;
  }
  if (!project.ocioConfig.empty())
    if (const core::MediaPath place = core::resolveMediaPath(project.ocioConfig, folder); !place.path.empty()) project.ocioConfig = place.path;
  return project;
}

/// The project's lock; none, without an error, where no lock file can be made (a read-only folder).
core::Result<std::unique_ptr<core::ProjectLock>> lockOf(const QString& path) {
  auto lock = core::ProjectLock::acquire(path.toStdString());
  if (!lock.ok() && lock.error().code == core::ErrorCode::kFileUnwritable) return std::unique_ptr<core::ProjectLock>();
  return lock;
}

}  // namespace

struct Session::Loaded {
  std::optional<core::LoadedProject> saved, recovered;
  std::optional<core::Error> error;
};

core::Project projectForFile(const Document& document, const QString& path) {
  core::Project project = document.project();
  const std::string folder = QFileInfo(path).absolutePath().toStdString();
  for (core::Media& media : project.media) {
    const QString absolute = document.mediaPath(media);
    if (!absolute.isEmpty()) media.path = core::pathForProject(absolute.toStdString(), folder);
  }
  if (const QString config = configPath(document); !config.isEmpty())
    project.ocioConfig = core::pathForProject(config.toStdString(), folder);
  if (project.name.empty()) project.name = QFileInfo(path).completeBaseName().toStdString();
  return project;
}

Session::Session(Document& document, QString cacheFolder, QObject* parent)
    : QObject(parent), m_document(document), m_cacheFolder(std::move(cacheFolder)) {
  m_timer.setInterval(kRecoverySeconds * 1000);
  m_timer.setSingleShot(true);
  connect(&m_timer, &QTimer::timeout, this, &Session::keepRecovery);
  connect(&document.undoStack(), &QUndoStack::indexChanged, this, &Session::countEdit);
}

Session::~Session() = default;

void Session::startNew() {
  dropRecovery();
  m_lock.reset();
  m_document.reset({}, {});
  emit opened();
}

void Session::open(const QString& path) {
  ++m_busy;
  const qint64 serial = ++m_serial;
  inBackground(
      this,
      [path] {
        Loaded loaded;
        auto saved = core::loadProject(path.toStdString());
        if (saved.ok())
          loaded.saved = std::move(*saved);
        else
          loaded.error = saved.error();
        const QString aside = recoveryOf(path);
        if (QFileInfo::exists(aside))
          if (auto recovered = core::loadProject(aside.toStdString()); recovered.ok()) loaded.recovered = std::move(*recovered);
        return loaded;
      },
      [this, path, serial](Loaded loaded) {
        --m_busy;
        if (serial == m_serial) take(path, std::move(loaded));
      });
}

void Session::take(const QString& path, Loaded loaded) {
  if (!loaded.saved && !loaded.recovered) return emit failed(path, *loaded.error);
  std::unique_ptr<core::ProjectLock> lock;
  const bool same = m_lock && QFileInfo(path) == QFileInfo(m_document.filePath());
  if (!same) {
    auto taken = lockOf(path);
    if (!taken.ok()) return emit failed(path, taken.error());
    lock = std::move(*taken);
  }
  RecoveryChoice choice = RecoveryChoice::kSaved;
  const bool offered = loaded.recovered && (!loaded.saved || loaded.recovered->project != loaded.saved->project);
  if (offered && askRecovery) {
    RecoveryOffer offer{path, recoveryOf(path), QFileInfo(path).lastModified(), QFileInfo(recoveryOf(path)).lastModified(),
                        loaded.saved ? loaded.saved->project : core::Project(), loaded.recovered->project,
                        loaded.saved.has_value()};
    choice = askRecovery(offer);
  }
  if (choice == RecoveryChoice::kCancel) return;
  const bool recovered = choice == RecoveryChoice::kRecovered && loaded.recovered;
  if (!recovered && !loaded.saved) return emit failed(path, *loaded.error);
  if (!same) m_lock = std::move(lock);
  const core::LoadedProject& chosen = recovered ? *loaded.recovered : *loaded.saved;
  m_edits = 0;
  m_document.reset(resolved(chosen.project, path), path);
  if (recovered) m_document.setForcedModified(true);
  if (offered && !recovered) QFile::remove(recoveryOf(path));
  for (const std::string& warning : chosen.warnings) emit warned(noteText(QString::fromStdString(warning)));
  emit opened();
}

void Session::save(const QString& path) {
  const bool same = m_lock && QFileInfo(path) == QFileInfo(m_document.filePath());
  auto lock = std::make_shared<std::unique_ptr<core::ProjectLock>>();
  if (!same) {
    auto taken = lockOf(path);
    if (!taken.ok()) return emit failed(path, taken.error());
    *lock = std::move(*taken);
  }
  ++m_busy;
  const core::Project project = projectForFile(m_document, path);
  const int index = m_document.undoStack().index();
  const QString oldRecovery = recoveryPath();
  inBackground(
      this, [project, path] { return core::saveProject(path.toStdString(), project); },
      [this, path, lock, same, index, oldRecovery](const core::Result<core::SaveReport>& report) {
        --m_busy;
        if (!report.ok()) return emit failed(path, report.error());
        if (!same) m_lock = std::move(*lock);
        m_document.setFilePath(path);
        if (m_document.undoStack().index() == index) {
          m_document.markSaved();
          m_edits = 0;
          QFile::remove(oldRecovery);
        } else {
          // What was edited while the file was being written is not in it: it is kept aside at once.
          if (oldRecovery != recoveryPath()) QFile::remove(oldRecovery);
          keepRecovery();
        }
        emit saved(path, QString::fromStdString(report->note));
      });
}

QString Session::recoveryPath() const {
  if (!m_document.filePath().isEmpty()) return recoveryOf(m_document.filePath());
  return QDir(m_cacheFolder).filePath(QStringLiteral("untitled-%1.pai.recovery").arg(QCoreApplication::applicationPid()));
}

QStringList Session::abandonedWork() const {
  QStringList found;
  const QDir folder(m_cacheFolder);
  for (const QString& name : folder.entryList({QStringLiteral("untitled-*.pai.recovery")}, QDir::Files, QDir::Time)) {
    const QString pid = name.section(QLatin1Char('-'), 1).section(QLatin1Char('.'), 0, 0);
    if (!QFileInfo::exists(QStringLiteral("/proc/") + pid)) found << folder.filePath(name);
  }
  return found;
}

void Session::dropRecovery() {
  m_timer.stop();
  m_edits = 0;
  QFile::remove(recoveryPath());
}

void Session::countEdit() {
  if (!m_document.isModified()) return;
  if (++m_edits >= kRecoveryEdits) return keepRecovery();
  if (!m_timer.isActive()) m_timer.start();
}

void Session::keepRecovery() {
  if (!m_document.isModified()) return;
  if (m_keeping) {
    m_keepAgain = true;
    return;
  }
  m_timer.stop();
  m_edits = 0;
  m_keeping = true;
  const QString path = recoveryPath();
  const core::Project project = projectForFile(m_document, path);
  inBackground(
      this,
      [project, path] {
        QDir().mkpath(QFileInfo(path).absolutePath());
        return core::saveProject(path.toStdString(), project);
      },
      [this, path](const core::Result<core::SaveReport>& report) {
        m_keeping = false;
        // Saved meanwhile: the copy is older than the file.
        if (!m_document.isModified()) QFile::remove(path);
        if (!report.ok()) emit warned(tr("The recovery copy could not be written: %1").arg(QString::fromStdString(core::describe(report.error()))));
        if (std::exchange(m_keepAgain, false)) keepRecovery();
      });
}

}  // namespace pai::app

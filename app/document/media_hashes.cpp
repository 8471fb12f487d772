// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/media_hashes.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QPointer>

namespace pai::app {
namespace {

constexpr qint64 kMostBytes = 8LL << 30;

/// Whether what is known of a file's content may be of another one.
bool isStale(const core::Media& media, const QString& projectPath) {
  if (media.sha256.empty()) return true;
  if (media.kind == core::MediaKind::kSequence) return false;
  const QFileInfo file(QString::fromStdString(media.path));
  return file.size() != media.sizeBytes || (!projectPath.isEmpty() && file.lastModified() > QFileInfo(projectPath).lastModified());
}

}  // namespace

MediaHashes::MediaHashes(Document& document, MediaCatalog& catalog, QObject* parent)
    : QObject(parent), m_document(document), m_catalog(catalog) {
  m_thread.setMaxThreadCount(1);
  m_thread.setThreadPriority(QThread::IdlePriority);
  connect(&catalog, &MediaCatalog::mediaChanged, this, &MediaHashes::look);
  connect(&document, &Document::projectReset, this, [this] {
    m_stop.request();
    m_stop = core::StopToken();
    m_asked.clear();
    m_paths.clear();
  });
}

MediaHashes::~MediaHashes() {
  m_stop.request();
  m_thread.waitForDone();
}

void MediaHashes::look(const core::Id& id) {
  const core::Media* media = m_document.project().findMedia(id);
  if (!media || m_catalog.state(id) != MediaState::kOnline) return;
  core::Media file = *media;
  const QString path = m_document.mediaPath(*media);
  const QString before = std::exchange(m_paths[id], path);
  if (!m_asked.insert(path).second) return;
  if (!before.isEmpty() && before != path) file.sha256.clear();  // linked to another file: its content may be another
  file.path = path.toStdString();
  const QPointer<MediaHashes> guard(this);
  m_thread.start([guard, file, path, stop = m_stop, project = m_document.filePath()] {
    if (stop.requested() || !isStale(file, project) || QFileInfo(path).size() > kMostBytes) return;
    const core::Result<core::MediaContent> content = core::readMediaContent(file.path, file.kind, stop);
    if (!content.ok()) return;
    QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, path, stop, value = *content] {
      if (guard && !stop.requested()) guard->m_document.setContent(path, value);
    }, Qt::QueuedConnection);
  });
}

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/relink.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>

namespace pai::app {
namespace {

struct Relink {
  Q_DECLARE_TR_FUNCTIONS(Relink)
};

}  // namespace

std::vector<core::Id> offlineMedia(const Document& document, const MediaCatalog& catalog) {
  std::vector<core::Id> ids;
  for (const core::Media& media : document.project().media)
    if (catalog.state(media.id) == MediaState::kOffline) ids.push_back(media.id);
  return ids;
}

void relinkMedia(Document& document, const std::map<core::Id, QString>& places) {
  if (places.empty()) return;
  const core::Media* first = places.size() == 1 ? document.project().findMedia(places.begin()->first) : nullptr;
  const QString text = first ? Relink::tr("Relink “%1”").arg(QString::fromStdString(first->name)) : Relink::tr("Relink %n media", nullptr, static_cast<int>(places.size()));
  document.editProject(text, [&places](core::Project& project) {
    for (core::Media& media : project.media)
      if (const auto place = places.find(media.id); place != places.end()) media.path = place->second.toStdString();
  });
}

RelinkSearch::RelinkSearch(QObject* parent) : QObject(parent) {}

RelinkSearch::~RelinkSearch() { m_stop.request(); }

void RelinkSearch::measure(const core::Id& media, const QString& path) {
  const QPointer<RelinkSearch> guard(this);
  QThreadPool::globalInstance()->start([guard, media, path] {
    const FoundMedia found{path, QFileInfo(path).size()};
    QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, media, found] {
      if (guard) emit guard->measured(media, found);
    }, Qt::QueuedConnection);
  });
}

void RelinkSearch::cancel() { m_stop.request(); }

void RelinkSearch::start(const Document& document, const QString& folder) {
  m_stop.request();
  m_stop = core::StopToken();
  m_running = true;
  core::Project project = document.project();
  for (core::Media& media : project.media) media.path = document.mediaPath(media).toStdString();
  const QPointer<RelinkSearch> guard(this);
  const auto tell = [guard, serial = ++m_serial](auto what) {
    QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, serial, what] {
      if (guard && guard->m_serial == serial) what(*guard);
    }, Qt::QueuedConnection);
  };
  const std::string beside = QFileInfo(document.filePath()).absolutePath().toStdString();
  QThreadPool::globalInstance()->start([project, beside, folder, stop = m_stop, tell] {
    const auto found = core::findMissingMedia(project, beside, {folder.toStdString()}, stop, [&tell](std::int64_t files, std::size_t compared, std::size_t media) {
      tell([=](RelinkSearch& search) { emit search.progress(files, static_cast<int>(compared), static_cast<int>(media)); });
    });
    std::map<core::Id, FoundMedia> places;
    if (found.ok())
      for (const core::Relinked& each : *found) {
        const QString path = QString::fromStdString(each.path);
        places[each.media] = {path, QFileInfo(path).size()};
      }
    tell([places, cancelled = !found.ok()](RelinkSearch& search) {
      search.m_running = false;
      emit search.finished(places, cancelled);
    });
  });
}

}  // namespace pai::app

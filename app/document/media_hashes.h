// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>

#include <QObject>
#include <QThreadPool>

#include "app/document/document.h"
#include "app/document/media_catalog.h"
#include "core/base/stop.h"

namespace pai::app {

/// Reads the content hashes of media that are there and have none yet, or changed since the project was saved, one file at a
/// time in a thread that yields to all else: what relinking finds files by. Very large files are left to their names.
class MediaHashes : public QObject {
  Q_OBJECT
 public:
  MediaHashes(Document& document, MediaCatalog& catalog, QObject* parent = nullptr);
  ~MediaHashes() override;

 private:
  void look(const core::Id& media);

  Document& m_document;
  MediaCatalog& m_catalog;
  std::set<QString> m_asked;            // paths
  std::map<core::Id, QString> m_paths;  // where media were last
  core::StopToken m_stop;
  QThreadPool m_thread;
};

}  // namespace pai::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include <QObject>

#include "app/document/document.h"
#include "app/document/media_catalog.h"
#include "core/base/stop.h"

namespace pai::app {

/// Media that are not where they were. In the order of the project.
std::vector<core::Id> offlineMedia(const Document& document, const MediaCatalog& catalog);

/// One act: media are elsewhere from now on.
void relinkMedia(Document& document, const std::map<core::Id, QString>& places);

/// Where a media is now.
struct FoundMedia {
  QString path;
  qint64 sizeBytes = -1;  // not measured yet
  bool operator==(const FoundMedia&) const = default;
};

/// Looks through a folder for missing media, by content where it is known, in a thread of its own.
class RelinkSearch : public QObject {
  Q_OBJECT
 public:
  explicit RelinkSearch(QObject* parent = nullptr);
  ~RelinkSearch() override;
  void start(const Document& document, const QString& folder);
  /// Measures a file in the background: `measured` says its size.
  void measure(const core::Id& media, const QString& path);
  void cancel();
  bool isRunning() const { return m_running; }

 signals:
  void progress(qint64 files, int compared, int media);
  /// What was found; empty and `cancelled` when the search was given up.
  void finished(const std::map<pai::core::Id, pai::app::FoundMedia>& places, bool cancelled);
  void measured(const pai::core::Id& media, const pai::app::FoundMedia& found);

 private:
  core::StopToken m_stop;
  bool m_running = false;
  quint64 m_serial = 0;
};

}  // namespace pai::app

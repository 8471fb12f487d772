// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>

#include <QImage>
#include <QObject>

#include "app/document/document.h"
#include "app/document/frame_source.h"

namespace pai::app {

enum class MediaState { kProbing, kOnline, kOffline };

/// What is known of each media item of the document: is it there, how long, how large, what it looks like. GUI thread only.
class MediaCatalog : public QObject {
  Q_OBJECT
 public:
  MediaCatalog(Document& document, FrameSource& source, QObject* parent = nullptr);

  MediaState state(const core::Id& media) const;
  /// nullptr until it was probed.
  const MediaFacts* facts(const core::Id& media) const;
  /// Why an item is offline; empty otherwise.
  QString trouble(const core::Id& media) const;
  /// A small picture of the item's first frame; null until it is there.
  QImage thumbnail(const core::Id& media) const;

  /// How far an item's proxy is, 1 when it serves; nothing when none is made.
  std::optional<double> proxy(const core::Id& media) const;

  /// The range a shot covers: its own, or its whole plate once known (empty until then).
  core::FrameRange rangeOf(const core::Shot& shot) const;
  /// Rate of a shot's plate; 24 until known.
  core::FrameRate rateOf(const core::Shot& shot) const;
  /// Looks at every offline item again.
  void refresh();

 signals:
  void mediaChanged(const pai::core::Id& media);
  void proxyChanged(const pai::core::Id& media);

 private:
  struct Entry {
    QString path;
    QString shownAs;  // the colour its thumbnail was asked for in
    MediaState state = MediaState::kProbing;
    std::optional<MediaFacts> facts;
    QImage thumbnail;
    std::optional<double> proxy;
    QString trouble;
    FrameSource::Ticket probe = 0, picture = 0;
  };
  void scan();
  void start(const core::Media& media, Entry& entry);
  void askPicture(const core::Media& media, Entry& entry);
  void onProbed(quint64 ticket, const MediaFacts& facts);
  void onPicture(quint64 ticket, const QImage& image);
  void onFailed(quint64 ticket, const core::Error& error);

  Document& m_document;
  FrameSource& m_source;
  std::map<core::Id, Entry> m_entries;
};

}  // namespace pai::app

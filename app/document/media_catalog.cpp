// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/media_catalog.h"

#include "app/document/error_text.h"

namespace pai::app {
namespace {

constexpr QSize kThumbnailSize(192, 108);

/// What decides the colour of a media's thumbnail.
QString shownAs(const ViewSetup& view, const QString& path) {
  return view.transforms(path) ? QStringList{view.config, view.transform, view.spaceOf(path)}.join(QLatin1Char('\n')) : QString();
}

}  // namespace

MediaCatalog::MediaCatalog(Document& document, FrameSource& source, QObject* parent)
    : QObject(parent), m_document(document), m_source(source) {
  connect(&document, &Document::projectReset, this, [this] {
    m_entries.clear();
    scan();
  });
  connect(&document, &Document::structureChanged, this, &MediaCatalog::scan);
  connect(&document, &Document::fileChanged, this, &MediaCatalog::scan);
  connect(&source, &FrameSource::probed, this, &MediaCatalog::onProbed);
  connect(&source, &FrameSource::pictureReady, this, &MediaCatalog::onPicture);
  connect(&source, &FrameSource::failed, this, &MediaCatalog::onFailed);
  connect(&source, &FrameSource::proxyProgress, this, [this](const QString& path, double fraction) {
    for (auto& [id, entry] : m_entries) {
      if (entry.path != path) continue;
      entry.proxy = fraction < 0.0 ? std::optional<double>() : fraction;
      emit proxyChanged(id);
    }
  });
  connect(&source, &FrameSource::coloursChanged, this, [this] {
    for (auto& [id, entry] : m_entries)
      if (const core::Media* media = m_document.project().findMedia(id); media && entry.facts && entry.shownAs != shownAs(m_source.view(), entry.path))
        askPicture(*media, entry);
  });
  scan();
}

MediaState MediaCatalog::state(const core::Id& media) const {
  const auto it = m_entries.find(media);
  return it == m_entries.end() ? MediaState::kOffline : it->second.state;
}

const MediaFacts* MediaCatalog::facts(const core::Id& media) const {
  const auto it = m_entries.find(media);
  return it == m_entries.end() || !it->second.facts ? nullptr : &*it->second.facts;
}

QString MediaCatalog::trouble(const core::Id& media) const {
  const auto it = m_entries.find(media);
  return it == m_entries.end() ? QString() : it->second.trouble;
}

QImage MediaCatalog::thumbnail(const core::Id& media) const {
  const auto it = m_entries.find(media);
  return it == m_entries.end() ? QImage() : it->second.thumbnail;
}

std::optional<double> MediaCatalog::proxy(const core::Id& media) const {
  const auto it = m_entries.find(media);
  return it == m_entries.end() ? std::nullopt : it->second.proxy;
}

core::FrameRange MediaCatalog::rangeOf(const core::Shot& shot) const {
  if (!shot.range.empty()) return shot.range;
  const MediaFacts* known = facts(shot.plate);
  return known ? core::FrameRange{{0}, {known->frames}} : core::FrameRange{};
}

core::FrameRate MediaCatalog::rateOf(const core::Shot& shot) const {
  const MediaFacts* known = facts(shot.plate);
  return known ? known->rate : core::FrameRate();
}

void MediaCatalog::refresh() {
  for (const core::Media& media : m_document.project().media) {
    Entry& entry = m_entries[media.id];
    if (entry.state == MediaState::kOffline) start(media, entry);
  }
}

void MediaCatalog::scan() {
  for (const core::Media& media : m_document.project().media) {
    Entry& entry = m_entries[media.id];
    if (entry.path != m_document.mediaPath(media)) start(media, entry);
  }
}

void MediaCatalog::start(const core::Media& media, Entry& entry) {
  entry = Entry();
  entry.path = m_document.mediaPath(media);
  entry.probe = m_source.probe(entry.path, media.kind);
}

void MediaCatalog::askPicture(const core::Media& media, Entry& entry) {
  entry.shownAs = shownAs(m_source.view(), entry.path);
  entry.picture = m_source.requestMediaFrame(entry.path, media.kind, {0}, kThumbnailSize, PictureChannel::kThumbnails);
}

void MediaCatalog::onProbed(quint64 ticket, const MediaFacts& facts) {
  for (auto& [id, entry] : m_entries) {
    if (entry.probe != ticket) continue;
    entry.probe = 0;
    entry.facts = facts;
    entry.state = MediaState::kOnline;
    if (const core::Media* media = m_document.project().findMedia(id)) askPicture(*media, entry);
    emit mediaChanged(id);
    return;
  }
}

void MediaCatalog::onPicture(quint64 ticket, const QImage& image) {
  for (auto& [id, entry] : m_entries) {
    if (entry.picture != ticket) continue;
    entry.picture = 0;
    entry.thumbnail = image.convertToFormat(QImage::Format_RGB32);
    emit mediaChanged(id);
    return;
  }
}

void MediaCatalog::onFailed(quint64 ticket, const core::Error& error) {
  for (auto& [id, entry] : m_entries) {
    if (entry.probe != ticket && entry.picture != ticket) continue;
    if (entry.probe == ticket) entry.state = MediaState::kOffline;
    entry.probe = entry.picture = 0;
    entry.trouble = errorText(error);
    emit mediaChanged(id);
    return;
  }
}

}  // namespace pai::app

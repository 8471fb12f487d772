// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/thumbnails.h"

namespace pai::app {
namespace {

constexpr qsizetype kCacheKilobytes = 48 * 1024;
constexpr std::size_t kInFlight = 4;
constexpr QSize kSize(160, 90);

}  // namespace

Thumbnails::Thumbnails(FrameSource& source, QObject* parent) : QObject(parent), m_source(source) {
  m_cache.setMaxCost(kCacheKilobytes);
  connect(&source, &FrameSource::pictureReady, this, [this](quint64 ticket, const QImage& image) {
    const auto it = m_pending.find(ticket);
    if (it == m_pending.end()) return;
    // A copy of its own: the worker's shared memory is larger than the picture.
    auto* kept = new QImage(image.convertToFormat(QImage::Format_RGB32));
    m_cache.insert(it->second, kept, std::max<qsizetype>(1, kept->sizeInBytes() / 1024));
    m_pending.erase(it);
    emit changed();
    ask();
  });
  const auto forget = [this](quint64 ticket, bool failed) {
    const auto it = m_pending.find(ticket);
    if (it == m_pending.end()) return;
    if (failed) m_failed[it->second] = true;
    m_pending.erase(it);
    ask();
  };
  connect(&source, &FrameSource::failed, this, [forget](quint64 ticket, const core::Error&) { forget(ticket, true); });
  connect(&source, &FrameSource::coloursChanged, this, [this] {
    m_cache.clear();
    m_failed.clear();
    m_pending.clear();  // their answers are of the old colours
    emit changed();
  });
  connect(&source, &FrameSource::cancelled, this, [forget](quint64 ticket) { forget(ticket, false); });
}

QImage Thumbnails::get(const ThumbnailKey& key) {
  if (const QImage* image = m_cache.object(key)) return *image;
  if (!m_failed.contains(key)) m_wanted.push_back(key);
  return {};
}

void Thumbnails::endPaint() { ask(); }

void Thumbnails::ask() {
  while (m_pending.size() < kInFlight && !m_wanted.empty()) {
    const ThumbnailKey key = m_wanted.front();
    m_wanted.erase(m_wanted.begin());
    const bool known = m_cache.contains(key) || std::any_of(m_pending.begin(), m_pending.end(),
                                                            [&key](const auto& p) { return p.second == key; });
    if (known) continue;
    const auto ticket = m_source.requestMediaFrame(key.path, key.kind, {key.frame}, kSize, PictureChannel::kThumbnails);
    m_pending[ticket] = key;
  }
}

}  // namespace pai::app

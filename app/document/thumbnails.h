// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <tuple>
#include <vector>

#include <QCache>
#include <QImage>
#include <QObject>

#include "app/document/frame_source.h"

namespace pai::app {

/// One small picture: a frame of a media file.
struct ThumbnailKey {
  QString path;
  core::MediaKind kind = core::MediaKind::kClip;
  std::int64_t frame = 0;
  bool operator==(const ThumbnailKey&) const = default;
  bool operator<(const ThumbnailKey& other) const {
    return std::tie(path, kind, frame) < std::tie(other.path, other.kind, other.frame);
  }
};
inline size_t qHash(const ThumbnailKey& key, size_t seed = 0) { return qHashMulti(seed, key.path, key.frame); }

/// Small pictures for the filmstrip and flags, bounded in bytes. Asks only for what the last paint wanted. GUI thread only.
class Thumbnails : public QObject {
  Q_OBJECT
 public:
  explicit Thumbnails(FrameSource& source, QObject* parent = nullptr);
  /// The picture, or null and a wish for it.
  QImage get(const ThumbnailKey& key);
  /// Forgets wishes that are not under way: call before a paint.
  void beginPaint() { m_wanted.clear(); }
  /// Sends the wishes of this paint: call after it.
  void endPaint();

 signals:
  void changed();

 private:
  void ask();
  FrameSource& m_source;
  QCache<ThumbnailKey, QImage> m_cache;
  std::vector<ThumbnailKey> m_wanted;
  std::map<quint64, ThumbnailKey> m_pending;
  std::map<ThumbnailKey, bool> m_failed;
};

}  // namespace pai::app

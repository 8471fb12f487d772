// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <vector>

#include <QImage>

#include "app/document/frame_source.h"

namespace pai::app {

/// Pictures of the shot that were made, kept for the next time they are looked at. Holds no more than a number of bytes: other
/// kinds of pictures go first, then the frames that lie farthest ahead of the playhead, counted round the shot.
class HeldPictures {
 public:
  struct Kind {
    ShotPicture picture = ShotPicture::kComposite;
    int divisor = 1;
    auto operator<=>(const Kind&) const = default;
  };

  explicit HeldPictures(qint64 maxBytes) : m_maxBytes(maxBytes) {}
  void setMaxBytes(qint64 bytes);
  /// Where the playhead is, of how many frames: what is kept and what is made next goes by it.
  void setPlayhead(std::int64_t frame, std::int64_t frames);
  void clear();
  /// `final`: as a render has it; another one is made in haste, and gives way.
  void keep(const Kind& kind, std::int64_t frame, const QImage& image, bool final);
  /// A null image when there is none.
  QImage find(const Kind& kind, std::int64_t frame, bool final) const;
  /// The next frame from the playhead on, round the shot, without a final picture that there is room for.
  std::optional<std::int64_t> nextMissing(const Kind& kind) const;
  std::vector<core::FrameRange> ranges(const Kind& kind) const;
  qint64 bytes() const { return m_bytes; }

 private:
  struct Picture {
    QImage image;
    bool final = false;
  };
  using Key = std::pair<Kind, std::int64_t>;
  std::int64_t ahead(std::int64_t frame) const;
  void makeRoom(Kind newest);  // a copy: pictures that name it go

  qint64 m_maxBytes, m_bytes = 0;
  std::int64_t m_playhead = 0, m_frames = 1;
  std::map<Key, Picture> m_pictures;
};

}  // namespace pai::app

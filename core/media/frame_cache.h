// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/media/clip_reader.h"

namespace pai::core {

/// Pictures of clips by frame and size, up to a number of bytes, read by a thread of its own: the latest request wins, and
/// while none waits the frames ahead in the direction of travel are read. All calls from any thread.
class FrameCache {
 public:
  struct Key {
    std::string path;
    std::int64_t frame = 0;
    int maxWidth = 0, maxHeight = 0;  // 0: full size
    SampleType type = SampleType::kU8;
    auto operator<=>(const Key&) const = default;
  };
  /// Called once a request, from the cache's thread, or at once from `request` when the picture is there. A request that a
  /// later one replaced gets kCancelled.
  using Ready = std::function<void(const Key&, const Result<PicturePtr>&)>;

  explicit FrameCache(std::size_t maxBytes);
  ~FrameCache();
  FrameCache(const FrameCache&) = delete;
  FrameCache& operator=(const FrameCache&) = delete;

  /// The picture if it is there, else null.
  PicturePtr find(const Key& key) const;
  void request(const Key& key, Ready ready);
  /// Forgets a clip, e.g. because its file changed.
  void forget(const std::string& path);
  void setMaxBytes(std::size_t maxBytes);
  std::size_t bytes() const;

 private:
  class Private;
  std::unique_ptr<Private> d;
};

}  // namespace pai::core

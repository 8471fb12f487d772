// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/media/clip_reader.h"

namespace pai::core {

/// Frames of clips within a number of bytes in all: pictures by frame and size, and the decoded frames they were made from, so
/// that stepping back within a group of pictures decodes nothing. Read by a thread of its own: requests are answered in order,
/// and while none waits the frames ahead in the direction of travel are read. Pictures have the clip's own depth (kF32 where it
/// is linear). All calls from any thread.
class FrameCache {
 public:
  struct Key {
    std::string path;
    std::int64_t frame = 0;
    int maxWidth = 0, maxHeight = 0;  // 0: full size
    auto operator<=>(const Key&) const = default;
  };
  /// Called once a request, from the cache's thread; with kCancelled for what still waits when the cache ends.
  using Ready = std::function<void(const Key&, const Result<PicturePtr>&)>;
  using Described = std::function<void(const Result<ClipInfo>&)>;

  /// `niceness` is added to that of the process for the cache's thread.
  explicit FrameCache(std::size_t maxBytes, int niceness = 0);
  ~FrameCache();
  FrameCache(const FrameCache&) = delete;
  FrameCache& operator=(const FrameCache&) = delete;

  /// The picture if it is there, else null.
  PicturePtr find(const Key& key) const;
  void request(const Key& key, Ready ready, std::int64_t ticket = 0);
  /// Opens a clip and says what it is.
  void describe(const std::string& path, Described described, std::int64_t ticket = 0);
  /// Takes back what waits under a ticket; it gets no answer. False when nothing did: what is being read under it is stopped, and
  /// answered by kCancelled unless it was just done.
  bool cancel(std::int64_t ticket);
  /// Frames of a clip that are asked for no larger than a proxy are read from this one.
  void useProxy(const std::string& path, const std::string& proxy);
  /// Forgets a clip, e.g. because its file changed.
  void forget(const std::string& path);
  /// Another number of bytes; what is beyond it goes.
  void setMaxBytes(std::size_t maxBytes);
  /// Bytes of pictures and decoded frames.
  std::size_t bytes() const;

 private:
  class Private;
  std::unique_ptr<Private> d;
};

}  // namespace pai::core

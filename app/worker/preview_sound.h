// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "app/worker/preview_lane.h"
#include "core/media/sound_reader.h"

namespace pai::worker {

/// Sound of clips for playing, and what it looks like. Calls from any thread; pieces are read in order by one thread, peaks are
/// measured behind everything else by another.
class PreviewSound {
 public:
  explicit PreviewSound(PreviewReply& reply) : m_reply(reply) {}
  /// Answers `sound` with the samples in shared memory, interleaved, 16 bits.
  void read(std::int64_t ticket, const std::string& path, std::int64_t begin, std::int64_t count);
  /// Answers `peaks` with the pairs in shared memory; tells `progress`.
  void peaks(std::int64_t ticket, const std::string& path);
  /// True when it was waiting and is gone now.
  bool cancel(std::int64_t ticket);

 private:
  core::Result<core::SoundReader*> readerOf(const std::string& path);

  PreviewReply& m_reply;
  std::list<std::pair<std::string, std::unique_ptr<core::SoundReader>>> m_readers;  // used last first; of the reading thread
  PreviewLane m_reading{0}, m_measuring{15};  // last: their threads end before what they use
};

}  // namespace pai::worker

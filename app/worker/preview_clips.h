// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "app/worker/preview_lane.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/media/clip_reader.h"

namespace pai::worker {

struct FrameWanted {
  std::int64_t clip = 0;
  core::FrameIndex frame;
  int maxWidth = 0, maxHeight = 0;  // 0: full size
};

/// Open clips of one lane; its calls come from that lane's thread.
class PreviewClips {
 public:
  PreviewClips(std::size_t cacheBytes, PreviewReply& reply) : m_cacheBytes(cacheBytes), m_reply(reply) {}
  /// Opens and answers with what the clip is.
  core::Status open(std::int64_t clip, const std::string& path);
  /// Remembers a clip that is opened when a frame is asked for.
  void know(std::int64_t clip, const std::string& path) { m_paths[clip] = path; }
  void close(std::int64_t clip);
  core::Status frame(std::int64_t ticket, const FrameWanted& wanted);

 private:
  struct Opened {
    std::int64_t clip = 0;
    int maxWidth = 0, maxHeight = 0;
    std::unique_ptr<core::ClipReader> reader;
  };
  core::Result<core::ClipReader*> readerFor(const FrameWanted& wanted);

  const std::size_t m_cacheBytes;
  PreviewReply& m_reply;
  std::map<std::int64_t, std::string> m_paths;
  std::list<Opened> m_readers;  // most recently used first
};

/// Answers with a still, scaled down to fit (0: full size), and its full size.
core::Status sendStill(PreviewReply& reply, std::int64_t ticket, const std::string& path, int maxWidth, int maxHeight);

/// Writes an all-intra proxy that fits 960x540, telling progress; answers `done`.
core::Status makeProxy(PreviewReply& reply, std::int64_t ticket, const std::string& path, const std::string& out,
                       const core::StopToken& stop);

}  // namespace pai::worker

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "app/worker/preview_colour.h"
#include "app/worker/preview_lane.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/media/clip_reader.h"
#include "core/media/frame_cache.h"

namespace pai::worker {

struct FrameWanted {
  std::int64_t clip = 0;
  core::FrameIndex frame;
  int maxWidth = 0, maxHeight = 0;  // 0: full size
  std::optional<ViewWanted> view;   // none: as it is
};

/// Open clips over a frame cache, whose thread answers. Calls from any thread.
class PreviewClips {
 public:
  using Opened = std::function<void(std::int64_t clip, const core::ClipInfo& info)>;

  PreviewClips(std::size_t cacheBytes, int niceness, PreviewReply& reply, PreviewColour& colour)
      : m_reply(reply), m_colour(colour), m_cache(cacheBytes, niceness) {}
  /// Opens, answers with what the clip is, and tells `opened`.
  void open(std::int64_t clip, const std::string& path, Opened opened);
  /// Remembers a clip that is opened when a frame is asked for.
  void know(std::int64_t clip, const std::string& path);
  void close(std::int64_t clip);
  void frame(std::int64_t ticket, const FrameWanted& wanted);
  bool cancel(std::int64_t ticket) { return m_cache.cancel(ticket); }
  void setMaxBytes(std::size_t bytes) { m_cache.setMaxBytes(bytes); }
  void useProxy(const std::string& path, const std::string& proxy) { m_cache.useProxy(path, proxy); }

 private:
  PreviewReply& m_reply;
  PreviewColour& m_colour;
  std::mutex m_mutex;
  std::map<std::int64_t, std::string> m_paths;
  core::FrameCache m_cache;  // last: its thread ends before what it uses
};

/// Answers with a still, scaled down to fit (0: full size), and its full size.
struct StillWanted {
  std::string path;
  int maxWidth = 0, maxHeight = 0;
  std::optional<ViewWanted> view;  // none: as it is
};
core::Status sendStill(PreviewReply& reply, PreviewColour& colour, std::int64_t ticket, const StillWanted& wanted);

/// Makes a proxy at a path, telling progress; answers `done`.
core::Status sendProxy(PreviewReply& reply, std::int64_t ticket, const std::string& path, const std::string& out,
                       const core::StopToken& stop);

}  // namespace pai::worker

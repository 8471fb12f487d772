// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/media/av_input.h"

namespace pai::core {

/// A packet of the picture stream, in decoding order.
struct IndexedPacket {
  std::int64_t pts = 0;  // in time base units; display order where the container has no time stamps
  std::int64_t pos = -1;
  std::int32_t size = 0;
  std::int32_t frame = -1;  // frame it shows, -1 when hidden by an edit list
  bool key = false;
};

/// Every packet of a clip and the order its frames are shown in. Packets are named by their ordinal.
struct ClipIndex {
  std::vector<IndexedPacket> packets;
  std::vector<std::int32_t> shown;  // frame -> packet ordinal
  std::vector<double> times;        // frame -> seconds from the first frame
  bool byDecoding = false;          // pts are display positions found by decoding, not the container's

  /// Key packet from which decoding gives `frame` whole: the last one shown no later than it.
  std::int32_t keyFor(std::int64_t frame) const;
  /// Ordinal of a packet read after a seek, by time stamp, place and size; -1 when it is not known.
  std::int32_t ordinalOf(const AVPacket& packet) const;

  std::vector<std::int32_t> byPts;  // ordinals sorted by pts
};

/// Most packets a clip may have: 50 hours at 24 frames a second.
inline constexpr std::int64_t kMaxClipPackets = 4'320'000;

/// Reads every packet of a stream once. Leaves the demuxer at the end. Errors: kFormatBroken, kLimitExceeded.
Result<ClipIndex> indexClip(AvInput& input, int stream);

/// Time in the container at which the first picture is shown; 0 without pictures. Leaves the demuxer at the end; errors of
/// `indexClip`.
Result<double> firstPictureSeconds(AvInput& input);

/// The constant rate that explains the frame times; `variable` when none does (then the nearest usual rate to the mean).
FrameRate rateOf(const std::vector<double>& times, AVRational hint, AVRational secondHint, double tickSeconds,
                 bool& variable);

}  // namespace pai::core

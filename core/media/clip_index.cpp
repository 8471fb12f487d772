// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/clip_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pai::core {

namespace {

/// Orders shown packets by time stamp and gives them frame numbers and times.
void numberFrames(ClipIndex& index, const std::vector<bool>& hidden, double tickSeconds) {
  index.byPts.resize(index.packets.size());
  std::iota(index.byPts.begin(), index.byPts.end(), 0);
  const auto& packets = index.packets;
  std::stable_sort(index.byPts.begin(), index.byPts.end(), [&](std::int32_t a, std::int32_t b) {
    return packets[static_cast<std::size_t>(a)].pts < packets[static_cast<std::size_t>(b)].pts;
  });
  for (const std::int32_t ordinal : index.byPts)
    if (!hidden[static_cast<std::size_t>(ordinal)]) index.shown.push_back(ordinal);
  if (index.shown.empty()) return;
  const std::int64_t first = packets[static_cast<std::size_t>(index.shown.front())].pts;
  index.times.reserve(index.shown.size());
  for (std::size_t frame = 0; frame < index.shown.size(); ++frame) {
    IndexedPacket& packet = index.packets[static_cast<std::size_t>(index.shown[frame])];
    packet.frame = static_cast<std::int32_t>(frame);
    index.times.push_back((static_cast<double>(packet.pts) - static_cast<double>(first)) * tickSeconds);
  }
}

/// Worst distance of the times from frame / rate.
double worstError(const std::vector<double>& times, const FrameRate& rate) {
  double worst = 0.0;
  for (std::size_t i = 0; i < times.size(); ++i)
    worst = std::max(worst, std::abs(times[i] - rate.secondsOf({static_cast<std::int64_t>(i)})));
  return worst;
}

}  // namespace

std::int32_t ClipIndex::keyFor(std::int64_t frame) const {
  const std::int32_t target = shown[static_cast<std::size_t>(frame)];
  const std::int64_t pts = packets[static_cast<std::size_t>(target)].pts;
  for (std::int32_t i = target; i > 0; --i) {
    const IndexedPacket& packet = packets[static_cast<std::size_t>(i)];
    if (packet.key && packet.pts <= pts) return i;
  }
  return 0;
}

std::int32_t ClipIndex::ordinalOf(const AVPacket& packet) const {
  const auto same = [&](const IndexedPacket& known) {
    return known.size == packet.size && (known.pos == packet.pos || known.pos < 0 || packet.pos < 0);
  };
  if (byDecoding || packet.pts == AV_NOPTS_VALUE) {
    std::int32_t found = -1;
    for (std::size_t i = 0; i < packets.size(); ++i)
      if (packets[i].pos >= 0 && same(packets[i])) {
        if (found >= 0) return -1;
        found = static_cast<std::int32_t>(i);
      }
    return found;
  }
  auto at = std::lower_bound(byPts.begin(), byPts.end(), packet.pts, [&](std::int32_t ordinal, std::int64_t pts) {
    return packets[static_cast<std::size_t>(ordinal)].pts < pts;
  });
  for (; at != byPts.end() && packets[static_cast<std::size_t>(*at)].pts == packet.pts; ++at)
    if (same(packets[static_cast<std::size_t>(*at)])) return *at;
  return -1;
}

Result<ClipIndex> indexClip(AvInput& input, int stream) {
  AVFormatContext* format = input.format();
  for (unsigned i = 0; i < format->nb_streams; ++i)
    format->streams[i]->discard = static_cast<int>(i) == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  ClipIndex index;
  std::vector<bool> hidden;
  AvPacketPtr packet(av_packet_alloc());
  while (av_read_frame(format, packet.get()) >= 0) {
    if (packet->stream_index == stream) {
      if (static_cast<std::int64_t>(index.packets.size()) >= kMaxClipPackets)
        return Error{ErrorCode::kLimitExceeded, "more than 4,320,000 frames", input.path(), {}};
      IndexedPacket entry;
      if (packet->pts == AV_NOPTS_VALUE) index.byDecoding = true;
      entry.pts = packet->pts;
      entry.pos = packet->pos;
      entry.size = packet->size;
      entry.key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
      index.packets.push_back(entry);
      hidden.push_back((packet->flags & AV_PKT_FLAG_DISCARD) != 0);
    }
    av_packet_unref(packet.get());
  }
  const double tickSeconds = av_q2d(format->streams[stream]->time_base);
  if (!index.byDecoding) numberFrames(index, hidden, tickSeconds);
  if (index.packets.empty() || (!index.byDecoding && index.shown.empty()))
    return Error{ErrorCode::kFormatBroken, "the video track holds no frame", input.path(), {}};
  return index;
}

FrameRate rateOf(const std::vector<double>& times, AVRational hint, AVRational secondHint, double tickSeconds,
                 bool& variable) {
  constexpr std::pair<std::int64_t, std::int64_t> kUsual[] = {
      {24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {48, 1}, {50, 1}, {60000, 1001}, {60, 1},
      {12, 1}, {15, 1}, {10, 1}, {100, 1}, {120000, 1001}, {120, 1}};
  std::vector<FrameRate> candidates;
  const auto add = [&](std::int64_t num, std::int64_t den) {
    if (auto rate = FrameRate::make(num, den)) candidates.push_back(*rate);
  };
  for (const AVRational& said : {hint, secondHint})
    if (said.den > 0 && said.num >= said.den) add(said.num, said.den);  // from one frame a second up
  for (const auto& [num, den] : kUsual) add(num, den);
  variable = false;
  const FrameRate fallback = FrameRate::make(24, 1).value();
  const bool told = (hint.den > 0 && hint.num >= hint.den) || (secondHint.den > 0 && secondHint.num >= secondHint.den);
  if (times.size() < 2) return told ? candidates.front() : fallback;
  // Stamps may be rounded to ticks both at a frame and at the first one.
  const double tolerance = std::max(1.01 * tickSeconds, 1e-4);
  const FrameRate* best = nullptr;
  double bestError = std::numeric_limits<double>::max();
  for (const FrameRate& rate : candidates) {
    const double error = worstError(times, rate);
    if (error + 1e-6 < bestError) best = &rate, bestError = error;
  }
  if (best && bestError <= std::min(tolerance, 0.45 / best->framesPerSecond())) return *best;
  const double mean = static_cast<double>(times.size() - 1) / std::max(times.back(), 1e-9);
  if (const double scaled = std::round(mean * 1000.0); scaled >= 1000.0 && scaled <= 1e6) {
    const auto exact = FrameRate::make(static_cast<std::int64_t>(scaled), 1000);
    if (exact && worstError(times, *exact) <= tolerance) return *exact;
  }
  variable = true;
  FrameRate nearest = fallback;
  double bestRatio = 1.6;
  for (const auto& [num, den] : kUsual) {
    const FrameRate rate = FrameRate::make(num, den).value();
    const double ratio = std::max(rate.framesPerSecond() / mean, mean / rate.framesPerSecond());
    if (ratio < bestRatio) nearest = rate, bestRatio = ratio;
  }
  return nearest;
}

Result<double> firstPictureSeconds(AvInput& input) {
  const int stream = input.videoStream();
  if (stream < 0) return 0.0;
  auto index = indexClip(input, stream);
  if (!index) return std::move(index).error();
  if (index->byDecoding || index->shown.empty()) return 0.0;
  const auto pts = index->packets[static_cast<std::size_t>(index->shown.front())].pts;
  return static_cast<double>(pts) * av_q2d(input.format()->streams[stream]->time_base);
}

}  // namespace pai::core

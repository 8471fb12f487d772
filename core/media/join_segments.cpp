// SPDX-License-Identifier: GPL-3.0-or-later
// Closed groups follow one another, so the joined stream's decoding order is the segments' orders in a row: display
// position = segment offset + position within it, decoding time = ordinal - D with the least D that keeps dts <= pts.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/media/av_output.h"
#include "core/media/clip_index.h"
#include "core/media/clip_writer.h"
#include "core/media/codec_settings.h"
#include "core/media/sequence.h"

namespace pai::core {

namespace {

Status joinSequences(const std::vector<std::string>& segments, const std::string& out, const WriteOptions& options) {
  auto output = SequenceOutput::create(out, options.firstFrameNumber);
  if (!output) return std::move(output).error();
  for (const std::string& segment : segments) {
    auto pattern = SequencePattern::parse(segment);
    if (!pattern) return std::move(pattern).error();
    auto numbers = pattern->numbers();
    if (!numbers) return std::move(numbers).error();
    for (const std::int64_t number : *numbers) {
      std::ifstream file(pattern->pathOf(number), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      if (!file || bytes.empty())
        return Error{ErrorCode::kFileUnreadable, "a finished frame cannot be read", pattern->pathOf(number), {}};
      if (Status added = (*output)->add(bytes.data(), bytes.size()); !added) return added;
    }
  }
  return (*output)->finish();
}

struct Segment {
  std::unique_ptr<AvInput> input;
  ClipIndex index;
  const AVCodecParameters* coded = nullptr;
};

Result<Segment> openSegment(const std::string& path) {
  Segment segment;
  auto input = AvInput::open(path);
  if (!input) return std::move(input).error();
  const int stream = (*input)->videoStream();
  if (stream < 0) return Error{ErrorCode::kNoPicture, "the segment has no picture", path, {}};
  auto index = indexClip(**input, stream);
  if (!index) return std::move(index).error();
  if (index->byDecoding || !index->packets.front().key || index->shown.size() != index->packets.size())
    return Error{ErrorCode::kFormatUnsupported, "the segment does not start and end with a whole group of frames", path, {}};
  segment.index = std::move(*index);
  input = AvInput::open(path);  // the index pass left the first one at the end
  if (!input) return std::move(input).error();
  segment.input = std::move(*input);
  segment.coded = segment.input->format()->streams[stream]->codecpar;
  return segment;
}

bool fitTogether(const AVCodecParameters& a, const AVCodecParameters& b) {
  return a.codec_id == b.codec_id && a.width == b.width && a.height == b.height && a.format == b.format &&
         a.extradata_size == b.extradata_size &&
         (a.extradata_size == 0 ||
          std::memcmp(a.extradata, b.extradata, static_cast<std::size_t>(a.extradata_size)) == 0);
}

/// Writes the packets of a segment whose first frame is frame `offset` and whose first packet is packet `offset` too.
Status copyPackets(Segment& segment, std::int64_t offset, std::int64_t delay, AvOutput& output) {
  AvPacketPtr packet(av_packet_alloc());
  const int stream = segment.input->videoStream();
  std::size_t ordinal = 0;
  while (ordinal < segment.index.packets.size() && av_read_frame(segment.input->format(), packet.get()) >= 0) {
    if (packet->stream_index == stream) {
      packet->pts = offset + segment.index.packets[ordinal].frame;
      packet->dts = offset + static_cast<std::int64_t>(ordinal) - delay;
      packet->duration = 1;
      ++ordinal;
      if (Status written = output.write(*packet); !written) return written;
    }
    av_packet_unref(packet.get());
  }
  if (ordinal == segment.index.packets.size()) return {};
  return Error{ErrorCode::kFormatBroken, "the segment changed while it was read", segment.input->path(), {}};
}

}  // namespace

Status joinSegments(const std::vector<std::string>& segments, const std::string& out, const WriteOptions& options) {
  if (Status fits = checkWriteOptions(out, options); !fits) return fits;
  if (segments.empty()) return Error{ErrorCode::kUsage, "there is no segment to join", out, {}};
  if (options.codec == Codec::kPng || options.codec == Codec::kExr) return joinSequences(segments, out, options);
  std::unique_ptr<AvOutput> output;
  AVCodecParameters* coded = nullptr;
  const std::unique_ptr<AVCodecParameters*, void (*)(AVCodecParameters**)> owner(&coded, avcodec_parameters_free);
  std::int64_t delay = 0, frames = 0;
  for (const std::string& path : segments) {  // learns the reordering delay of all before the first is written
    auto segment = openSegment(path);
    if (!segment) return std::move(segment).error();
    if (!coded) {
      coded = avcodec_parameters_alloc();
      if (!coded || avcodec_parameters_copy(coded, segment->coded) < 0)
        return Error{ErrorCode::kOutOfMemory, "no memory to join", out, {}};
    } else if (!fitTogether(*coded, *segment->coded)) {
      return Error{ErrorCode::kFormatUnsupported, "the segment was not written with the same settings", path, {}};
    }
    for (std::size_t i = 0; i < segment->index.packets.size(); ++i)
      delay = std::max(delay, static_cast<std::int64_t>(i) - segment->index.packets[i].frame);
  }
  auto created = AvOutput::create(out, completed(options), *coded);
  if (!created) return std::move(created).error();
  output = std::move(*created);
  for (const std::string& path : segments) {
    auto segment = openSegment(path);
    if (!segment) return std::move(segment).error();
    if (Status copied = copyPackets(*segment, frames, delay, *output); !copied) return copied;
    frames += static_cast<std::int64_t>(segment->index.packets.size());
  }
  return output->finish(frames);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cmath>
#include <utility>

#include "core/media/video_reader.h"

extern "C" {
#include <libavutil/display.h>
}

namespace pai::core {

namespace {

std::string named(const char* name) { return name ? name : ""; }

/// A colour tag's name; "" where the stream says nothing.
std::string tagName(const char* name) {
  const std::string text = named(name);
  return text == "unknown" || text == "reserved" ? std::string() : text;
}

CodedFacts soundFacts(const AVCodecParameters& coded) {
  CodedFacts facts;
  facts.soundCodec = named(avcodec_get_name(coded.codec_id));
  facts.soundRate = coded.sample_rate;
  facts.soundBitRate = coded.bit_rate;
  std::array<char, 64> layout{};
  if (av_channel_layout_describe(&coded.ch_layout, layout.data(), layout.size()) > 0) facts.soundLayout = layout.data();
  return facts;
}

const char* tag(AVDictionary* dictionary, const char* name) {
  const AVDictionaryEntry* entry = av_dict_get(dictionary, name, nullptr, 0);
  return entry ? entry->value : nullptr;
}

}  // namespace

std::string codedTransferName(ColourTags::Transfer transfer) { return tagName(av_color_transfer_name(avTransfer(transfer))); }

Result<std::unique_ptr<ClipReader>> VideoReader::open(const std::string& path, const ReadOptions& options) {
  std::unique_ptr<VideoReader> reader(new VideoReader(options));
  if (Status started = reader->start(path); !started) return std::move(started).error();
  return std::unique_ptr<ClipReader>(std::move(reader));
}

Status VideoReader::start(const std::string& path) {
  auto input = AvInput::open(path);
  if (!input) return std::move(input).error();
  m_input = std::move(*input);
  m_info.path = path;
  m_stream = m_input->videoStream();
  if (m_stream < 0) return Error{ErrorCode::kNoPicture, "there is no picture, only sound or data", path, {}};
  m_packet.reset(av_packet_alloc());
  if (const int sound = m_input->audioStream(); sound >= 0) {
    m_info.hasAudio = true;
    m_info.coded = soundFacts(*m_input->format()->streams[sound]->codecpar);
  }
  auto index = indexClip(*m_input, m_stream);
  if (!index) return std::move(index).error();
  m_index = std::move(*index);
  if (Status opened = openDecoder(); !opened) return opened;
  if (m_index.byDecoding)
    if (Status indexed = indexByDecoding(); !indexed) return indexed;
  describe();
  if (Status placed = positionAt(0); !placed) return placed;
  auto first = fetch(0);
  if (!first) return std::move(first).error();
  describeFirstFrame(*first->frame);
  return {};
}

Status VideoReader::openDecoder() {
  const AVStream& stream = *m_input->format()->streams[m_stream];
  const AVCodec* codec = avcodec_find_decoder(stream.codecpar->codec_id);
  if (!codec)
    return Error{ErrorCode::kFormatUnsupported,
                 std::string("no decoder for ") + avcodec_get_name(stream.codecpar->codec_id), m_info.path, {}};
  m_decoder.reset(avcodec_alloc_context3(codec));
  if (!m_decoder || avcodec_parameters_to_context(m_decoder.get(), stream.codecpar) < 0)
    return Error{ErrorCode::kOutOfMemory, "no memory for the decoder", m_info.path, {}};
  m_decoder->codec_whitelist = av_strdup(m_input->format()->codec_whitelist);
  m_decoder->max_pixels = kMaxClipPixels;
  m_decoder->thread_count = m_single ? 1 : mediaThreads();
  const AVCodecDescriptor* kind = avcodec_descriptor_get(codec->id);
  const bool intra = kind && (kind->props & AV_CODEC_PROP_INTRA_ONLY);
  if (intra && (codec->capabilities & AV_CODEC_CAP_SLICE_THREADS))
    m_decoder->thread_type = FF_THREAD_SLICE;  // a frame comes out at once, without others behind it
  m_decoder->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
  m_decoder->pkt_timebase = {1, 1000};
  if (const int code = avcodec_open2(m_decoder.get(), codec, nullptr); code < 0)
    return Error{ErrorCode::kFormatUnsupported,
                 std::string("the ") + codec->name + " decoder refuses it (" + avErrorText(code) + ")", m_info.path, {}};
  return {};
}

/// For containers without display times: decodes the whole clip once to learn the order its frames are shown in.
Status VideoReader::indexByDecoding() {
  if (Status opened = reopen(); !opened) return opened;
  m_nextPacket = 0;
  for (IndexedPacket& packet : m_index.packets) packet.pts = -1, packet.frame = -1;
  AvFramePtr out(av_frame_alloc());
  bool damaged = false;
  while (decodeNext(out.get(), damaged)) {
    const std::int64_t ordinal = out->pts;
    if (ordinal < 0 || ordinal >= static_cast<std::int64_t>(m_index.packets.size())) continue;
    IndexedPacket& packet = m_index.packets[static_cast<std::size_t>(ordinal)];
    if (packet.frame >= 0) continue;
    packet.frame = static_cast<std::int32_t>(m_index.shown.size());
    packet.pts = packet.frame;
    m_index.shown.push_back(static_cast<std::int32_t>(ordinal));
  }
  if (m_index.shown.empty()) return Error{ErrorCode::kFormatBroken, "no frame can be decoded", m_info.path, {}};
  const AVStream& stream = *m_input->format()->streams[m_stream];
  const AVRational rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : AVRational{24, 1};
  for (std::size_t i = 0; i < m_index.shown.size(); ++i)
    m_index.times.push_back(static_cast<double>(i) * rate.den / rate.num);
  m_drained = true;
  return {};
}

void VideoReader::describe() {
  AVFormatContext* format = m_input->format();
  const AVStream& stream = *format->streams[m_stream];
  const AVCodecParameters& coded = *stream.codecpar;
  m_info.frames = static_cast<std::int64_t>(m_index.shown.size());
  m_info.frameTimes = m_index.times;
  m_info.rate = rateOf(m_index.times, stream.avg_frame_rate, stream.r_frame_rate, av_q2d(stream.time_base),
                       m_info.variableRate);
  if (m_info.variableRate)
    m_info.warnings.emplace_back("the frame rate varies; frames are shown one by one at " + m_info.rate.text() +
                              " frames a second");
  const auto promised = stream.nb_frames, found = static_cast<std::int64_t>(m_index.packets.size());
  if (promised > found)
    m_info.warnings.emplace_back("the file is cut off or its index is wrong: it promises " + std::to_string(promised) +
                                 " frames and holds " + std::to_string(found));
  m_info.codec = avcodec_get_name(coded.codec_id);
  m_info.coded.profile = named(avcodec_profile_name(coded.codec_id, coded.profile));
  m_info.container = std::string(format->iformat->name);
  m_info.container = m_info.container.substr(0, m_info.container.find(','));
  const double seconds = m_info.frames / m_info.rate.framesPerSecond();
  std::int64_t bytes = 0;
  for (const IndexedPacket& packet : m_index.packets) bytes += packet.size;
  m_info.bitRate = std::llround(static_cast<double>(bytes) * 8.0 / std::max(seconds, 1e-6));
  if (const auto* matrix = reinterpret_cast<const std::int32_t*>(
          av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr))) {
    const double clockwise = -av_display_rotation_get(matrix);
    if (std::isfinite(clockwise)) {
      const int quarter = static_cast<int>(std::lround(clockwise / 90.0));
      m_info.rotationDegrees = ((quarter % 4) + 4) % 4 * 90;
      if (std::abs(clockwise - quarter * 90.0) > 0.5)
        m_info.warnings.emplace_back("the picture is tagged as turned by " + std::to_string(std::lround(clockwise)) +
                                  " degrees; only quarter turns are applied");
    }
  }
  describeTimecode();
}

void VideoReader::describeTimecode() {
  AVFormatContext* format = m_input->format();
  const char* text = tag(format->streams[m_stream]->metadata, "timecode");
  if (!text) text = tag(format->metadata, "timecode");
  for (unsigned i = 0; i < format->nb_streams && !text; ++i) text = tag(format->streams[i]->metadata, "timecode");
  if (!text) return;
  if (auto timecode = Timecode::parse(text, m_info.rate)) m_info.startTimecode = *timecode;
  else m_info.warnings.emplace_back("the start timecode is not valid at this frame rate and was left out");
}

void VideoReader::describeFirstFrame(const AVFrame& frame) {
  const AVStream& stream = *m_input->format()->streams[m_stream];
  const bool turned = m_info.rotationDegrees % 180 == 90;
  m_info.width = turned ? frame.height : frame.width;
  m_info.height = turned ? frame.width : frame.height;
  AVRational aspect = stream.sample_aspect_ratio.num > 0 ? stream.sample_aspect_ratio : frame.sample_aspect_ratio;
  if (aspect.num > 0 && aspect.den > 0) {
    if (turned) std::swap(aspect.num, aspect.den);
    m_info.coded.pixelAspect = true;
    av_reduce(&m_info.pixelAspectNum, &m_info.pixelAspectDen, aspect.num, aspect.den, 65535);
  }
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  m_info.coded.pixelFormat = named(av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format)));
  m_info.coded.primaries = tagName(av_color_primaries_name(frame.color_primaries));
  m_info.coded.transfer = tagName(av_color_transfer_name(frame.color_trc));
  m_info.coded.matrix = tagName(av_color_space_name(frame.colorspace));
  m_info.coded.range = tagName(av_color_range_name(frame.color_range));
  m_info.hasAlpha = d && (d->flags & AV_PIX_FMT_FLAG_ALPHA);
  m_info.bitsPerComponent = d ? d->comp[0].depth : 8;
  const AVFieldOrder order = stream.codecpar->field_order;
  const bool fields = order != AV_FIELD_UNKNOWN && order != AV_FIELD_PROGRESSIVE;
  m_info.interlaced = frame.interlaced_frame != 0 || fields;
  m_info.topFieldFirst = frame.interlaced_frame ? frame.top_field_first != 0 : order == AV_FIELD_TT || order == AV_FIELD_BT;
  if (m_info.interlaced)
    m_info.warnings.emplace_back("the clip is interlaced; its fields are shown together, deinterlace it before keying");
  m_info.colour = colourTags(frame.colorspace, frame.color_trc, frame.color_primaries, frame.color_range);
  if (d && (d->flags & AV_PIX_FMT_FLAG_RGB)) m_info.colour.matrix = ColourTags::Matrix::kRgb;
  if (const auto planes = yuvOf({std::shared_ptr<const AVFrame>(&frame, [](const AVFrame*) {}), false}))
    m_info.colour.fullRange = planes->colour.fullRange;
}

}  // namespace pai::core

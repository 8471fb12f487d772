// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/video_reader.h"

#include <cstring>
#include <new>
#include <utility>

extern "C" {
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>
}

namespace pai::core {

namespace {

constexpr int kMaxDamageWarnings = 20;

std::size_t frameBytes(const AVFrame& frame) {
  std::size_t bytes = 0;
  for (const AVBufferRef* buffer : frame.buf)
    if (buffer) bytes += buffer->size;
  return bytes;
}

std::shared_ptr<const AVFrame> shared(const AVFrame* frame) {
  return {av_frame_clone(frame), [](const AVFrame* p) {
            auto* own = const_cast<AVFrame*>(p);
            av_frame_free(&own);
          }};
}

/// A planar format our converter reads, holding the same values as `format`; `format` itself when it is one already.
AVPixelFormat planarFormat(AVPixelFormat format) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  if (!d) return AV_PIX_FMT_NONE;
  const bool rgb = (d->flags & AV_PIX_FMT_FLAG_RGB) || (d->flags & AV_PIX_FMT_FLAG_PAL);
  const bool alpha = d->flags & AV_PIX_FMT_FLAG_ALPHA;
  const int depth = d->comp[0].depth;
  const bool plain = !(d->flags & (AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                                   AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER));
  const int planes = av_pix_fmt_count_planes(format);
  const bool separate = planes == d->nb_components && d->comp[0].shift == 0;
  if (plain && separate && depth >= 8 && depth <= 16 && d->nb_components != 2) return format;
  if (rgb) return depth > 8 ? (alpha ? AV_PIX_FMT_GBRAP16LE : AV_PIX_FMT_GBRP16LE)
                            : (alpha || (d->flags & AV_PIX_FMT_FLAG_PAL) ? AV_PIX_FMT_GBRAP : AV_PIX_FMT_GBRP);
  if (d->nb_components <= 2) return depth > 8 ? AV_PIX_FMT_GRAY16LE : AV_PIX_FMT_GRAY8;
  if (alpha) return depth > 8 ? AV_PIX_FMT_YUVA444P16LE : AV_PIX_FMT_YUVA444P;
  const bool halfX = d->log2_chroma_w == 1, halfY = d->log2_chroma_h == 1;
  if (depth <= 8) return halfY ? AV_PIX_FMT_YUV420P : halfX ? AV_PIX_FMT_YUV422P : AV_PIX_FMT_YUV444P;
  if (depth == 10) return halfY ? AV_PIX_FMT_YUV420P10LE : halfX ? AV_PIX_FMT_YUV422P10LE : AV_PIX_FMT_YUV444P10LE;
  if (depth == 12) return halfY ? AV_PIX_FMT_YUV420P12LE : halfX ? AV_PIX_FMT_YUV422P12LE : AV_PIX_FMT_YUV444P12LE;
  return halfY ? AV_PIX_FMT_YUV420P16LE : halfX ? AV_PIX_FMT_YUV422P16LE : AV_PIX_FMT_YUV444P16LE;
}

/// RGB samples that are whole bytes or words apart by a fixed step, such as BGRA or RGB48: unpacked here, exactly.
bool unpackable(const AVPixFmtDescriptor& d) {
  const int depth = d.comp[0].depth;
  if (!(d.flags & AV_PIX_FMT_FLAG_RGB) || (d.flags & (AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_PLANAR |
                                                      AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_FLOAT)))
    return false;
  for (int i = 0; i < d.nb_components; ++i)
    if (d.comp[i].depth != depth || d.comp[i].shift != 0) return false;
  return depth == 8 || depth == 16;
}

template <typename T>
void unpack(const AVFrame& from, const AVPixFmtDescriptor& source, AVFrame& to, const AVPixFmtDescriptor& target) {
  for (int i = 0; i < target.nb_components; ++i) {
    const AVComponentDescriptor& in = source.comp[i];
    for (int y = 0; y < from.height; ++y) {
      const std::uint8_t* samples = from.data[0] + static_cast<std::ptrdiff_t>(from.linesize[0]) * y + in.offset;
      const int plane = target.comp[i].plane;
      auto* out = reinterpret_cast<T*>(to.data[plane] + static_cast<std::ptrdiff_t>(to.linesize[plane]) * y);
      for (int x = 0; x < from.width; ++x) std::memcpy(out + x, samples + static_cast<std::ptrdiff_t>(in.step) * x, sizeof(T));
    }
  }
}

bool standardDefinition(const AVFrame& frame) { return frame.width <= 1024 && frame.height <= 576; }

}  // namespace

VideoReader::~VideoReader() { sws_freeContext(m_scaler); }

Result<PicturePtr> VideoReader::read(FrameIndex frame) {
  Result<YuvFramePtr> planes = readYuv(frame);
  if (!planes) return std::move(planes).error();
  try {
    Picture picture = rgbOf(**planes, m_options.type, m_options.alpha);
    if (m_options.maxWidth > 0 || m_options.maxHeight > 0)
      picture = scaledToFit(picture, m_options.maxWidth, m_options.maxHeight);
    return std::make_shared<const Picture>(std::move(picture));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kOutOfMemory, "no memory for the picture", m_info.path, {}};
  }
}

Result<YuvFramePtr> VideoReader::readYuv(FrameIndex frame) {
  if (frame.value < 0 || frame.value >= m_info.frames)
    return Error{ErrorCode::kUsage,
                 "frame " + std::to_string(frame.value) + " asked for, the clip has " + std::to_string(m_info.frames),
                 m_info.path,
                 {{"frame", frame.value}, {"frames", m_info.frames}}};
  Result<Decoded> decoded = fetch(frame.value);
  if (!decoded) return std::move(decoded).error();
  YuvFramePtr planes = yuvOf(*decoded);
  if (!planes)
    return Error{ErrorCode::kFormatUnsupported, "the pixel format cannot be converted", m_info.path, {}};
  return planes;
}

Result<VideoReader::Decoded> VideoReader::fetch(std::int64_t frame) {
  if (auto found = m_cache.find(frame)) return *found;
  const std::int32_t key = m_index.keyFor(frame);
  const bool onTheWay = !m_drained && frame > m_lastOutput && frame >= m_validFrom && key <= m_nextPacket;
  if (!onTheWay)
    if (Status placed = positionAt(key); !placed) return std::move(placed).error();
  Result<Decoded> decoded = decodeUntil(frame);
  if (!decoded && decoded.error().code == ErrorCode::kCancelled) return decoded;
  if (m_single || !(m_damageSeen || !decoded)) return decoded;
  if (Status switched = switchToOneThread(); !switched) return std::move(switched).error();
  if (Status placed = positionAt(key); !placed) return std::move(placed).error();
  return decodeUntil(frame);
}

Result<VideoReader::Decoded> VideoReader::decodeUntil(std::int64_t frame) {
  AvFramePtr out(av_frame_alloc());
  bool damaged = false;
  const Error stopped{ErrorCode::kCancelled, "decoding was stopped", m_info.path, {}};
  if (m_stop.requested()) return stopped;
  while (decodeNext(out.get(), damaged)) {
    const std::int64_t ordinal = out->pts;
    if (ordinal < 0 || ordinal >= static_cast<std::int64_t>(m_index.packets.size())) continue;
    const std::int64_t shown = m_index.packets[static_cast<std::size_t>(ordinal)].frame;
    if (shown < 0 || shown < m_validFrom) continue;
    const auto planes = planar(shared(out.get()));
    if (!planes) return Error{ErrorCode::kFormatUnsupported, "the pixel format cannot be converted", m_info.path, {}};
    const Decoded decoded{planes, damaged};
    m_damageSeen = m_damageSeen || damaged;
    if (damaged && m_single) warn("frame " + std::to_string(shown) + " is damaged and shown as far as it could be reconstructed");
    keep(shown, decoded);
    m_lastOutput = shown;
    if (shown > frame) {  // the wanted frame was lost: the one before it stands in, else this one
      const Decoded stand{m_previous.frame ? m_previous.frame : decoded.frame, true};
      m_damageSeen = true;
      if (m_single) warn("frame " + std::to_string(frame) + " is lost; its neighbour is shown");
      keep(frame, stand);
      m_previous = decoded;
      return stand;
    }
    m_previous = decoded;
    if (shown == frame) return decoded;
    if (m_stop.requested()) return stopped;
  }
  m_damageSeen = true;
  if (!m_previous.frame)
    return Error{ErrorCode::kFormatBroken, "frame " + std::to_string(frame) + " cannot be decoded", m_info.path,
                 {{"frame", frame}}};
  if (m_single) warn("frame " + std::to_string(frame) + " is lost; its neighbour is shown");
  const Decoded stand{m_previous.frame, true};
  keep(frame, stand);
  return stand;
}

bool VideoReader::decodeNext(AVFrame* frame, bool& damaged) {
  for (;;) {
    const int code = avcodec_receive_frame(m_decoder.get(), frame);
    if (code == 0) {
      damaged = m_errors > 0 || frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
      m_errors = 0;
      return true;
    }
    if (code == AVERROR_EOF) {
      m_drained = true;
      return false;
    }
    if (code == AVERROR(EAGAIN)) {
      if (!feed()) return false;
      continue;
    }
    ++m_errors;
    if (m_errors > 1000) return false;
  }
}

/// Sends one packet, named by its ordinal in place of its time stamp; at the end of the file asks for the rest.
bool VideoReader::feed() {
  while (!m_pending) {
    if (m_nextPacket >= static_cast<std::int32_t>(m_index.packets.size()) ||
        av_read_frame(m_input->format(), m_packet.get()) < 0) {
      return avcodec_send_packet(m_decoder.get(), nullptr) >= 0;
    }
    if (m_packet->stream_index == m_stream) m_pending = true;
    else av_packet_unref(m_packet.get());
  }
  m_pending = false;
  m_packet->pts = m_packet->dts = m_nextPacket++;
  const int code = avcodec_send_packet(m_decoder.get(), m_packet.get());
  av_packet_unref(m_packet.get());
  if (code < 0) ++m_errors;
  return true;
}

void VideoReader::keep(std::int64_t frame, const Decoded& decoded) {
  m_cache.insert(frame, decoded, frameBytes(*decoded.frame));
}

/// Reconstruction of damaged frames depends on the timing of decoding threads; with one it is the same every time.
Status VideoReader::switchToOneThread() {
  m_single = true;
  m_cache.clear();
  m_previous = {};
  return openDecoder();
}

void VideoReader::warn(const std::string& text) {
  if (m_damageWarnings > kMaxDamageWarnings) return;
  if (++m_damageWarnings > kMaxDamageWarnings) m_info.warnings.emplace_back("more frames are damaged");
  else if (std::find(m_info.warnings.begin(), m_info.warnings.end(), text) == m_info.warnings.end())
    m_info.warnings.emplace_back(text);
}

Status VideoReader::positionAt(std::int32_t key) {
  constexpr int kAttempts = 6;
  bool placed = false;
  for (int attempt = 0; attempt < kAttempts && !placed; ++attempt) placed = seekNear(key, attempt);
  if (!placed) {
    if (Status opened = reopen(); !opened) return opened;
    m_nextPacket = 0;
    m_pending = false;
  }
  avcodec_flush_buffers(m_decoder.get());
  m_drained = false;
  m_errors = 0;
  m_lastOutput = -1;
  m_previous = {};
  while (m_nextPacket < key) {  // packets before the key are passed over, not decoded
    if (!m_pending && av_read_frame(m_input->format(), m_packet.get()) < 0) break;
    m_pending = false;
    if (m_packet->stream_index == m_stream) ++m_nextPacket;
    av_packet_unref(m_packet.get());
  }
  const std::int64_t keyPts = m_index.packets[static_cast<std::size_t>(key)].pts;
  const auto first = std::partition_point(m_index.shown.begin(), m_index.shown.end(), [&](std::int32_t ordinal) {
    return m_index.packets[static_cast<std::size_t>(ordinal)].pts < keyPts;
  });
  m_validFrom = key == 0 ? 0 : first - m_index.shown.begin();
  return {};
}

/// Seeks to the key packet, by time for the first attempts and by place in the file for the others, further back each
/// time, and sets m_nextPacket from what is read there. False when that is after the key or not known.
bool VideoReader::seekNear(std::int32_t key, int attempt) {
  const bool byPlace = m_index.byDecoding ? attempt < 3 : attempt >= 3;
  std::int32_t from = key;
  for (int back = attempt % 3 * (attempt % 3) * 2; back > 0 && from > 0; --from)
    if (m_index.packets[static_cast<std::size_t>(from)].key) --back;
  const IndexedPacket& target = m_index.packets[static_cast<std::size_t>(from)];
  if (byPlace ? target.pos < 0 : m_index.byDecoding) return false;
  av_packet_unref(m_packet.get());
  m_pending = false;
  const int code = byPlace ? av_seek_frame(m_input->format(), -1, target.pos, AVSEEK_FLAG_BYTE)
                           : av_seek_frame(m_input->format(), m_stream, target.pts, AVSEEK_FLAG_BACKWARD);
  if (code < 0) return false;
  constexpr int kUnknownPackets = 32;  // a transport stream may start within a frame
  for (int tries = 0; tries < kUnknownPackets && av_read_frame(m_input->format(), m_packet.get()) >= 0;) {
    if (m_packet->stream_index == m_stream) {
      const std::int32_t ordinal = m_index.ordinalOf(*m_packet);
      if (ordinal > key) break;
      if (ordinal >= 0) {
        m_nextPacket = ordinal;
        m_pending = true;
        return true;
      }
      ++tries;
    }
    av_packet_unref(m_packet.get());
  }
  av_packet_unref(m_packet.get());
  return false;
}

Status VideoReader::reopen() {
  auto input = AvInput::open(m_info.path);
  if (!input) return std::move(input).error();
  if (m_stream >= static_cast<int>((*input)->format()->nb_streams))
    return Error{ErrorCode::kFormatBroken, "the file changed while it was open", m_info.path, {}};
  m_input = std::move(*input);
  for (unsigned i = 0; i < m_input->format()->nb_streams; ++i)
    m_input->format()->streams[i]->discard = static_cast<int>(i) == m_stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  return {};
}

std::shared_ptr<const AVFrame> VideoReader::planar(std::shared_ptr<const AVFrame> frame) {
  const auto from = static_cast<AVPixelFormat>(frame->format);
  const AVPixelFormat to = planarFormat(from);
  if (to == from) return frame;
  if (to == AV_PIX_FMT_NONE) return nullptr;
  AvFramePtr out(av_frame_alloc());
  if (!out) return nullptr;
  av_frame_copy_props(out.get(), frame.get());
  out->format = to;
  out->width = frame->width;
  out->height = frame->height;
  if (av_frame_get_buffer(out.get(), 0) < 0) return nullptr;
  const AVPixFmtDescriptor& source = *av_pix_fmt_desc_get(from);
  if (unpackable(source)) {
    const AVPixFmtDescriptor& target = *av_pix_fmt_desc_get(to);
    if (source.comp[0].depth == 8) unpack<std::uint8_t>(*frame, source, *out, target);
    else unpack<std::uint16_t>(*frame, source, *out, target);
    return shared(out.get());
  }
  m_scaler = sws_getCachedContext(m_scaler, frame->width, frame->height, from, frame->width, frame->height, to,
                                  SWS_POINT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT, nullptr,
                                  nullptr, nullptr);
  if (!m_scaler) return nullptr;
  const bool full = frame->color_range == AVCOL_RANGE_JPEG;
  const int* table = sws_getCoefficients(SWS_CS_ITU709);
  sws_setColorspaceDetails(m_scaler, table, full, table, full, 0, 1 << 16, 1 << 16);
  if (sws_scale(m_scaler, frame->data, frame->linesize, 0, frame->height, out->data, out->linesize) <= 0) return nullptr;
  return shared(out.get());
}

YuvFramePtr VideoReader::yuvOf(const Decoded& decoded) {
  const AVFrame& frame = *decoded.frame;
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (!d || frame.width <= 0 || frame.height <= 0) return nullptr;
  auto planes = std::make_shared<YuvFrame>();
  const bool rgb = d->flags & AV_PIX_FMT_FLAG_RGB;
  planes->width = frame.width;
  planes->height = frame.height;
  planes->chromaShiftX = d->log2_chroma_w;
  planes->chromaShiftY = d->log2_chroma_h;
  planes->bitDepth = d->comp[0].depth;
  planes->hasAlpha = d->flags & AV_PIX_FMT_FLAG_ALPHA;
  planes->planeCount = d->nb_components - (planes->hasAlpha ? 1 : 0);
  for (int i = 0; i < d->nb_components; ++i) {  // component order is R, G, B for RGB formats
    const auto plane = static_cast<std::size_t>(d->comp[i].plane);
    const std::size_t slot = planes->hasAlpha && i == d->nb_components - 1 ? 3 : static_cast<std::size_t>(i);
    planes->planes[slot] = reinterpret_cast<const std::byte*>(frame.data[plane]);
    planes->strides[slot] = frame.linesize[plane];
  }
  planes->colour = colourTags(frame.colorspace, frame.color_trc, frame.color_primaries, frame.color_range);
  const auto format = static_cast<AVPixelFormat>(frame.format);
  if (rgb) planes->colour.matrix = ColourTags::Matrix::kRgb;
  else if (planes->colour.matrix == ColourTags::Matrix::kUnknown || planes->colour.matrix == ColourTags::Matrix::kRgb)
    planes->colour.matrix = standardDefinition(frame) ? ColourTags::Matrix::kBt601 : ColourTags::Matrix::kBt709;
  const bool grey = planes->planeCount == 1;
  if (rgb || format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P ||
      format == AV_PIX_FMT_YUVJ440P || format == AV_PIX_FMT_YUVJ411P ||
      (grey && frame.color_range == AVCOL_RANGE_UNSPECIFIED))
    planes->colour.fullRange = true;
  planes->chromaSite = frame.chroma_location == AVCHROMA_LOC_CENTER    ? ChromaSite::kCentre
                       : frame.chroma_location == AVCHROMA_LOC_TOPLEFT ? ChromaSite::kTopLeft
                                                                       : ChromaSite::kLeft;
  planes->chromaSite = m_chromaSite.value_or(planes->chromaSite);
  planes->rotationDegrees = m_info.rotationDegrees;
  planes->damaged = decoded.damaged;
  planes->owner = decoded.frame;
  return planes;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/video_writer.h"

#include <utility>

#include "core/media/codec_settings.h"
#include "core/media/rgb_to_yuv.h"

namespace pai::core {

namespace {

/// Frames a packet may be decoded ahead of its place on screen: two with a pyramid of B-frames, none for intra codecs.
int reorderingOf(const AVCodecContext& encoder) {
  return encoder.codec_id == AV_CODEC_ID_HEVC ? 2 : encoder.has_b_frames;
}

}  // namespace

Result<std::unique_ptr<ClipWriter>> VideoWriter::create(const std::string& path, const WriteOptions& options) {
  std::unique_ptr<VideoWriter> writer(new VideoWriter(path, completed(options)));
  auto probe = AtomicOutput::create(path);
  if (!probe) return std::move(probe).error();
  writer->m_probe = std::move(*probe);
  if (options.codec != Codec::kFfv1)  // FFV1's format depends on the first picture
    if (Status begun = writer->begin(SampleType::kU16); !begun) return std::move(begun).error();
  return std::unique_ptr<ClipWriter>(std::move(writer));
}

Status VideoWriter::begin(SampleType type) {
  m_type = type;
  auto encoder = openEncoder(m_options, type, AvOutput::wantsGlobalHeader(m_path), m_path);
  if (!encoder) return std::move(encoder).error();
  m_encoder = std::move(*encoder);
  AVCodecParameters* coded = avcodec_parameters_alloc();
  if (!coded || avcodec_parameters_from_context(coded, m_encoder.get()) < 0)
    return Error{ErrorCode::kOutOfMemory, "no memory for the encoder", m_path, {}};
  auto output = AvOutput::create(m_path, m_options, *coded);
  avcodec_parameters_free(&coded);
  if (!output) return std::move(output).error();
  m_output = std::move(*output);
  m_probe.reset();
  m_packet.reset(av_packet_alloc());
  m_frame.reset(av_frame_alloc());
  if (!m_packet || !m_frame) return Error{ErrorCode::kOutOfMemory, "no memory for the encoder", m_path, {}};
  m_frame->format = m_encoder->pix_fmt;
  m_frame->width = m_options.width;
  m_frame->height = m_options.height;
  m_frame->colorspace = m_encoder->colorspace;
  m_frame->color_range = m_encoder->color_range;
  m_frame->color_primaries = m_encoder->color_primaries;
  m_frame->color_trc = m_encoder->color_trc;
  m_frame->chroma_location = AVCHROMA_LOC_LEFT;
  m_frame->sample_aspect_ratio = m_encoder->sample_aspect_ratio;
  if (av_frame_get_buffer(m_frame.get(), 0) < 0)
    return Error{ErrorCode::kOutOfMemory, "no memory for the encoder", m_path, {}};
  return {};
}

Status VideoWriter::write(const Picture& picture) {
  if (m_finished || picture.empty()) return Error{ErrorCode::kUsage, "no picture to write", m_path, {}};
  if (!m_encoder)
    if (Status begun = begin(picture.type() == SampleType::kU8 ? SampleType::kU8 : SampleType::kU16); !begun)
      return begun;
  if (av_frame_make_writable(m_frame.get()) < 0)
    return Error{ErrorCode::kOutOfMemory, "no memory for the encoder", m_path, {}};
  if (Status filled = fillFrame(picture, m_options.colour, *m_frame); !filled) {
    Error error = std::move(filled).error();
    error.context = m_path;
    return error;
  }
  m_frame->pts = m_frames++;
  return encode(m_frame.get());
}

Status VideoWriter::encode(AVFrame* frame) {
  int code = avcodec_send_frame(m_encoder.get(), frame);
  if (code < 0)
    return Error{ErrorCode::kEncodeFailed, "the encoder refused a picture (" + avErrorText(code) + ")", m_path, {}};
  while ((code = avcodec_receive_packet(m_encoder.get(), m_packet.get())) >= 0) {
    // x265 leaves the decoding times of clips shorter than its reordering undefined; they follow from the order anyway.
    m_packet->dts = m_packets++ - reorderingOf(*m_encoder);
    m_packet->duration = 1;
    if (Status written = m_output->write(*m_packet); !written) return written;
  }
  if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
  return Error{ErrorCode::kEncodeFailed, "the encoder failed (" + avErrorText(code) + ")", m_path, {}};
}

Status VideoWriter::finish() {
  if (m_finished || !m_encoder || m_frames == 0)
    return Error{ErrorCode::kUsage, "no picture was written", m_path, {}};
  m_finished = true;
  if (Status drained = encode(nullptr); !drained) return drained;
  return m_output->finish(m_frames);
}

}  // namespace pai::core

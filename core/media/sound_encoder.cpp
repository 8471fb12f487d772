// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/sound_encoder.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/audio_fifo.h>
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

namespace pai::core {

namespace {

constexpr std::int64_t kBitRatePerChannel = 160'000;
constexpr int kMaxChannels = 8;
constexpr std::int64_t kMaxSilenceSeconds = 24 * 3600;

int supportedRate(const AVCodec& codec, int wanted) {
  for (const int* rate = codec.supported_samplerates; rate && *rate; ++rate)
    if (*rate == wanted) return wanted;
  return 48000;
}

}  // namespace

Status SoundEncoder::failed(const char* what, int code) const {
  return Error{ErrorCode::kEncodeFailed, std::string(what) + " (" + avErrorText(code) + ")", m_path, {}};
}

Result<std::unique_ptr<SoundEncoder>> SoundEncoder::create(const AVStream& sound, bool globalHeader,
                                                           const std::string& path) {
  std::unique_ptr<SoundEncoder> encoder(new SoundEncoder(path));
  if (Status opened = encoder->open(sound, globalHeader); !opened) return std::move(opened).error();
  return encoder;
}

SoundEncoder::~SoundEncoder() {
  swr_free(&m_converter);
  if (m_waiting) av_audio_fifo_free(m_waiting);
}

Status SoundEncoder::open(const AVStream& sound, bool globalHeader) {
  m_timeBase = sound.time_base;
  const AVCodec* decoder = avcodec_find_decoder(sound.codecpar->codec_id);
  const AVCodec* aac = avcodec_find_encoder_by_name("aac");
  if (!decoder || !aac)
    return Error{ErrorCode::kFormatUnsupported,
                 std::string("the sound (") + avcodec_get_name(sound.codecpar->codec_id) + ") cannot be decoded", m_path, {}};
  m_decoder.reset(avcodec_alloc_context3(decoder));
  m_encoder.reset(avcodec_alloc_context3(aac));
  m_frame.reset(av_frame_alloc());
  m_packet.reset(av_packet_alloc());
  if (!m_decoder || !m_encoder || !m_frame || !m_packet)
    return Error{ErrorCode::kOutOfMemory, "no memory for the sound", m_path, {}};
  int code = avcodec_parameters_to_context(m_decoder.get(), sound.codecpar);
  if (code >= 0) code = avcodec_open2(m_decoder.get(), decoder, nullptr);
  if (code < 0) return failed("the sound decoder cannot be opened", code);
  const int channels = std::clamp(m_decoder->ch_layout.nb_channels, 1, kMaxChannels);
  av_channel_layout_default(&m_encoder->ch_layout, channels);
  m_encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
  m_encoder->sample_rate = supportedRate(*aac, m_decoder->sample_rate);
  m_encoder->time_base = {1, m_encoder->sample_rate};
  m_encoder->bit_rate = kBitRatePerChannel * channels;
  m_encoder->flags |= AV_CODEC_FLAG_BITEXACT;
  if (globalHeader) m_encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  code = avcodec_open2(m_encoder.get(), aac, nullptr);
  if (code < 0) return failed("the sound encoder refuses it", code);
  if (m_decoder->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
    av_channel_layout_default(&m_decoder->ch_layout, m_decoder->ch_layout.nb_channels);
  code = swr_alloc_set_opts2(&m_converter, &m_encoder->ch_layout, m_encoder->sample_fmt, m_encoder->sample_rate,
                             &m_decoder->ch_layout, m_decoder->sample_fmt, m_decoder->sample_rate, 0, nullptr);
  if (code >= 0) code = swr_init(m_converter);
  if (code < 0) return failed("the sound cannot be converted", code);
  m_waiting = av_audio_fifo_alloc(m_encoder->sample_fmt, channels, 4096);
  return m_waiting ? Status{} : Error{ErrorCode::kOutOfMemory, "no memory for the sound", m_path, {}};
}

/// Converts a decoded frame (null: what the converter still holds) and lets it wait for the encoder.
Status SoundEncoder::take(const AVFrame* frame, double originSeconds) {
  const int rate = m_encoder->sample_rate, channels = m_encoder->ch_layout.nb_channels;
  if (!m_started && frame) {
    m_started = true;
    const double begin = static_cast<double>(frame->pts) * av_q2d(m_timeBase) - originSeconds;
    const auto samples = static_cast<std::int64_t>(std::llround(std::clamp(begin, -1e6, 1e6) * rate));
    m_skip = std::max<std::int64_t>(-samples, 0);
    std::vector<float> silence(4096, 0.0f);
    std::vector<void*> planes(static_cast<std::size_t>(channels), silence.data());
    for (std::int64_t left = std::min(samples, kMaxSilenceSeconds * rate); left > 0; left -= 4096)
      if (av_audio_fifo_write(m_waiting, planes.data(), static_cast<int>(std::min<std::int64_t>(left, 4096))) < 0)
        return Error{ErrorCode::kOutOfMemory, "no memory for the sound", m_path, {}};
  }
  const int room = swr_get_out_samples(m_converter, frame ? frame->nb_samples : 0);
  if (room <= 0) return {};
  std::vector<std::vector<float>> samples(static_cast<std::size_t>(channels), std::vector<float>(static_cast<std::size_t>(room)));
  std::vector<std::uint8_t*> out;
  out.reserve(samples.size());
  for (auto& channel : samples) out.push_back(reinterpret_cast<std::uint8_t*>(channel.data()));
  const int got = swr_convert(m_converter, out.data(), room,
                              frame ? const_cast<const std::uint8_t**>(frame->extended_data) : nullptr,
                              frame ? frame->nb_samples : 0);
  if (got < 0) return failed("the sound cannot be converted", got);
  const auto dropped = std::min<std::int64_t>(m_skip, got);
  m_skip -= dropped;
  std::vector<void*> planes;
  planes.reserve(samples.size());
  for (auto& channel : samples) planes.push_back(channel.data() + dropped);
  if (got > dropped && av_audio_fifo_write(m_waiting, planes.data(), got - static_cast<int>(dropped)) < 0)
    return Error{ErrorCode::kOutOfMemory, "no memory for the sound", m_path, {}};
  return {};
}

Status SoundEncoder::add(const AVPacket& packet, double originSeconds, const Sink& sink) {
  if (avcodec_send_packet(m_decoder.get(), &packet) < 0) return {};  // a damaged packet is passed over
  while (avcodec_receive_frame(m_decoder.get(), m_frame.get()) >= 0)
    if (Status taken = take(m_frame.get(), originSeconds); !taken) return taken;
  return encode(false, sink);
}

Status SoundEncoder::encode(bool all, const Sink& sink) {
  const int size = m_encoder->frame_size;
  while (av_audio_fifo_size(m_waiting) >= (all ? 1 : size)) {
    AvFramePtr frame(av_frame_alloc());
    frame->nb_samples = std::min(size, av_audio_fifo_size(m_waiting));
    frame->format = m_encoder->sample_fmt;
    frame->sample_rate = m_encoder->sample_rate;
    av_channel_layout_copy(&frame->ch_layout, &m_encoder->ch_layout);
    if (av_frame_get_buffer(frame.get(), 0) < 0)
      return Error{ErrorCode::kOutOfMemory, "no memory for the sound", m_path, {}};
    av_audio_fifo_read(m_waiting, reinterpret_cast<void**>(frame->extended_data), frame->nb_samples);
    frame->pts = m_encoded;
    m_encoded += frame->nb_samples;
    if (const int code = avcodec_send_frame(m_encoder.get(), frame.get()); code < 0)
      return failed("the sound cannot be encoded", code);
    if (Status drained = drain(sink); !drained) return drained;
  }
  return {};
}

Status SoundEncoder::drain(const Sink& sink) {
  while (avcodec_receive_packet(m_encoder.get(), m_packet.get()) >= 0)
    if (Status sunk = sink(*m_packet); !sunk) return sunk;
  return {};
}

Status SoundEncoder::finish(double seconds, const Sink& sink) {
  avcodec_send_packet(m_decoder.get(), nullptr);
  while (avcodec_receive_frame(m_decoder.get(), m_frame.get()) >= 0)
    if (Status taken = take(m_frame.get(), 0.0); !taken) return taken;
  if (Status taken = take(nullptr, 0.0); !taken) return taken;
  const auto total = static_cast<std::int64_t>(std::llround(seconds * m_encoder->sample_rate));
  const std::int64_t wanted = std::max<std::int64_t>(total - m_encoded, 0), waiting = av_audio_fifo_size(m_waiting);
  if (waiting > wanted) {  // keep the first ones: read them, empty the queue, put them back
    const int channels = m_encoder->ch_layout.nb_channels;
    std::vector<std::vector<float>> kept(static_cast<std::size_t>(channels),
                                         std::vector<float>(static_cast<std::size_t>(wanted) + 1));
    std::vector<void*> planes;
    planes.reserve(kept.size());
    for (auto& channel : kept) planes.push_back(channel.data());
    av_audio_fifo_read(m_waiting, planes.data(), static_cast<int>(wanted));
    av_audio_fifo_reset(m_waiting);
    if (wanted > 0) av_audio_fifo_write(m_waiting, planes.data(), static_cast<int>(wanted));
  }
  if (Status encoded = encode(true, sink); !encoded) return encoded;
  avcodec_send_frame(m_encoder.get(), nullptr);
  return drain(sink);
}

}  // namespace pai::core

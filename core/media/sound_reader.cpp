// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/sound_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/media/av_input.h"
#include "core/media/clip_index.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

namespace pai::core {

namespace {

constexpr std::int64_t kMostAtOnce = 60 * kSoundRate;
constexpr std::int64_t kPreroll = kSoundRate / 5;       // decoded before a place that is jumped to: codecs need a run-up
constexpr std::int64_t kLooseSamples = kSoundRate / 100;  // time stamps may be rounded by so much
constexpr std::int64_t kLongestGap = 60 * kSoundRate;
constexpr int kMostFrameSamples = 1 << 20;

struct SwrDeleter {
  void operator()(SwrContext* p) const { swr_free(&p); }
};

class AvSoundReader final : public SoundReader {
 public:
  explicit AvSoundReader(std::unique_ptr<AvInput> input) : m_input(std::move(input)) {}
  Status start(double originSeconds);
  Result<std::vector<std::int16_t>> read(std::int64_t begin, std::int64_t count) override;
  std::int64_t lengthSamples() const override { return m_length; }

 private:
  Status jump(std::int64_t to);
  /// Decodes one packet further; false at the end.
  bool decodeMore();
  void drainDecoder();
  void take(const AVFrame& frame);
  std::int64_t bufferEnd() const { return m_bufferBegin + static_cast<std::int64_t>(m_buffer.size()) / kSoundChannels; }

  std::unique_ptr<AvInput> m_input;
  int m_stream = -1;
  AVRational m_timeBase{1, 1};
  double m_origin = 0.0;  // seconds in the container of the first picture
  std::int64_t m_length = 0;
  AvCodecPtr m_decoder;
  AvFramePtr m_frame;
  AvPacketPtr m_packet;
  std::unique_ptr<SwrContext, SwrDeleter> m_converter;
  std::vector<std::int16_t> m_buffer;
  std::int64_t m_bufferBegin = 0;
  bool m_placed = false, m_ended = false;
};

Status AvSoundReader::start(double originSeconds) {
  m_origin = originSeconds;
  m_stream = m_input->audioStream();
  if (m_stream < 0) return Error{ErrorCode::kFormatUnsupported, "there is no sound in it", m_input->path(), {}};
  AVFormatContext* format = m_input->format();
  for (unsigned i = 0; i < format->nb_streams; ++i)
    format->streams[i]->discard = static_cast<int>(i) == m_stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  const AVStream& sound = *format->streams[m_stream];
  m_timeBase = sound.time_base;
  const AVCodec* codec = avcodec_find_decoder(sound.codecpar->codec_id);
  m_decoder.reset(codec ? avcodec_alloc_context3(codec) : nullptr);
  m_frame.reset(av_frame_alloc());
  m_packet.reset(av_packet_alloc());
  bool fine = m_decoder && m_frame && m_packet && avcodec_parameters_to_context(m_decoder.get(), sound.codecpar) >= 0;
  if (fine) m_decoder->pkt_timebase = sound.time_base;
  fine = fine && avcodec_open2(m_decoder.get(), codec, nullptr) >= 0;
  if (!fine)
    return Error{ErrorCode::kFormatUnsupported,
                 std::string("its sound (") + avcodec_get_name(sound.codecpar->codec_id) + ") cannot be decoded", m_input->path(), {}};
  double seconds = sound.duration > 0 ? static_cast<double>(sound.duration) * av_q2d(sound.time_base)
                                      : static_cast<double>(std::max<std::int64_t>(0, format->duration)) / AV_TIME_BASE;
  if (sound.start_time != AV_NOPTS_VALUE) seconds += static_cast<double>(sound.start_time) * av_q2d(sound.time_base);
  m_length = static_cast<std::int64_t>(std::clamp(seconds - m_origin, 0.0, 86400.0) * kSoundRate);
  return {};
}

Status AvSoundReader::jump(std::int64_t to) {
  m_buffer.clear();
  m_placed = m_ended = false;
  m_converter.reset();
  avcodec_flush_buffers(m_decoder.get());
  const double seconds = m_origin + static_cast<double>(to - kPreroll) / kSoundRate;
  const auto stamp = static_cast<std::int64_t>(std::floor(seconds / av_q2d(m_timeBase)));
  // Some containers cannot go to a place before their first sound: the beginning is the nearest.
  if (av_seek_frame(m_input->format(), m_stream, stamp, AVSEEK_FLAG_BACKWARD) < 0 &&
      av_seek_frame(m_input->format(), m_stream, stamp, AVSEEK_FLAG_ANY) < 0 && av_seek_frame(m_input->format(), -1, 0, AVSEEK_FLAG_BACKWARD) < 0)
    return Error{ErrorCode::kFormatBroken, "its sound cannot be read from another place", m_input->path(), {}};
  return {};
}

void AvSoundReader::take(const AVFrame& frame) {
  if (frame.nb_samples <= 0 || frame.nb_samples > kMostFrameSamples || frame.sample_rate <= 0) return;
  if (!m_converter) {
    AVChannelLayout from{}, to{};
    av_channel_layout_default(&to, kSoundChannels);
    if (frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&from, frame.ch_layout.nb_channels);
    else av_channel_layout_copy(&from, &frame.ch_layout);
    SwrContext* made = nullptr;
    const int code = swr_alloc_set_opts2(&made, &to, AV_SAMPLE_FMT_S16, kSoundRate, &from, static_cast<AVSampleFormat>(frame.format),
                                         frame.sample_rate, 0, nullptr);
    m_converter.reset(made);
    av_channel_layout_uninit(&from);
    if (code < 0 || swr_init(m_converter.get()) < 0) return m_converter.reset();
  }
  const std::int64_t stamp = frame.best_effort_timestamp != AV_NOPTS_VALUE ? frame.best_effort_timestamp : frame.pts;
  if (stamp != AV_NOPTS_VALUE) {
    const double seconds = static_cast<double>(stamp) * av_q2d(m_timeBase) - m_origin;
    const auto delay = m_placed ? swr_get_delay(m_converter.get(), kSoundRate) : 0;
    const std::int64_t at = std::llround(std::clamp(seconds, -1e6, 1e6) * kSoundRate) - delay;
    const std::int64_t gap = at - bufferEnd();
    if (!m_placed || gap > kLongestGap) {
      m_buffer.clear();
      m_bufferBegin = at;
    } else if (gap > kLooseSamples) {
      m_buffer.resize(m_buffer.size() + static_cast<std::size_t>(gap * kSoundChannels), 0);
    }
    m_placed = true;
  }
  const int room = swr_get_out_samples(m_converter.get(), frame.nb_samples);
  if (room <= 0) return;
  const std::size_t before = m_buffer.size();
  m_buffer.resize(before + static_cast<std::size_t>(room) * kSoundChannels);
  auto* out = reinterpret_cast<std::uint8_t*>(m_buffer.data() + before);
  const int got = swr_convert(m_converter.get(), &out, room, const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
  m_buffer.resize(before + static_cast<std::size_t>(std::max(0, got)) * kSoundChannels);
}

void AvSoundReader::drainDecoder() {
  while (avcodec_receive_frame(m_decoder.get(), m_frame.get()) >= 0) take(*m_frame);
}

bool AvSoundReader::decodeMore() {
  if (av_read_frame(m_input->format(), m_packet.get()) < 0) {
    avcodec_send_packet(m_decoder.get(), nullptr);
    drainDecoder();
    return false;
  }
  if (m_packet->stream_index == m_stream && avcodec_send_packet(m_decoder.get(), m_packet.get()) >= 0) drainDecoder();
  av_packet_unref(m_packet.get());
  return true;
}

Result<std::vector<std::int16_t>> AvSoundReader::read(std::int64_t begin, std::int64_t count) {
  if (count < 0 || count > kMostAtOnce) return Error{ErrorCode::kUsage, "at most a minute of sound is read at once", m_input->path(), {}};
  const std::int64_t end = begin + count;
  const bool near = m_placed && begin >= m_bufferBegin && begin <= bufferEnd() + kSoundRate;
  if (!near)
    if (Status s = jump(begin); !s) return s.error();
  while (!m_ended && (!m_placed || bufferEnd() < end)) {
    if (!decodeMore()) m_ended = true;
    // What lies before is not asked for any more, but for a short step back.
    const std::int64_t old = std::min(begin - kPreroll, bufferEnd()) - m_bufferBegin;
    if (old > 2 * kSoundRate) {
      m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(old * kSoundChannels));
      m_bufferBegin += old;
    }
  }
  std::vector<std::int16_t> samples(static_cast<std::size_t>(count) * kSoundChannels, 0);
  const std::int64_t from = std::max(begin, m_bufferBegin), to = std::min(end, bufferEnd());
  if (m_placed && to > from)
    std::copy_n(m_buffer.begin() + static_cast<std::ptrdiff_t>((from - m_bufferBegin) * kSoundChannels), (to - from) * kSoundChannels,
                samples.begin() + static_cast<std::ptrdiff_t>((from - begin) * kSoundChannels));
  return samples;
}

}  // namespace

Result<std::unique_ptr<SoundReader>> SoundReader::open(const std::string& path) {
  Result<std::unique_ptr<AvInput>> input = AvInput::open(path);
  if (!input) return std::move(input).error();
  if ((*input)->audioStream() < 0) return Error{ErrorCode::kFormatUnsupported, "there is no sound in it", path, {}};
  const Result<double> origin = firstPictureSeconds(**input);
  if (!origin) return origin.error();
  // Finding the first picture left the demuxer at the end.
  input = AvInput::open(path);
  if (!input) return std::move(input).error();
  auto reader = std::make_unique<AvSoundReader>(std::move(input).value());
  if (Status s = reader->start(*origin); !s) return s.error();
  return std::unique_ptr<SoundReader>(std::move(reader));
}

}  // namespace pai::core

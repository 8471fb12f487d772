// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/av_output.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/media/clip_index.h"
#include "core/media/codec_settings.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace pai::core {

bool AvOutput::wantsGlobalHeader(const std::string& path) {
  const AVOutputFormat* muxer = av_guess_format(muxerFor(endingOf(path)), nullptr, nullptr);
  return muxer && (muxer->flags & AVFMT_GLOBALHEADER);
}

Result<std::unique_ptr<AvOutput>> AvOutput::create(const std::string& path, const WriteOptions& options,
                                                   const AVCodecParameters& coded) {
  quietFfmpeg();
  std::unique_ptr<AvOutput> output(new AvOutput(options));
  if (Status started = output->start(path, coded); !started) return std::move(started).error();
  return output;
}

AvOutput::~AvOutput() {
  avformat_free_context(m_format);
  if (m_io) {
    av_freep(&m_io->buffer);
    avio_context_free(&m_io);
  }
}

int AvOutput::writeBytes(void* self, std::uint8_t* bytes, int count) {
  return static_cast<AvOutput*>(self)->m_file->write(bytes, static_cast<std::size_t>(count)) ? count : AVERROR(EIO);
}
int AvOutput::readBytes(void* self, std::uint8_t* bytes, int count) {
  const auto got = static_cast<AvOutput*>(self)->m_file->read(bytes, static_cast<std::size_t>(count));
  return got > 0 ? static_cast<int>(got) : got == 0 ? AVERROR_EOF : AVERROR(EIO);
}
std::int64_t AvOutput::seekBytes(void* self, std::int64_t offset, int whence) {
  if (whence & AVSEEK_SIZE) return AVERROR(ENOSYS);
  return static_cast<AvOutput*>(self)->m_file->seek(offset, whence & ~AVSEEK_FORCE);
}

/// The disk's own error where there is one, else the muxer's.
Status AvOutput::failed(int code, const char* what) {
  if (!m_file->status()) return m_file->status();
  return Error{ErrorCode::kEncodeFailed, std::string(what) + " (" + avErrorText(code) + ")", m_file->path(), {}};
}

Status AvOutput::start(const std::string& path, const AVCodecParameters& coded) {
  auto file = AtomicOutput::create(path);
  if (!file) return std::move(file).error();
  m_file = std::move(*file);
  auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBuffer));
  m_io = buffer ? avio_alloc_context(buffer, kIoBuffer, 1, this, &AvOutput::readBytes, &AvOutput::writeBytes,
                                     &AvOutput::seekBytes)
                : nullptr;
  const std::string ending = endingOf(path);
  int code = avformat_alloc_output_context2(&m_format, nullptr, muxerFor(ending), nullptr);
  if (!m_io || code < 0) return Error{ErrorCode::kOutOfMemory, "no memory for the file writer", path, {}};
  m_format->pb = m_io;
  m_format->io_open = &refuseOpen;
  m_format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  AVStream* stream = avformat_new_stream(m_format, nullptr);
  if (!stream || avcodec_parameters_copy(stream->codecpar, &coded) < 0)
    return Error{ErrorCode::kOutOfMemory, "no memory for the file writer", path, {}};
  stream->codecpar->codec_tag = 0;
  if (ending != ".mkv" && coded.codec_id == AV_CODEC_ID_HEVC) stream->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1');
  stream->time_base = {m_options.rate.den(), m_options.rate.num()};
  stream->avg_frame_rate = stream->r_frame_rate = {m_options.rate.num(), m_options.rate.den()};
  stream->sample_aspect_ratio = {m_options.pixelAspectNum, m_options.pixelAspectDen};
  stream->codecpar->sample_aspect_ratio = stream->sample_aspect_ratio;
  if (m_options.startTimecode)
    av_dict_set(&stream->metadata, "timecode", m_options.startTimecode->text(m_options.rate).c_str(), 0);
  if (!m_options.audioFrom.empty())
    if (Status added = addAudio(); !added) return added;
  AVDictionary* settings = nullptr;
  if (ending != ".mkv") {
    av_dict_set(&settings, "movflags", "+write_colr", 0);
    // A whole number of ticks a frame, fine enough for sound beside it.
    const int scale = m_options.rate.num() < 10000 ? m_options.rate.num() * (10000 / m_options.rate.num() + 1)
                                                   : m_options.rate.num();
    av_dict_set_int(&settings, "video_track_timescale", scale, 0);
  }
  code = avformat_write_header(m_format, &settings);
  av_dict_free(&settings);
  return code < 0 ? failed(code, "the file header cannot be written") : Status{};
}

Status AvOutput::addAudio() {
  auto input = AvInput::open(m_options.audioFrom);
  if (!input) return std::move(input).error();
  m_soundStream = (*input)->audioStream();
  if (m_soundStream < 0) return {};
  auto origin = firstPictureSeconds(**input);
  if (!origin) return std::move(origin).error();
  m_soundOrigin = *origin + m_options.audioStartSeconds;
  // The index pass left the demuxer at the end: open again, at the beginning.
  input = AvInput::open(m_options.audioFrom);
  if (!input) return std::move(input).error();
  m_sound = std::move(*input);
  AVFormatContext* from = m_sound->format();
  for (unsigned i = 0; i < from->nb_streams; ++i)
    from->streams[i]->discard = static_cast<int>(i) == m_soundStream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  const AVStream& in = *from->streams[m_soundStream];
  if (avformat_query_codec(m_format->oformat, in.codecpar->codec_id, FF_COMPLIANCE_NORMAL) == 0) {
    auto encoder = SoundEncoder::create(in, m_format->oformat->flags & AVFMT_GLOBALHEADER, m_file->path());
    if (!encoder) return std::move(encoder).error();
    m_soundEncoder = std::move(*encoder);
  }
  AVStream* out = avformat_new_stream(m_format, nullptr);
  m_soundPacket.reset(av_packet_alloc());
  const bool described =
      out && (m_soundEncoder ? avcodec_parameters_from_context(out->codecpar, &m_soundEncoder->encoder())
                             : avcodec_parameters_copy(out->codecpar, in.codecpar)) >= 0;
  if (!described || !m_soundPacket)
    return Error{ErrorCode::kOutOfMemory, "no memory for the sound", m_file->path(), {}};
  out->codecpar->codec_tag = 0;
  out->time_base = m_soundEncoder ? m_soundEncoder->encoder().time_base : in.time_base;
  return {};
}

Status AvOutput::write(AVPacket& packet) {
  AVStream& stream = *m_format->streams[0];
  const AVRational frames{m_options.rate.den(), m_options.rate.num()};
  if (Status copied = copyAudioUntil(static_cast<double>(packet.dts) * av_q2d(frames)); !copied) return copied;
  packet.stream_index = 0;
  if (packet.duration == 0) packet.duration = 1;
  av_packet_rescale_ts(&packet, frames, stream.time_base);
  packet.pos = -1;
  const int code = av_interleaved_write_frame(m_format, &packet);
  return code < 0 || !m_file->status() ? failed(code, "the picture cannot be written") : Status{};
}

Status AvOutput::copyAudioUntil(double seconds) {
  while (m_sound && !m_soundEnded) {
    AVPacket& packet = *m_soundPacket;
    if (!m_soundPending && av_read_frame(m_sound->format(), &packet) < 0) {
      m_soundEnded = true;
      break;
    }
    m_soundPending = false;
    const AVRational base = m_sound->format()->streams[m_soundStream]->time_base;
    if (packet.stream_index != m_soundStream || packet.pts == AV_NOPTS_VALUE) {
      av_packet_unref(&packet);
      continue;
    }
    const double begin = static_cast<double>(packet.pts) * av_q2d(base) - m_soundOrigin;
    const double end = begin + static_cast<double>(packet.duration) * av_q2d(base);
    if (end <= 1e-6 && !(packet.flags & AV_PKT_FLAG_DISCARD)) {
      av_packet_unref(&packet);
      continue;
    }
    if (begin >= seconds) {
      m_soundPending = true;
      break;
    }
    if (m_soundEncoder) {
      Status added = m_soundEncoder->add(packet, m_soundOrigin, [this](AVPacket& coded) {
        return writeSound(coded, m_soundEncoder->encoder().time_base);
      });
      av_packet_unref(&packet);
      if (!added) return added;
      continue;
    }
    const auto shift = static_cast<std::int64_t>(std::llround(m_soundOrigin / av_q2d(base)));
    packet.pts -= shift;
    packet.dts = packet.dts == AV_NOPTS_VALUE ? packet.pts : packet.dts - shift;
    if (Status written = writeSound(packet, base); !written) return written;
  }
  return {};
}

Status AvOutput::writeSound(AVPacket& packet, AVRational timeBase) {
  packet.stream_index = 1;
  packet.pos = -1;
  av_packet_rescale_ts(&packet, timeBase, m_format->streams[1]->time_base);
  const int code = av_interleaved_write_frame(m_format, &packet);
  return code < 0 || !m_file->status() ? failed(code, "the sound cannot be written") : Status{};
}

Status AvOutput::finish(std::int64_t frames) {
  const double seconds = m_options.rate.secondsOf({frames});
  if (Status copied = copyAudioUntil(seconds - 1e-6); !copied) return copied;
  if (m_soundEncoder) {
    Status ended = m_soundEncoder->finish(seconds, [this](AVPacket& coded) {
      return writeSound(coded, m_soundEncoder->encoder().time_base);
    });
    if (!ended) return ended;
  }
  if (const int code = av_write_trailer(m_format); code < 0) return failed(code, "the file cannot be completed");
  avio_flush(m_io);
  return m_file->commit();
}

}  // namespace pai::core

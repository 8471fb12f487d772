// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/av_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

extern "C" {
#include <libavutil/avstring.h>
#include <libavutil/opt.h>
}

namespace pai::core {

namespace {

constexpr int kMaxStreams = 64;
constexpr const char* kDemuxers = "mov,matroska,mpegts,avi,mxf,yuv4mpegpipe,mpeg,dv,nut";
constexpr const char* kDecoders =
    "h264,hevc,prores,mjpeg,ffv1,dnxhd,rawvideo,vp8,vp9,libdav1d,mpeg1video,mpeg2video,mpeg4,msmpeg4v3,dvvideo,cfhd,"
    "v210,v308,v408,v410,r210,qtrle,png,huffyuv,ffvhuff,utvideo,magicyuv,jpeg2000,hap,vc1,wmv3,theora,flv,h263,"
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,ac3,eac3,flac,alac,opus,libopus,vorbis,dca,truehd,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_u8,pcm_s8,"
    "pcm_alaw,pcm_mulaw,pcm_bluray,s302m";

/// Demuxer of the content, if it is one that is read here.
const AVInputFormat* probed(AVIOContext* io) {
  const AVInputFormat* format = nullptr;
  constexpr unsigned kProbeBytes = 1 << 20;
  if (av_probe_input_buffer2(io, &format, "", nullptr, 0, kProbeBytes) < 0 || !format) return nullptr;
  return av_match_list(format->name, kDemuxers, ',') > 0 ? format : nullptr;
}

/// Size that a YUV4MPEG2 header states; the demuxer would fail on a huge one without saying why.
Status checkRawSize(int descriptor, const std::string& path);

Error rejected(ErrorCode code, std::string detail, const std::string& path) {
  return Error{code, std::move(detail), path, {}};
}

/// True when the file starts as MP4/MOV but no top-level box is the index, as a camera leaves it after a power cut.
bool lacksMovieIndex(int descriptor, std::int64_t size) {
  std::int64_t at = 0;
  bool first = true;
  for (int boxes = 0; at + 8 <= size && boxes < 4096; ++boxes) {
    std::array<unsigned char, 16> head{};
    if (pread(descriptor, head.data(), head.size(), at) < 8) return !first;
    if (first && std::memcmp(head.data() + 4, "ftyp", 4) != 0) return false;
    first = false;
    if (std::memcmp(head.data() + 4, "moov", 4) == 0) return false;
    std::uint64_t length = 0;
    for (int i = 0; i < 4; ++i) length = length << 8 | head[static_cast<std::size_t>(i)];
    if (length == 1)
      for (int i = 8; i < 16; ++i) length = length << 8 | head[static_cast<std::size_t>(i)];
    if (length < 8 || length > static_cast<std::uint64_t>(size - at)) return true;
    at += static_cast<std::int64_t>(length);
  }
  return !first;
}

Status checkSize(const AVCodecParameters& parameters, const std::string& path) {
  if (parameters.codec_type != AVMEDIA_TYPE_VIDEO) return {};
  const std::int64_t width = parameters.width, height = parameters.height;
  if (width <= kMaxClipSide && height <= kMaxClipSide && width * height <= kMaxClipPixels) return {};
  return Error{ErrorCode::kLimitExceeded,
               "the picture is " + std::to_string(width) + " x " + std::to_string(height) + ", the limit is " +
                   std::to_string(kMaxClipSide) + " a side and 64 megapixels",
               path,
               {{"limit", std::int64_t{kMaxClipSide}}}};
}

Status checkRawSize(int descriptor, const std::string& path) {
  std::array<char, 129> head{};
  const ssize_t got = pread(descriptor, head.data(), head.size() - 1, 0);
  if (got < 10 || std::memcmp(head.data(), "YUV4MPEG2 ", 10) != 0) return {};
  AVCodecParameters size{};
  size.codec_type = AVMEDIA_TYPE_VIDEO;
  for (const char* at = head.data() + 9; at && *at == ' '; at = std::strpbrk(at + 1, " \n")) {
    if (at[1] == 'W') size.width = std::atoi(at + 2);
    if (at[1] == 'H') size.height = std::atoi(at + 2);
  }
  return checkSize(size, path);
}

}  // namespace

AvInput::~AvInput() {
  avformat_close_input(&m_format);
  if (m_io) {
    av_freep(&m_io->buffer);
    avio_context_free(&m_io);
  }
  if (m_descriptor >= 0) close(m_descriptor);
}

int AvInput::readBytes(void* self, std::uint8_t* buffer, int size) {
  auto& input = *static_cast<AvInput*>(self);
  for (;;) {
    const ssize_t got = pread(input.m_descriptor, buffer, static_cast<std::size_t>(size), input.m_position);
    if (got > 0) {
      input.m_position += got;
      return static_cast<int>(got);
    }
    if (got == 0) return AVERROR_EOF;
    if (errno == EINTR) continue;
    input.m_readError = errno;
    return AVERROR(errno);
  }
}

std::int64_t AvInput::seekBytes(void* self, std::int64_t offset, int whence) {
  auto& input = *static_cast<AvInput*>(self);
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return input.m_size;
    case SEEK_SET: break;
    case SEEK_CUR: offset += input.m_position; break;
    case SEEK_END: offset += input.m_size; break;
    default: return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return input.m_position = offset;
}

Result<std::unique_ptr<AvInput>> AvInput::open(const std::string& path) {
  quietFfmpeg();
  std::unique_ptr<AvInput> input(new AvInput);
  input->m_path = path;
  input->m_descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (input->m_descriptor < 0) return errnoError(errno, "cannot be opened", path);
  struct stat status {};
  if (fstat(input->m_descriptor, &status) != 0) return errnoError(errno, "cannot be examined", path);
  if (!S_ISREG(status.st_mode)) return rejected(ErrorCode::kFormatUnsupported, "not a regular file", path);
  if (status.st_size == 0) return rejected(ErrorCode::kFormatBroken, "the file is empty", path);
  input->m_size = status.st_size;
  if (Status opened = input->openDemuxer(); !opened) return std::move(opened).error();
  return input;
}

Status AvInput::openDemuxer() {
  auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBuffer));
  m_io = buffer ? avio_alloc_context(buffer, kIoBuffer, 0, this, &AvInput::readBytes, nullptr, &AvInput::seekBytes)
                : nullptr;
  m_format = avformat_alloc_context();
  if (!m_io || !m_format) return rejected(ErrorCode::kOutOfMemory, "no memory to open the file", m_path);
  m_format->pb = m_io;
  m_format->flags |= AVFMT_FLAG_CUSTOM_IO;
  m_format->io_open = &refuseOpen;
  m_format->max_streams = kMaxStreams;
  m_format->format_whitelist = av_strdup(kDemuxers);
  m_format->codec_whitelist = av_strdup(kDecoders);
  m_format->protocol_whitelist = av_strdup("none");
  const AVInputFormat* demuxer = probed(m_io);
  if (!demuxer && m_readError) return errnoError(m_readError, "reading failed", m_path);
  if (!demuxer)
    return rejected(ErrorCode::kFormatUnknown, "not a video file of a kind that is read here", m_path);
  if (Status fits = checkRawSize(m_descriptor, m_path); !fits) return fits;
  int code = avformat_open_input(&m_format, "", demuxer, nullptr);
  if (code < 0) {
    if (m_readError) return errnoError(m_readError, "reading failed", m_path);
    if (lacksMovieIndex(m_descriptor, m_size))
      return rejected(ErrorCode::kFormatBroken, "the recording was not finished: its index (moov) is missing", m_path);
    return rejected(ErrorCode::kFormatBroken, "the headers cannot be read (" + avErrorText(code) + ")", m_path);
  }
  for (unsigned i = 0; i < m_format->nb_streams; ++i)
    if (Status fits = checkSize(*m_format->streams[i]->codecpar, m_path); !fits) return fits;
  // Streams may still appear while probing; options cover those known now, max_pixels is checked again on open.
  std::vector<AVDictionary*> options(m_format->nb_streams, nullptr);
  for (auto& dictionary : options) av_dict_set_int(&dictionary, "max_pixels", kMaxClipPixels, 0);
  code = avformat_find_stream_info(m_format, options.empty() ? nullptr : options.data());
  for (auto& dictionary : options) av_dict_free(&dictionary);
  if (code < 0)
    return rejected(ErrorCode::kFormatBroken, "the streams cannot be read (" + avErrorText(code) + ")", m_path);
  for (unsigned i = 0; i < m_format->nb_streams; ++i)
    if (Status fits = checkSize(*m_format->streams[i]->codecpar, m_path); !fits) return fits;
  return {};
}

int AvInput::videoStream() const {
  for (unsigned i = 0; i < m_format->nb_streams; ++i) {
    const AVStream& stream = *m_format->streams[i];
    if (stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(stream.disposition & AV_DISPOSITION_ATTACHED_PIC))
      return static_cast<int>(i);
  }
  return -1;
}

int AvInput::audioStream() const {
  for (unsigned i = 0; i < m_format->nb_streams; ++i)
    if (m_format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) return static_cast<int>(i);
  return -1;
}

}  // namespace pai::core

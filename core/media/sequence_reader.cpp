// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/sequence_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cmath>

#include "core/media/colour_transfer.h"
#include "core/media/image_codecs.h"
#include "core/media/image_file.h"

namespace pai::core {

namespace {

Picture withoutAlpha(const Picture& picture) {
  if (picture.channels() != 4) return picture;
  Picture out(picture.width(), picture.height(), 3, picture.type());
  out.colour = picture.colour;
  const std::size_t bytes = sampleBytes(picture.type());
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x)
      std::copy_n(picture.row<std::byte>(y) + 4 * bytes * static_cast<std::size_t>(x), 3 * bytes,
                  out.row<std::byte>(y) + 3 * bytes * static_cast<std::size_t>(x));
  return out;
}

/// The rate that a file states, as the rational it means.
std::optional<FrameRate> statedRate(double framesPerSecond) {
  if (!(framesPerSecond >= 1.0 && framesPerSecond <= 1000.0)) return std::nullopt;
  const auto whole = std::llround(framesPerSecond);
  const auto exact = std::abs(framesPerSecond - static_cast<double>(whole)) < 1e-4 ? FrameRate::make(whole, 1)
                     : std::abs(framesPerSecond * 1.001 - static_cast<double>(std::llround(framesPerSecond * 1.001))) < 2e-3
                         ? FrameRate::make(std::llround(framesPerSecond * 1.001) * 1000, 1001)
                         : FrameRate::make(std::llround(framesPerSecond * 1000.0), 1000);
  return exact ? std::optional(*exact) : std::nullopt;
}

}  // namespace

bool looksLikeImage(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  struct stat status {};
  std::array<std::uint8_t, 16> bytes{};
  const bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  const ssize_t got = regular ? ::read(descriptor, bytes.data(), bytes.size()) : 0;
  close(descriptor);
  return got > 0 && isKnownImage({bytes.data(), static_cast<std::size_t>(got)});
}

Result<std::unique_ptr<ClipReader>> SequenceReader::open(const std::string& path, const ReadOptions& options) {
  std::unique_ptr<SequenceReader> reader(new SequenceReader(options));
  if (Status started = reader->start(path); !started) return std::move(started).error();
  return std::unique_ptr<ClipReader>(std::move(reader));
}

Status SequenceReader::start(const std::string& path) {
  m_info.path = path;
  m_info.container = "still";
  if (const auto pattern = SequencePattern::parse(path); pattern && !looksLikeImage(path)) {
    auto numbers = pattern->numbers();
    if (!numbers) return std::move(numbers).error();
    m_info.container = "sequence";
    m_info.firstFrameNumber = numbers->front();
    std::int64_t missing = 0;
    for (std::size_t i = 0; i < numbers->size(); ++i) {
      const std::int64_t number = (*numbers)[i];
      for (; m_info.firstFrameNumber + static_cast<std::int64_t>(m_files.size()) < number; ++missing)
        m_files.push_back(m_files.back());
      m_files.push_back(pattern->pathOf(number));
    }
    if (missing > 0)
      m_info.warnings.emplace_back(std::to_string(missing) + " frames of the sequence are missing; the frame before each gap is held");
  } else {
    m_files.push_back(path);
  }
  auto first = readImageInfo(m_files.front());
  if (!first) return std::move(first).error();
  m_info.frames = static_cast<std::int64_t>(m_files.size());
  if (m_options.sequenceRate) m_info.rate = *m_options.sequenceRate;
  else if (const auto stated = statedRate(first->framesPerSecond)) m_info.rate = *stated;
  if (!first->timecode.empty()) {
    if (auto timecode = Timecode::parse(first->timecode, m_info.rate)) m_info.startTimecode = *timecode;
    else m_info.warnings.emplace_back("the timecode is not valid at this frame rate and was left out");
  }
  m_info.width = first->width;
  m_info.height = first->height;
  m_info.hasAlpha = first->channels == 4;
  m_info.bitsPerComponent = first->bitsPerChannel;
  m_info.codec = first->format;
  m_info.colour.matrix = ColourTags::Matrix::kRgb;
  m_info.colour.fullRange = true;
  m_info.colour.transfer = first->linear          ? ColourTags::Transfer::kLinear
                           : first->format == "dpx" ? ColourTags::Transfer::kUnknown
                                                    : ColourTags::Transfer::kSrgb;
  m_info.colour.primaries = ColourTags::Primaries::kBt709;
  m_info.coded.pixelFormat = first->channels == 1 ? "gray" : first->channels == 4 ? "rgba" : "rgb";
  if (first->linear) m_info.coded.transfer = "linear";
  m_info.coded.range = "pc";
  for (std::int64_t i = 0; i < m_info.frames; ++i) m_info.frameTimes.push_back(m_info.rate.secondsOf({i}));
  struct stat status {};
  if (stat(m_files.front().c_str(), &status) == 0)
    m_info.bitRate = static_cast<std::int64_t>(static_cast<double>(status.st_size) * 8.0 * m_info.rate.framesPerSecond());
  return {};
}

Result<Picture> SequenceReader::asAsked(Picture picture) const {
  if (picture.width() != m_info.width || picture.height() != m_info.height)
    return Error{ErrorCode::kSizeMismatch,
                 "the picture is " + std::to_string(picture.width()) + " x " + std::to_string(picture.height()) +
                     ", the first one " + std::to_string(m_info.width) + " x " + std::to_string(m_info.height),
                 m_info.path,
                 {}};
  if (!m_options.alpha) picture = withoutAlpha(picture);
  if (m_options.maxWidth > 0 || m_options.maxHeight > 0)
    picture = scaledToFit(picture, m_options.maxWidth, m_options.maxHeight);
  const bool linear = picture.type() == SampleType::kF32 && m_options.type != SampleType::kF32;
  return linear ? codedPicture(picture, ColourTags::Transfer::kSrgb, m_options.type) : withType(picture, m_options.type);
}

Result<PicturePtr> SequenceReader::read(FrameIndex frame) {
  if (frame.value < 0 || frame.value >= m_info.frames)
    return Error{ErrorCode::kUsage,
                 "frame " + std::to_string(frame.value) + " asked for, the clip has " + std::to_string(m_info.frames),
                 m_info.path,
                 {{"frame", frame.value}, {"frames", m_info.frames}}};
  const std::string& file = m_files[static_cast<std::size_t>(frame.value)];
  if (auto cached = m_cache.find(file)) return *cached;
  if (m_stop.requested()) return Error{ErrorCode::kCancelled, "reading was stopped", file, {}};
  auto picture = readImage(file);
  if (!picture) return std::move(picture).error();
  auto asked = asAsked(std::move(*picture));
  if (!asked) {
    Error error = std::move(asked).error();
    error.context = file;
    return error;
  }
  auto shared = std::make_shared<const Picture>(std::move(*asked));
  m_cache.insert(file, shared, shared->sizeBytes());
  return PicturePtr(shared);
}

Result<YuvFramePtr> SequenceReader::readYuv(FrameIndex) {
  return Error{ErrorCode::kFormatUnsupported, "an image sequence has no coded planes", m_info.path, {}};
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
// OpenEXR colour is premultiplied by convention (OpenEXR technical introduction); ours is straight: divided on reading,
// multiplied on writing.
#include <ImfChannelList.h>
#include <ImfChromaticitiesAttribute.h>
#include <ImfCompressionAttribute.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfIO.h>
#include <ImfInputFile.h>
#include <ImfOutputFile.h>
#include <ImfStandardAttributes.h>
#include <ImfTimeCode.h>
#include <ImfVersion.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "core/media/colour_transfer.h"
#include "core/media/image_codecs.h"
#include "core/media/image_exr_header.h"

namespace pai::core {

namespace {

class MemoryInput final : public Imf::IStream {
 public:
  explicit MemoryInput(const ImageSource& source) : IStream(source.path.c_str()), m_bytes(source.bytes) {}
  bool read(char c[], int n) override {
    if (n < 0 || m_at > m_bytes.size() || static_cast<std::size_t>(n) > m_bytes.size() - m_at)
      throw std::runtime_error("the file ends too early");
    std::memcpy(c, m_bytes.data() + m_at, static_cast<std::size_t>(n));
    m_at += static_cast<std::size_t>(n);
    return m_at < m_bytes.size();
  }
  std::uint64_t tellg() override { return m_at; }
  void seekg(std::uint64_t pos) override { m_at = static_cast<std::size_t>(pos); }
  void clear() override {}

 private:
  std::span<const std::uint8_t> m_bytes;
  std::size_t m_at = 0;
};

class MemoryOutput final : public Imf::OStream {
 public:
  explicit MemoryOutput(std::string& bytes) : OStream("memory"), m_bytes(bytes) {}
  void write(const char c[], int n) override {
    const std::size_t end = m_at + static_cast<std::size_t>(n);
    if (end > m_bytes.size()) m_bytes.resize(end);
    std::memcpy(m_bytes.data() + m_at, c, static_cast<std::size_t>(n));
    m_at = end;
  }
  std::uint64_t tellp() override { return m_at; }
  void seekp(std::uint64_t pos) override { m_at = static_cast<std::size_t>(pos); }

 private:
  std::string& m_bytes;
  std::size_t m_at = 0;
};

/// What of the file becomes the picture: the display window, filled where the data window covers it.
struct Layout {
  Imath::Box2i shown, stored;
  std::vector<std::string> channels;  // R G B, R G B A, Y, or Y A
  bool half = false;
  int width() const { return shown.max.x - shown.min.x + 1; }
  int height() const { return shown.max.y - shown.min.y + 1; }
};

bool huge(const Imath::Box2i& box) {
  constexpr int kFar = 1 << 24;
  return box.min.x < -kFar || box.min.y < -kFar || box.max.x > kFar || box.max.y > kFar;
}

Result<Layout> layoutOf(const Imf::Header& header, const ImageSource& source) {
  Layout layout;
  layout.shown = header.displayWindow();
  layout.stored = header.dataWindow();
  if (huge(layout.shown) || huge(layout.stored)) return source.broken("EXR: a window lies far outside");
  for (const auto& box : {layout.shown, layout.stored})
    if (Status fits = source.checkSize(std::int64_t{box.max.x} - box.min.x + 1, std::int64_t{box.max.y} - box.min.y + 1);
        !fits)
      return std::move(fits).error();
  const Imf::ChannelList& list = header.channels();
  const auto has = [&](const char* name) {
    const Imf::Channel* channel = list.findChannel(name);
    return channel && channel->xSampling == 1 && channel->ySampling == 1;
  };
  if (has("R") && has("G") && has("B")) layout.channels = {"R", "G", "B"};
  else if (has("Y") && !list.findChannel("RY")) layout.channels = {"Y"};
  else return source.unsupported("EXR: there are no R, G, B channels at full resolution");
  if (has("A")) layout.channels.emplace_back("A");
  layout.half = list.findChannel(layout.channels.front().c_str())->type == Imf::HALF;
  return layout;
}

void unpremultiply(Picture& picture) {
  for (int y = 0; y < picture.height(); ++y) {
    float* p = picture.row<float>(y);
    for (int x = 0; x < picture.width(); ++x, p += 4)
      if (p[3] > 0.0f && p[3] < 1.0f)
        for (int c = 0; c < 3; ++c) p[c] /= p[3];
  }
}

Picture readPixels(Imf::InputFile& file, const Layout& layout) {
  const bool alpha = layout.channels.back() == "A";
  const bool grey = layout.channels.front() == "Y";
  const int channels = alpha ? 4 : 3;
  Picture picture(layout.width(), layout.height(), channels, SampleType::kF32);
  std::memset(picture.data(), 0, picture.sizeBytes());
  const auto storedWidth = static_cast<std::size_t>(layout.stored.max.x - layout.stored.min.x + 1);
  const auto storedHeight = static_cast<std::size_t>(layout.stored.max.y - layout.stored.min.y + 1);
  const std::size_t kinds = layout.channels.size();
  std::vector<float> stored(storedWidth * storedHeight * kinds);
  Imf::FrameBuffer buffer;
  const std::size_t pixel = kinds * sizeof(float), line = storedWidth * pixel;
  for (std::size_t i = 0; i < kinds; ++i)
    buffer.insert(layout.channels[i],
                  Imf::Slice::Make(Imf::FLOAT, stored.data() + i, layout.stored, pixel, line));
  file.setFrameBuffer(buffer);
  file.readPixels(layout.stored.min.y, layout.stored.max.y);
  const Imath::Box2i both(Imath::V2i(std::max(layout.shown.min.x, layout.stored.min.x),
                                     std::max(layout.shown.min.y, layout.stored.min.y)),
                          Imath::V2i(std::min(layout.shown.max.x, layout.stored.max.x),
                                     std::min(layout.shown.max.y, layout.stored.max.y)));
  for (int y = both.min.y; y <= both.max.y; ++y)
    for (int x = both.min.x; x <= both.max.x; ++x) {
      const float* in = stored.data() + static_cast<std::size_t>(y - layout.stored.min.y) * storedWidth * kinds +
                        static_cast<std::size_t>(x - layout.stored.min.x) * kinds;
      float* out = picture.row<float>(y - layout.shown.min.y) + (x - layout.shown.min.x) * channels;
      for (int c = 0; c < 3; ++c) out[c] = in[grey ? 0 : c];
      if (alpha) out[3] = in[kinds - 1];
    }
  if (alpha) unpremultiply(picture);
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.transfer = ColourTags::Transfer::kLinear;
  picture.colour.primaries = ColourTags::Primaries::kBt709;
  picture.colour.fullRange = true;
  return picture;
}

/// kLimitExceeded when the block of lines that the library holds twice, with every channel of the file, is too large.
Status checkBlock(const Imf::Header& header, const Layout& layout, const ImageSource& source) {
  constexpr std::int64_t kLimit = 1 << 28;
  constexpr std::int64_t kLines = 256;  // of a block, at most (DWAB)
  std::int64_t pixelBytes = 0;
  for (auto channel = header.channels().begin(); channel != header.channels().end(); ++channel)
    pixelBytes += channel.channel().type == Imf::HALF ? 2 : 4;
  const std::int64_t lines = std::min<std::int64_t>(kLines, std::int64_t{layout.stored.max.y} - layout.stored.min.y + 1);
  const std::int64_t bytes = pixelBytes * lines * (std::int64_t{layout.stored.max.x} - layout.stored.min.x + 1);
  if (bytes <= kLimit) return {};
  return Error{ErrorCode::kLimitExceeded, "EXR: a block of lines has " + std::to_string(bytes) + " bytes", source.path,
               {{"limit", kLimit}}};
}

/// The first header, and what it asks for, before the file is opened and its buffers are allocated.
Result<Layout> checkedLayout(const ImageSource& source) {
  if (Status fits = checkExrAttributes(source); !fits) return std::move(fits).error();
  MemoryInput stream(source);
  int version = 0;
  std::memcpy(&version, source.bytes.data() + 4, sizeof version);
  if (Imf::getVersion(version) != Imf::EXR_VERSION || !Imf::supportsFlags(Imf::getFlags(version)) ||
      Imf::isNonImage(version))
    return source.unsupported("EXR: a version or a kind (deep) that is not read here");
  stream.seekg(8);
  Imf::Header header;
  header.readFrom(stream, version);
  header.sanityCheck(Imf::isTiled(version), Imf::isMultiPart(version));
  auto layout = layoutOf(header, source);
  if (!layout) return layout;
  if (Status fits = checkBlock(header, *layout, source); !fits) return std::move(fits).error();
  return layout;
}

template <typename T>
Result<T> withFile(const ImageSource& source, T (*use)(Imf::InputFile&, const Layout&)) {
  try {
    static std::once_flag once;  // before the offset table of a huge picture is allocated
    std::call_once(once, [] { Imf::Header::setMaxImageSize(1 << 16, 1 << 16); });
    auto layout = checkedLayout(source);
    if (!layout) return std::move(layout).error();
    MemoryInput stream(source);
    Imf::InputFile file(stream, 1);
    if (!file.isComplete()) return source.broken("EXR: lines of the picture are missing");
    return use(file, *layout);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    return source.broken(std::string("EXR: ") + e.what());
  }
}

}  // namespace

Result<ImageInfo> exrInfo(const ImageSource& source) {
  return withFile<ImageInfo>(source, [](Imf::InputFile& file, const Layout& layout) {
    ImageInfo info;
    info.width = layout.width();
    info.height = layout.height();
    info.channels = layout.channels.back() == "A" ? 4 : 3;
    info.bitsPerChannel = layout.half ? 16 : 32;
    info.format = "exr";
    info.linear = true;
    const Imf::Header& header = file.header();
    if (Imf::hasTimeCode(header)) {
      const Imf::TimeCode code = Imf::timeCode(header);
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), "%02d:%02d:%02d%c%02d", code.hours(), code.minutes(), code.seconds(),
                    code.dropFrame() ? ';' : ':', code.frame());
      info.timecode = text.data();
    }
    if (Imf::hasFramesPerSecond(header)) {
      const Imf::Rational rate = Imf::framesPerSecond(header);
      if (rate.d > 0 && rate.n > 0) info.framesPerSecond = static_cast<double>(rate.n) / rate.d;
    }
    return info;
  });
}

Result<Picture> readExr(const ImageSource& source) { return withFile<Picture>(source, readPixels); }

/// Parts of "HH:MM:SS:FF".
Imf::TimeCode timeCodeOf(const Timecode& timecode, FrameRate rate) {
  const std::string text = timecode.text(rate);
  const auto part = [&](std::size_t at) { return std::atoi(text.substr(at, 2).c_str()); };
  return {part(0), part(3), part(6), part(9), timecode.dropFrame};
}

Result<std::string> exrBytes(const Picture& picture, const std::string& path, const std::optional<Timecode>& timecode,
                             FrameRate rate) {
  const Picture linear = linearPicture(picture);
  const int channels = linear.channels();
  const int width = linear.width(), height = linear.height();
  std::vector<half> pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                           static_cast<std::size_t>(channels));
  for (int y = 0; y < height; ++y) {
    const float* in = linear.row<float>(y);
    half* out = pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width * channels);
    for (int x = 0; x < width; ++x, in += channels, out += channels) {
      const float cover = channels == 4 ? in[3] : 1.0f;
      for (int c = 0; c < std::min(channels, 3); ++c)
        out[c] = half(std::clamp(in[c] * cover, -65504.0f, 65504.0f));
      if (channels == 4) out[3] = half(cover);
    }
  }
  try {
    Imf::Header header(width, height);
    header.compression() = Imf::ZIP_COMPRESSION;
    if (timecode && rate.nominal() < 100) {
      Imf::addTimeCode(header, timeCodeOf(*timecode, rate));
      Imf::addFramesPerSecond(header, Imf::Rational(rate.num(), static_cast<unsigned>(rate.den())));
    }
    const char* names[] = {"R", "G", "B", "A"};
    Imf::FrameBuffer buffer;
    const std::size_t pixel = static_cast<std::size_t>(channels) * sizeof(half);
    for (int c = 0; c < channels; ++c) {
      const char* name = channels == 1 ? "Y" : names[c];
      header.channels().insert(name, Imf::Channel(Imf::HALF));
      buffer.insert(name, Imf::Slice(Imf::HALF, reinterpret_cast<char*>(pixels.data() + c), pixel,
                                     pixel * static_cast<std::size_t>(width)));
    }
    std::string bytes;
    MemoryOutput stream(bytes);
    {
      Imf::OutputFile file(stream, header, 0);
      file.setFrameBuffer(buffer);
      file.writePixels(height);
    }
    return bytes;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    return Error{ErrorCode::kEncodeFailed, std::string("EXR: ") + e.what(), path, {}};
  }
}

}  // namespace pai::core

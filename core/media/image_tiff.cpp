// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include <half.h>
#include <tiffio.h>

#include "core/media/image_codecs.h"

namespace pai::core {

namespace {

constexpr tmsize_t kMaxAllocation = tmsize_t{768} << 20;

struct TiffMemory {
  std::span<const std::uint8_t> bytes;
  std::size_t at = 0;
  std::string message;
};

TiffMemory& memoryOf(thandle_t handle) { return *static_cast<TiffMemory*>(handle); }

tmsize_t onRead(thandle_t handle, void* to, tmsize_t count) {
  TiffMemory& m = memoryOf(handle);
  const std::size_t left = m.at < m.bytes.size() ? m.bytes.size() - m.at : 0;
  const std::size_t taken = std::min(left, static_cast<std::size_t>(std::max<tmsize_t>(count, 0)));
  if (taken > 0) std::memcpy(to, m.bytes.data() + m.at, taken);
  m.at += taken;
  return static_cast<tmsize_t>(taken);
}
tmsize_t onWrite(thandle_t, void*, tmsize_t) { return 0; }
toff_t onSeek(thandle_t handle, toff_t offset, int whence) {
  TiffMemory& m = memoryOf(handle);
  const toff_t base = whence == SEEK_CUR ? m.at : whence == SEEK_END ? m.bytes.size() : 0;
  m.at = static_cast<std::size_t>(base + offset);
  return m.at;
}
int onClose(thandle_t) { return 0; }
toff_t onSize(thandle_t handle) { return memoryOf(handle).bytes.size(); }
int onError(TIFF*, void* user, const char*, const char* format, va_list arguments) {
  char text[256];
  std::vsnprintf(text, sizeof text, format, arguments);
  auto& message = static_cast<TiffMemory*>(user)->message;
  if (message.empty()) message = text;
  return 1;
}
int onWarning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

using TiffPtr = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

TiffPtr openTiff(TiffMemory& memory) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, kMaxAllocation);
  TIFFOpenOptionsSetErrorHandlerExtR(options, onError, &memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options, onWarning, nullptr);
  TiffPtr tiff(TIFFClientOpenExt("image", "rm", &memory, onRead, onWrite, onSeek, onClose, onSize, nullptr, nullptr,
                                 options),
               &TIFFClose);
  TIFFOpenOptionsFree(options);
  return tiff;
}

struct TiffHeader {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, photometric = PHOTOMETRIC_RGB,
                planar = PLANARCONFIG_CONTIG, orientation = 1;
  bool alpha = false, premultiplied = false;
  /// Read sample by sample here, else through libtiff's own 8-bit conversion.
  bool direct() const {
    const bool depth = (format == SAMPLEFORMAT_UINT && (bits == 8 || bits == 16)) ||
                       (format == SAMPLEFORMAT_IEEEFP && (bits == 16 || bits == 32));
    return depth && planar == PLANARCONFIG_CONTIG &&
           ((photometric == PHOTOMETRIC_RGB && samples >= 3) || (photometric == PHOTOMETRIC_MINISBLACK && samples >= 1));
  }
  bool isFloat() const { return format == SAMPLEFORMAT_IEEEFP; }
  int colours() const { return photometric == PHOTOMETRIC_RGB ? 3 : 1; }
};

Result<TiffHeader> headerOf(TIFF* tiff, const ImageSource& source) {
  TiffHeader h;
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &h.width) || !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &h.height))
    return source.broken("TIFF: there is no size");
  if (Status fits = source.checkSize(h.width, h.height); !fits) return std::move(fits).error();
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &h.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &h.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &h.format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &h.planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &h.orientation);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &h.photometric)) return source.broken("TIFF: there is no colour model");
  if (h.samples > 16) return source.unsupported("TIFF: more than 16 channels");
  if (h.orientation < 1 || h.orientation > 8) h.orientation = 1;
  std::uint16_t extraCount = 0;
  std::uint16_t* extra = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extraCount, &extra) && extraCount > 0 && extra) {
    h.alpha = h.samples > h.colours() && (extra[0] == EXTRASAMPLE_ASSOCALPHA || extra[0] == EXTRASAMPLE_UNASSALPHA);
    h.premultiplied = h.alpha && extra[0] == EXTRASAMPLE_ASSOCALPHA;
  }
  if (h.isFloat() && !h.direct()) return source.unsupported("TIFF: float samples in this layout");
  return h;
}

template <typename In, typename Out>
void copyRow(const In* in, Out* out, int width, const TiffHeader& h) {
  const int channels = h.alpha ? 4 : 3, colours = h.colours();
  for (int x = 0; x < width; ++x, in += h.samples, out += channels) {
    for (int c = 0; c < 3; ++c) out[c] = static_cast<Out>(in[colours == 1 ? 0 : c]);
    if (h.alpha) out[3] = static_cast<Out>(in[colours]);
  }
}

void copySamples(const std::uint8_t* from, Picture& picture, int x, int y, int width, const TiffHeader& h) {
  const int at = x * picture.channels();
  if (h.isFloat() && h.bits == 32) copyRow(reinterpret_cast<const float*>(from), picture.row<float>(y) + at, width, h);
  else if (h.isFloat()) copyRow(reinterpret_cast<const half*>(from), picture.row<float>(y) + at, width, h);
  else if (h.bits == 16)
    copyRow(reinterpret_cast<const std::uint16_t*>(from), picture.row<std::uint16_t>(y) + at, width, h);
  else copyRow(from, picture.row<std::uint8_t>(y) + at, width, h);
}

bool readTiles(TIFF* tiff, Picture& picture, const TiffHeader& h) {
  std::uint32_t tileWidth = 0, tileHeight = 0;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tileWidth);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tileHeight);
  const tmsize_t size = TIFFTileSize(tiff), line = TIFFTileRowSize(tiff);
  if (tileWidth == 0 || tileHeight == 0 || size <= 0 || size > kMaxAllocation || line <= 0) return false;
  std::vector<std::uint8_t> tile(static_cast<std::size_t>(size));
  for (std::uint32_t y = 0; y < h.height; y += tileHeight)
    for (std::uint32_t x = 0; x < h.width; x += tileWidth) {
      if (TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, x, y, 0, 0), tile.data(), size) != size) return false;
      const std::uint32_t rows = std::min(tileHeight, h.height - y), columns = std::min(tileWidth, h.width - x);
      for (std::uint32_t row = 0; row < rows; ++row)
        copySamples(tile.data() + static_cast<std::size_t>(line) * row, picture, static_cast<int>(x),
                    static_cast<int>(y + row), static_cast<int>(columns), h);
    }
  return true;
}

bool readLines(TIFF* tiff, Picture& picture, const TiffHeader& h) {
  const tmsize_t line = TIFFScanlineSize(tiff);
  if (line <= 0 || line < static_cast<tmsize_t>(h.width) * h.samples * (h.bits / 8)) return false;
  std::vector<std::uint8_t> row(static_cast<std::size_t>(line));
  for (std::uint32_t y = 0; y < h.height; ++y) {
    if (TIFFReadScanline(tiff, row.data(), y, 0) < 0) return false;
    copySamples(row.data(), picture, 0, static_cast<int>(y), static_cast<int>(h.width), h);
  }
  return true;
}

/// libtiff's own conversion to premultiplied 8-bit RGBA, for palettes, YCbCr, bits below 8 and the like.
bool readConverted(TIFF* tiff, Picture& picture, const TiffHeader& h) {
  std::vector<std::uint32_t> raster(static_cast<std::size_t>(h.width) * h.height);
  if (!TIFFReadRGBAImageOriented(tiff, h.width, h.height, raster.data(), ORIENTATION_TOPLEFT, 1)) return false;
  const int channels = picture.channels();
  for (std::uint32_t y = 0; y < h.height; ++y) {
    auto* out = picture.row<std::uint8_t>(static_cast<int>(y));
    for (std::uint32_t x = 0; x < h.width; ++x, out += channels) {
      const std::uint32_t pixel = raster[static_cast<std::size_t>(y) * h.width + x];
      for (int c = 0; c < channels; ++c) out[c] = static_cast<std::uint8_t>(pixel >> (8 * c));
    }
  }
  return true;
}

template <typename T>
void unpremultiply(Picture& picture, float maximum) {
  for (int y = 0; y < picture.height(); ++y) {
    T* p = picture.row<T>(y);
    for (int x = 0; x < picture.width(); ++x, p += 4) {
      const float alpha = static_cast<float>(p[3]) / maximum;
      if (alpha <= 0.0f || alpha >= 1.0f) continue;
      for (int c = 0; c < 3; ++c) {
        const float v = static_cast<float>(p[c]) / alpha;
        p[c] = std::is_same_v<T, float> ? static_cast<T>(v) : static_cast<T>(std::min(v + 0.5f, maximum));
      }
    }
  }
}

}  // namespace

Result<ImageInfo> tiffInfo(const ImageSource& source) {
  TiffMemory memory{source.bytes, 0, {}};
  const TiffPtr tiff = openTiff(memory);
  if (!tiff) return source.broken("TIFF: " + memory.message);
  auto h = headerOf(tiff.get(), source);
  if (!h) return std::move(h).error();
  ImageInfo info;
  const bool turned = h->direct() && h->orientation >= 5;
  info.width = static_cast<int>(turned ? h->height : h->width);
  info.height = static_cast<int>(turned ? h->width : h->height);
  info.channels = h->alpha ? 4 : 3;
  info.bitsPerChannel = h->direct() ? h->bits : 8;
  info.format = "tiff";
  info.linear = h->isFloat();
  return info;
}

Result<Picture> readTiff(const ImageSource& source) {
  TiffMemory memory{source.bytes, 0, {}};
  const TiffPtr tiff = openTiff(memory);
  if (!tiff) return source.broken("TIFF: " + memory.message);
  auto h = headerOf(tiff.get(), source);
  if (!h) return std::move(h).error();
  const SampleType type = !h->direct()    ? SampleType::kU8
                          : h->isFloat()  ? SampleType::kF32
                          : h->bits == 16 ? SampleType::kU16
                                          : SampleType::kU8;
  Picture picture(static_cast<int>(h->width), static_cast<int>(h->height), h->alpha ? 4 : 3, type);
  const bool read = !h->direct()                ? readConverted(tiff.get(), picture, *h)
                    : TIFFIsTiled(tiff.get()) ? readTiles(tiff.get(), picture, *h)
                                                : readLines(tiff.get(), picture, *h);
  if (!read) return source.broken("TIFF: " + (memory.message.empty() ? "the samples cannot be read" : memory.message));
  if (h->alpha && (h->premultiplied || !h->direct())) {
    if (type == SampleType::kU8) unpremultiply<std::uint8_t>(picture, 255.0f);
    else if (type == SampleType::kU16) unpremultiply<std::uint16_t>(picture, 65535.0f);
    else unpremultiply<float>(picture, 1.0f);
  }
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.transfer = h->isFloat() ? ColourTags::Transfer::kLinear : ColourTags::Transfer::kUnknown;
  picture.colour.primaries = ColourTags::Primaries::kBt709;
  picture.colour.fullRange = true;
  return h->direct() ? oriented(picture, h->orientation) : picture;
}

}  // namespace pai::core

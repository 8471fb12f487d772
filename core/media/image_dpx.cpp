// SPDX-License-Identifier: GPL-3.0-or-later
// SMPTE ST 268-1: one image element of 8, 10, 12 or 16 bits, RGB, RGBA or luma, uncompressed.
#include <bit>
#include <cstring>
#include <string>

#include "core/media/image_codecs.h"

namespace pai::core {

namespace {

struct DpxHeader {
  std::string timecode;
  double framesPerSecond = 0.0;
  bool bigEndian = false;
  std::uint32_t offset = 0, width = 0, height = 0;
  int descriptor = 0, transfer = 0, bits = 0, packing = 0, encoding = 0;
  int channels = 3;       // stored
  std::size_t line = 0;   // bytes of a line
};

std::uint32_t u32(const std::uint8_t* p, bool big) {
  return big ? static_cast<std::uint32_t>(p[0]) << 24 | static_cast<std::uint32_t>(p[1]) << 16 |
                   static_cast<std::uint32_t>(p[2]) << 8 | p[3]
             : static_cast<std::uint32_t>(p[3]) << 24 | static_cast<std::uint32_t>(p[2]) << 16 |
                   static_cast<std::uint32_t>(p[1]) << 8 | p[0];
}
std::uint16_t u16(const std::uint8_t* p, bool big) {
  return static_cast<std::uint16_t>(big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

/// Timecode (binary-coded decimals) and rates of the film and television headers, which may be missing.
void readTelevision(const ImageSource& source, DpxHeader& h) {
  constexpr std::size_t kFilmRate = 1724, kTimecode = 1920, kRate = 1940;
  const auto rateAt = [&](std::size_t at) {
    if (source.bytes.size() < at + 4 || h.offset < at + 4) return 0.0;
    const double rate = static_cast<double>(std::bit_cast<float>(u32(source.bytes.data() + at, h.bigEndian)));
    return rate >= 1.0 && rate <= 1000.0 ? rate : 0.0;
  };
  h.framesPerSecond = rateAt(kRate) > 0.0 ? rateAt(kRate) : rateAt(kFilmRate);
  if (source.bytes.size() < kTimecode + 4 || h.offset < kTimecode + 4) return;
  const std::uint32_t code = u32(source.bytes.data() + kTimecode, h.bigEndian);
  if (code == 0xffffffffu) return;
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) {
    const std::uint32_t digit = (code >> shift) & 15;
    if (digit > 9) return;
    if (shift % 8 == 4 && shift != 28) digits += ':';
    digits += static_cast<char>('0' + digit);
  }
  h.timecode = digits;
}

Result<DpxHeader> headerOf(const ImageSource& source) {
  constexpr std::size_t kHeaderBytes = 1664;  // generic and image information
  const std::uint8_t* p = source.bytes.data();
  if (source.bytes.size() < kHeaderBytes) return source.broken("DPX: the header is cut off");
  DpxHeader h;
  h.bigEndian = p[0] == 'S';
  h.offset = u32(p + 4, h.bigEndian);
  h.width = u32(p + 772, h.bigEndian);
  h.height = u32(p + 776, h.bigEndian);
  if (Status fits = source.checkSize(h.width, h.height); !fits) return std::move(fits).error();
  h.descriptor = p[800];
  h.transfer = p[801];
  h.bits = p[803];
  h.packing = u16(p + 804, h.bigEndian);
  h.encoding = u16(p + 806, h.bigEndian);
  const std::uint32_t element = u32(p + 808, h.bigEndian);
  if (element != 0 && element != 0xffffffffu) h.offset = element;
  readTelevision(source, h);
  if (h.encoding != 0) return source.unsupported("DPX: run-length encoding");
  if (h.descriptor == 6) h.channels = 1;
  else if (h.descriptor == 50) h.channels = 3;
  else if (h.descriptor == 51) h.channels = 4;
  else return source.unsupported("DPX: image element " + std::to_string(h.descriptor) + " (RGB, RGBA and luma are read)");
  const std::size_t samples = static_cast<std::size_t>(h.width) * static_cast<std::size_t>(h.channels);
  if (h.bits == 8) h.line = (samples + 3) / 4 * 4;
  else if (h.bits == 16 || (h.bits == 12 && (h.packing == 1 || h.packing == 2))) h.line = (samples * 2 + 3) / 4 * 4;
  else if (h.bits == 10 && (h.packing == 1 || h.packing == 2)) h.line = (samples + 2) / 3 * 4;
  else return source.unsupported("DPX: " + std::to_string(h.bits) + " bits in packing " + std::to_string(h.packing));
  const std::uint32_t padding = u32(p + 812, h.bigEndian);
  if (padding != 0xffffffffu && padding < 65536) h.line += padding;
  if (h.offset > source.bytes.size() || h.line * h.height > source.bytes.size() - h.offset)
    return source.broken("DPX: the file ends before the last line");
  return h;
}

/// Sample `i` of a line, scaled to 16 bits.
std::uint16_t sample(const std::uint8_t* line, std::size_t i, const DpxHeader& h) {
  switch (h.bits) {
    case 8: return static_cast<std::uint16_t>(line[i] * 257);
    case 16: return u16(line + 2 * i, h.bigEndian);
    case 12: {
      const unsigned v = (h.packing == 1 ? u16(line + 2 * i, h.bigEndian) >> 4 : u16(line + 2 * i, h.bigEndian)) & 0xfffu;
      return static_cast<std::uint16_t>((v * 65535u + 2047u) / 4095u);
    }
    default: {  // three samples in a word, the first in the highest bits; method A leaves the lowest two bits free
      const std::uint32_t word = u32(line + i / 3 * 4, h.bigEndian);
      const unsigned shift = static_cast<unsigned>(2 - i % 3) * 10u + (h.packing == 1 ? 2u : 0u);
      const unsigned v = word >> shift & 0x3ffu;
      return static_cast<std::uint16_t>((v * 65535u + 511u) / 1023u);
    }
  }
}

}  // namespace

Result<ImageInfo> dpxInfo(const ImageSource& source) {
  auto h = headerOf(source);
  if (!h) return std::move(h).error();
  ImageInfo info;
  info.width = static_cast<int>(h->width);
  info.height = static_cast<int>(h->height);
  info.channels = h->channels == 4 ? 4 : 3;
  info.bitsPerChannel = h->bits;
  info.format = "dpx";
  info.timecode = h->timecode;
  info.framesPerSecond = h->framesPerSecond;
  return info;
}

Result<Picture> readDpx(const ImageSource& source) {
  auto h = headerOf(source);
  if (!h) return std::move(h).error();
  const int channels = h->channels == 4 ? 4 : 3;
  Picture picture(static_cast<int>(h->width), static_cast<int>(h->height), channels, SampleType::kU16);
  for (int y = 0; y < picture.height(); ++y) {
    const std::uint8_t* line = source.bytes.data() + h->offset + h->line * static_cast<std::size_t>(y);
    auto* out = picture.row<std::uint16_t>(y);
    for (std::uint32_t x = 0; x < h->width; ++x)
      for (int c = 0; c < channels; ++c)
        *out++ = sample(line, h->channels == 1 ? x : static_cast<std::size_t>(x) * static_cast<std::size_t>(channels) +
                                                         static_cast<std::size_t>(c),
                        *h);
  }
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.fullRange = true;
  if (h->transfer == 2) picture.colour.transfer = ColourTags::Transfer::kLinear;
  else if (h->transfer == 6) picture.colour.transfer = ColourTags::Transfer::kBt709;
  return picture;
}

}  // namespace pai::core

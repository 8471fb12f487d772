// SPDX-License-Identifier: GPL-3.0-or-later
// libjpeg reports errors by longjmp: objects with destructors live outside the frames it crosses.
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include <jpeglib.h>

#include "core/media/image_codecs.h"

namespace pai::core {

namespace {

struct JpegState {
  jpeg_error_mgr errors{};  // first: libjpeg hands its address back
  std::jmp_buf jump{};
  jpeg_decompress_struct jpeg{};
  char message[JMSG_LENGTH_MAX] = {};
  ~JpegState() { jpeg_destroy_decompress(&jpeg); }
};

void onError(j_common_ptr common) {
  auto* state = reinterpret_cast<JpegState*>(common->err);
  common->err->format_message(common, state->message);
  longjmp(state->jump, 1);
}
void onMessage(j_common_ptr) {}
/// A warning means data that is missing or wrong; decoding would go on with grey.
void onWarning(j_common_ptr common, int level) {
  if (level < 0) onError(common);
}

bool readHeader(JpegState& state, const ImageSource& source) {
  state.jpeg.err = jpeg_std_error(&state.errors);
  state.errors.error_exit = onError;
  state.errors.output_message = onMessage;
  state.errors.emit_message = onWarning;
  if (setjmp(state.jump)) return false;
  jpeg_create_decompress(&state.jpeg);
  state.jpeg.mem->max_memory_to_use = 512L << 20;
  jpeg_mem_src(&state.jpeg, source.bytes.data(), static_cast<unsigned long>(source.bytes.size()));
  jpeg_save_markers(&state.jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&state.jpeg, TRUE);
  return true;
}

/// What EXIF says of a picture: orientation (TIFF tag 0x0112), 1 when there is none, and whether it is sRGB (tag 0xA001 of
/// the EXIF directory).
struct Exif {
  int orientation = 1;
  bool srgb = false;
};

Exif exifOf(const jpeg_decompress_struct& jpeg) {
  Exif exif;
  for (const jpeg_marker_struct* marker = jpeg.marker_list; marker; marker = marker->next) {
    const std::uint8_t* data = marker->data;
    const std::size_t size = marker->data_length;
    if (size < 14 || std::memcmp(data, "Exif\0\0", 6) != 0) continue;
    const std::uint8_t* tiff = data + 6;
    const std::size_t length = size - 6;
    const bool big = tiff[0] == 'M';
    const auto u16 = [&](std::size_t at) -> unsigned {
      if (at + 2 > length) return 0;
      return big ? static_cast<unsigned>(tiff[at]) << 8 | tiff[at + 1] : static_cast<unsigned>(tiff[at + 1]) << 8 | tiff[at];
    };
    const auto u32 = [&](std::size_t at) -> std::size_t {
      return big ? static_cast<std::size_t>(u16(at)) << 16 | u16(at + 2)
                 : static_cast<std::size_t>(u16(at + 2)) << 16 | u16(at);
    };
    /// Place of a tag's value in the directory at `at`; 0 when it is not there.
    const auto valueAt = [&](std::size_t at, unsigned tag) -> std::size_t {
      if (at == 0 || at > length) return 0;
      const unsigned count = u16(at);
      for (unsigned i = 0; i < count; ++i) {
        const std::size_t entry = at + 2 + 12 * static_cast<std::size_t>(i);
        if (entry + 12 > length) return 0;
        if (u16(entry) == tag) return entry + 8;
      }
      return 0;
    };
    const std::size_t first = u32(4);
    if (const std::size_t value = valueAt(first, 0x0112)) {
      const unsigned orientation = u16(value);
      exif.orientation = orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
    }
    if (const std::size_t own = valueAt(first, 0x8769))
      if (const std::size_t value = valueAt(u32(own), 0xA001)) exif.srgb = u16(value) == 1;
    break;
  }
  return exif;
}

bool isCmyk(const jpeg_decompress_struct& jpeg) {
  return jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
}

bool decodeRows(JpegState& state, JSAMPROW* rows) {
  if (setjmp(state.jump)) return false;
  state.jpeg.out_color_space = isCmyk(state.jpeg) ? JCS_CMYK : JCS_RGB;
  state.jpeg.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&state.jpeg);
  while (state.jpeg.output_scanline < state.jpeg.output_height)
    jpeg_read_scanlines(&state.jpeg, rows + state.jpeg.output_scanline, 1);
  jpeg_finish_decompress(&state.jpeg);
  return true;
}

/// Naive CMYK without a profile. Adobe files hold the inks inverted (255 = no ink).
Picture rgbOfCmyk(const Picture& inks, bool inverted) {
  Picture picture(inks.width(), inks.height(), 3, SampleType::kU8);
  for (int y = 0; y < inks.height(); ++y) {
    const auto* in = inks.row<std::uint8_t>(y);
    auto* out = picture.row<std::uint8_t>(y);
    for (int x = 0; x < inks.width(); ++x) {
      const int black = inverted ? in[4 * x + 3] : 255 - in[4 * x + 3];
      for (int c = 0; c < 3; ++c) {
        const int ink = inverted ? in[4 * x + c] : 255 - in[4 * x + c];
        out[3 * x + c] = static_cast<std::uint8_t>((ink * black + 127) / 255);
      }
    }
  }
  return picture;
}

}  // namespace

Result<ImageInfo> jpegInfo(const ImageSource& source) {
  JpegState state;
  if (!readHeader(state, source)) return source.broken(std::string("JPEG: ") + state.message);
  if (Status fits = source.checkSize(state.jpeg.image_width, state.jpeg.image_height); !fits)
    return std::move(fits).error();
  ImageInfo info;
  const bool turned = exifOf(state.jpeg).orientation >= 5;
  info.width = static_cast<int>(turned ? state.jpeg.image_height : state.jpeg.image_width);
  info.height = static_cast<int>(turned ? state.jpeg.image_width : state.jpeg.image_height);
  info.channels = 3;
  info.bitsPerChannel = 8;
  info.format = "jpeg";
  return info;
}

Result<Picture> readJpeg(const ImageSource& source) {
  JpegState state;
  if (!readHeader(state, source)) return source.broken(std::string("JPEG: ") + state.message);
  if (Status fits = source.checkSize(state.jpeg.image_width, state.jpeg.image_height); !fits)
    return std::move(fits).error();
  const bool cmyk = isCmyk(state.jpeg);
  const Exif exif = exifOf(state.jpeg);
  Picture picture(static_cast<int>(state.jpeg.image_width), static_cast<int>(state.jpeg.image_height), cmyk ? 4 : 3,
                  SampleType::kU8);
  std::vector<JSAMPROW> rows(static_cast<std::size_t>(picture.height()));
  for (int y = 0; y < picture.height(); ++y) rows[static_cast<std::size_t>(y)] = picture.row<JSAMPLE>(y);
  if (!decodeRows(state, rows.data())) return source.broken(std::string("JPEG: ") + state.message);
  if (cmyk) picture = rgbOfCmyk(picture, state.jpeg.saw_Adobe_marker != 0);
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.transfer = exif.srgb ? ColourTags::Transfer::kSrgb : ColourTags::Transfer::kUnknown;
  picture.colour.primaries = ColourTags::Primaries::kBt709;
  picture.colour.fullRange = true;
  return oriented(picture, exif.orientation);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
// libpng reports errors by longjmp: objects with destructors live outside the frames it crosses.
#include <cmath>
#include <csetjmp>
#include <cstring>
#include <vector>

#include <png.h>

#include "core/media/image_codecs.h"

namespace pai::core {

namespace {

struct PngState {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string message;
  const std::uint8_t* next = nullptr;
  std::size_t left = 0;
  std::string* out = nullptr;
  bool reading = true;

  ~PngState() {
    if (reading) png_destroy_read_struct(&png, &info, nullptr);
    else png_destroy_write_struct(&png, &info);
  }
};

void onError(png_structp png, png_const_charp text) {
  static_cast<PngState*>(png_get_error_ptr(png))->message = text;
  longjmp(png_jmpbuf(png), 1);
}
void onWarning(png_structp, png_const_charp) {}

void onRead(png_structp png, png_bytep to, png_size_t count) {
  auto* state = static_cast<PngState*>(png_get_io_ptr(png));
  if (count > state->left) png_error(png, "the file ends too early");
  std::memcpy(to, state->next, count);
  state->next += count;
  state->left -= count;
}

void onWrite(png_structp png, png_bytep from, png_size_t count) {
  static_cast<PngState*>(png_get_io_ptr(png))->out->append(reinterpret_cast<const char*>(from), count);
}
void onFlush(png_structp) {}

/// Creates the structures and reads up to the image data. False with a message on any error.
bool readHeader(PngState& state) {
  if (setjmp(png_jmpbuf(state.png))) return false;
  // Text and profiles are not wanted: skipped before they are expanded.
  static const png_byte kSkipped[] = "iCCP\0iTXt\0zTXt\0tEXt\0sPLT\0eXIf";
  png_set_keep_unknown_chunks(state.png, PNG_HANDLE_CHUNK_NEVER, kSkipped, 6);
  png_set_user_limits(state.png, 0x7fffffff, 0x7fffffff);
  png_set_crc_action(state.png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  png_set_read_fn(state.png, &state, onRead);
  png_read_info(state.png, state.info);
  return true;
}

Status start(PngState& state, const ImageSource& source) {
  state.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, onError, onWarning);
  state.info = state.png ? png_create_info_struct(state.png) : nullptr;
  if (!state.info) return Error{ErrorCode::kOutOfMemory, "no memory for the PNG reader", source.path, {}};
  state.next = source.bytes.data();
  state.left = source.bytes.size();
  if (!readHeader(state)) return source.broken("PNG: " + state.message);
  return source.checkSize(png_get_image_width(state.png, state.info), png_get_image_height(state.png, state.info));
}

/// Asks for RGB or RGBA, 8 or 16 bits native.
bool setTransforms(PngState& state) {
  if (setjmp(png_jmpbuf(state.png))) return false;
  png_set_expand(state.png);
  png_set_gray_to_rgb(state.png);
  if (png_get_bit_depth(state.png, state.info) == 16) png_set_swap(state.png);
  png_set_interlace_handling(state.png);
  png_read_update_info(state.png, state.info);
  return true;
}

bool readRows(PngState& state, png_bytepp rows) {
  if (setjmp(png_jmpbuf(state.png))) return false;
  png_read_image(state.png, rows);
  png_read_end(state.png, nullptr);
  return true;
}

/// What the file itself says of its samples: sRGB and gAMA chunks.
ColourTags::Transfer statedTransfer(const PngState& state) {
  int intent = 0;
  if (png_get_sRGB(state.png, state.info, &intent)) return ColourTags::Transfer::kSrgb;
  double gamma = 0.0;
  if (!png_get_gAMA(state.png, state.info, &gamma)) return ColourTags::Transfer::kUnknown;
  return std::abs(gamma - 1.0 / 2.2) < 0.005 ? ColourTags::Transfer::kSrgb
         : std::abs(gamma - 1.0) < 0.005     ? ColourTags::Transfer::kLinear
                                             : ColourTags::Transfer::kUnknown;
}

bool hasAlpha(const PngState& state) {
  return (png_get_color_type(state.png, state.info) & PNG_COLOR_MASK_ALPHA) ||
         png_get_valid(state.png, state.info, PNG_INFO_tRNS);
}

bool writeRows(PngState& state, const Picture& picture, png_bytepp rows) {
  if (setjmp(png_jmpbuf(state.png))) return false;
  const int type = picture.channels() == 1   ? PNG_COLOR_TYPE_GRAY
                   : picture.channels() == 4 ? PNG_COLOR_TYPE_RGB_ALPHA
                                             : PNG_COLOR_TYPE_RGB;
  png_set_write_fn(state.png, &state, onWrite, onFlush);
  png_set_compression_level(state.png, 3);
  png_set_IHDR(state.png, state.info, static_cast<png_uint_32>(picture.width()),
               static_cast<png_uint_32>(picture.height()), picture.type() == SampleType::kU16 ? 16 : 8, type,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (picture.colour.transfer == ColourTags::Transfer::kSrgb)
    png_set_sRGB(state.png, state.info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info(state.png, state.info);
  if (picture.type() == SampleType::kU16) png_set_swap(state.png);
  png_write_image(state.png, rows);
  png_write_end(state.png, nullptr);
  return true;
}

}  // namespace

Result<ImageInfo> pngInfo(const ImageSource& source) {
  PngState state;
  if (Status started = start(state, source); !started) return std::move(started).error();
  ImageInfo info;
  info.width = static_cast<int>(png_get_image_width(state.png, state.info));
  info.height = static_cast<int>(png_get_image_height(state.png, state.info));
  info.bitsPerChannel = png_get_bit_depth(state.png, state.info) == 16 ? 16 : 8;
  info.channels = hasAlpha(state) ? 4 : 3;
  info.format = "png";
  return info;
}

Result<Picture> readPng(const ImageSource& source) {
  PngState state;
  if (Status started = start(state, source); !started) return std::move(started).error();
  const bool deep = png_get_bit_depth(state.png, state.info) == 16;
  Picture picture(static_cast<int>(png_get_image_width(state.png, state.info)),
                  static_cast<int>(png_get_image_height(state.png, state.info)), hasAlpha(state) ? 4 : 3,
                  deep ? SampleType::kU16 : SampleType::kU8);
  if (!setTransforms(state)) return source.broken("PNG: " + state.message);
  if (png_get_rowbytes(state.png, state.info) != picture.rowBytes()) return source.broken("PNG: unexpected row size");
  std::vector<png_bytep> rows(static_cast<std::size_t>(picture.height()));
  for (int y = 0; y < picture.height(); ++y) rows[static_cast<std::size_t>(y)] = picture.row<png_byte>(y);
  if (!readRows(state, rows.data())) return source.broken("PNG: " + state.message);
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.transfer = statedTransfer(state);
  picture.colour.primaries = ColourTags::Primaries::kBt709;
  picture.colour.fullRange = true;
  return picture;
}

Result<std::string> pngBytes(const Picture& picture, const std::string& path) {
  if (picture.type() == SampleType::kF32)
    return Error{ErrorCode::kUsage, "PNG holds 8 or 16 bits, not float", path, {}};
  PngState state;
  state.reading = false;
  std::string bytes;
  state.out = &bytes;
  state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, onError, onWarning);
  state.info = state.png ? png_create_info_struct(state.png) : nullptr;
  if (!state.info) return Error{ErrorCode::kOutOfMemory, "no memory for the PNG writer", path, {}};
  std::vector<png_bytep> rows(static_cast<std::size_t>(picture.height()));
  for (int y = 0; y < picture.height(); ++y)
    rows[static_cast<std::size_t>(y)] = const_cast<png_bytep>(picture.row<png_byte>(y));
  if (!writeRows(state, picture, rows.data()))
    return Error{ErrorCode::kEncodeFailed, "PNG: " + state.message, path, {}};
  return bytes;
}

}  // namespace pai::core

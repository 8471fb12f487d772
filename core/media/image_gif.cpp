// SPDX-License-Identifier: GPL-3.0-or-later
#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "core/media/image_codecs.h"

namespace pai::core {

namespace {

struct GifMemory {
  std::span<const std::uint8_t> bytes;
  std::size_t at = 0;
};

int onRead(GifFileType* gif, GifByteType* to, int count) {
  auto* memory = static_cast<GifMemory*>(gif->UserData);
  const std::size_t taken = std::min(memory->bytes.size() - memory->at, static_cast<std::size_t>(std::max(count, 0)));
  std::memcpy(to, memory->bytes.data() + memory->at, taken);
  memory->at += taken;
  return static_cast<int>(taken);
}

struct GifCloser {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};
using GifPtr = std::unique_ptr<GifFileType, GifCloser>;

Result<GifPtr> openGif(GifMemory& memory, const ImageSource& source) {
  int code = 0;
  GifPtr gif(DGifOpen(&memory, onRead, &code));
  if (!gif) return source.broken("GIF: the header cannot be read");
  if (Status fits = source.checkSize(gif->SWidth, gif->SHeight); !fits) return std::move(fits).error();
  return gif;
}

/// Moves to the first image; its transparent index, -1 without one.
Result<int> findImage(GifFileType* gif, const ImageSource& source) {
  int transparent = -1;
  for (int records = 0; records < 10000; ++records) {
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif, &type) == GIF_ERROR || type == TERMINATE_RECORD_TYPE) break;
    if (type == IMAGE_DESC_RECORD_TYPE) {
      if (DGifGetImageDesc(gif) == GIF_ERROR) break;
      return transparent;
    }
    if (type != EXTENSION_RECORD_TYPE) continue;
    int kind = 0;
    GifByteType* block = nullptr;
    if (DGifGetExtension(gif, &kind, &block) == GIF_ERROR) break;
    while (block) {
      if (kind == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4) transparent = block[1] & 1 ? block[4] : -1;
      if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return source.broken("GIF: an extension is cut off");
    }
  }
  return source.broken("GIF: there is no image");
}

/// Line of the picture that is stored `n`th, interlaced or not.
std::vector<int> lineOrder(int height, bool interlaced) {
  std::vector<int> order;
  if (!interlaced)
    for (int y = 0; y < height; ++y) order.push_back(y);
  else
    for (const auto& [start, step] : {std::pair{0, 8}, {4, 8}, {2, 4}, {1, 2}})
      for (int y = start; y < height; y += step) order.push_back(y);
  return order;
}

}  // namespace

Result<ImageInfo> gifInfo(const ImageSource& source) {
  GifMemory memory{source.bytes};
  auto gif = openGif(memory, source);
  if (!gif) return std::move(gif).error();
  auto transparent = findImage(gif->get(), source);
  if (!transparent) return std::move(transparent).error();
  ImageInfo info;
  info.width = (*gif)->SWidth;
  info.height = (*gif)->SHeight;
  info.channels = *transparent >= 0 ? 4 : 3;
  info.bitsPerChannel = 8;
  info.format = "gif";
  return info;
}

Result<Picture> readGif(const ImageSource& source) {
  GifMemory memory{source.bytes};
  auto opened = openGif(memory, source);
  if (!opened) return std::move(opened).error();
  GifFileType* gif = opened->get();
  auto transparent = findImage(gif, source);
  if (!transparent) return std::move(transparent).error();
  const GifImageDesc& image = gif->Image;
  const ColorMapObject* map = image.ColorMap ? image.ColorMap : gif->SColorMap;
  if (!map) return source.broken("GIF: there is no palette");
  if (image.Left < 0 || image.Top < 0 || image.Width <= 0 || image.Height <= 0 ||
      image.Left + image.Width > gif->SWidth || image.Top + image.Height > gif->SHeight)
    return source.broken("GIF: the image lies outside its canvas");
  const int channels = *transparent >= 0 ? 4 : 3;
  Picture picture(gif->SWidth, gif->SHeight, channels, SampleType::kU8);
  std::memset(picture.data(), 0, picture.sizeBytes());
  std::vector<GifPixelType> line(static_cast<std::size_t>(image.Width));
  for (const int y : lineOrder(image.Height, image.Interlace)) {
    if (DGifGetLine(gif, line.data(), image.Width) == GIF_ERROR) return source.broken("GIF: the image is cut off");
    auto* out = picture.row<std::uint8_t>(image.Top + y) + image.Left * channels;
    for (const GifPixelType index : line) {
      const GifColorType colour = index < map->ColorCount ? map->Colors[index] : GifColorType{0, 0, 0};
      out[0] = colour.Red, out[1] = colour.Green, out[2] = colour.Blue;
      if (channels == 4) out[3] = index == *transparent ? 0 : 255;
      out += channels;
    }
  }
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.transfer = ColourTags::Transfer::kUnknown;
  picture.colour.primaries = ColourTags::Primaries::kBt709;
  picture.colour.fullRange = true;
  return picture;
}

}  // namespace pai::core

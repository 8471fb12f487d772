// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/base/time.h"
#include "core/media/image_file.h"

namespace pai::core {

/// The bytes of an image file and what is said about it in errors. Codecs read nothing else.
struct ImageSource {
  std::span<const std::uint8_t> bytes;
  std::string path;
  ImageLimits limits;

  Error broken(std::string detail) const { return {ErrorCode::kFormatBroken, std::move(detail), path, {}}; }
  Error unsupported(std::string detail) const { return {ErrorCode::kFormatUnsupported, std::move(detail), path, {}}; }
  /// kLimitExceeded or kFormatBroken unless both sides are positive and within the limits.
  Status checkSize(std::int64_t width, std::int64_t height) const;
};

/// Whether the first bytes of a file (8 are enough) are those of a kind that is read here.
bool isKnownImage(std::span<const std::uint8_t> bytes);

Result<ImageInfo> pngInfo(const ImageSource& source);
Result<Picture> readPng(const ImageSource& source);
Result<ImageInfo> jpegInfo(const ImageSource& source);
Result<Picture> readJpeg(const ImageSource& source);
Result<ImageInfo> tiffInfo(const ImageSource& source);
Result<Picture> readTiff(const ImageSource& source);
Result<ImageInfo> exrInfo(const ImageSource& source);
Result<Picture> readExr(const ImageSource& source);
Result<ImageInfo> dpxInfo(const ImageSource& source);
Result<Picture> readDpx(const ImageSource& source);
Result<ImageInfo> gifInfo(const ImageSource& source);
Result<Picture> readGif(const ImageSource& source);

/// Encoded file contents.
Result<std::string> pngBytes(const Picture& picture, const std::string& path);
/// `timecode` and its rate are written when there is one.
Result<std::string> exrBytes(const Picture& picture, const std::string& path, const std::optional<Timecode>& timecode = {},
                             FrameRate rate = {});

/// The picture after EXIF orientation 1 to 8.
Picture oriented(const Picture& picture, int orientation);

}  // namespace pai::core

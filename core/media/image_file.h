// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/media/picture.h"

namespace pai::core {

/// Bounds checked from the header, before any pixel is allocated.
struct ImageLimits {
  int maxSide = 32768;
  std::int64_t maxPixels = 134217728;  // 128 Mpx
  std::int64_t maxFileBytes = 1LL << 31;
};

/// What a still is, from its header.
struct ImageInfo {
  int width = 0, height = 0, channels = 0, bitsPerChannel = 0;  // as shown (EXIF orientation applied)
  std::string format;  // png, jpeg, tiff, exr, dpx, gif
  bool linear = false;
  std::string timecode;          // "HH:MM:SS:FF" as the file states it (EXR, DPX), or empty
  double framesPerSecond = 0.0;  // 0: not stated
};

/// Reads a still by its content (never by its ending): PNG, JPEG (EXIF orientation, CMYK), TIFF, OpenEXR, DPX, GIF.
/// 8-bit gives kU8, 16-bit kU16, half and float kF32 linear. The transfer is what the file states (sRGB and gAMA chunks, EXIF),
/// else kUnknown. Errors: kFileMissing, kFormatUnknown, kFormatBroken,
/// kFormatUnsupported, kLimitExceeded.
Result<Picture> readImage(const std::string& path, const ImageLimits& limits = {});
Result<ImageInfo> readImageInfo(const std::string& path, const ImageLimits& limits = {});

/// Writes PNG (kU8, kU16) or EXR (kF32 as half) atomically, by the ending.
Status writeImage(const std::string& path, const Picture& picture);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "core/media/picture.h"

namespace pai::core {

/// Where chroma samples lie between luma samples (horizontal, vertical), for subsampled planes.
enum class ChromaSite : std::uint8_t { kLeft, kCentre, kTopLeft };

/// Planes of a decoded frame, as coded: before matrix, range and rotation. Samples are u8 at 8 bits, else native u16 with
/// the value in the low bits. With `colour.matrix` kRgb the planes are R, G, B at full range; a grey clip has one plane.
struct YuvFrame {
  int width = 0, height = 0;
  int chromaShiftX = 0, chromaShiftY = 0;  // chroma plane size = ceil(size / 2^shift)
  int bitDepth = 8;
  int planeCount = 0;    // 1 grey, 3 colour; alpha is apart
  bool hasAlpha = false;  // plane 3, full range, straight
  std::array<const std::byte*, 4> planes{};
  std::array<std::ptrdiff_t, 4> strides{};  // bytes
  ColourTags colour;      // matrix is never kUnknown: untagged SD is 601, HD 709
  ChromaSite chromaSite = ChromaSite::kLeft;
  int rotationDegrees = 0;  // clockwise turn that `read` applies and this frame does not have yet
  bool damaged = false;
  std::shared_ptr<const void> owner;  // keeps the planes alive
};
using YuvFramePtr = std::shared_ptr<const YuvFrame>;

/// RGB(A) picture of planes: matrix, range, bilinear chroma, then the rotation. kF32 keeps values outside 0..1.
Picture rgbOf(const YuvFrame& frame, SampleType type, bool alpha);

/// The picture turned clockwise by 0, 90, 180 or 270 degrees.
Picture rotated(const Picture& picture, int degrees);

/// The picture scaled down by area averaging to fit within the box, same aspect; itself when it fits or a bound is 0.
Picture scaledToFit(const Picture& picture, int maxWidth, int maxHeight);

}  // namespace pai::core

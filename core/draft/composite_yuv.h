// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/media/picture.h"
#include "core/media/yuv_frame.h"

namespace pai::core {

/// Planes of an 8-bit 4:2:0 picture with rows tightly packed; chroma sizes are halves, rounded up.
struct Yuv420 {
  int width = 0, height = 0;
  std::vector<std::uint8_t> y, cb, cr;
  static Yuv420 make(int width, int height);
};

/// Keys 8-bit 4:2:0 frames and lays them over a still in one pass over the coded planes: the screen difference of coded RGB
/// (primary minus the larger other) depends on the chroma samples alone, so alpha is made a chroma sample and spread to luma.
/// The screen's light is subtracted, what spill remains is taken off the chroma. For many frames at once: scrubbing and rough
/// cuts; DraftEngine makes the picture that is judged.
class YuvKeyer {
 public:
  /// `screen` is the screen's colour in coded full-range RGB 0..255; `still` an RGB picture of the frames' size (kU8).
  /// kFormatUnsupported unless frames like `first` are 8-bit 4:2:0, kSizeMismatch when the still's size differs.
  static Result<YuvKeyer> make(const YuvFrame& first, const std::uint8_t screen[3], const Picture& still);
  /// The composite of a frame like the first, into `out` of its size.
  void composite(const YuvFrame& frame, Yuv420& out) const;
  /// Mean colour of the screen in a frame: the most frequent saturated green or blue, coded; false when there is none.
  static bool findScreen(const YuvFrame& frame, std::uint8_t screen[3]);

 private:
  Yuv420 m_still;
  int m_screenY = 0, m_screenCb = 128, m_screenCr = 128;
  // Fixed point, 1/256: differences of the primary to the others from chroma, and alpha's slope.
  int m_first[2] = {}, m_second[2] = {};
  int m_low = 0, m_scale = 0;
  int m_black = 16;
};

}  // namespace pai::core

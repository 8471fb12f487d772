// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "core/media/yuv_frame.h"

namespace pai::core {

/// 8-bit BGR of a frame's planes as ffmpeg's command gives it with bicubic, accurate_rnd and full_chroma_int: what other tools
/// score on. Pictures to be looked at or worked on come from ClipReader::read, which is exact. One frame size an object.
class SwscaleBgr {
 public:
  SwscaleBgr();
  ~SwscaleBgr();
  /// Whether the frame's format has a counterpart: 8- and 10-bit planar YUV, upright.
  static bool accepts(const YuvFrame& frame);
  /// Writes height rows of 3 * width bytes, `strideBytes` apart. kFormatUnsupported when swscale refuses.
  Status convert(const YuvFrame& frame, std::uint8_t* target, std::size_t strideBytes);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace pai::core

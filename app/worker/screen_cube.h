// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/result.h"
#include "core/media/picture.h"

namespace pai::worker {

/// A colour transform of whole-number pictures to the screen, sampled on a cube of code values and interpolated in tetrahedra, so
/// that a frame costs the same whatever the transform is. For codes that follow the eye (video, logs); linear ones need more
/// samples in the dark than it has.
class ScreenCube {
 public:
  /// `transform` is asked once, for a kU16 picture of the cube's samples with the tags `colour`; it gives kU8.
  static core::Result<ScreenCube> make(const core::ColourTags& colour, const std::function<core::Result<core::Picture>(const core::Picture&)>& transform);
  /// A picture of three or four channels, kU8 or kU16, as kU8; alpha as it is.
  core::Picture apply(const core::Picture& picture) const;

 private:
  static constexpr int kSide = 49;
  template <typename T>
  void fill(const core::Picture& picture, core::Picture& out) const;
  std::vector<std::array<std::uint8_t, 4>> m_samples;  // red runs fastest; the fourth is unused
};

}  // namespace pai::worker

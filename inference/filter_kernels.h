// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/kernels.h"

namespace pai::inference {

/// One tap of a convolution: what it sees of position 0 ([positions, depth], rows one after the other), and the first of its tiles among
/// those of a column of packed weights.
struct FilterTap {
  const HalfBits* from;
  std::int64_t tile;
};

/// A convolution of bfloat16 values with the channels of a pixel side by side, float32 sums over all taps, rounded once. Positions run
/// through rows of `pitch`, of which the first `width` are pixels; what is read must reach a whole block past the last one.
struct Filter {
  const FilterTap* taps;
  std::int64_t count, depth;     // channels of a tap, a multiple of kTileDepth
  const std::uint32_t* weights;  // [outputs, taps, depth] by packColumns
  std::int64_t columnTiles;      // tiles of a column of 16 outputs
  const float* bias;
  std::int64_t outputs;          // a multiple of kTileSide
  std::int64_t positions, pitch, width;
  HalfBits* to;
  std::int64_t rowStep, pixelStep;  // values between rows and pixels of the result
  const HalfBits* beside;           // added before rounding, laid out as the result; or null
};

/// Positions that are worked on together.
inline constexpr std::int64_t kFilterBlock = 32;

/// A convolution in one of the ways there are.
struct FilterKernels {
  const char* name = "";
  /// Results of the blocks [first, last), on the caller's thread.
  void (*blocks)(const Filter& filter, std::int64_t first, std::int64_t last);
};

/// Those of an instruction set: "amx", "avx512bf16", "widened" (in float32 on what is widened); null where this processor or build has it not.
const FilterKernels* filterKernelsOf(const char* name);
/// That of `attentionKernels`; null where there is none.
const FilterKernels* filterKernels();

}  // namespace pai::inference

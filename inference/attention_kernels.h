// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/kernels.h"

namespace pai::inference {

/// Floats that a row of float32 scores is padded to.
inline constexpr std::int64_t kPadding = 16;
/// What sizes of factors in bfloat16 are padded to with zeros: rows and columns, and what is summed over.
inline constexpr std::int64_t kTileSide = 16, kTileDepth = 32;

inline constexpr std::int64_t toTiles(std::int64_t size, std::int64_t side) { return (size + side - 1) / side * side; }

/// The running softmax of rows of scores (online softmax, arXiv 1805.02867): the largest score so far, and the sum of exponentials.
struct RunningSoftmax {
  float *most, *sum;
};

/// Float32 scores of rows of queries with a block of keys, rows `stride` apart, and what becomes of them: exp(scale * score - most) in
/// bfloat16, rows `toStride` apart, and 0 from the last key up to `padded`, a multiple of kTileDepth. The sums are those of the
/// exponentials before they are rounded. What was gathered before in `gathered` [rows, width] is scaled to the new `most`.
struct ScoreRows {
  const float* scores;
  std::int64_t rows, keys, padded, stride;
  float scale;
  HalfBits* to;
  std::int64_t toStride;
  RunningSoftmax running;
  float* gathered;
  std::int64_t width;
};

/// c = a [rows, depth] times b [depth, columns], float32 sums. b is packed by packColumns or packRows; sizes are whole tiles.
struct TileFactors {
  const HalfBits* a;
  std::int64_t aStride;
  const std::uint32_t* b;
  float* c;
  std::int64_t cStride, rows, depth, columns;
};

/// A product that is to be made, or added to what is in c.
struct TileWork {
  TileFactors factors;
  bool add;
};

/// Parts of attention over a block of keys; all run on the caller's thread.
struct AttentionKernels {
  const char* name = "";

  /// Scores [rows, keys], rows `stride` apart and padded to a multiple of kPadding floats, to exp(score - most) in place. What was
  /// gathered before in `gathered` [rows, width] is scaled to the new `most`. Padding is overwritten.
  void (*softmaxWide)(float* scores, std::int64_t rows, std::int64_t keys, std::int64_t stride, RunningSoftmax running, float* gathered, std::int64_t width);

  /// The softmax of these rows and, beside it, products that have nothing to do with them: processors with tile units do both at once.
  void (*softmaxHalf)(const ScoreRows& rows, const TileWork* beside, int count);

  void (*tileProduct)(const TileWork& work);
};

/// Those of an instruction set: "amx", "avx512bf16", "widened" (products in float32 on what is widened), "avx512", "avx2",
/// "plain"; null where this processor or build has it not.
const AttentionKernels* attentionKernelsOf(const char* name);
/// The best for this processor.
const AttentionKernels& attentionKernels();

// Packed factors: tiles of 16 pairs of what is summed over by 16 columns, the tiles of a column one after the other. Each holds
// `toTiles(depth, kTileDepth) * toTiles(columns, kTileSide) / 2` values, padded with zeros.

/// The transposed of from [columns, depth], rows `stride` apart.
void packColumns(const HalfBits* from, std::int64_t stride, std::int64_t columns, std::int64_t depth, std::uint32_t* to);
/// from [depth, columns], rows `stride` apart.
void packRows(const HalfBits* from, std::int64_t stride, std::int64_t depth, std::int64_t columns, std::uint32_t* to);

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/filter_kernels.h"

#include <algorithm>

#include "inference/attention_kernels.h"
#include "inference/kernel_lanes.h"

#ifdef PAI_X86_KERNELS
#include <immintrin.h>
#endif

namespace pai::inference {

#ifdef PAI_X86_KERNELS

namespace {

#define PAI_FILTER_AMX __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,amx-tile,amx-bf16,fma")))

/// Blocks that are worked on while the columns of weights come by: as many as have their inputs in the cache then, more where the weights
/// are many.
constexpr std::int64_t kLeastStrip = 16, kMostStrip = 48, kStripDepth = 8;
/// Positions of a row that are worked on before the rows below: those rows' inputs are the same but for one and stay in the cache.
constexpr std::int64_t kBand = 64;

struct alignas(64) FilterTiles {
  std::uint8_t palette = 1, start = 0, reserved[14] = {};
  std::uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/// Sums of 32 positions by 16 or 32 outputs, rows of 32 floats.
template <int kColumns>
PAI_INLINE PAI_FILTER_AMX void filterSums(const Filter& f, std::int64_t position, std::int64_t column, float* sums) {
  constexpr std::int64_t kTile = kTileSide * kTileSide, kPitch = kTileSide * sizeof(std::uint32_t), kSums = 2 * kTileSide * sizeof(float);
  const std::int64_t bytes = f.depth * static_cast<std::int64_t>(sizeof(HalfBits));
  const std::uint32_t* const weights = f.weights + column / kTileSide * f.columnTiles * kTile;
  _tile_zero(0);
  _tile_zero(2);
  if constexpr (kColumns > 1) {
    _tile_zero(1);
    _tile_zero(3);
  }
  for (std::int64_t t = 0; t < f.count; ++t) {
    const HalfBits* a = f.taps[t].from + position * f.depth;
    const std::uint32_t* b = weights + f.taps[t].tile * kTile;
    for (std::int64_t d = 0; d < f.depth; d += kTileDepth, a += kTileDepth, b += kTile) {
      _tile_loadd(6, b, kPitch);
      _tile_loadd(4, a, bytes);
      _tile_loadd(5, a + kTileSide * f.depth, bytes);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(2, 5, 6);
      if constexpr (kColumns > 1) {
        _tile_loadd(7, b + f.columnTiles * kTile, kPitch);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(3, 5, 7);
      }
    }
  }
  _tile_stored(0, sums, kSums);
  _tile_stored(2, sums + 2 * kTileSide * kTileSide, kSums);
  if constexpr (kColumns > 1) {
    _tile_stored(1, sums + kTileSide, kSums);
    _tile_stored(3, sums + 2 * kTileSide * kTileSide + kTileSide, kSums);
  }
}

/// Sums with bias and what is beside, as bfloat16, where the position is a pixel.
PAI_INLINE PAI_FILTER_AMX void filterEnd(const Filter& f, std::int64_t position, std::int64_t column, std::int64_t columns, const float* sums) {
  std::int64_t row = position / f.pitch, at = position % f.pitch;
  const std::int64_t end = std::min(position + kFilterBlock, f.positions);
  for (std::int64_t p = position; p < end; ++p, sums += 2 * kTileSide) {
    if (at < f.width) {
      const std::int64_t place = row * f.rowStep + at * f.pixelStep + column;
      for (std::int64_t c = 0; c < columns; c += kTileSide) {
        __m512 v = _mm512_add_ps(_mm512_loadu_ps(sums + c), _mm512_loadu_ps(f.bias + column + c));
        if (f.beside) v = _mm512_add_ps(v, _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(f.beside + place + c))), 16)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(f.to + place + c), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v)));
      }
    }
    if (++at == f.pitch) at = 0, ++row;
  }
}

PAI_FILTER_AMX void filterStrip(const Filter& f, const std::int64_t* blocks, std::int64_t count) {
  alignas(64) float sums[kFilterBlock * 2 * kTileSide];
  for (std::int64_t column = 0; column < f.outputs; column += 2 * kTileSide) {
    const bool wide = column + kTileSide < f.outputs;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t position = blocks[i] * kFilterBlock;
      if (wide) filterSums<2>(f, position, column, sums);
      else filterSums<1>(f, position, column, sums);
      filterEnd(f, position, column, wide ? 2 * kTileSide : kTileSide, sums);
    }
  }
}

PAI_FILTER_AMX void filterBlocksByTiles(const Filter& f, std::int64_t first, std::int64_t last) {
  const FilterTiles layout;
  _tile_loadconfig(&layout);
  const std::int64_t most = std::clamp(f.depth / kStripDepth, kLeastStrip, kMostStrip), bands = std::max<std::int64_t>(1, f.pitch / kBand);
  std::int64_t strip[kMostStrip], count = 0;
  const auto blockFrom = [](std::int64_t position) { return (position + kFilterBlock - 1) / kFilterBlock; };
  for (std::int64_t band = 0; band < bands; ++band) {
    for (std::int64_t row = first * kFilterBlock / f.pitch * f.pitch; row < last * kFilterBlock; row += f.pitch) {
      const std::int64_t end = std::min(last, blockFrom(row + f.pitch * (band + 1) / bands));
      for (std::int64_t block = std::max(first, blockFrom(row + f.pitch * band / bands)); block < end; ++block) {
        strip[count++] = block;
        if (count == most) filterStrip(f, strip, count), count = 0;
      }
    }
    if (count > 0) filterStrip(f, strip, count), count = 0;
  }
  _tile_release();
}

}  // namespace

bool hasFilterKernels() { return attentionKernelsOf("amx") != nullptr; }
void filterBlocks(const Filter& filter, std::int64_t first, std::int64_t last) { filterBlocksByTiles(filter, first, last); }

#else

bool hasFilterKernels() { return false; }
void filterBlocks(const Filter&, std::int64_t, std::int64_t) {}

#endif

}  // namespace pai::inference

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/filter_kernels.h"

#include <algorithm>

#include "inference/attention_kernels.h"
#include "inference/kernel_lanes.h"
#include "inference/wide_columns.h"

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

/// Positions whose sums are in registers together where pairs are multiplied.
constexpr int kPairRows = 8;

/// Sums of 32 positions by some tiles of outputs, rows of as many floats.
template <int kColumns>
PAI_INLINE PAI_AVX512_BF16 void pairSums(const Filter& f, std::int64_t position, std::int64_t column, float* sums) {
  constexpr std::int64_t kTile = kTileSide * kTileSide;
  const std::uint32_t* const weights = f.weights + column / kTileSide * f.columnTiles * kTile;
  for (std::int64_t row = 0; row < kFilterBlock; row += kPairRows, position += kPairRows) {
    __m512 held[kPairRows][kColumns] = {};
    for (std::int64_t t = 0; t < f.count; ++t) {
      const HalfBits* a = f.taps[t].from + position * f.depth;
      const std::uint32_t* b = weights + f.taps[t].tile * kTile;
      for (std::int64_t d = 0; d < f.depth; d += 2, a += 2, b += kTileSide) {
        __m512bh values[kColumns];
        for (int n = 0; n < kColumns; ++n) values[n] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + n * f.columnTiles * kTile));
        for (int i = 0; i < kPairRows; ++i) {
          std::int32_t pair;
          std::memcpy(&pair, a + i * f.depth, sizeof pair);
          for (int n = 0; n < kColumns; ++n) held[i][n] = _mm512_dpbf16_ps(held[i][n], reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair)), values[n]);
        }
      }
    }
    for (int i = 0; i < kPairRows; ++i)
      for (int n = 0; n < kColumns; ++n) _mm512_storeu_ps(sums + ((row + i) * kColumns + n) * kTileSide, held[i][n]);
  }
}

/// Sums, rows of `sumsPitch`, with bias and what is beside, as bfloat16, where the position is a pixel.
PAI_INLINE PAI_AVX512_BF16 void filterEnd(const Filter& f, std::int64_t position, std::int64_t column, std::int64_t columns, const float* sums, std::int64_t sumsPitch) {
  std::int64_t row = position / f.pitch, at = position % f.pitch;
  const std::int64_t end = std::min(position + kFilterBlock, f.positions);
  for (std::int64_t p = position; p < end; ++p, sums += sumsPitch) {
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

PAI_FILTER_AMX void filterStrip_amx(const Filter& f, const std::int64_t* blocks, std::int64_t count) {
  alignas(64) float sums[kFilterBlock * 2 * kTileSide];
  for (std::int64_t column = 0; column < f.outputs; column += 2 * kTileSide) {
    const bool wide = column + kTileSide < f.outputs;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t position = blocks[i] * kFilterBlock;
      if (wide) filterSums<2>(f, position, column, sums);
      else filterSums<1>(f, position, column, sums);
      filterEnd(f, position, column, wide ? 2 * kTileSide : kTileSide, sums, 2 * kTileSide);
    }
  }
}

/// `kColumns` tiles of outputs of some blocks.
template <int kColumns>
struct ByPairs {
  PAI_INLINE PAI_AVX512_BF16 static void run(const Filter& f, const std::int64_t* blocks, std::int64_t count, std::int64_t column) {
    alignas(64) float sums[kFilterBlock * kColumns * kTileSide];
    for (std::int64_t i = 0; i < count; ++i) {
      pairSums<kColumns>(f, blocks[i] * kFilterBlock, column, sums);
      filterEnd(f, blocks[i] * kFilterBlock, column, kColumns * kTileSide, sums, kColumns * kTileSide);
    }
  }
};

/// The same in float32: a part of the weights is widened for all blocks.
template <int kColumns>
struct Widened {
  PAI_INLINE PAI_AVX512_BF16 static void run(const Filter& f, const std::int64_t* blocks, std::int64_t count, std::int64_t column) {
    constexpr std::int64_t kTile = kTileSide * kTileSide, kPitch = kColumns * kTileSide;
    alignas(64) float sums[kMostStrip * kFilterBlock * kPitch];
    WideColumns<kColumns> wide;
    const std::uint32_t* const weights = f.weights + column / kTileSide * f.columnTiles * kTile;
    for (std::int64_t t = 0; t < f.count; ++t)
      for (std::int64_t d = 0; d < f.depth; d += kWideDepth) {
        wide.take(weights + f.taps[t].tile * kTile + d / 2 * kTileSide, f.columnTiles * kTile, std::min(kWideDepth, f.depth - d));
        for (std::int64_t i = 0; i < count; ++i)
          for (std::int64_t r = 0; r < kFilterBlock; r += kWideRows)
            wide.multiply(f.taps[t].from + (blocks[i] * kFilterBlock + r) * f.depth + d, f.depth, sums + (i * kFilterBlock + r) * kPitch, kPitch, t > 0 || d > 0);
      }
    for (std::int64_t i = 0; i < count; ++i) filterEnd(f, blocks[i] * kFilterBlock, column, kPitch, sums + i * kFilterBlock * kPitch, kPitch);
  }
};

template <template <int> typename Way>
PAI_INLINE PAI_AVX512_BF16 void vectorStrip(const Filter& f, const std::int64_t* blocks, std::int64_t count) {
  std::int64_t column = 0;
  for (; column + 3 * kTileSide <= f.outputs; column += 3 * kTileSide) Way<3>::run(f, blocks, count, column);
  if (f.outputs - column == 2 * kTileSide) Way<2>::run(f, blocks, count, column);
  else if (f.outputs - column == kTileSide) Way<1>::run(f, blocks, count, column);
}

PAI_AVX512_BF16 void filterStrip_avx512bf16(const Filter& f, const std::int64_t* blocks, std::int64_t count) { vectorStrip<ByPairs>(f, blocks, count); }
PAI_AVX512_BF16 void filterStrip_widened(const Filter& f, const std::int64_t* blocks, std::int64_t count) { vectorStrip<Widened>(f, blocks, count); }

/// Hands the blocks to `strip` in the order in which their inputs stay in the cache.
template <typename Strip>
void eachStrip(const Filter& f, std::int64_t first, std::int64_t last, const Strip& strip) {
  const std::int64_t most = std::clamp(f.depth / kStripDepth, kLeastStrip, kMostStrip), bands = std::max<std::int64_t>(1, f.pitch / kBand);
  std::int64_t blocks[kMostStrip], count = 0;
  const auto blockFrom = [](std::int64_t position) { return (position + kFilterBlock - 1) / kFilterBlock; };
  for (std::int64_t band = 0; band < bands; ++band) {
    for (std::int64_t row = first * kFilterBlock / f.pitch * f.pitch; row < last * kFilterBlock; row += f.pitch) {
      const std::int64_t end = std::min(last, blockFrom(row + f.pitch * (band + 1) / bands));
      for (std::int64_t block = std::max(first, blockFrom(row + f.pitch * band / bands)); block < end; ++block) {
        blocks[count++] = block;
        if (count == most) strip(f, blocks, count), count = 0;
      }
    }
    if (count > 0) strip(f, blocks, count), count = 0;
  }
}

PAI_FILTER_AMX void filterBlocks_amx(const Filter& f, std::int64_t first, std::int64_t last) {
  const FilterTiles layout;
  _tile_loadconfig(&layout);
  eachStrip(f, first, last, filterStrip_amx);
  _tile_release();
}
void filterBlocks_avx512bf16(const Filter& f, std::int64_t first, std::int64_t last) { eachStrip(f, first, last, filterStrip_avx512bf16); }
void filterBlocks_widened(const Filter& f, std::int64_t first, std::int64_t last) { eachStrip(f, first, last, filterStrip_widened); }

constexpr FilterKernels kFilterKernels[] = {{"amx", filterBlocks_amx}, {"avx512bf16", filterBlocks_avx512bf16}, {"widened", filterBlocks_widened}};

}  // namespace

const FilterKernels* filterKernelsOf(const char* name) {
  for (const FilterKernels& kernels : kFilterKernels)
    if (std::strcmp(kernels.name, name) == 0) return attentionKernelsOf(name) ? &kernels : nullptr;
  return nullptr;
}

#else

const FilterKernels* filterKernelsOf(const char*) { return nullptr; }

#endif

const FilterKernels* filterKernels() {
  static const FilterKernels* const best = filterKernelsOf(attentionKernels().name);
  return best;
}

}  // namespace pai::inference

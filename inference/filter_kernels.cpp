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

#define PAI_FILTER_AVX512_BF16 __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,fma")))
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

/// Positions whose sums are in registers together where there are no tile units, beside as many as three tiles of outputs.
constexpr int kRowsAtOnce = 8, kColumnsAtOnce = 3;

/// Products of pairs by the processor's own instruction.
struct HalfPairs {
  template <int kColumns>
  PAI_INLINE PAI_FILTER_AVX512_BF16 static void add(const HalfBits* a, std::int64_t aStride, const std::uint32_t* b, std::int64_t bStride, __m512 (&sums)[kRowsAtOnce][kColumns]) {
    for (std::int64_t p = 0; p < kTileSide; ++p) {
      __m512bh values[kColumns];
      for (int n = 0; n < kColumns; ++n) values[n] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + n * bStride + p * kTileSide));
      for (int i = 0; i < kRowsAtOnce; ++i) {
        std::int32_t pair;
        std::memcpy(&pair, a + i * aStride + 2 * p, sizeof pair);
        for (int n = 0; n < kColumns; ++n) sums[i][n] = _mm512_dpbf16_ps(sums[i][n], reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair)), values[n]);
      }
    }
  }
};

/// The same in float32: both values of each pair are widened.
struct WidenedPairs {
  template <int kColumns>
  PAI_INLINE PAI_FILTER_AVX512_BF16 static void add(const HalfBits* a, std::int64_t aStride, const std::uint32_t* b, std::int64_t bStride, __m512 (&sums)[kRowsAtOnce][kColumns]) {
    const __m512i second = _mm512_set1_epi32(static_cast<int>(0xFFFF0000u));
    alignas(64) float wide[2][kRowsAtOnce][kTileSide];
    for (int i = 0; i < kRowsAtOnce; ++i) {
      const __m512i pairs = _mm512_loadu_si512(a + i * aStride);
      _mm512_store_ps(wide[0][i], _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)));
      _mm512_store_ps(wide[1][i], _mm512_castsi512_ps(_mm512_and_si512(pairs, second)));
    }
    for (std::int64_t p = 0; p < kTileSide; ++p) {
      __m512 values[2][kColumns];
      for (int n = 0; n < kColumns; ++n) {
        const __m512i pairs = _mm512_loadu_si512(b + n * bStride + p * kTileSide);
        values[0][n] = _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
        values[1][n] = _mm512_castsi512_ps(_mm512_and_si512(pairs, second));
      }
      for (int half = 0; half < 2; ++half)
        for (int i = 0; i < kRowsAtOnce; ++i)
          for (int n = 0; n < kColumns; ++n) sums[i][n] = _mm512_fmadd_ps(_mm512_set1_ps(wide[half][i][p]), values[half][n], sums[i][n]);
    }
  }
};

/// Sums of 32 positions by some tiles of outputs, rows of as many floats.
template <typename Pairs, int kColumns>
PAI_INLINE PAI_FILTER_AVX512_BF16 void vectorSums(const Filter& f, std::int64_t position, std::int64_t column, float* sums) {
  constexpr std::int64_t kTile = kTileSide * kTileSide;
  const std::uint32_t* const weights = f.weights + column / kTileSide * f.columnTiles * kTile;
  for (std::int64_t row = 0; row < kFilterBlock; row += kRowsAtOnce, position += kRowsAtOnce) {
    __m512 held[kRowsAtOnce][kColumns] = {};
    for (std::int64_t t = 0; t < f.count; ++t) {
      const HalfBits* a = f.taps[t].from + position * f.depth;
      const std::uint32_t* b = weights + f.taps[t].tile * kTile;
      for (std::int64_t d = 0; d < f.depth; d += kTileDepth, a += kTileDepth, b += kTile) Pairs::add(a, f.depth, b, f.columnTiles * kTile, held);
    }
    for (int i = 0; i < kRowsAtOnce; ++i)
      for (int n = 0; n < kColumns; ++n) _mm512_storeu_ps(sums + ((row + i) * kColumns + n) * kTileSide, held[i][n]);
  }
}

/// Sums, rows of `sumsPitch`, with bias and what is beside, as bfloat16, where the position is a pixel.
PAI_INLINE PAI_FILTER_AVX512_BF16 void filterEnd(const Filter& f, std::int64_t position, std::int64_t column, std::int64_t columns, const float* sums, std::int64_t sumsPitch) {
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
template <typename Pairs, int kColumns>
PAI_INLINE PAI_FILTER_AVX512_BF16 void vectorColumns(const Filter& f, const std::int64_t* blocks, std::int64_t count, std::int64_t column) {
  alignas(64) float sums[kFilterBlock * kColumns * kTileSide];
  for (std::int64_t i = 0; i < count; ++i) {
    vectorSums<Pairs, kColumns>(f, blocks[i] * kFilterBlock, column, sums);
    filterEnd(f, blocks[i] * kFilterBlock, column, kColumns * kTileSide, sums, kColumns * kTileSide);
  }
}

template <typename Pairs>
PAI_INLINE PAI_FILTER_AVX512_BF16 void vectorStrip(const Filter& f, const std::int64_t* blocks, std::int64_t count) {
  std::int64_t column = 0;
  for (; column + kColumnsAtOnce * kTileSide <= f.outputs; column += kColumnsAtOnce * kTileSide) vectorColumns<Pairs, kColumnsAtOnce>(f, blocks, count, column);
  if (f.outputs - column == 2 * kTileSide) vectorColumns<Pairs, 2>(f, blocks, count, column);
  else if (f.outputs - column == kTileSide) vectorColumns<Pairs, 1>(f, blocks, count, column);
}

PAI_FILTER_AVX512_BF16 void filterStrip_avx512bf16(const Filter& f, const std::int64_t* blocks, std::int64_t count) { vectorStrip<HalfPairs>(f, blocks, count); }
PAI_FILTER_AVX512_BF16 void filterStrip_widened(const Filter& f, const std::int64_t* blocks, std::int64_t count) { vectorStrip<WidenedPairs>(f, blocks, count); }

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

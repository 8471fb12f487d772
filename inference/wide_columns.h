// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/attention_kernels.h"
#include "inference/kernel_lanes.h"

#ifdef PAI_X86_KERNELS
#include <immintrin.h>

#define PAI_AVX512_BF16 __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,fma")))

namespace pai::inference {

/// Rows and tiles of columns whose sums stay in registers together, and how much of what is summed over is in float32 at once.
inline constexpr int kWideRows = 8, kWideColumns = 3;
inline constexpr std::int64_t kWideDepth = 128;

/// Pairs as floats: 16 times the first of each, then 16 times the second.
PAI_INLINE PAI_AVX512_BF16 void widenPairs(const void* from, float* first, float* second) {
  const __m512i pairs = _mm512_loadu_si512(from);
  _mm512_store_ps(first, _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)));
  _mm512_store_ps(second, _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(static_cast<int>(0xFFFF0000u)))));
}

/// Some tiles of columns of a packed factor in float32, to be multiplied by rows of bfloat16 in float32.
template <int kColumns>
class WideColumns {
 public:
  /// [depth, columns], depth kWideDepth at most, from packed tiles whose columns lie `columnStep` apart.
  PAI_INLINE PAI_AVX512_BF16 void take(const std::uint32_t* b, std::int64_t columnStep, std::int64_t depth) {
    m_depth = depth;
    for (int n = 0; n < kColumns; ++n)
      for (std::int64_t d = 0; d < depth; d += kTileDepth)
        for (std::int64_t p = 0; p < kTileSide; ++p) {
          float* const to = m_values + ((d + p) * kColumns + n) * kTileSide;
          widenPairs(b + n * columnStep + (d / 2 + p) * kTileSide, to, to + kTileSide * kColumns * kTileSide);
        }
  }

  /// Products of kWideRows rows, added to what is in c where that is asked for.
  PAI_INLINE PAI_AVX512_BF16 void multiply(const HalfBits* a, std::int64_t aStride, float* c, std::int64_t cStride, bool add) const {
    alignas(64) float wide[kWideRows][kWideDepth];
    for (int i = 0; i < kWideRows; ++i)
      for (std::int64_t d = 0; d < m_depth; d += kTileDepth) widenPairs(a + i * aStride + d, wide[i] + d, wide[i] + d + kTileSide);
    __m512 sums[kWideRows][kColumns];
    for (int i = 0; i < kWideRows; ++i)
      for (int n = 0; n < kColumns; ++n) sums[i][n] = add ? _mm512_loadu_ps(c + i * cStride + n * kTileSide) : _mm512_setzero_ps();
    const float* b = m_values;
    for (std::int64_t d = 0; d < m_depth; ++d, b += kColumns * kTileSide) {
      __m512 values[kColumns];
      for (int n = 0; n < kColumns; ++n) values[n] = _mm512_load_ps(b + n * kTileSide);
      for (int i = 0; i < kWideRows; ++i) {
        const __m512 factor = _mm512_set1_ps(wide[i][d]);
        for (int n = 0; n < kColumns; ++n) sums[i][n] = _mm512_fmadd_ps(factor, values[n], sums[i][n]);
      }
    }
    for (int i = 0; i < kWideRows; ++i)
      for (int n = 0; n < kColumns; ++n) _mm512_storeu_ps(c + i * cStride + n * kTileSide, sums[i][n]);
  }

 private:
  alignas(64) float m_values[kWideDepth * kColumns * kTileSide];
  std::int64_t m_depth = 0;
};

}  // namespace pai::inference
#endif

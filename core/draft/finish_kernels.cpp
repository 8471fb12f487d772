// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/finish_kernels.h"

#include <cmath>
#include <cstddef>

#include "core/media/row_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pai::core {
namespace {

constexpr int kLanes = 8;

PAI_INLINE float largestBody(const float* PAI_RESTRICT v, int count) {
  float most[kLanes] = {};
  int x = 0;
  for (; x + kLanes <= count; x += kLanes) {
    for (int i = 0; i < kLanes; ++i) most[i] = v[x + i] > most[i] ? v[x + i] : most[i];
  }
  for (; x < count; ++x) most[0] = v[x] > most[0] ? v[x] : most[0];
  for (int i = 1; i < kLanes; ++i) most[0] = most[i] > most[0] ? most[i] : most[0];
  return most[0];
}

PAI_INLINE void noiseBody(const float* PAI_RESTRICT n, float amount, float exponent, bool root, float* PAI_RESTRICT b, int count) {
  for (int x = 0; x < count; ++x) {
    const float v = b[x] > 0.0f ? b[x] : 0.0f;
    const float slope = exponent * (root ? std::sqrt(v) : 1.0f), sum = b[x] + n[x] * amount * slope;
    b[x] = sum > 0.0f ? sum : 0.0f;
  }
}

/// The table rows' pixels from `x` on, one by one.
void tableRest(const float* in, int x, int count, const float* table, int steps, float* const out[3]) {
  for (; x < count; ++x) {
    for (int c = 0; c < 3; ++c) {
      const float v = in[3 * x + c], at = (v > 0.0f ? v : 0.0f) * static_cast<float>(steps);
      const int whole = static_cast<int>(at), i = whole < steps ? whole : steps - 1;
      const float low = table[i];
      out[c][x] = low + (table[i + 1] - low) * (at - static_cast<float>(i));
    }
  }
}

void bytesRest(const float* const in[3], int x, int count, const float* table, int steps, const float* offset, int side, std::uint8_t* out) {
  for (; x < count; ++x) {
    for (int c = 0; c < 3; ++c) {
      const float v = in[c][x] > 0.0f ? in[c][x] : 0.0f, held = v < 1.0f ? v : 1.0f;
      const float coded = table[static_cast<int>(held * static_cast<float>(steps) + 0.5f)] * 255.0f;
      out[3 * x + c] = static_cast<std::uint8_t>(coded + offset[x % side]);
    }
  }
}

#if defined(__x86_64__)

PAI_TARGET_AVX2 inline __m256 between(__m256 v, const float* table, int steps) {
  const __m256 at = _mm256_mul_ps(_mm256_max_ps(v, _mm256_setzero_ps()), _mm256_set1_ps(static_cast<float>(steps)));
  const __m256i i = _mm256_min_epi32(_mm256_cvttps_epi32(at), _mm256_set1_epi32(steps - 1));
  const __m256 low = _mm256_i32gather_ps(table, i, 4), high = _mm256_i32gather_ps(table + 1, i, 4);
  return _mm256_add_ps(low, _mm256_mul_ps(_mm256_sub_ps(high, low), _mm256_sub_ps(at, _mm256_cvtepi32_ps(i))));
}

/// Four floats, and the four that come twelve later.
PAI_TARGET_AVX2 inline __m256 fourAndFour(const float* p) { return _mm256_set_m128(_mm_loadu_ps(p + 12), _mm_loadu_ps(p)); }

PAI_TARGET_AVX2 PAI_NOINLINE void tableAvx2(const float* in, int count, const float* table, int steps, float* const out[3]) {
  int x = 0;
  for (; x + kLanes <= count; x += kLanes) {
    const float* p = in + 3 * static_cast<std::ptrdiff_t>(x);
    const __m256 a = fourAndFour(p), b = fourAndFour(p + 4), c = fourAndFour(p + 8);
    const __m256 low = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(1, 0, 2, 1)), high = _mm256_shuffle_ps(b, c, _MM_SHUFFLE(2, 1, 3, 2));
    _mm256_storeu_ps(out[0] + x, between(_mm256_shuffle_ps(a, high, _MM_SHUFFLE(2, 0, 3, 0)), table, steps));
    _mm256_storeu_ps(out[1] + x, between(_mm256_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 2, 0)), table, steps));
    _mm256_storeu_ps(out[2] + x, between(_mm256_shuffle_ps(low, c, _MM_SHUFFLE(3, 0, 3, 1)), table, steps));
  }
  tableRest(in, x, count, table, steps, out);
}

PAI_TARGET_AVX2 inline __m256i codes(const float* in, const float* table, float steps, __m256 offset) {
  const __m256 v = _mm256_min_ps(_mm256_max_ps(_mm256_loadu_ps(in), _mm256_setzero_ps()), _mm256_set1_ps(1.0f));
  const __m256i i = _mm256_cvttps_epi32(_mm256_add_ps(_mm256_mul_ps(v, _mm256_set1_ps(steps)), _mm256_set1_ps(0.5f)));
  return _mm256_cvttps_epi32(_mm256_add_ps(_mm256_mul_ps(_mm256_i32gather_ps(table, i, 4), _mm256_set1_ps(255.0f)), offset));
}

PAI_TARGET_AVX2 PAI_NOINLINE void bytesAvx2(const float* const in[3], int count, const float* table, int steps, const float* offset,
                                            int side, std::uint8_t* out) {
  const __m256i tight = _mm256_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14,
                                         -1, -1, -1, -1);
  int x = 0;
  for (; x + kLanes + 2 <= count; x += kLanes) {  // four bytes more than eight pixels are written
    const __m256 d = _mm256_loadu_ps(offset + x % side);
    const auto whole = static_cast<float>(steps);
    const __m256i r = codes(in[0] + x, table, whole, d), g = codes(in[1] + x, table, whole, d), b = codes(in[2] + x, table, whole, d);
    const __m256i joined = _mm256_or_si256(r, _mm256_or_si256(_mm256_slli_epi32(g, 8), _mm256_slli_epi32(b, 16)));
    const __m256i triples = _mm256_shuffle_epi8(joined, tight);
    auto* to = reinterpret_cast<__m128i*>(out + 3 * static_cast<std::ptrdiff_t>(x));
    _mm_storeu_si128(to, _mm256_castsi256_si128(triples));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(reinterpret_cast<std::uint8_t*>(to) + 12), _mm256_extracti128_si256(triples, 1));
  }
  bytesRest(in, x, count, table, steps, offset, side, out);
}

#endif

PAI_TARGET_AVX2 PAI_NOINLINE float largestAvx2(const float* v, int n) { return largestBody(v, n); }
PAI_NOINLINE float largestPlain(const float* v, int n) { return largestBody(v, n); }
PAI_TARGET_AVX2 PAI_NOINLINE void noiseAvx2(const float* n, float a, float e, bool r, float* b, int c) { noiseBody(n, a, e, r, b, c); }
PAI_NOINLINE void noisePlain(const float* n, float a, float e, bool r, float* b, int c) { noiseBody(n, a, e, r, b, c); }

}  // namespace

float largestOf(const float* values, int count) { return cpuHasAvx2() ? largestAvx2(values, count) : largestPlain(values, count); }

void noiseRow(const float* noise, float amount, float exponent, bool root, float* light, int count) {
  cpuHasAvx2() ? noiseAvx2(noise, amount, exponent, root, light, count) : noisePlain(noise, amount, exponent, root, light, count);
}

void tableRow3(const float* triples, int count, const float* table, int steps, float* const out[3]) {
#if defined(__x86_64__)
  if (cpuHasAvx2()) return tableAvx2(triples, count, table, steps, out);
#endif
  tableRest(triples, 0, count, table, steps, out);
}

void byteRow3(const float* const in[3], int count, const float* table, int steps, const float* offset, int side, std::uint8_t* out) {
#if defined(__x86_64__)
  if (cpuHasAvx2()) return bytesAvx2(in, count, table, steps, offset, side, out);
#endif
  bytesRest(in, 0, count, table, steps, offset, side, out);
}

}  // namespace pai::core

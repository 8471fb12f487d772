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

/// The table rows' pixels from `x` on, one by one; returns the largest value of them.
float tableRest(const float* in, int x, int count, const float* table, int steps, float* const out[3]) {
  float most = 0.0f;
  for (; x < count; ++x) {
    for (int c = 0; c < 3; ++c) {
      most = in[3 * x + c] > most ? in[3 * x + c] : most;
      const float v = in[3 * x + c] < 1.0f ? in[3 * x + c] : 1.0f, at = (v > 0.0f ? v : 0.0f) * static_cast<float>(steps);
      const int whole = static_cast<int>(at), i = whole < steps ? whole : steps - 1;
      const float low = table[i];
      out[c][x] = low + (table[i + 1] - low) * (at - static_cast<float>(i));
    }
  }
  return most;
}

/// The averaged rows' pixels from `x` on, one by one.
template <int kDivisor>
void averageRest(const std::uint8_t* const* rows, int x, int count, const float* table, float* const out[3]) {
  for (; x < count; ++x) {
    for (int c = 0; c < 3; ++c) {
      float sum = 0.0f;
      for (int j = 0; j < kDivisor; ++j)
        for (int i = 0; i < kDivisor; ++i) sum += table[rows[j][3 * (x * kDivisor + i) + c]];
      out[c][x] = sum * (1.0f / (kDivisor * kDivisor));
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
  const __m256 held = _mm256_min_ps(_mm256_max_ps(v, _mm256_setzero_ps()), _mm256_set1_ps(1.0f));
  const __m256 at = _mm256_mul_ps(held, _mm256_set1_ps(static_cast<float>(steps)));
  const __m256i i = _mm256_min_epi32(_mm256_cvttps_epi32(at), _mm256_set1_epi32(steps - 1));
  const __m256 low = _mm256_i32gather_ps(table, i, 4), high = _mm256_i32gather_ps(table + 1, i, 4);
  return _mm256_add_ps(low, _mm256_mul_ps(_mm256_sub_ps(high, low), _mm256_sub_ps(at, _mm256_cvtepi32_ps(i))));
}

/// Four floats, and the four that come twelve later.
PAI_TARGET_AVX2 inline __m256 fourAndFour(const float* p) { return _mm256_set_m128(_mm_loadu_ps(p + 12), _mm_loadu_ps(p)); }

PAI_TARGET_AVX2 PAI_NOINLINE bool tableAvx2(const float* in, int count, const float* table, int steps, float* const out[3]) {
  int x = 0;
  __m256 most = _mm256_setzero_ps();
  for (; x + kLanes <= count; x += kLanes) {
    const float* p = in + 3 * static_cast<std::ptrdiff_t>(x);
    const __m256 a = fourAndFour(p), b = fourAndFour(p + 4), c = fourAndFour(p + 8);
    most = _mm256_max_ps(_mm256_max_ps(a, b), _mm256_max_ps(c, most));
    const __m256 low = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(1, 0, 2, 1)), high = _mm256_shuffle_ps(b, c, _MM_SHUFFLE(2, 1, 3, 2));
    _mm256_storeu_ps(out[0] + x, between(_mm256_shuffle_ps(a, high, _MM_SHUFFLE(2, 0, 3, 0)), table, steps));
    _mm256_storeu_ps(out[1] + x, between(_mm256_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 2, 0)), table, steps));
    _mm256_storeu_ps(out[2] + x, between(_mm256_shuffle_ps(low, c, _MM_SHUFFLE(3, 0, 3, 1)), table, steps));
  }
  const float rest = tableRest(in, x, count, table, steps, out);
  return _mm256_movemask_ps(_mm256_cmp_ps(most, _mm256_set1_ps(1.0f), _CMP_GT_OQ)) == 0 && rest <= 1.0f;
}

/// Every third byte from the first, second and third on.
PAI_TARGET_AVX2 inline void sixteenTriples(const std::uint8_t* in, __m128i out[3]) {
  const auto* p = reinterpret_cast<const __m128i*>(in);
  const __m128i a = _mm_loadu_si128(p), b = _mm_loadu_si128(p + 1), c = _mm_loadu_si128(p + 2);
  constexpr char n = -1;
  out[0] = _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(a, _mm_setr_epi8(0, 3, 6, 9, 12, 15, n, n, n, n, n, n, n, n, n, n)),
                                     _mm_shuffle_epi8(b, _mm_setr_epi8(n, n, n, n, n, n, 2, 5, 8, 11, 14, n, n, n, n, n))),
                        _mm_shuffle_epi8(c, _mm_setr_epi8(n, n, n, n, n, n, n, n, n, n, n, 1, 4, 7, 10, 13)));
  out[1] = _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(a, _mm_setr_epi8(1, 4, 7, 10, 13, n, n, n, n, n, n, n, n, n, n, n)),
                                     _mm_shuffle_epi8(b, _mm_setr_epi8(n, n, n, n, n, 0, 3, 6, 9, 12, 15, n, n, n, n, n))),
                        _mm_shuffle_epi8(c, _mm_setr_epi8(n, n, n, n, n, n, n, n, n, n, n, 2, 5, 8, 11, 14)));
  out[2] = _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(a, _mm_setr_epi8(2, 5, 8, 11, 14, n, n, n, n, n, n, n, n, n, n, n)),
                                     _mm_shuffle_epi8(b, _mm_setr_epi8(n, n, n, n, n, 1, 4, 7, 10, 13, n, n, n, n, n, n))),
                        _mm_shuffle_epi8(c, _mm_setr_epi8(n, n, n, n, n, n, n, n, n, n, 0, 3, 6, 9, 12, 15)));
}

/// The table's values for each eight bytes at `kPart` of 32-bit parts.
PAI_TARGET_AVX2 inline __m256 valuesOf(__m256i parts, int part, const float* table) {
  return _mm256_i32gather_ps(table, _mm256_and_si256(_mm256_srli_epi32(parts, 8 * part), _mm256_set1_epi32(255)), 4);
}

template <int kDivisor>
PAI_TARGET_AVX2 PAI_NOINLINE void averageAvx2(const std::uint8_t* const* rows, int count, const float* table, float* const out[3]) {
  const __m256 share = _mm256_set1_ps(1.0f / (kDivisor * kDivisor));
  int x = 0;
  for (; x + 16 <= count; x += 16) {
    __m256 sum[3][2];
    for (auto& s : sum) s[0] = s[1] = _mm256_setzero_ps();
    for (int j = 0; j < kDivisor; ++j) {
      const std::uint8_t* in = rows[j] + 3 * static_cast<std::ptrdiff_t>(x) * kDivisor;
      __m128i some[kDivisor][3];
      for (int k = 0; k < kDivisor; ++k) sixteenTriples(in + 48 * static_cast<std::ptrdiff_t>(k), some[k]);
      for (int c = 0; c < 3; ++c) {
        for (int half = 0; half < 2; ++half) {
          __m256i parts;  // eight pixels' first bytes
          if constexpr (kDivisor == 1) parts = _mm256_cvtepu8_epi32(half ? _mm_srli_si128(some[0][c], 8) : some[0][c]);
          else parts = _mm256_cvtepu16_epi32(some[half][c]);
          for (int i = 0; i < kDivisor; ++i) sum[c][half] = _mm256_add_ps(sum[c][half], valuesOf(parts, i, table));
        }
      }
    }
    for (int c = 0; c < 3; ++c)
      for (int half = 0; half < 2; ++half) _mm256_storeu_ps(out[c] + x + 8 * half, _mm256_mul_ps(sum[c][half], share));
  }
  averageRest<kDivisor>(rows, x, count, table, out);
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

PAI_INLINE void addBody(const float* PAI_RESTRICT v, float* PAI_RESTRICT sums, int count) {
  for (int x = 0; x < count; ++x) sums[x] += v[x];
}
PAI_INLINE void halveBody(const float* PAI_RESTRICT t, const float* PAI_RESTRICT b, float* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) out[x] = (t[2 * x] + t[2 * x + 1] + b[2 * x] + b[2 * x + 1]) * 0.25f;
}
PAI_TARGET_AVX2 PAI_NOINLINE void halveAvx2(const float* t, const float* b, float* o, int n) { halveBody(t, b, o, n); }
PAI_NOINLINE void halvePlain(const float* t, const float* b, float* o, int n) { halveBody(t, b, o, n); }
PAI_TARGET_AVX2 PAI_NOINLINE void addAvx2(const float* v, float* s, int n) { addBody(v, s, n); }
PAI_NOINLINE void addPlain(const float* v, float* s, int n) { addBody(v, s, n); }
PAI_TARGET_AVX2 PAI_NOINLINE float largestAvx2(const float* v, int n) { return largestBody(v, n); }
PAI_NOINLINE float largestPlain(const float* v, int n) { return largestBody(v, n); }
PAI_TARGET_AVX2 PAI_NOINLINE void noiseAvx2(const float* n, float a, float e, bool r, float* b, int c) { noiseBody(n, a, e, r, b, c); }
PAI_NOINLINE void noisePlain(const float* n, float a, float e, bool r, float* b, int c) { noiseBody(n, a, e, r, b, c); }

}  // namespace

float largestOf(const float* values, int count) { return cpuHasAvx2() ? largestAvx2(values, count) : largestPlain(values, count); }

void noiseRow(const float* noise, float amount, float exponent, bool root, float* light, int count) {
  cpuHasAvx2() ? noiseAvx2(noise, amount, exponent, root, light, count) : noisePlain(noise, amount, exponent, root, light, count);
}

void halveRow(const float* top, const float* bottom, float* out, int count) {
  cpuHasAvx2() ? halveAvx2(top, bottom, out, count) : halvePlain(top, bottom, out, count);
}

void addRow(const float* values, float* sums, int count) { cpuHasAvx2() ? addAvx2(values, sums, count) : addPlain(values, sums, count); }

bool tableRow3(const float* triples, int count, const float* table, int steps, float* const out[3]) {
#if defined(__x86_64__)
  if (cpuHasAvx2()) return tableAvx2(triples, count, table, steps, out);
#endif
  return tableRest(triples, 0, count, table, steps, out) <= 1.0f;
}

void averageRow3(const std::uint8_t* const* rows, int divisor, int count, const float* table, float* const out[3]) {
#if defined(__x86_64__)
  if (cpuHasAvx2()) {
    divisor == 1 ? averageAvx2<1>(rows, count, table, out) : averageAvx2<2>(rows, count, table, out);
    return;
  }
#endif
  divisor == 1 ? averageRest<1>(rows, 0, count, table, out) : averageRest<2>(rows, 0, count, table, out);
}

void byteRow3(const float* const in[3], int count, const float* table, int steps, const float* offset, int side, std::uint8_t* out) {
#if defined(__x86_64__)
  if (cpuHasAvx2()) return bytesAvx2(in, count, table, steps, offset, side, out);
#endif
  bytesRest(in, 0, count, table, steps, offset, side, out);
}

}  // namespace pai::core

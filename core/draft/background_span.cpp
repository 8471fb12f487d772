// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_span.h"

#include "core/media/row_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pai::core {

#if defined(__x86_64__)

namespace {

PAI_INLINE __m128i eightBytes(const std::uint8_t* at) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at)); }

PAI_TARGET_AVX2 inline __m128 vectorOf(const Quad& q) { return _mm_loadu_ps(reinterpret_cast<const float*>(&q)); }

/// Two bilinear samples at once, with the arithmetic of `sampled`. `part`: 64ths of a pixel across and down, of the first and of
/// the second.
PAI_TARGET_AVX2 inline __m256 sampledTwice(const std::uint8_t* p, std::size_t stepP, const std::uint8_t* q, std::size_t stepQ, __m128i part) {
  const __m256i top = _mm256_cvtepu8_epi16(_mm_unpacklo_epi64(eightBytes(p), eightBytes(q)));
  const __m256i low = _mm256_cvtepu8_epi16(_mm_unpacklo_epi64(eightBytes(p + stepP), eightBytes(q + stepQ)));
  const __m256i both = _mm256_permute4x64_epi64(_mm256_castsi128_si256(part), 0x50);  // a lane each
  const __m256i down = _mm256_shuffle_epi8(both, _mm256_set1_epi16(0x0504)), across = _mm256_shuffle_epi32(both, 0x00);
  const __m256i column = _mm256_add_epi16(_mm256_slli_epi16(top, 6), _mm256_mullo_epi16(_mm256_sub_epi16(low, top), down));
  const __m256i pairs = _mm256_unpacklo_epi16(column, _mm256_srli_si256(column, 8));  // left, right of each channel
  const __m256i shares = _mm256_or_si256(_mm256_slli_epi32(across, 16), _mm256_sub_epi32(_mm256_set1_epi32(64), across));
  return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, shares)), _mm256_set1_ps(1.0F / 4096));
}

/// One of them; `part` begins with its own.
PAI_TARGET_AVX2 inline __m128 sampledOnce(const std::uint8_t* p, std::size_t step, __m128i part) {
  const __m128i top = _mm_cvtepu8_epi16(eightBytes(p)), low = _mm_cvtepu8_epi16(eightBytes(p + step));
  const __m128i down = _mm_shuffle_epi8(part, _mm_set1_epi16(0x0504)), across = _mm_shuffle_epi32(part, 0x00);
  const __m128i column = _mm_add_epi16(_mm_slli_epi16(top, 6), _mm_mullo_epi16(_mm_sub_epi16(low, top), down));
  const __m128i pairs = _mm_unpacklo_epi16(column, _mm_srli_si128(column, 8));
  const __m128i shares = _mm_or_si128(_mm_slli_epi32(across, 16), _mm_sub_epi32(_mm_set1_epi32(64), across));
  return _mm_mul_ps(_mm_cvtepi32_ps(_mm_madd_epi16(pairs, shares)), _mm_set1_ps(1.0F / 4096));
}

template <typename Span>
PAI_INLINE const std::uint8_t* placeIn(const Span& s, int side, int x, int y) {
  return s.base[side] + s.step[side] * static_cast<std::size_t>(y) + 4 * static_cast<std::ptrdiff_t>(x);
}

PAI_TARGET_AVX2 inline float trustOf(__m128 v) { return _mm_cvtss_f32(_mm_shuffle_ps(v, v, 0xff)); }

PAI_TARGET_AVX2 inline void put(__m128 colour, float* to) {
  _mm_storel_pi(reinterpret_cast<__m64*>(to), colour);
  to[2] = _mm_cvtss_f32(_mm_movehl_ps(colour, colour));
}

PAI_TARGET_AVX2 PAI_NOINLINE int drawAvx2(const DepthSpan& s, int x, int end, float* row) {
  const __m128 lowest = vectorOf(s.low), highest = vectorOf(s.high), gainA = vectorOf(s.gain[0]), gainB = vectorOf(s.gain[1]);
  const __m256 gain = _mm256_set_m128(gainB, gainA);
  for (; x < end; ++x) {
    const DepthColumn& c = s.columns[x];
    if (s.edges[c.own] | s.lost[c.own]) return x;
    const auto* cell = reinterpret_cast<const float*>(s.cells + c.left);
    const __m256 left = _mm256_loadu_ps(cell), right = _mm256_loadu_ps(cell + 8);
    const __m256 here = _mm256_add_ps(left, _mm256_mul_ps(_mm256_set1_ps(c.k), _mm256_sub_ps(right, left)));
    const __m128 where = _mm256_castps256_ps128(here), weights = _mm256_extractf128_ps(here, 1);
    const int within = _mm_movemask_ps(_mm_and_ps(_mm_cmpge_ps(where, lowest), _mm_cmple_ps(where, highest)));
    const __m128i whole = _mm_cvttps_epi32(where);
    const __m128i part = _mm_cvttps_epi32(_mm_mul_ps(_mm_sub_ps(where, _mm_cvtepi32_ps(whole)), _mm_set1_ps(64.0F)));
    const float share = _mm_cvtss_f32(weights);
    float* to = row + 3 * static_cast<std::ptrdiff_t>(x);
    if (share < s.nothing && (within & 3) == 3) {
      const std::uint8_t* p = placeIn(s, 0, _mm_cvtsi128_si32(whole), _mm_extract_epi32(whole, 1));
      const __m128 one = _mm_mul_ps(sampledOnce(p, s.step[0], part), gainA);
      if (trustOf(one) > s.trusted) {
        put(one, to);
        continue;
      }
    }
    if (within != 15) return x;
    const std::uint8_t* p = placeIn(s, 0, _mm_cvtsi128_si32(whole), _mm_extract_epi32(whole, 1));
    const std::uint8_t* q = placeIn(s, 1, _mm_extract_epi32(whole, 2), _mm_extract_epi32(whole, 3));
    const __m256 both = _mm256_mul_ps(sampledTwice(p, s.step[0], q, s.step[1], part), gain);
    const __m128 one = _mm256_castps256_ps128(both), two = _mm256_extractf128_ps(both, 1);
    const float trustA = trustOf(one), trustB = trustOf(two);
    float k = share;
    if (share > 1 - s.nothing && trustB > s.trusted) {
      k = 1.0F;
    } else if (!(trustA > s.trusted && trustB > s.trusted)) {
      const float weightA = _mm_cvtss_f32(_mm_shuffle_ps(weights, weights, 0x55)), weightB = _mm_cvtss_f32(_mm_movehl_ps(weights, weights));
      const float a = weightA * (trustA > s.other ? trustA : s.otherShare * trustA);
      const float b = weightB * (trustB > s.other ? trustB : s.otherShare * trustB), sum = a + b;
      k = b / (sum > 1e-30F ? sum : 1e-30F);
    }
    put(_mm_add_ps(one, _mm_mul_ps(_mm_set1_ps(k), _mm_sub_ps(two, one))), to);
  }
  return x;
}

PAI_TARGET_AVX2 PAI_NOINLINE int layersAvx2(const LayersSpan& s, int x, int end, float* row) {
  const __m128 lowest = _mm_setzero_ps(), highest = vectorOf(s.high);
  const __m256 gain = _mm256_set_m128(vectorOf(s.gain[1]), vectorOf(s.gain[0]));
  for (; x < end; ++x) {
    const __m128 where = _mm_setr_ps(s.where[0][x], s.where[1][x], s.where[2][x], s.where[3][x]);
    if (_mm_movemask_ps(_mm_and_ps(_mm_cmpge_ps(where, lowest), _mm_cmple_ps(where, highest))) != 15) return x;
    const __m128i whole = _mm_cvttps_epi32(where);
    const __m128i part = _mm_cvttps_epi32(_mm_mul_ps(_mm_sub_ps(where, _mm_cvtepi32_ps(whole)), _mm_set1_ps(64.0F)));
    const __m256 both = _mm256_mul_ps(sampledTwice(placeIn(s, 0, _mm_cvtsi128_si32(whole), _mm_extract_epi32(whole, 1)), s.step[0],
                                                   placeIn(s, 1, _mm_extract_epi32(whole, 2), _mm_extract_epi32(whole, 3)), s.step[1], part), gain);
    const __m128 one = _mm256_castps256_ps128(both), two = _mm256_extractf128_ps(both, 1);
    const float trustA = trustOf(one), trustB = trustOf(two);
    float share = s.even;
    if (trustA != trustB) {
      const float a = s.weight[0] * trustA, b = s.weight[1] * trustB, sum = a + b;
      share = b / (sum > 1e-9F ? sum : 1e-9F);
    }
    put(_mm_add_ps(one, _mm_mul_ps(_mm_set1_ps(share), _mm_sub_ps(two, one))), row + 3 * static_cast<std::ptrdiff_t>(x));
  }
  return x;
}

PAI_TARGET_AVX2 PAI_NOINLINE int apartAvx2(const DepthSpan& s, const DepthPlaces& places, int x, int end, float* apart, float* trust) {
  const __m128 lowest = vectorOf(s.low), highest = vectorOf(s.high), scale = vectorOf(places.scale), offset = vectorOf(places.offset);
  const __m256 gain = _mm256_set_m128(vectorOf(s.gain[1]), vectorOf(s.gain[0]));
  for (; x < end; ++x) {
    const __m128 first = _mm_castsi128_ps(eightBytes(reinterpret_cast<const std::uint8_t*>(places.first + 2 * static_cast<std::ptrdiff_t>(x))));
    const __m128 second = _mm_castsi128_ps(eightBytes(reinterpret_cast<const std::uint8_t*>(places.second + 2 * static_cast<std::ptrdiff_t>(x))));
    const __m128 where = _mm_add_ps(_mm_mul_ps(_mm_movelh_ps(first, second), scale), offset);
    if (_mm_movemask_ps(_mm_and_ps(_mm_cmpge_ps(where, lowest), _mm_cmple_ps(where, highest))) != 15) return x;
    const __m128i whole = _mm_cvttps_epi32(where);
    const __m128i part = _mm_cvttps_epi32(_mm_mul_ps(_mm_sub_ps(where, _mm_cvtepi32_ps(whole)), _mm_set1_ps(64.0F)));
    const __m256 both = _mm256_mul_ps(sampledTwice(placeIn(s, 0, _mm_cvtsi128_si32(whole), _mm_extract_epi32(whole, 1)), s.step[0],
                                                   placeIn(s, 1, _mm_extract_epi32(whole, 2), _mm_extract_epi32(whole, 3)), s.step[1], part), gain);
    const __m128 one = _mm256_castps256_ps128(both), two = _mm256_extractf128_ps(both, 1);
    const __m128 difference = _mm_andnot_ps(_mm_set1_ps(-0.0F), _mm_sub_ps(one, two));
    const __m128 most = _mm_max_ss(_mm_max_ss(difference, _mm_shuffle_ps(difference, difference, 0x55)), _mm_movehl_ps(difference, difference));
    apart[x] = _mm_cvtss_f32(most);
    trust[x] = trustOf(_mm_min_ps(one, two));
  }
  return x;
}

}  // namespace

bool drawsSpans() { return cpuHasAvx2(); }
int drawSpan(const DepthSpan& span, int x, int end, float* row) { return drawAvx2(span, x, end, row); }
int layersSpan(const LayersSpan& span, int x, int end, float* row) { return layersAvx2(span, x, end, row); }
int apartSpan(const DepthSpan& span, const DepthPlaces& places, int x, int end, float* apart, float* trust) {
  return apartAvx2(span, places, x, end, apart, trust);
}

#else

bool drawsSpans() { return false; }
int drawSpan(const DepthSpan&, int x, int, float*) { return x; }
int layersSpan(const LayersSpan&, int x, int, float*) { return x; }
int apartSpan(const DepthSpan&, const DepthPlaces&, int x, int, float*, float*) { return x; }

#endif

}  // namespace pai::core

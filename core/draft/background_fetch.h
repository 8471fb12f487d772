// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <opencv2/core.hpp>

namespace pai::core {

inline constexpr float kOutsideTrust = 2, kSeenTrust = 25;  // below: nothing was seen there

/// Four floats at once: red, green, blue and trust.
typedef float Quad __attribute__((vector_size(16)));

inline Quad loadQuad(const std::uint8_t* p) {
  typedef std::uint8_t Bytes __attribute__((vector_size(4)));
  Bytes v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, Quad);
}
inline Quad loadQuad(const std::uint16_t* p) {
  typedef std::uint16_t Words __attribute__((vector_size(8)));
  Words v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, Quad);
}
inline Quad quadOf(float v) { return Quad{v, v, v, v}; }

/// Mirrors a coordinate back into [0, last]; beyond a mirror's reach it stays at the border.
inline float mirrored(float p, float last) {
  if (p < 0) p = -p;
  if (p > last) p = 2 * last - p;
  return std::clamp(p, 0.0F, last);
}

/// A layer's pixels, held in locals while rows are drawn. `gain` brings them to 0..1 and the frame's exposure, trust to 0..255.
template <typename T>
struct Plane {
  Plane(const cv::Mat& level, const Quad& toOne)
      : base(level.ptr<T>()), step(level.step1()), cols(level.cols), rows(level.rows),
        lastX(static_cast<float>(cols - 1)), lastY(static_cast<float>(rows - 1)), gain(toOne) {}
  const T* base;
  std::size_t step;
  int cols, rows;
  float lastX, lastY;
  Quad gain;
};

#if defined(__SSE2__)
/// Bilinear sample of four bytes a pixel in whole numbers, 1/64 of a pixel fine; both pixels of a row are inside.
inline Quad sampled(const std::uint8_t* p, const std::uint8_t* q, float kx, float ky) {
  const int ix = static_cast<int>(kx * 64), iy = static_cast<int>(ky * 64);
  const __m128i zero = _mm_setzero_si128();
  const __m128i top = _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)), zero);
  const __m128i low = _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(q)), zero);
  const __m128i column = _mm_add_epi16(_mm_slli_epi16(top, 6),
                                       _mm_mullo_epi16(_mm_sub_epi16(low, top), _mm_set1_epi16(static_cast<short>(iy))));
  const __m128i pairs = _mm_unpacklo_epi16(column, _mm_srli_si128(column, 8));  // left, right of each channel
  const __m128i sum = _mm_madd_epi16(pairs, _mm_set1_epi32((ix << 16) | (64 - ix)));
  const __m128 out = _mm_mul_ps(_mm_cvtepi32_ps(sum), _mm_set1_ps(1.0F / 4096));
  Quad quad;
  std::memcpy(&quad, &out, sizeof quad);
  return quad;
}
#endif

/// The same of any samples in floats; `right` leads to the right neighbour.
template <typename T>
inline Quad sampled(const T* p, const T* q, std::ptrdiff_t right, float fx, float fy) {
  const Quad kx = quadOf(fx), ky = quadOf(fy), p0 = loadQuad(p), q0 = loadQuad(q);
  const Quad top = p0 + kx * (loadQuad(p + right) - p0), low = q0 + kx * (loadQuad(q + right) - q0);
  return top + ky * (low - top);
}

/// Bilinear sample; outside the layer the picture is mirrored and hardly trusted.
template <typename T>
inline Quad fetch(const Plane<T>& m, float u, float v) {
  if (u >= 0 && v >= 0 && u < m.lastX && v < m.lastY) {
    const int x = static_cast<int>(u), y = static_cast<int>(v);
    const T* p = m.base + m.step * static_cast<std::size_t>(y) + 4 * x;
#if defined(__SSE2__)
    if constexpr (sizeof(T) == 1) return sampled(p, p + m.step, u - static_cast<float>(x), v - static_cast<float>(y)) * m.gain;
#endif
    return sampled(p, p + m.step, 4, u - static_cast<float>(x), v - static_cast<float>(y)) * m.gain;
  }
  const bool far = !(u >= -0.5F && v >= -0.5F && u <= m.lastX + 0.5F && v <= m.lastY + 0.5F);
  u = mirrored(u, m.lastX);
  v = mirrored(v, m.lastY);
  const int x = static_cast<int>(u), y = static_cast<int>(v);
  const T* p = m.base + m.step * static_cast<std::size_t>(y) + 4 * x;
  Quad out = sampled(p, y + 1 < m.rows ? p + m.step : p, x + 1 < m.cols ? 4 : 0, u - static_cast<float>(x),
                     v - static_cast<float>(y)) * m.gain;
  if (far) out[3] = kOutsideTrust;
  return out;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/row_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pai::core {

namespace {

template <typename T>
PAI_INLINE void join3(const T* PAI_RESTRICT a, const T* PAI_RESTRICT b, const T* PAI_RESTRICT c, T* PAI_RESTRICT out,
                      int count) {
  for (int i = 0; i < count; ++i) {
    out[3 * i] = a[i];
    out[3 * i + 1] = b[i];
    out[3 * i + 2] = c[i];
  }
}

template <typename T>
PAI_INLINE void join4(const T* PAI_RESTRICT a, const T* PAI_RESTRICT b, const T* PAI_RESTRICT c, const T* PAI_RESTRICT d,
                      T* PAI_RESTRICT out, int count) {
  for (int i = 0; i < count; ++i) {
    out[4 * i] = a[i];
    out[4 * i + 1] = b[i];
    out[4 * i + 2] = c[i];
    out[4 * i + 3] = d[i];
  }
}

#if defined(__x86_64__)
/// One 16-byte register of pixels a turn: each output register takes bytes of the three inputs by a shuffle; 0x80 leaves
/// zero.
template <typename T>
PAI_NOINLINE PAI_TARGET_AVX2 void join3Avx2(const T* PAI_RESTRICT a, const T* PAI_RESTRICT b, const T* PAI_RESTRICT c,
                                            T* PAI_RESTRICT out, int count) {
  constexpr int kWidth = sizeof(T), kPixels = 16 / kWidth;
  alignas(16) std::uint8_t table[9][16];
  for (int part = 0; part < 3; ++part)
    for (int byte = 0; byte < 16; ++byte) {
      const int sample = (part * 16 + byte) / kWidth;
      for (int input = 0; input < 3; ++input)
        table[part * 3 + input][byte] =
            sample % 3 == input ? static_cast<std::uint8_t>(sample / 3 * kWidth + byte % kWidth) : 0x80;
    }
  __m128i shuffle[9];
  for (int i = 0; i < 9; ++i) shuffle[i] = _mm_load_si128(reinterpret_cast<const __m128i*>(table[i]));
  int i = 0;
  for (; i + kPixels <= count; i += kPixels) {
    const __m128i va = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a + i));
    const __m128i vb = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i));
    const __m128i vc = _mm_loadu_si128(reinterpret_cast<const __m128i*>(c + i));
    for (int part = 0; part < 3; ++part) {
      const __m128i v = _mm_or_si128(
          _mm_or_si128(_mm_shuffle_epi8(va, shuffle[part * 3]), _mm_shuffle_epi8(vb, shuffle[part * 3 + 1])),
          _mm_shuffle_epi8(vc, shuffle[part * 3 + 2]));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(reinterpret_cast<std::uint8_t*>(out + 3 * i) + 16 * part), v);
    }
  }
  join3(a + i, b + i, c + i, out + 3 * i, count - i);
}
#endif

}  // namespace

void joinRow3(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c, std::uint8_t* out, int count) {
#if defined(__x86_64__)
  if (cpuHasAvx2()) return join3Avx2(a, b, c, out, count);
#endif
  join3(a, b, c, out, count);
}
void joinRow3(const std::uint16_t* a, const std::uint16_t* b, const std::uint16_t* c, std::uint16_t* out, int count) {
#if defined(__x86_64__)
  if (cpuHasAvx2()) return join3Avx2(a, b, c, out, count);
#endif
  join3(a, b, c, out, count);
}
void joinRow3(const float* a, const float* b, const float* c, float* out, int count) { join3(a, b, c, out, count); }
void joinRow4(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c, const std::uint8_t* d,
              std::uint8_t* out, int count) {
  join4(a, b, c, d, out, count);
}
void joinRow4(const std::uint16_t* a, const std::uint16_t* b, const std::uint16_t* c, const std::uint16_t* d,
              std::uint16_t* out, int count) {
  join4(a, b, c, d, out, count);
}
void joinRow4(const float* a, const float* b, const float* c, const float* d, float* out, int count) {
  join4(a, b, c, d, out, count);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Kernels are written once as inline functions and compiled into one wrapper per instruction set; the wrapper that runs is
// chosen by cpuHasAvx2(). (target_clones needs ifunc, which the sanitizers' start-up does not survive.)
#define PAI_RESTRICT __restrict__
#define PAI_INLINE __attribute__((always_inline)) inline
#if defined(__x86_64__)
#define PAI_TARGET_AVX2 __attribute__((target("avx2")))
#else
#define PAI_TARGET_AVX2
#endif

namespace pai::core {

inline bool cpuHasAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

/// Three rows to one of triples.
template <typename T>
PAI_INLINE void interleave3(const T* PAI_RESTRICT a, const T* PAI_RESTRICT b, const T* PAI_RESTRICT c,
                            T* PAI_RESTRICT out, int count) {
  for (int i = 0; i < count; ++i) {
    out[3 * i] = a[i];
    out[3 * i + 1] = b[i];
    out[3 * i + 2] = c[i];
  }
}

/// Four rows to one of quadruples.
template <typename T>
PAI_INLINE void interleave4(const T* PAI_RESTRICT a, const T* PAI_RESTRICT b, const T* PAI_RESTRICT c,
                            const T* PAI_RESTRICT d, T* PAI_RESTRICT out, int count) {
  for (int i = 0; i < count; ++i) {
    out[4 * i] = a[i];
    out[4 * i + 1] = b[i];
    out[4 * i + 2] = c[i];
    out[4 * i + 3] = d[i];
  }
}

}  // namespace pai::core

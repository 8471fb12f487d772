// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// Kernels are written once as inline functions and compiled into one function per instruction set; which one runs is
// chosen by cpuHasAvx2(). (target_clones needs ifunc, which the sanitizers' start-up does not survive.)
#define PAI_RESTRICT __restrict__
#define PAI_INLINE __attribute__((always_inline)) inline
#define PAI_NOINLINE __attribute__((noinline))
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

/// Three rows to one of triples, or four to one of quadruples.
void joinRow3(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c, std::uint8_t* out, int count);
void joinRow3(const std::uint16_t* a, const std::uint16_t* b, const std::uint16_t* c, std::uint16_t* out, int count);
void joinRow3(const float* a, const float* b, const float* c, float* out, int count);
void joinRow4(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c, const std::uint8_t* d,
              std::uint8_t* out, int count);
void joinRow4(const std::uint16_t* a, const std::uint16_t* b, const std::uint16_t* c, const std::uint16_t* d,
              std::uint16_t* out, int count);
void joinRow4(const float* a, const float* b, const float* c, const float* d, float* out, int count);

}  // namespace pai::core

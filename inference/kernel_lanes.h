// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

// One text for all instruction sets: bodies of kernels are inlined into functions that are compiled for each. Vectors are GCC's own.
#define PAI_INLINE inline __attribute__((always_inline))

// Whether this build holds more than the plain form of each kernel.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define PAI_X86_KERNELS 1
#endif

namespace pai::inference {

/// A vector of floats, and one of integers, of the same number of lanes.
template <int kLanes>
struct Lanes {
  typedef float Float __attribute__((vector_size(kLanes * sizeof(float))));  // GCC loses the attribute of a dependent alias
  typedef std::int32_t Int __attribute__((vector_size(kLanes * sizeof(float))));
  typedef std::uint32_t Bits __attribute__((vector_size(kLanes * sizeof(float))));
  typedef std::uint16_t HalfBits __attribute__((vector_size(kLanes * sizeof(std::uint16_t))));
};

template <int kLanes>
PAI_INLINE void load(typename Lanes<kLanes>::Float& to, const float* from) { std::memcpy(&to, from, sizeof to); }
template <int kLanes>
PAI_INLINE void store(float* to, const typename Lanes<kLanes>::Float& from) { std::memcpy(to, &from, sizeof from); }

/// bfloat16, as its bits.
template <int kLanes>
PAI_INLINE void load(typename Lanes<kLanes>::Float& to, const std::uint16_t* from) {
  typename Lanes<kLanes>::HalfBits narrow;
  std::memcpy(&narrow, from, sizeof narrow);
  const auto wide = __builtin_convertvector(narrow, typename Lanes<kLanes>::Bits) << 16;
  std::memcpy(&to, &wide, sizeof to);
}
/// Rounded to the nearest, ties to even; what is no number stays so.
template <int kLanes>
PAI_INLINE void store(std::uint16_t* to, const typename Lanes<kLanes>::Float& from) {
  typename Lanes<kLanes>::Bits bits;
  std::memcpy(&bits, &from, sizeof bits);
  bits = (bits & 0x7FFFFFFFu) > 0x7F800000u ? bits | 0x00400000u : bits + 0x7FFFu + ((bits >> 16) & 1u);
  const auto narrow = __builtin_convertvector(bits >> 16, typename Lanes<kLanes>::HalfBits);
  std::memcpy(to, &narrow, sizeof narrow);
}

PAI_INLINE float wideOf(float value) { return value; }
PAI_INLINE float wideOf(std::uint16_t half) {
  const std::uint32_t bits = std::uint32_t{half} << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
PAI_INLINE void put(float* to, float value) { *to = value; }
PAI_INLINE void put(std::uint16_t* to, float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits = (bits & 0x7FFFFFFFu) > 0x7F800000u ? bits | 0x00400000u : bits + 0x7FFFu + ((bits >> 16) & 1u);
  *to = static_cast<std::uint16_t>(bits >> 16);
}

/// e^x in place. Powers below the smallest normal float are taken to it, and NaN stays NaN.
template <int kLanes>
PAI_INLINE void exponential(typename Lanes<kLanes>::Float& x) {
  using Int = typename Lanes<kLanes>::Int;
  const typename Lanes<kLanes>::Float zero{};
  constexpr float kShift = 12582912.0f;  // 1.5 * 2^23: adding it leaves a whole number in the low bits
  x = x < -87.3f ? zero - 87.3f : x;
  x = x > 88.7f ? zero + 88.7f : x;
  const auto shifted = x * 1.44269504f + kShift;
  const auto n = shifted - kShift;
  const auto r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  auto p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  Int bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits - 0x4B400000 + 127) << 23;
  typename Lanes<kLanes>::Float power;
  std::memcpy(&power, &bits, sizeof power);
  x = p * power;
}

template <int kLanes>
PAI_INLINE float sumOf(const typename Lanes<kLanes>::Float& v) {
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += v[i];
  return sum;
}

}  // namespace pai::inference

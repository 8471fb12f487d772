// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/kernels.h"

#include <cmath>
#include <cstring>
#include <limits>

// One text for all instruction sets: the bodies are inlined into functions that are compiled for each. Vectors are GCC's own.
#define PAI_INLINE inline __attribute__((always_inline))

namespace pai::inference {

namespace {

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

template <int kLanes>
PAI_INLINE void softmaxRow(float* row, std::int64_t padded, float& most, float& sum, float* gathered, std::int64_t width) {
  using Float = typename Lanes<kLanes>::Float;
  Float v, high = Float{} + most;
  for (std::int64_t s = 0; s < padded; s += kLanes) {
    load<kLanes>(v, row + s);
    high = v > high ? v : high;
  }
  float next = most;
  for (int i = 0; i < kLanes; ++i) next = high[i] > next ? high[i] : next;
  Float total{};
  for (std::int64_t s = 0; s < padded; s += kLanes) {
    load<kLanes>(v, row + s);
    v = v - next;
    exponential<kLanes>(v);
    total += v;
    store<kLanes>(row + s, v);
  }
  const float kept = most == next ? 1.0f : std::exp(most - next);
  sum = sum * kept + sumOf<kLanes>(total);
  most = next;
  if (kept != 1.0f)
    for (std::int64_t k = 0; k < width; ++k) gathered[k] *= kept;
}

template <int kLanes>
PAI_INLINE void softmaxBlockBody(float* scores, std::int64_t rows, std::int64_t keys, std::int64_t stride, float* most, float* sum, float* gathered, std::int64_t width) {
  const std::int64_t padded = (keys + kPadding - 1) / kPadding * kPadding;
  for (std::int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * stride;
    for (std::int64_t s = keys; s < padded; ++s) row[s] = -std::numeric_limits<float>::infinity();
    softmaxRow<kLanes>(row, padded, most[r], sum[r], gathered + r * width, width);
  }
}

template <int kLanes>
PAI_INLINE void normModulateBody(const float* x, float* out, std::int64_t rows, std::int64_t width, const float* scale, const float* shift, float eps) {
  using Float = typename Lanes<kLanes>::Float;
  const std::int64_t whole = width / kLanes * kLanes;
  for (std::int64_t r = 0; r < rows; ++r, x += width, out += width) {
    Float v, a, b, total{};
    for (std::int64_t i = 0; i < whole; i += kLanes) {
      load<kLanes>(v, x + i);
      total += v;
    }
    float sum = sumOf<kLanes>(total);
    for (std::int64_t i = whole; i < width; ++i) sum += x[i];
    const float mean = sum / static_cast<float>(width);
    total = Float{};
    for (std::int64_t i = 0; i < whole; i += kLanes) {
      load<kLanes>(v, x + i);
      total += (v - mean) * (v - mean);
    }
    float squares = sumOf<kLanes>(total);
    for (std::int64_t i = whole; i < width; ++i) squares += (x[i] - mean) * (x[i] - mean);
    const float factor = 1.0f / std::sqrt(squares / static_cast<float>(width) + eps);
    for (std::int64_t i = 0; i < whole; i += kLanes) {
      load<kLanes>(v, x + i);
      load<kLanes>(a, scale + i);
      load<kLanes>(b, shift + i);
      store<kLanes>(out + i, (v - mean) * factor * (a + 1.0f) + b);
    }
    for (std::int64_t i = whole; i < width; ++i) out[i] = (x[i] - mean) * factor * (scale[i] + 1.0f) + shift[i];
  }
}

template <int kLanes>
PAI_INLINE void rmsRotateBody(float* x, std::int64_t rows, std::int64_t width, std::int64_t headWidth, const float* weight, const float* cosines, const float* sines, float eps, float scale) {
  using Float = typename Lanes<kLanes>::Float;
  const std::int64_t whole = width / kLanes * kLanes, half = headWidth / 2;
  for (std::int64_t r = 0; r < rows; ++r, x += width, cosines += half, sines += half) {
    float factor = 1.0f;
    if (weight) {
      Float v, total{};
      for (std::int64_t i = 0; i < whole; i += kLanes) {
        load<kLanes>(v, x + i);
        total += v * v;
      }
      float squares = sumOf<kLanes>(total);
      for (std::int64_t i = whole; i < width; ++i) squares += x[i] * x[i];
      factor = 1.0f / std::sqrt(squares / static_cast<float>(width) + eps);
    }
    for (std::int64_t head = 0; head < width; head += headWidth)
      for (std::int64_t j = 0; j < half; ++j) {
        float* pair = x + head + 2 * j;
        const float even = pair[0] * factor * (weight ? weight[head + 2 * j] : 1.0f), odd = pair[1] * factor * (weight ? weight[head + 2 * j + 1] : 1.0f);
        pair[0] = (even * cosines[j] - odd * sines[j]) * scale;
        pair[1] = (even * sines[j] + odd * cosines[j]) * scale;
      }
  }
}

template <int kLanes>
PAI_INLINE void geluVector(typename Lanes<kLanes>::Float& v) {
  auto e = v * (v * v * 0.044715f + 1.0f) * -1.5957691216f;  // -2 sqrt(2 / pi)
  exponential<kLanes>(e);
  v = v / (e + 1.0f);
}

template <int kLanes>
PAI_INLINE void geluBody(float* x, std::int64_t count) {
  typename Lanes<kLanes>::Float v;
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    load<kLanes>(v, x + i);
    geluVector<kLanes>(v);
    store<kLanes>(x + i, v);
  }
  if (i == count) return;
  v = typename Lanes<kLanes>::Float{};
  std::memcpy(&v, x + i, static_cast<std::size_t>(count - i) * sizeof(float));
  geluVector<kLanes>(v);
  std::memcpy(x + i, &v, static_cast<std::size_t>(count - i) * sizeof(float));
}

template <int kLanes>
PAI_INLINE void widenBody(const std::uint16_t* from, float* to, std::int64_t count) {
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    typename Lanes<kLanes>::HalfBits narrow;
    std::memcpy(&narrow, from + i, sizeof narrow);
    const auto wide = __builtin_convertvector(narrow, typename Lanes<kLanes>::Bits) << 16;
    std::memcpy(to + i, &wide, sizeof wide);
  }
  for (; i < count; ++i) {
    const std::uint32_t bits = std::uint32_t{from[i]} << 16;
    std::memcpy(to + i, &bits, sizeof bits);
  }
}

}  // namespace

#define PAI_KERNELS(set, lanes, attributes)                                                                                                                          \
  namespace {                                                                                                                                                        \
  attributes void softmaxBlock_##set(float* s, std::int64_t r, std::int64_t k, std::int64_t t, float* m, float* u, float* g, std::int64_t w) {                       \
    softmaxBlockBody<lanes>(s, r, k, t, m, u, g, w);                                                                                                                 \
  }                                                                                                                                                                  \
  attributes void normModulate_##set(const float* x, float* o, std::int64_t r, std::int64_t w, const float* a, const float* b, float e) {                            \
    normModulateBody<lanes>(x, o, r, w, a, b, e);                                                                                                                    \
  }                                                                                                                                                                  \
  attributes void rmsRotate_##set(float* x, std::int64_t r, std::int64_t w, std::int64_t h, const float* g, const float* c, const float* s, float e, float f) {      \
    rmsRotateBody<lanes>(x, r, w, h, g, c, s, e, f);                                                                                                                 \
  }                                                                                                                                                                  \
  attributes void gelu_##set(float* x, std::int64_t n) { geluBody<lanes>(x, n); }                                                                                    \
  attributes void widen_##set(const std::uint16_t* f, float* t, std::int64_t n) { widenBody<lanes>(f, t, n); }                                                       \
  constexpr Kernels k_##set{#set, softmaxBlock_##set, normModulate_##set, rmsRotate_##set, gelu_##set, widen_##set};                                                              \
  }

PAI_KERNELS(plain, 4, )
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
PAI_KERNELS(avx2, 8, __attribute__((target("avx2,fma"))))
PAI_KERNELS(avx512, 16, __attribute__((target("avx512f,avx512dq,avx512vl,fma"))))
#endif

const Kernels* kernelsOf(const char* name) {
  const auto is = [&](const char* other) { return std::strcmp(name, other) == 0; };
  if (is("plain")) return &k_plain;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  if (is("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &k_avx2;
  if (is("avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) return &k_avx512;
#endif
  return nullptr;
}

const Kernels& kernels() {
  static const Kernels& best = [&]() -> const Kernels& {
    if (const Kernels* found = kernelsOf("avx512")) return *found;
    if (const Kernels* found = kernelsOf("avx2")) return *found;
    return k_plain;
  }();
  return best;
}

}  // namespace pai::inference

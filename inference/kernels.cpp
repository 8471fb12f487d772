// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/kernels.h"

#include <algorithm>

#include "inference/kernel_lanes.h"

namespace pai::inference {

namespace {

template <int kLanes, typename Value>
PAI_INLINE void normModulateBody(const float* x, Value* out, std::int64_t rows, std::int64_t width, const float* scale, const float* shift, float eps) {
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
    for (std::int64_t i = whole; i < width; ++i) put(out + i, (x[i] - mean) * factor * (scale[i] + 1.0f) + shift[i]);
  }
}

/// Pairs of one head turned; values are multiplied by `factor` and `weight` (unless null) before.
template <int kLanes, typename Value>
PAI_INLINE void turnHead(Value* x, std::int64_t headWidth, float factor, const float* weight, const float* cosines, const float* sines, float scale) {
  using Float = typename Lanes<kLanes>::Float;
  using Int = typename Lanes<kLanes>::Int;
  Int twice, other;
  Float sign;
  for (int i = 0; i < kLanes; ++i) twice[i] = i / 2, other[i] = i ^ 1, sign[i] = i % 2 ? scale : -scale;
  std::int64_t i = 0;
  for (; i + kLanes <= headWidth; i += kLanes) {
    Float v, w, c{}, s{};
    load<kLanes>(v, x + i);
    v = v * factor;
    if (weight) {
      load<kLanes>(w, weight + i);
      v = v * w;
    }
    std::memcpy(&c, cosines + i / 2, sizeof c / 2);
    std::memcpy(&s, sines + i / 2, sizeof s / 2);
    store<kLanes>(x + i, v * __builtin_shuffle(c, twice) * scale + __builtin_shuffle(v, other) * __builtin_shuffle(s, twice) * sign);
  }
  for (; i < headWidth; i += 2) {
    const float even = wideOf(x[i]) * factor * (weight ? weight[i] : 1.0f), odd = wideOf(x[i + 1]) * factor * (weight ? weight[i + 1] : 1.0f), c = cosines[i / 2], s = sines[i / 2];
    put(x + i, (even * c - odd * s) * scale);
    put(x + i + 1, (even * s + odd * c) * scale);
  }
}

template <int kLanes, typename Value>
PAI_INLINE void rmsRotateBody(Value* x, std::int64_t rows, std::int64_t width, std::int64_t headWidth, const float* weight, const float* cosines, const float* sines, float eps, float scale) {
  using Float = typename Lanes<kLanes>::Float;
  const std::int64_t whole = width / kLanes * kLanes, half = headWidth / 2;
  for (std::int64_t r = 0; r < rows; ++r, x += width) {
    float factor = 1.0f;
    Float v, w, total{};
    if (weight) {
      for (std::int64_t i = 0; i < whole; i += kLanes) {
        load<kLanes>(v, x + i);
        total += v * v;
      }
      float squares = sumOf<kLanes>(total);
      for (std::int64_t i = whole; i < width; ++i) squares += wideOf(x[i]) * wideOf(x[i]);
      factor = 1.0f / std::sqrt(squares / static_cast<float>(width) + eps);
    }
    if (cosines) {
      for (std::int64_t head = 0; head < width; head += headWidth) turnHead<kLanes>(x + head, headWidth, factor, weight ? weight + head : nullptr, cosines + r * half, sines + r * half, scale);
      continue;
    }
    for (std::int64_t i = 0; i < whole; i += kLanes) {
      load<kLanes>(v, x + i);
      w = Float{} + 1.0f;
      if (weight) load<kLanes>(w, weight + i);
      store<kLanes>(x + i, v * (factor * scale) * w);
    }
    for (std::int64_t i = whole; i < width; ++i) put(x + i, wideOf(x[i]) * (factor * scale) * (weight ? weight[i] : 1.0f));
  }
}

template <int kLanes>
PAI_INLINE void geluVector(typename Lanes<kLanes>::Float& v) {
  auto e = v * (v * v * 0.044715f + 1.0f) * -1.5957691216f;  // -2 sqrt(2 / pi)
  exponential<kLanes>(e);
  v = v / (e + 1.0f);
}

template <int kLanes, typename Value>
PAI_INLINE void geluBody(Value* x, std::int64_t count) {
  typename Lanes<kLanes>::Float v;
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    load<kLanes>(v, x + i);
    geluVector<kLanes>(v);
    store<kLanes>(x + i, v);
  }
  if (i == count) return;
  v = typename Lanes<kLanes>::Float{};
  for (std::int64_t j = i; j < count; ++j) v[j - i] = wideOf(x[j]);
  geluVector<kLanes>(v);
  for (std::int64_t j = i; j < count; ++j) put(x + j, v[j - i]);
}

template <int kLanes>
PAI_INLINE void siluVector(typename Lanes<kLanes>::Float& v) {
  auto e = -v;
  exponential<kLanes>(e);
  v = v / (e + 1.0f);
}

template <int kLanes, typename Value>
PAI_INLINE void channelNormBody(const Value* x, Value* out, std::int64_t rows, std::int64_t width, const float* gamma, bool silu) {
  constexpr float kShortest = 1e-12f;
  using Float = typename Lanes<kLanes>::Float;
  const std::int64_t whole = width / kLanes * kLanes;
  for (std::int64_t r = 0; r < rows; ++r, x += width, out += width) {
    Float v, g, total{};
    for (std::int64_t i = 0; i < whole; i += kLanes) {
      load<kLanes>(v, x + i);
      total += v * v;
    }
    float squares = sumOf<kLanes>(total);
    for (std::int64_t i = whole; i < width; ++i) squares += wideOf(x[i]) * wideOf(x[i]);
    const float factor = std::sqrt(static_cast<float>(width)) / std::max(std::sqrt(squares), kShortest);
    for (std::int64_t i = 0; i < whole; i += kLanes) {
      load<kLanes>(v, x + i);
      load<kLanes>(g, gamma + i);
      v = v * factor * g;
      if (silu) siluVector<kLanes>(v);
      store<kLanes>(out + i, v);
    }
    if (whole == width) continue;
    v = Float{};
    for (std::int64_t i = whole; i < width; ++i) v[i - whole] = wideOf(x[i]) * factor * gamma[i];
    if (silu) siluVector<kLanes>(v);
    for (std::int64_t i = whole; i < width; ++i) put(out + i, v[i - whole]);
  }
}

template <int kLanes, typename Value>
PAI_INLINE void addGatedBody(const float* x, const Value* y, float* out, std::int64_t rows, std::int64_t width, const float* gate) {
  typename Lanes<kLanes>::Float a, b, g;
  for (std::int64_t r = 0; r < rows; ++r, x += width, y += width, out += width) {
    std::int64_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
      load<kLanes>(a, x + i);
      load<kLanes>(b, y + i);
      load<kLanes>(g, gate + i);
      store<kLanes>(out + i, a + b * g);
    }
    for (; i < width; ++i) out[i] = x[i] + wideOf(y[i]) * gate[i];
  }
}

template <int kLanes>
PAI_INLINE void sumNarrowedBody(const float* from, const float* added, HalfBits* to, std::int64_t count) {
  const std::int64_t whole = count / kLanes * kLanes;
  typename Lanes<kLanes>::Float x, y;
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    load<kLanes>(x, from + i);
    load<kLanes>(y, added + i);
    store<kLanes>(to + i, x + y);
  }
  for (std::int64_t i = whole; i < count; ++i) put(to + i, from[i] + added[i]);
}

template <int kLanes>
PAI_INLINE void widenBody(const HalfBits* from, float* to, std::int64_t count) {
  typename Lanes<kLanes>::Float v;
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    load<kLanes>(v, from + i);
    store<kLanes>(to + i, v);
  }
  for (; i < count; ++i) to[i] = wideOf(from[i]);
}

}  // namespace

#define PAI_ROW_KERNELS(name, Value, lanes, attributes)                                                                                                              \
  namespace {                                                                                                                                                        \
  attributes void normModulate_##name(const float* x, Value* o, std::int64_t r, std::int64_t w, const float* a, const float* b, float e) {                           \
    normModulateBody<lanes>(x, o, r, w, a, b, e);                                                                                                                    \
  }                                                                                                                                                                  \
  attributes void rmsRotate_##name(Value* x, std::int64_t r, std::int64_t w, std::int64_t h, const float* g, const float* c, const float* s, float e, float f) {     \
    rmsRotateBody<lanes>(x, r, w, h, g, c, s, e, f);                                                                                                                 \
  }                                                                                                                                                                  \
  attributes void gelu_##name(Value* x, std::int64_t n) { geluBody<lanes>(x, n); }                                                                                   \
  attributes void channelNorm_##name(const Value* x, Value* o, std::int64_t r, std::int64_t w, const float* g, bool s) { channelNormBody<lanes>(x, o, r, w, g, s); }   \
  attributes void addGated_##name(const float* x, const Value* y, float* o, std::int64_t r, std::int64_t w, const float* g) {                                        \
    addGatedBody<lanes>(x, y, o, r, w, g);                                                                                                                           \
  }                                                                                                                                                                  \
  constexpr RowKernels<Value> k_##name{normModulate_##name, rmsRotate_##name, gelu_##name, channelNorm_##name, addGated_##name};                                                         \
  }

#define PAI_KERNELS(set, lanes, attributes)                                                                        \
  PAI_ROW_KERNELS(set##_wide, float, lanes, attributes)                                                            \
  PAI_ROW_KERNELS(set##_half, HalfBits, lanes, attributes)                                                         \
  namespace {                                                                                                      \
  attributes void widen_##set(const HalfBits* f, float* t, std::int64_t n) { widenBody<lanes>(f, t, n); }          \
  attributes void sumNarrowed_##set(const float* f, const float* a, HalfBits* t, std::int64_t n) {                  \
    sumNarrowedBody<lanes>(f, a, t, n);                                                                              \
  }                                                                                                                  \
  constexpr Kernels k_##set{#set, k_##set##_wide, k_##set##_half, widen_##set, sumNarrowed_##set};                                    \
  }

PAI_KERNELS(plain, 4, )
#ifdef PAI_X86_KERNELS
PAI_KERNELS(avx2, 8, __attribute__((target("avx2,fma"))))
PAI_KERNELS(avx512, 16, __attribute__((target("avx512f,avx512dq,avx512vl,fma"))))
#endif

const Kernels* kernelsOf(const char* name) {
  const auto is = [&](const char* other) { return std::strcmp(name, other) == 0; };
  if (is("plain")) return &k_plain;
#ifdef PAI_X86_KERNELS
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

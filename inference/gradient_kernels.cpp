// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/gradient_kernels.h"

#include <algorithm>
#include <limits>

#include "inference/kernel_lanes.h"

namespace pai::inference {

namespace {

/// The next values of a row, zeros past its end.
template <int kLanes, typename Value>
PAI_INLINE void take(typename Lanes<kLanes>::Float& v, const Value* from, std::int64_t left) {
  if (left >= kLanes) return load<kLanes>(v, from);
  v = typename Lanes<kLanes>::Float{};
  for (std::int64_t j = 0; j < left; ++j) v[j] = wideOf(from[j]);
}

template <int kLanes, typename Value>
PAI_INLINE void give(Value* to, const typename Lanes<kLanes>::Float& v, std::int64_t left) {
  if (left >= kLanes) return store<kLanes>(to, v);
  for (std::int64_t j = 0; j < left; ++j) put(to + j, v[j]);
}

/// Lanes past the end of a row.
template <int kLanes>
PAI_INLINE void blank(typename Lanes<kLanes>::Float& v, std::int64_t left, float value) {
  for (std::int64_t j = std::max<std::int64_t>(left, 0); j < kLanes; ++j) v[j] = value;
}

/// Adds to the next values of a sum over rows.
template <int kLanes>
PAI_INLINE void addTo(float* sum, const typename Lanes<kLanes>::Float& v, std::int64_t left) {
  typename Lanes<kLanes>::Float before;
  take<kLanes>(before, sum, left);
  give<kLanes>(sum, before + v, left);
}

template <int kLanes, typename Value>
PAI_INLINE void normModulateBack(const float* x, const Value* g, float* dx, std::int64_t rows, std::int64_t width, const float* scale, float* dScale, float* dShift, float eps) {
  using Float = typename Lanes<kLanes>::Float;
  const float share = 1.0f / static_cast<float>(width);
  for (std::int64_t r = 0; r < rows; ++r, x += width, g += width, dx += width) {
    Float v, s, d, total{};
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, x + i, width - i);
      total += v;
    }
    const float mean = sumOf<kLanes>(total) * share;
    total = Float{};
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, x + i, width - i);
      v = v - mean;
      blank<kLanes>(v, width - i, 0.0f);
      total += v * v;
    }
    const float factor = 1.0f / std::sqrt(sumOf<kLanes>(total) * share + eps);
    Float plain{}, along{};
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, x + i, width - i);
      take<kLanes>(s, scale + i, width - i);
      take<kLanes>(d, g + i, width - i);
      v = (v - mean) * factor;
      addTo<kLanes>(dShift + i, d, width - i);
      addTo<kLanes>(dScale + i, d * v, width - i);
      d = d * (s + 1.0f);
      plain += d;
      along += d * v;
    }
    const float down = sumOf<kLanes>(plain) * share, slope = sumOf<kLanes>(along) * share;
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, x + i, width - i);
      take<kLanes>(s, scale + i, width - i);
      take<kLanes>(d, g + i, width - i);
      give<kLanes>(dx + i, (d * (s + 1.0f) - down - (v - mean) * (factor * slope)) * factor, width - i);
    }
  }
}

/// Turns the pairs of one head back.
template <int kLanes, typename Value>
PAI_INLINE void turnBack(const Value* g, float* to, std::int64_t headWidth, const float* cosines, const float* sines, float scale) {
  using Float = typename Lanes<kLanes>::Float;
  typename Lanes<kLanes>::Int twice, other;
  Float sign;
  for (int i = 0; i < kLanes; ++i) twice[i] = i / 2, other[i] = i ^ 1, sign[i] = i % 2 ? -scale : scale;
  for (std::int64_t i = 0; i < headWidth; i += kLanes) {
    const std::int64_t left = headWidth - i;
    Float v, c{}, s{};
    take<kLanes>(v, g + i, left);
    const auto half = static_cast<std::size_t>(std::min<std::int64_t>(left, kLanes) / 2) * sizeof(float);
    if (left >= kLanes) std::memcpy(&c, cosines + i / 2, sizeof c / 2), std::memcpy(&s, sines + i / 2, sizeof s / 2);
    else std::memcpy(&c, cosines + i / 2, half), std::memcpy(&s, sines + i / 2, half);
    give<kLanes>(to + i, v * __builtin_shuffle(c, twice) * scale + __builtin_shuffle(v, other) * __builtin_shuffle(s, twice) * sign, left);
  }
}

template <int kLanes, typename Value>
PAI_INLINE void rmsRotateBack(const Value* x, const Value* g, Value* dx, std::int64_t rows, std::int64_t width, std::int64_t headWidth, const float* weight, float* dWeight, const float* cosines,
                              const float* sines, float eps, float scale, float* room) {
  using Float = typename Lanes<kLanes>::Float;
  const float share = 1.0f / static_cast<float>(width);
  for (std::int64_t r = 0; r < rows; ++r, x += width, g += width, dx += width) {
    Float v, w, d, squares{}, along{};
    if (cosines)
      for (std::int64_t head = 0; head < width; head += headWidth) turnBack<kLanes>(g + head, room + head, headWidth, cosines + r * (headWidth / 2), sines + r * (headWidth / 2), scale);
    for (std::int64_t i = 0; i < width; i += kLanes) {
      if (!cosines) {
        take<kLanes>(d, g + i, width - i);
        d = d * scale;
        give<kLanes>(room + i, d, width - i);
      }
      if (!weight) continue;
      take<kLanes>(v, x + i, width - i);
      take<kLanes>(w, weight + i, width - i);
      take<kLanes>(d, room + i, width - i);
      squares += v * v;
      along += v * w * d;
    }
    const float factor = weight ? 1.0f / std::sqrt(sumOf<kLanes>(squares) * share + eps) : 1.0f;
    const float slope = weight ? sumOf<kLanes>(along) * share * factor * factor : 0.0f;
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(d, room + i, width - i);
      if (weight) {
        take<kLanes>(v, x + i, width - i);
        take<kLanes>(w, weight + i, width - i);
        addTo<kLanes>(dWeight + i, d * v * factor, width - i);
        d = (d * w - v * slope) * factor;
      }
      give<kLanes>(dx + i, d, width - i);
    }
  }
}

template <int kLanes, typename Value>
PAI_INLINE void geluBack(const Value* x, const Value* g, Value* dx, std::int64_t count) {
  using Float = typename Lanes<kLanes>::Float;
  for (std::int64_t i = 0; i < count; i += kLanes) {
    Float v, d;
    take<kLanes>(v, x + i, count - i);
    take<kLanes>(d, g + i, count - i);
    const Float square = v * v * 0.044715f;
    Float e = v * (square + 1.0f) * -1.5957691216f;  // -2 sqrt(2 / pi)
    exponential<kLanes>(e);
    const Float share = 1.0f / (e + 1.0f);
    give<kLanes>(dx + i, d * share * (1.0f + v * (1.0f - share) * (square * 3.0f + 1.0f) * 1.5957691216f), count - i);
  }
}

template <int kLanes, typename Value>
PAI_INLINE void addGatedBack(const Value* y, const float* g, Value* dy, std::int64_t rows, std::int64_t width, const float* gate, float* dGate) {
  typename Lanes<kLanes>::Float v, d, w;
  for (std::int64_t r = 0; r < rows; ++r, y += width, g += width, dy += width)
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, y + i, width - i);
      take<kLanes>(d, g + i, width - i);
      take<kLanes>(w, gate + i, width - i);
      addTo<kLanes>(dGate + i, d * v, width - i);
      give<kLanes>(dy + i, d * w, width - i);
    }
}

template <int kLanes, typename Value>
PAI_INLINE void softmaxRows(Value* x, std::int64_t rows, std::int64_t width, float* room) {
  using Float = typename Lanes<kLanes>::Float;
  constexpr float kLeast = -std::numeric_limits<float>::infinity();
  for (std::int64_t r = 0; r < rows; ++r, x += width) {
    Float v, most = Float{} + kLeast, total{};
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, x + i, width - i);
      blank<kLanes>(v, width - i, kLeast);
      most = v > most ? v : most;
    }
    float top = most[0];
    for (int j = 1; j < kLanes; ++j) top = std::max(top, static_cast<float>(most[j]));
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, x + i, width - i);
      v = v - top;
      exponential<kLanes>(v);
      blank<kLanes>(v, width - i, 0.0f);
      total += v;
      give<kLanes>(room + i, v, width - i);
    }
    const float share = 1.0f / sumOf<kLanes>(total);
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, room + i, width - i);
      give<kLanes>(x + i, v * share, width - i);
    }
  }
}

template <int kLanes, typename Value>
PAI_INLINE void softmaxRowsBack(const Value* result, Value* g, std::int64_t rows, std::int64_t width) {
  typename Lanes<kLanes>::Float v, d;
  for (std::int64_t r = 0; r < rows; ++r, result += width, g += width) {
    typename Lanes<kLanes>::Float total{};
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, result + i, width - i);
      take<kLanes>(d, g + i, width - i);
      total += v * d;
    }
    const float mean = sumOf<kLanes>(total);
    for (std::int64_t i = 0; i < width; i += kLanes) {
      take<kLanes>(v, result + i, width - i);
      take<kLanes>(d, g + i, width - i);
      give<kLanes>(g + i, v * (d - mean), width - i);
    }
  }
}

}  // namespace

#define PAI_GRADIENT_KERNELS(name, Value, lanes, attributes)                                                                                                                              \
  namespace {                                                                                                                                                                             \
  attributes void normModulate_##name(const float* x, const Value* g, float* dx, std::int64_t r, std::int64_t w, const float* s, float* ds, float* dh, float e) {                          \
    normModulateBack<lanes>(x, g, dx, r, w, s, ds, dh, e);                                                                                                                                \
  }                                                                                                                                                                                       \
  attributes void rmsRotate_##name(const Value* x, const Value* g, Value* dx, std::int64_t r, std::int64_t w, std::int64_t h, const float* m, float* dm, const float* c, const float* s,   \
                                   float e, float f, float* room) {                                                                                                                       \
    rmsRotateBack<lanes>(x, g, dx, r, w, h, m, dm, c, s, e, f, room);                                                                                                                     \
  }                                                                                                                                                                                       \
  attributes void gelu_##name(const Value* x, const Value* g, Value* dx, std::int64_t n) { geluBack<lanes>(x, g, dx, n); }                                                                 \
  attributes void addGated_##name(const Value* y, const float* g, Value* dy, std::int64_t r, std::int64_t w, const float* a, float* da) { addGatedBack<lanes>(y, g, dy, r, w, a, da); }     \
  attributes void softmax_##name(Value* x, std::int64_t r, std::int64_t w, float* room) { softmaxRows<lanes>(x, r, w, room); }                                                             \
  attributes void softmaxBack_##name(const Value* y, Value* g, std::int64_t r, std::int64_t w) { softmaxRowsBack<lanes>(y, g, r, w); }                                                     \
  constexpr GradientKernels<Value> k_##name{normModulate_##name, rmsRotate_##name, gelu_##name, addGated_##name, softmax_##name, softmaxBack_##name};                                      \
  }

#define PAI_GRADIENT_SET(set, lanes, attributes)                        \
  PAI_GRADIENT_KERNELS(back_##set##_wide, float, lanes, attributes)     \
  PAI_GRADIENT_KERNELS(back_##set##_half, HalfBits, lanes, attributes)  \
  namespace {                                                           \
  constexpr GradientSet k_back_##set{k_back_##set##_wide, k_back_##set##_half}; \
  }

PAI_GRADIENT_SET(plain, 4, )
#ifdef PAI_X86_KERNELS
PAI_GRADIENT_SET(avx2, 8, __attribute__((target("avx2,fma"))))
PAI_GRADIENT_SET(avx512, 16, __attribute__((target("avx512f,avx512dq,avx512vl,fma"))))
#endif

const GradientSet* gradientKernelsOf(const char* name) {
  if (!kernelsOf(name)) return nullptr;
#ifdef PAI_X86_KERNELS
  if (std::strcmp(name, "avx2") == 0) return &k_back_avx2;
  if (std::strcmp(name, "avx512") == 0) return &k_back_avx512;
#endif
  return &k_back_plain;
}

const GradientSet& gradientKernels() {
  static const GradientSet& best = *gradientKernelsOf(kernels().name);
  return best;
}

}  // namespace pai::inference

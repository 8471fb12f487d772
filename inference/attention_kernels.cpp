// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/attention_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inference/kernel_lanes.h"
#include "inference/processor.h"
#include "inference/wide_columns.h"

#ifdef PAI_X86_KERNELS
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace pai::inference {

namespace {

constexpr std::int64_t kTileValues = kTileSide * kTileSide;  // pairs

/// Carries `most` to `next`: the factor for what was gathered before.
PAI_INLINE void carryOn(float next, float total, float& most, float& sum, float* gathered, std::int64_t width) {
  const float kept = most == next ? 1.0f : std::exp(most - next);
  sum = sum * kept + total;
  most = next;
  if (kept != 1.0f)
    for (std::int64_t k = 0; k < width; ++k) gathered[k] *= kept;
}

template <int kLanes>
PAI_INLINE float largest(const float* row, std::int64_t count, float most) {
  typename Lanes<kLanes>::Float v, high = typename Lanes<kLanes>::Float{} + most;
  for (std::int64_t s = 0; s < count; s += kLanes) {
    load<kLanes>(v, row + s);
    high = v > high ? v : high;
  }
  for (int i = 0; i < kLanes; ++i) most = high[i] > most ? high[i] : most;
  return most;
}

template <int kLanes>
PAI_INLINE void softmaxWideBody(float* scores, std::int64_t rows, std::int64_t keys, std::int64_t stride, RunningSoftmax running, float* gathered, std::int64_t width) {
  const std::int64_t padded = toTiles(keys, kPadding);
  for (std::int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * stride;
    for (std::int64_t s = keys; s < padded; ++s) row[s] = -std::numeric_limits<float>::infinity();
    const float next = largest<kLanes>(row, padded, running.most[r]);
    typename Lanes<kLanes>::Float v, total{};
    for (std::int64_t s = 0; s < padded; s += kLanes) {
      load<kLanes>(v, row + s);
      v = v - next;
      exponential<kLanes>(v);
      total += v;
      store<kLanes>(row + s, v);
    }
    carryOn(next, sumOf<kLanes>(total), running.most[r], running.sum[r], gathered + r * width, width);
  }
}

template <int kLanes>
PAI_INLINE void softmaxHalfBody(const ScoreRows& x) {
  const std::int64_t whole = x.keys / kLanes * kLanes;
  for (std::int64_t r = 0; r < x.rows; ++r) {
    const float* row = x.scores + r * x.stride;
    HalfBits* out = x.to + r * x.toStride;
    float next = largest<kLanes>(row, whole, x.running.most[r] / x.scale);
    for (std::int64_t s = whole; s < x.keys; ++s) next = row[s] > next ? row[s] : next;
    next *= x.scale;
    typename Lanes<kLanes>::Float v, total{};
    for (std::int64_t s = 0; s < whole; s += kLanes) {
      load<kLanes>(v, row + s);
      v = v * x.scale - next;
      exponential<kLanes>(v);
      total += v;
      store<kLanes>(out + s, v);
    }
    float sum = sumOf<kLanes>(total);
    if (whole < x.keys) {
      v = typename Lanes<kLanes>::Float{};
      for (std::int64_t s = whole; s < x.keys; ++s) v[s - whole] = row[s] * x.scale - next;
      exponential<kLanes>(v);
      for (std::int64_t s = whole; s < x.keys; ++s) {
        put(out + s, v[s - whole]);
        sum += v[s - whole];
      }
    }
    std::fill(out + x.keys, out + x.padded, HalfBits{0});
    carryOn(next, sum, x.running.most[r], x.running.sum[r], x.gathered + r * x.width, x.width);
  }
}

/// Both values of each pair times the pair of each row of a, as float32.
template <int kLanes>
PAI_INLINE void tileProductBody(const TileFactors& f, bool add) {
  using Float = typename Lanes<kLanes>::Float;
  using Bits = typename Lanes<kLanes>::Bits;
  constexpr int kVectors = kTileSide / kLanes, kRows = 4;
  const std::uint32_t* b = f.b;
  for (std::int64_t n = 0; n < f.columns; n += kTileSide, b += f.depth / 2 * kTileSide)
    for (std::int64_t r = 0; r < f.rows; r += kRows) {
      Float sums[kRows][kVectors] = {};
      for (std::int64_t d = 0; d < f.depth / 2; ++d)
        for (int v = 0; v < kVectors; ++v) {
          Bits pairs, first, second;
          std::memcpy(&pairs, b + d * kTileSide + v * kLanes, sizeof pairs);
          first = pairs << 16;
          second = pairs & 0xFFFF0000u;
          Float one, two;
          std::memcpy(&one, &first, sizeof one);
          std::memcpy(&two, &second, sizeof two);
          for (int i = 0; i < kRows; ++i) {
            const HalfBits* pair = f.a + (r + i) * f.aStride + 2 * d;
            sums[i][v] += one * wideOf(pair[0]);
            sums[i][v] += two * wideOf(pair[1]);
          }
        }
      for (int i = 0; i < kRows; ++i)
        for (int v = 0; v < kVectors; ++v) {
          float* to = f.c + (r + i) * f.cStride + n + v * kLanes;
          Float before{};
          if (add) load<kLanes>(before, to);
          store<kLanes>(to, before + sums[i][v]);
        }
    }
}

#ifdef PAI_X86_KERNELS

#define PAI_AMX __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,amx-tile,amx-bf16,fma")))

/// `kColumns` tiles of columns by eight rows: the sums stay in registers.
template <int kColumns>
PAI_INLINE PAI_AVX512_BF16 void pairProducts(const HalfBits* a, std::int64_t aStride, const std::uint32_t* b, float* c, std::int64_t cStride, std::int64_t depth, bool add) {
  constexpr int kRows = 8;
  const std::int64_t tile = depth / 2 * kTileSide;
  __m512 sums[kRows][kColumns];
  for (int i = 0; i < kRows; ++i)
    for (int n = 0; n < kColumns; ++n) sums[i][n] = add ? _mm512_loadu_ps(c + i * cStride + n * kTileSide) : _mm512_setzero_ps();
  for (std::int64_t d = 0; d < depth / 2; ++d) {
    __m512bh values[kColumns];
    for (int n = 0; n < kColumns; ++n) values[n] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + n * tile + d * kTileSide));
    for (int i = 0; i < kRows; ++i) {
      std::int32_t pair;
      std::memcpy(&pair, a + i * aStride + 2 * d, sizeof pair);
      for (int n = 0; n < kColumns; ++n) sums[i][n] = _mm512_dpbf16_ps(sums[i][n], reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair)), values[n]);
    }
  }
  for (int i = 0; i < kRows; ++i)
    for (int n = 0; n < kColumns; ++n) _mm512_storeu_ps(c + i * cStride + n * kTileSide, sums[i][n]);
}

PAI_AVX512_BF16 void tileProduct_avx512bf16(const TileWork& work) {
  const TileFactors& f = work.factors;
  const std::uint32_t* b = f.b;
  for (std::int64_t n = 0; n < f.columns; n += 2 * kTileSide, b += f.depth * kTileSide)
    for (std::int64_t r = 0; r < f.rows; r += 8) {
      if (n + kTileSide < f.columns) pairProducts<2>(f.a + r * f.aStride, f.aStride, b, f.c + r * f.cStride + n, f.cStride, f.depth, work.add);
      else pairProducts<1>(f.a + r * f.aStride, f.aStride, b, f.c + r * f.cStride + n, f.cStride, f.depth, work.add);
    }
}

/// All rows beside `kColumns` tiles of columns, a part of the depth at a time.
template <int kColumns>
PAI_INLINE PAI_AVX512_BF16 void wideColumns(const TileFactors& f, std::int64_t column, bool add) {
  WideColumns<kColumns> wide;
  for (std::int64_t from = 0; from < f.depth; from += kWideDepth) {
    const std::int64_t depth = std::min(kWideDepth, f.depth - from);
    wide.take(f.b + column * f.depth / 2 + from / 2 * kTileSide, f.depth / 2 * kTileSide, depth);
    for (std::int64_t r = 0; r < f.rows; r += kWideRows) wide.multiply(f.a + r * f.aStride + from, f.aStride, f.c + r * f.cStride + column, f.cStride, add || from > 0);
  }
}

PAI_AVX512_BF16 void tileProduct_widened(const TileWork& work) {
  const TileFactors& f = work.factors;
  std::int64_t column = 0;
  for (; column + kWideColumns * kTileSide <= f.columns; column += kWideColumns * kTileSide) wideColumns<kWideColumns>(f, column, work.add);
  if (f.columns - column == 2 * kTileSide) wideColumns<2>(f, column, work.add);
  else if (f.columns - column == kTileSide) wideColumns<1>(f, column, work.add);
}

/// softmaxHalf a piece at a time, by the processor's own rounding, scaling by powers of two, and conversion. A power of two is right to
/// 4e-6.
class PiecewiseSoftmax {
 public:
  PAI_INLINE PAI_AVX512_BF16 explicit PiecewiseSoftmax(const ScoreRows& rows) : m(rows), m_steps((rows.keys + kLanes - 1) / kLanes), m_last(static_cast<__mmask16>(0xFFFFu >> (m_steps * kLanes - rows.keys))) {}

  std::int64_t steps() const { return m.rows * m_steps; }

  /// Works on up to so many vectors of scores more.
  PAI_INLINE PAI_AVX512_BF16 void advance(std::int64_t steps) {
    while (steps > 0 && m_row < m.rows) {
      if (m_step == 0) beginRow();
      const std::int64_t end = std::min(m_steps, m_step + steps);
      steps -= end - m_step;
      exponentials(end);
      if (m_step == m_steps) endRow();
    }
  }

 private:
  static constexpr std::int64_t kLanes = 16;
  static constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

  PAI_INLINE PAI_AVX512_BF16 __mmask16 maskOf(std::int64_t step) const { return step + 1 < m_steps ? static_cast<__mmask16>(0xFFFF) : m_last; }

  PAI_INLINE PAI_AVX512_BF16 void beginRow() {
    const float* row = m.scores + m_row * m.stride;
    __m512 one = _mm512_set1_ps(m.running.most[m_row] / m.scale), two = one;
    std::int64_t s = 0;
    for (; s + 2 < m_steps; s += 2) {
      one = _mm512_max_ps(one, _mm512_loadu_ps(row + s * kLanes));
      two = _mm512_max_ps(two, _mm512_loadu_ps(row + (s + 1) * kLanes));
    }
    for (; s < m_steps; ++s) one = _mm512_mask_max_ps(one, maskOf(s), one, _mm512_loadu_ps(row + s * kLanes));
    m_next = _mm512_reduce_max_ps(_mm512_max_ps(one, two)) * m.scale;
    m_total = _mm512_setzero_ps();
  }

  PAI_INLINE PAI_AVX512_BF16 void exponentials(std::int64_t end) {
    constexpr float kLog2 = 1.44269504f;
    const float* row = m.scores + m_row * m.stride;
    HalfBits* out = m.to + m_row * m.toStride;
    const __m512 factor = _mm512_set1_ps(m.scale * kLog2), below = _mm512_set1_ps(m_next * kLog2);
    __m512 total = m_total;
    for (; m_step < end; ++m_step) {
      const __m512 power = _mm512_fmsub_ps(_mm512_loadu_ps(row + m_step * kLanes), factor, below), rest = _mm512_reduce_ps(power, kNearest);
      __m512 p = _mm512_fmadd_ps(rest, _mm512_set1_ps(9.6179670e-3f), _mm512_set1_ps(5.5503324e-2f));
      p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(2.4022651e-1f));
      p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(6.9314718e-1f));
      p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f));
      p = _mm512_maskz_scalef_ps(maskOf(m_step), p, _mm512_roundscale_ps(power, kNearest));
      total = _mm512_add_ps(total, p);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + m_step * kLanes), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(p)));
    }
    m_total = total;
  }

  PAI_INLINE PAI_AVX512_BF16 void endRow() {
    if (m_steps * kLanes < m.padded) std::fill(m.to + m_row * m.toStride + m_steps * kLanes, m.to + m_row * m.toStride + m.padded, HalfBits{0});
    carryOn(m_next, _mm512_reduce_add_ps(m_total), m.running.most[m_row], m.running.sum[m_row], m.gathered + m_row * m.width, m.width);
    ++m_row;
    m_step = 0;
  }

  const ScoreRows& m;
  const std::int64_t m_steps;
  const __mmask16 m_last;
  std::int64_t m_row = 0, m_step = 0;
  float m_next = 0;
  __m512 m_total;
};

template <void (*product)(const TileWork&)>
PAI_AVX512_BF16 void softmaxHalfAfter(const ScoreRows& rows, const TileWork* beside, int count) {
  for (int i = 0; i < count; ++i) product(beside[i]);
  PiecewiseSoftmax softmax(rows);
  softmax.advance(softmax.steps());
}

/// What the tile units are told of their eight tiles: all of 16 rows of 64 bytes.
struct alignas(64) TileLayout {
  std::uint8_t palette = 1, start = 0, reserved[14] = {};
  std::uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/// Up to two by two tiles of the result: 0 to 3; of a: 4 and 5; of b: 6 and 7. `between` is done after each step of depth: the tile
/// units go on beside it.
template <int kRows, int kColumns, typename Between>
PAI_INLINE PAI_AMX void fourTiles(const TileFactors& f, std::int64_t row, std::int64_t column, bool add, Between& between) {
  constexpr int kPitch = kTileSide * sizeof(std::uint32_t);
  const std::int64_t aBytes = f.aStride * static_cast<std::int64_t>(sizeof(HalfBits)), cBytes = f.cStride * static_cast<std::int64_t>(sizeof(float)), next = f.depth / 2 * kTileSide;
  const HalfBits* a = f.a + row * f.aStride;
  const std::uint32_t* b = f.b + column * f.depth / 2;
  float *const c = f.c + row * f.cStride + column, *const below = c + kTileSide * f.cStride;
  if (add) {
    _tile_loadd(0, c, cBytes);
    if constexpr (kColumns > 1) _tile_loadd(1, c + kTileSide, cBytes);
    if constexpr (kRows > 1) _tile_loadd(2, below, cBytes);
    if constexpr (kRows > 1 && kColumns > 1) _tile_loadd(3, below + kTileSide, cBytes);
  } else {
    _tile_zero(0);
    if constexpr (kColumns > 1) _tile_zero(1);
    if constexpr (kRows > 1) _tile_zero(2);
    if constexpr (kRows > 1 && kColumns > 1) _tile_zero(3);
  }
  for (std::int64_t d = 0; d < f.depth; d += kTileDepth, a += kTileDepth, b += kTileValues) {
    _tile_loadd(6, b, kPitch);
    _tile_loadd(4, a, aBytes);
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (kColumns > 1) {
      _tile_loadd(7, b + next, kPitch);
      _tile_dpbf16ps(1, 4, 7);
    }
    if constexpr (kRows > 1) {
      _tile_loadd(5, a + kTileSide * f.aStride, aBytes);
      _tile_dpbf16ps(2, 5, 6);
      if constexpr (kColumns > 1) _tile_dpbf16ps(3, 5, 7);
    }
    between.step();
  }
  _tile_stored(0, c, cBytes);
  if constexpr (kColumns > 1) _tile_stored(1, c + kTileSide, cBytes);
  if constexpr (kRows > 1) _tile_stored(2, below, cBytes);
  if constexpr (kRows > 1 && kColumns > 1) _tile_stored(3, below + kTileSide, cBytes);
}

template <typename Between>
PAI_INLINE PAI_AMX void allTiles(const TileWork& work, Between& between) {
  const TileFactors& f = work.factors;
  for (std::int64_t n = 0; n < f.columns; n += 2 * kTileSide)
    for (std::int64_t r = 0; r < f.rows; r += 2 * kTileSide) {
      const bool wide = n + kTileSide < f.columns, tall = r + kTileSide < f.rows;
      if (tall && wide) fourTiles<2, 2>(f, r, n, work.add, between);
      else if (tall) fourTiles<2, 1>(f, r, n, work.add, between);
      else if (wide) fourTiles<1, 2>(f, r, n, work.add, between);
      else fourTiles<1, 1>(f, r, n, work.add, between);
    }
}

struct Nothing {
  PAI_INLINE PAI_AMX void step() {}
};

PAI_AMX void tileProduct_amx(const TileWork& work) {
  const TileLayout layout;
  _tile_loadconfig(&layout);
  Nothing nothing;
  allTiles(work, nothing);
  _tile_release();
}

struct SomeSoftmax {
  PiecewiseSoftmax& softmax;
  std::int64_t each;
  PAI_INLINE PAI_AMX void step() { softmax.advance(each); }
};

/// Steps of depth in all.
std::int64_t stepsOf(const TileFactors& f) { return toTiles(f.columns, 2 * kTileSide) * toTiles(f.rows, 2 * kTileSide) / (4 * kTileSide * kTileSide) * (f.depth / kTileDepth); }

PAI_AMX void softmaxHalf_amx(const ScoreRows& rows, const TileWork* beside, int count) {
  PiecewiseSoftmax softmax(rows);
  std::int64_t places = 0;
  for (int i = 0; i < count; ++i) places += stepsOf(beside[i].factors);
  if (count > 0) {
    const TileLayout layout;
    _tile_loadconfig(&layout);
    SomeSoftmax some{softmax, (softmax.steps() + places - 1) / places};
    for (int i = 0; i < count; ++i) allTiles(beside[i], some);
    _tile_release();
  }
  softmax.advance(softmax.steps());
}

/// A whole tile of packColumns: 16 by 16 pairs, rows to columns.
__attribute__((target("avx512f"))) void turnTile(const HalfBits* from, std::int64_t stride, std::uint32_t* to) {
  constexpr int kFirst = 0x88, kSecond = 0xDD;  // of two vectors' quarters, those of even and of odd number
  __m512i a[kTileSide], b[kTileSide];
  for (int i = 0; i < kTileSide; ++i) a[i] = _mm512_loadu_si512(from + i * stride);
  for (int i = 0; i < kTileSide; i += 2) b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]), b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
  for (int i = 0; i < kTileSide; i += 4)
    for (int k = 0; k < 2; ++k) a[i + 2 * k] = _mm512_unpacklo_epi64(b[i + k], b[i + k + 2]), a[i + 2 * k + 1] = _mm512_unpackhi_epi64(b[i + k], b[i + k + 2]);
  for (int i = 0; i < 4; ++i)
    for (int k = 0; k < kTileSide; k += 8) b[k + i] = _mm512_shuffle_i32x4(a[k + i], a[k + i + 4], kFirst), b[k + i + 4] = _mm512_shuffle_i32x4(a[k + i], a[k + i + 4], kSecond);
  for (int i = 0; i < 8; ++i) {
    _mm512_storeu_si512(to + i * kTileSide, _mm512_shuffle_i32x4(b[i], b[i + 8], kFirst));
    _mm512_storeu_si512(to + (i + 8) * kTileSide, _mm512_shuffle_i32x4(b[i], b[i + 8], kSecond));
  }
}

/// Asks Linux for the tile registers (arch/x86/include/uapi/asm/prctl.h), for all threads of the process.
bool mayUseTiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  static const bool granted = ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return granted;
}

#endif

}  // namespace

void packColumns(const HalfBits* from, std::int64_t stride, std::int64_t columns, std::int64_t depth, std::uint32_t* to) {
#ifdef PAI_X86_KERNELS
  const bool vectors = __builtin_cpu_supports("avx512f");
#endif
  for (std::int64_t n = 0; n < toTiles(columns, kTileSide); n += kTileSide)
    for (std::int64_t d = 0; d < toTiles(depth, kTileDepth); d += kTileDepth, to += kTileValues) {
#ifdef PAI_X86_KERNELS
      if (vectors && n + kTileSide <= columns && d + kTileDepth <= depth) {
        turnTile(from + n * stride + d, stride, to);
        continue;
      }
#endif
      for (std::int64_t c = 0; c < kTileSide; ++c) {
        HalfBits pairs[kTileDepth] = {};
        if (n + c < columns) std::copy_n(from + (n + c) * stride + d, std::min(kTileDepth, depth - d), pairs);
        for (std::int64_t p = 0; p < kTileSide; ++p) std::memcpy(to + p * kTileSide + c, pairs + 2 * p, sizeof(std::uint32_t));
      }
    }
}

void packRows(const HalfBits* from, std::int64_t stride, std::int64_t depth, std::int64_t columns, std::uint32_t* to) {
  for (std::int64_t n = 0; n < toTiles(columns, kTileSide); n += kTileSide)
    for (std::int64_t d = 0; d < toTiles(depth, kTileDepth); d += 2, to += kTileSide) {
      HalfBits rows[2][kTileSide] = {};
      for (std::int64_t i = 0; i < 2; ++i)
        if (d + i < depth) std::copy_n(from + (d + i) * stride + n, std::min(kTileSide, columns - n), rows[i]);
      for (std::int64_t c = 0; c < kTileSide; ++c) to[c] = rows[0][c] | std::uint32_t{rows[1][c]} << 16;
    }
}

#define PAI_ATTENTION_KERNELS(set, lanes, attributes)                                                                                        \
  namespace {                                                                                                                                \
  attributes void softmaxWide_##set(float* s, std::int64_t r, std::int64_t k, std::int64_t t, RunningSoftmax u, float* g, std::int64_t w) {  \
    softmaxWideBody<lanes>(s, r, k, t, u, g, w);                                                                                             \
  }                                                                                                                                          \
  attributes void tileProduct_##set(const TileWork& work) { tileProductBody<lanes>(work.factors, work.add); }                                \
  attributes void softmaxHalf_##set(const ScoreRows& rows, const TileWork* beside, int count) {                                              \
    for (int i = 0; i < count; ++i) tileProduct_##set(beside[i]);                                                                            \
    softmaxHalfBody<lanes>(rows);                                                                                                            \
  }                                                                                                                                          \
  constexpr AttentionKernels k_##set{#set, softmaxWide_##set, softmaxHalf_##set, tileProduct_##set};                                         \
  }

PAI_ATTENTION_KERNELS(plain, 4, )
#ifdef PAI_X86_KERNELS
PAI_ATTENTION_KERNELS(avx2, 8, __attribute__((target("avx2,fma"))))
PAI_ATTENTION_KERNELS(avx512, 16, __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma"))))
namespace {
constexpr AttentionKernels k_avx512bf16{"avx512bf16", softmaxWide_avx512, softmaxHalfAfter<tileProduct_avx512bf16>, tileProduct_avx512bf16},
    k_widened{"widened", softmaxWide_avx512, softmaxHalfAfter<tileProduct_widened>, tileProduct_widened}, k_amx{"amx", softmaxWide_avx512, softmaxHalf_amx, tileProduct_amx};
}
#endif

const AttentionKernels* attentionKernelsOf(const char* name) {
  const auto is = [&](const char* other) { return std::strcmp(name, other) == 0; };
  if (is("plain")) return &k_plain;
#ifdef PAI_X86_KERNELS
  if (is("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &k_avx2;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512bw")) return nullptr;
  if (is("avx512")) return &k_avx512;
  if (!__builtin_cpu_supports("avx512bf16")) return nullptr;
  if (is("avx512bf16")) return &k_avx512bf16;
  if (is("widened")) return &k_widened;
  if (is("amx") && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") && mayUseTiles()) return &k_amx;
#endif
  return nullptr;
}

const AttentionKernels& attentionKernels() {
  static const AttentionKernels& best = [&]() -> const AttentionKernels& {
    for (const char* name : {"amx", processorHalfUnits() == HalfUnits::kWidened ? "widened" : "avx512bf16", "avx512", "avx2"})
      if (const AttentionKernels* found = attentionKernelsOf(name)) return *found;
    return k_plain;
  }();
  return best;
}

}  // namespace pai::inference

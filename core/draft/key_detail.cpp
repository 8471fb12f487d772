// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_detail.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr float kLumaNoise = 1e-4f;  // variance that grain and coding give coded luma
constexpr int kReach = 2;            // pixels to each side that a filter looks at
constexpr int kTaps = 2 * kReach + 1;

/// Rows that lie one above the other.
using Column = std::array<const float*, kTaps>;

/// Sums over the rows of a window: alpha, smooth luma, their product, the square of smooth luma.
struct WindowSums {
  float *alpha, *luma, *product, *square;
};

/// Brightness as coded, about: what a camera keeps at full size.
PAI_INLINE void lumaBody(const float* PAI_RESTRICT r, const float* PAI_RESTRICT g, const float* PAI_RESTRICT b, float* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) {
    const float red = std::sqrt(r[x] > 0.0f ? r[x] : 0.0f), green = std::sqrt(g[x] > 0.0f ? g[x] : 0.0f), blue = std::sqrt(b[x] > 0.0f ? b[x] : 0.0f);
    out[x] = 0.2126f * red + 0.7152f * green + 0.0722f * blue;
  }
}

/// What chroma of half size keeps of five neighbours.
PAI_INLINE void smoothBody(const Column& in, float* PAI_RESTRICT out, int count) {
  const float *PAI_RESTRICT a = in[0], *PAI_RESTRICT b = in[1], *PAI_RESTRICT c = in[2], *PAI_RESTRICT d = in[3], *PAI_RESTRICT e = in[4];
  for (int x = 0; x < count; ++x) out[x] = (a[x] + e[x] + 4.0f * (b[x] + d[x]) + 6.0f * c[x]) * (1.0f / 16.0f);
}

PAI_INLINE void windowBody(const Column& alpha, const Column& luma, const WindowSums& out, int count) {
  float *PAI_RESTRICT sumA = out.alpha, *PAI_RESTRICT sumL = out.luma, *PAI_RESTRICT sumP = out.product, *PAI_RESTRICT sumQ = out.square;
  for (int x = 0; x < count; ++x) {
    float a = 0.0f, l = 0.0f, p = 0.0f, q = 0.0f;
    for (std::size_t i = 0; i < kTaps; ++i) {
      const float v = alpha[i][x], s = luma[i][x];
      a += v;
      l += s;
      p += v * s;
      q += s * s;
    }
    sumA[x] = a, sumL[x] = l, sumP[x] = p, sumQ[x] = q;
  }
}

PAI_INLINE float across(const float* v) { return (v[-2] + v[-1] + v[0] + v[1] + v[2]) * (1.0f / (kTaps * kTaps)); }

/// Alpha follows luma along one line in its window.
PAI_INLINE void followBody(const WindowSums& in, const float* PAI_RESTRICT luma, const float* PAI_RESTRICT smooth,
                           const float* PAI_RESTRICT before, float* PAI_RESTRICT out, int count) {
  const float *PAI_RESTRICT sumA = in.alpha, *PAI_RESTRICT sumL = in.luma, *PAI_RESTRICT sumP = in.product, *PAI_RESTRICT sumQ = in.square;
  for (int x = 0; x < count; ++x) {
    const float a = across(sumA + x), l = across(sumL + x), p = across(sumP + x), variance = across(sumQ + x) - l * l;
    const float slope = (p - a * l) / ((variance > 0.0f ? variance : 0.0f) + kLumaNoise), v = before[x] + slope * (luma[x] - smooth[x]);
    out[x] = v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
  }
}

#define PAI_DETAIL_ROWS(TARGET)                                                                                                  \
  TARGET static void luma(const float* r, const float* g, const float* b, float* out, int n) { lumaBody(r, g, b, out, n); }      \
  TARGET static void smooth(const Column& in, float* out, int n) { smoothBody(in, out, n); }                                     \
  TARGET static void window(const Column& a, const Column& l, const WindowSums& out, int n) { windowBody(a, l, out, n); }        \
  TARGET static void follow(const WindowSums& in, const float* l, const float* s, const float* a, float* out, int n) {           \
    followBody(in, l, s, a, out, n);                                                                                             \
  }
struct PlainRows {
  PAI_DETAIL_ROWS(PAI_NOINLINE)
};
struct Avx2Rows {
  PAI_DETAIL_ROWS(PAI_NOINLINE PAI_TARGET_AVX2)
};
#undef PAI_DETAIL_ROWS

/// Rows made when they are first asked for, the last few kept. Each can be read a little beyond its ends, where it goes on as it
/// ends.
class KeptRows {
 public:
  explicit KeptRows(int width) : m_width(width), m_space(kKept * stride()) { m_row.fill(-1); }
  template <typename Make>
  const float* at(int y, const Make& make) {
    const auto slot = static_cast<std::size_t>(y) % kKept;
    float* row = m_space.data() + slot * stride() + kReach;
    if (m_row[slot] != y) {
      m_row[slot] = y;
      make(y, row);
      extend(row, m_width);
    }
    return row;
  }
  static void extend(float* row, int width) {
    for (int i = 1; i <= kReach; ++i) row[-i] = row[0], row[width - 1 + i] = row[width - 1];
  }

 private:
  static constexpr std::size_t kKept = 8;  // more than the taps
  std::size_t stride() const { return static_cast<std::size_t>(m_width) + 2 * kReach; }
  int m_width;
  std::vector<float> m_space;
  std::array<int, kKept> m_row;
};

/// A band of rows is worked through from above.
template <typename Rows>
class DetailBand {
 public:
  DetailBand(const cv::Mat& before, const Planes& frame)
      : m_before(before), m_frame(frame), m_luma(before.cols), m_across(before.cols), m_smooth(before.cols),
        m_sums(4 * (static_cast<std::size_t>(before.cols) + 2 * kReach)) {}

  void row(int y, float* out) {
    const int width = m_before.cols;
    Column alpha, smooth;
    for (int i = -kReach; i <= kReach; ++i) {
      const auto tap = static_cast<std::size_t>(i + kReach);
      alpha[tap] = m_before.ptr<float>(inside(y + i));
      smooth[tap] = smoothRow(inside(y + i));
    }
    const std::ptrdiff_t stride = width + 2 * kReach;
    float* first = m_sums.data() + kReach;
    const WindowSums sums{first, first + stride, first + 2 * stride, first + 3 * stride};
    Rows::window(alpha, smooth, sums, width);
    for (float* s : {sums.alpha, sums.luma, sums.product, sums.square}) KeptRows::extend(s, width);
    Rows::follow(sums, lumaRow(y), smooth[kReach], alpha[kReach], out, width);
  }

 private:
  int inside(int y) const { return std::clamp(y, 0, m_before.rows - 1); }
  const float* lumaRow(int y) {
    return m_luma.at(y, [this](int at, float* to) { Rows::luma(m_frame.row(0, at), m_frame.row(1, at), m_frame.row(2, at), to, m_before.cols); });
  }
  const float* acrossRow(int y) {
    return m_across.at(y, [this](int at, float* to) {
      const float* l = lumaRow(at);
      Rows::smooth({l - 2, l - 1, l, l + 1, l + 2}, to, m_before.cols);
    });
  }
  const float* smoothRow(int y) {
    return m_smooth.at(y, [this](int at, float* to) {
      Column rows;
      for (int i = -kReach; i <= kReach; ++i) rows[static_cast<std::size_t>(i + kReach)] = acrossRow(inside(at + i));
      Rows::smooth(rows, to, m_before.cols);
    });
  }

  const cv::Mat& m_before;
  const Planes& m_frame;
  KeptRows m_luma, m_across, m_smooth;
  std::vector<float> m_sums;
};

template <typename Rows>
void addTo(cv::Mat& alpha, const Planes& frame) {
  const cv::Mat before = alpha.clone();
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    DetailBand<Rows> band(before, frame);
    for (int y = rows.start; y < rows.end; ++y) band.row(y, alpha.ptr<float>(y));
  }, 8.0);
}

}  // namespace

void addLumaDetail(cv::Mat& alpha, const Planes& frame) { cpuHasAvx2() ? addTo<Avx2Rows>(alpha, frame) : addTo<PlainRows>(alpha, frame); }

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
// Fixed point: luma is held as code value * 2^6, chroma as (code value - 128) * 2^7 with every bit of its bilinear
// interpolation; products are rounded to 5 fractional bits (x86 pmulhrsw), summed, rounded once more.
#include "core/media/yuv_to_rgb_fast.h"

#include <algorithm>
#include <cmath>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "core/media/row_kernels.h"

namespace pai::core {

namespace {

struct FixedCoefficients {
  std::int16_t luma = 0, black = 0;  // luma at 2^14; black at 2^5, with the half for rounding
  std::int16_t redCr = 0, greenCb = 0, greenCr = 0, blueCb = 0;  // at 2^13
};

FixedCoefficients fixedOf(const ColourTags& colour) {
  double kr = 0.2126, kb = 0.0722;
  if (colour.matrix == ColourTags::Matrix::kBt601) kr = 0.299, kb = 0.114;
  if (colour.matrix == ColourTags::Matrix::kBt2020) kr = 0.2627, kb = 0.0593;
  const double kg = 1.0 - kr - kb;
  const double lumaScale = colour.fullRange ? 1.0 : 255.0 / 219.0, chromaScale = colour.fullRange ? 1.0 : 255.0 / 224.0;
  const auto fixed = [](double value, int bits) { return static_cast<std::int16_t>(std::lround(value * (1 << bits))); };
  FixedCoefficients k;
  k.luma = fixed(lumaScale, 14);
  k.black = fixed(0.5 - (colour.fullRange ? 0.0 : 16.0 * lumaScale), 5);
  k.redCr = fixed(2.0 * (1.0 - kr) * chromaScale, 13);
  k.blueCb = fixed(2.0 * (1.0 - kb) * chromaScale, 13);
  k.greenCb = fixed(-2.0 * kb * (1.0 - kb) / kg * chromaScale, 13);
  k.greenCr = fixed(-2.0 * kr * (1.0 - kr) / kg * chromaScale, 13);
  return k;
}

/// a * b / 2^15, rounded.
PAI_INLINE std::int16_t scaled(std::int16_t a, std::int16_t b) {
  return static_cast<std::int16_t>((static_cast<std::int32_t>(a) * b + 0x4000) >> 15);
}
PAI_INLINE std::uint8_t byteOf(std::int16_t value) {
  std::int16_t v = static_cast<std::int16_t>(value >> 5);
  v = v < 0 ? std::int16_t{0} : v;
  v = v > 255 ? std::int16_t{255} : v;
  return static_cast<std::uint8_t>(v);
}

/// (near * w + far * (4 - w)) - 512: chroma at 2^2, centred.
PAI_INLINE void mix(const std::uint8_t* PAI_RESTRICT nearRow, const std::uint8_t* PAI_RESTRICT farRow,
                    std::int16_t* PAI_RESTRICT out, int count, std::int16_t nearWeight) {
  const auto farWeight = static_cast<std::int16_t>(4 - nearWeight);
  for (int i = 0; i < count; ++i)
    out[i] = static_cast<std::int16_t>(static_cast<std::int16_t>(nearRow[i]) * nearWeight +
                                       static_cast<std::int16_t>(farRow[i]) * farWeight - 512);
}
/// From 2^2 at chroma width to 2^7 at luma width; samples one before and one after are readable.
PAI_INLINE void widenLeft(const std::int16_t* PAI_RESTRICT in, std::int16_t* PAI_RESTRICT out, int count) {
  for (int i = 0; i < count; ++i) {
    out[2 * i] = static_cast<std::int16_t>(in[i] * 32);
    out[2 * i + 1] = static_cast<std::int16_t>((in[i] + in[i + 1]) * 16);
  }
}
PAI_INLINE void widenCentre(const std::int16_t* PAI_RESTRICT in, std::int16_t* PAI_RESTRICT out, int count) {
  for (int i = 0; i < count; ++i) {
    out[2 * i] = static_cast<std::int16_t>((in[i] * 3 + in[i - 1]) * 8);
    out[2 * i + 1] = static_cast<std::int16_t>((in[i] * 3 + in[i + 1]) * 8);
  }
}
PAI_INLINE void lift(const std::int16_t* PAI_RESTRICT in, std::int16_t* PAI_RESTRICT out, int count) {
  for (int i = 0; i < count; ++i) out[i] = static_cast<std::int16_t>(in[i] * 32);
}
void matrixRow(const std::uint8_t* PAI_RESTRICT luma, const std::int16_t* PAI_RESTRICT cb,
                          const std::int16_t* PAI_RESTRICT cr, std::uint8_t* PAI_RESTRICT red,
                          std::uint8_t* PAI_RESTRICT green, std::uint8_t* PAI_RESTRICT blue, int count,
                          const FixedCoefficients& k) {
  for (int i = 0; i < count; ++i) {
    const auto y = static_cast<std::int16_t>(scaled(static_cast<std::int16_t>(luma[i] << 6), k.luma) + k.black);
    red[i] = byteOf(static_cast<std::int16_t>(y + scaled(cr[i], k.redCr)));
    green[i] = byteOf(static_cast<std::int16_t>(y + scaled(cb[i], k.greenCb) + scaled(cr[i], k.greenCr)));
    blue[i] = byteOf(static_cast<std::int16_t>(y + scaled(cb[i], k.blueCb)));
  }
}

#define PAI_FAST_ROWS(TARGET)                                                                                          \
  TARGET static void mixRow(const std::uint8_t* PAI_RESTRICT nearRow, const std::uint8_t* PAI_RESTRICT farRow,       \
                            std::int16_t* PAI_RESTRICT out, int count, std::int16_t weight) {                        \
    mix(nearRow, farRow, out, count, weight);                                                                          \
  }                                                                                                                    \
  TARGET static void wideLeft(const std::int16_t* PAI_RESTRICT in, std::int16_t* PAI_RESTRICT out, int count) {      \
    widenLeft(in, out, count);                                                                                         \
  }                                                                                                                    \
  TARGET static void wideCentre(const std::int16_t* PAI_RESTRICT in, std::int16_t* PAI_RESTRICT out, int count) {    \
    widenCentre(in, out, count);                                                                                       \
  }                                                                                                                    \
  TARGET static void same(const std::int16_t* PAI_RESTRICT in, std::int16_t* PAI_RESTRICT out, int count) {          \
    lift(in, out, count);                                                                                              \
  }
struct PlainRows {
  PAI_FAST_ROWS(PAI_NOINLINE)
  static constexpr auto rgb = matrixRow;
};
#if defined(__x86_64__)
/// matrixRow for 32 pixels a turn; the compiler does not find pmulhrsw by itself.
PAI_NOINLINE PAI_TARGET_AVX2 void matrixRowAvx2(const std::uint8_t* PAI_RESTRICT luma,
                                                const std::int16_t* PAI_RESTRICT cb,
                                                const std::int16_t* PAI_RESTRICT cr, std::uint8_t* PAI_RESTRICT red,
                                                std::uint8_t* PAI_RESTRICT green, std::uint8_t* PAI_RESTRICT blue,
                                                int count, const FixedCoefficients& k) {
  const __m256i kLuma = _mm256_set1_epi16(k.luma), kBlack = _mm256_set1_epi16(k.black);
  const __m256i kRedCr = _mm256_set1_epi16(k.redCr), kBlueCb = _mm256_set1_epi16(k.blueCb);
  const __m256i kGreenCb = _mm256_set1_epi16(k.greenCb), kGreenCr = _mm256_set1_epi16(k.greenCr);
  int i = 0;
  for (; i + 32 <= count; i += 32) {
    __m256i r[2], g[2], b[2];
    for (int half = 0; half < 2; ++half) {
      const int at = i + 16 * half;
      const __m256i bytes = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(luma + at)));
      const __m256i y = _mm256_add_epi16(_mm256_mulhrs_epi16(_mm256_slli_epi16(bytes, 6), kLuma), kBlack);
      const __m256i u = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(cb + at));
      const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(cr + at));
      r[half] = _mm256_srai_epi16(_mm256_add_epi16(y, _mm256_mulhrs_epi16(v, kRedCr)), 5);
      g[half] = _mm256_srai_epi16(_mm256_add_epi16(_mm256_add_epi16(y, _mm256_mulhrs_epi16(u, kGreenCb)),
                                                   _mm256_mulhrs_epi16(v, kGreenCr)),
                                  5);
      b[half] = _mm256_srai_epi16(_mm256_add_epi16(y, _mm256_mulhrs_epi16(u, kBlueCb)), 5);
    }
    constexpr int kInOrder = 0xd8;  // packus works within 128-bit lanes
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(red + i),
                        _mm256_permute4x64_epi64(_mm256_packus_epi16(r[0], r[1]), kInOrder));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(green + i),
                        _mm256_permute4x64_epi64(_mm256_packus_epi16(g[0], g[1]), kInOrder));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(blue + i),
                        _mm256_permute4x64_epi64(_mm256_packus_epi16(b[0], b[1]), kInOrder));
  }
  matrixRow(luma + i, cb + i, cr + i, red + i, green + i, blue + i, count - i, k);
}
#else
constexpr auto matrixRowAvx2 = matrixRow;
#endif
struct Avx2Rows {
  PAI_FAST_ROWS(PAI_NOINLINE PAI_TARGET_AVX2)
  static constexpr auto rgb = matrixRowAvx2;
};
#undef PAI_FAST_ROWS

template <typename Rows>
class FastConverter {
 public:
  explicit FastConverter(const YuvFrame& frame)
      : m_frame(frame), m_k(fixedOf(frame.colour)),
        m_chromaWidth((frame.width + (1 << frame.chromaShiftX) - 1) >> frame.chromaShiftX),
        m_chromaHeight((frame.height + (1 << frame.chromaShiftY) - 1) >> frame.chromaShiftY),
        m_wide(3, std::vector<std::int16_t>(static_cast<std::size_t>(frame.width) + 64)),
        m_bytes(3, std::vector<std::uint8_t>(static_cast<std::size_t>(frame.width) + 64)) {}

  Picture run() {
    Picture picture(m_frame.width, m_frame.height, 3, SampleType::kU8);
    for (int y = 0; y < m_frame.height; ++y) {
      chroma(1, y, m_wide[0].data());
      chroma(2, y, m_wide[1].data());
      Rows::rgb(plane(0, y), m_wide[0].data(), m_wide[1].data(), m_bytes[0].data(), m_bytes[1].data(),
                m_bytes[2].data(), m_frame.width, m_k);
      joinRow3(m_bytes[0].data(), m_bytes[1].data(), m_bytes[2].data(), picture.row<std::uint8_t>(y), m_frame.width);
    }
    return picture;
  }

 private:
  const std::uint8_t* plane(std::size_t index, int y) const {
    return reinterpret_cast<const std::uint8_t*>(m_frame.planes[index] + m_frame.strides[index] * y);
  }

  void chroma(std::size_t index, int y, std::int16_t* out) {
    const int nearest = y >> m_frame.chromaShiftY;
    int other = nearest;
    std::int16_t weight = 4;
    if (m_frame.chromaShiftY == 1) {
      const bool below = y & 1;
      if (m_frame.chromaSite != ChromaSite::kTopLeft) {
        other = std::clamp(below ? nearest + 1 : nearest - 1, 0, m_chromaHeight - 1);
        weight = 3;
      } else if (below) {
        other = std::min(nearest + 1, m_chromaHeight - 1);
        weight = 2;
      }
    }
    std::int16_t* narrow = m_wide[2].data() + 1;
    Rows::mixRow(plane(index, nearest), plane(index, other), narrow, m_chromaWidth, weight);
    narrow[-1] = narrow[0];
    narrow[m_chromaWidth] = narrow[m_chromaWidth - 1];
    if (m_frame.chromaShiftX == 0) Rows::same(narrow, out, m_frame.width);
    else if (m_frame.chromaSite == ChromaSite::kCentre) Rows::wideCentre(narrow, out, m_chromaWidth);
    else Rows::wideLeft(narrow, out, m_chromaWidth);
  }

  const YuvFrame& m_frame;
  FixedCoefficients m_k;
  int m_chromaWidth, m_chromaHeight;
  std::vector<std::vector<std::int16_t>> m_wide;  // Cb, Cr at luma width; a row at chroma width
  std::vector<std::vector<std::uint8_t>> m_bytes;  // red, green, blue
};

}  // namespace

bool fastRgbApplies(const YuvFrame& frame, SampleType type, bool alpha) {
  return frame.bitDepth == 8 && type == SampleType::kU8 && !(alpha && frame.hasAlpha) && frame.planeCount == 3 &&
         frame.colour.matrix != ColourTags::Matrix::kRgb && frame.chromaShiftX <= 1 && frame.chromaShiftY <= 1;
}

Picture fastRgb(const YuvFrame& frame) {
  return cpuHasAvx2() ? FastConverter<Avx2Rows>(frame).run() : FastConverter<PlainRows>(frame).run();
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
// Rows are converted in single precision with separate multiply and add, so that every machine gets the same numbers.
#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "core/media/row_kernels.h"
#include "core/media/yuv_frame.h"
#include "core/media/yuv_to_rgb_fast.h"

namespace pai::core {

namespace {

/// R' = y * luma + black + cr * redCr and so on, in output units; chroma already has its neutral value subtracted.
struct Coefficients {
  float luma = 1, black = 0, redCr = 0, greenCb = 0, greenCr = 0, blueCb = 0;
  float neutral = 0;
};

struct LumaWeights {
  double red, blue;
};

LumaWeights weightsOf(ColourTags::Matrix matrix) {
  switch (matrix) {
    case ColourTags::Matrix::kBt601: return {0.299, 0.114};
    case ColourTags::Matrix::kBt2020: return {0.2627, 0.0593};
    default: return {0.2126, 0.0722};
  }
}

/// ITU-R BT.601, 709 and 2020 (non-constant luminance), digital representation of BT.709 table 4 extended to `bitDepth`.
Coefficients coefficientsOf(const ColourTags& colour, int bitDepth, double outputMax) {
  const double step = static_cast<double>(1 << (bitDepth - 8));
  const double full = static_cast<double>((1 << bitDepth) - 1);
  const double lumaScale = outputMax / (colour.fullRange ? full : 219.0 * step);
  const double chromaScale = outputMax / (colour.fullRange ? full : 224.0 * step);
  const auto [kr, kb] = weightsOf(colour.matrix);
  const double kg = 1.0 - kr - kb;
  Coefficients c;
  c.luma = static_cast<float>(lumaScale);
  c.black = static_cast<float>(colour.fullRange ? 0.0 : -16.0 * step * lumaScale);
  c.redCr = static_cast<float>(2.0 * (1.0 - kr) * chromaScale);
  c.blueCb = static_cast<float>(2.0 * (1.0 - kb) * chromaScale);
  c.greenCb = static_cast<float>(-2.0 * kb * (1.0 - kb) / kg * chromaScale);
  c.greenCr = static_cast<float>(-2.0 * kr * (1.0 - kr) / kg * chromaScale);
  c.neutral = static_cast<float>(128.0 * step);
  return c;
}

template <typename T>
constexpr double outputMaxOf() {
  return std::is_same_v<T, std::uint8_t> ? 255.0 : std::is_same_v<T, std::uint16_t> ? 65535.0 : 1.0;
}

template <typename T>
PAI_INLINE T quantised(float value) {
  if constexpr (std::is_same_v<T, float>) {
    return value;
  } else {
    const float limit = static_cast<float>(outputMaxOf<T>());
    value = value > 0.0f ? value : 0.0f;
    value = value < limit ? value : limit;
    return static_cast<T>(static_cast<std::int32_t>(value + 0.5f));
  }
}

/// out[i] = near * 3/4 + far * 1/4 - neutral, the vertical half of a bilinear chroma sample.
template <typename S>
PAI_INLINE void mixRows(const S* PAI_RESTRICT nearRow, const S* PAI_RESTRICT farRow, float* PAI_RESTRICT out, int count,
                        float nearWeight, float farWeight, float neutral) {
  for (int i = 0; i < count; ++i)
    out[i] = static_cast<float>(nearRow[i]) * nearWeight + static_cast<float>(farRow[i]) * farWeight - neutral;
}

/// Doubles a chroma row; `in` has one readable sample past `count`, equal to the last.
PAI_INLINE void doubleRowLeft(const float* PAI_RESTRICT in, float* PAI_RESTRICT out, int count) {
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    out[2 * i] = in[i];
    out[2 * i + 1] = 0.5f * (in[i] + in[i + 1]);
  }
}

/// As doubleRowLeft with chroma midway; `in` also has one readable sample before it, equal to the first.
PAI_INLINE void doubleRowCentre(const float* PAI_RESTRICT in, float* PAI_RESTRICT out, int count) {
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    out[2 * i] = 0.75f * in[i] + 0.25f * in[i - 1];
    out[2 * i + 1] = 0.75f * in[i] + 0.25f * in[i + 1];
  }
}

template <typename S, typename T>
PAI_INLINE void matrixRow(const S* PAI_RESTRICT luma, const float* PAI_RESTRICT cb, const float* PAI_RESTRICT cr,
                          T* PAI_RESTRICT red, T* PAI_RESTRICT green, T* PAI_RESTRICT blue, int count,
                          const Coefficients& k) {
  const Coefficients c = k;
  for (int i = 0; i < count; ++i) {
    const float y = static_cast<float>(luma[i]) * c.luma + c.black;
    red[i] = quantised<T>(y + cr[i] * c.redCr);
    green[i] = quantised<T>(y + cb[i] * c.greenCb + cr[i] * c.greenCr);
    blue[i] = quantised<T>(y + cb[i] * c.blueCb);
  }
}

template <typename S, typename T>
PAI_INLINE void scaleRow(const S* PAI_RESTRICT in, T* PAI_RESTRICT out, int count, float scale, float offset) {
  for (int i = 0; i < count; ++i) out[i] = quantised<T>(static_cast<float>(in[i]) * scale + offset);
}

/// The kernels of a pair of sample types as functions of their own, so that their pointers' promises hold, per instruction
/// set.
#define PAI_ROW_FUNCTIONS(TARGET)                                                                                       \
  TARGET static void mix(const S* PAI_RESTRICT nearRow, const S* PAI_RESTRICT farRow, float* PAI_RESTRICT out,        \
                         int count, float nearWeight, float farWeight, float neutral) {                               \
    mixRows(nearRow, farRow, out, count, nearWeight, farWeight, neutral);                                               \
  }                                                                                                                     \
  TARGET static void doubleLeft(const float* PAI_RESTRICT in, float* PAI_RESTRICT out, int count) {                   \
    doubleRowLeft(in, out, count);                                                                                      \
  }                                                                                                                     \
  TARGET static void doubleCentre(const float* PAI_RESTRICT in, float* PAI_RESTRICT out, int count) {                 \
    doubleRowCentre(in, out, count);                                                                                    \
  }                                                                                                                     \
  TARGET static void matrix(const S* PAI_RESTRICT luma, const float* PAI_RESTRICT cb, const float* PAI_RESTRICT cr,   \
                            T* PAI_RESTRICT r, T* PAI_RESTRICT g, T* PAI_RESTRICT b, int count,                       \
                            const Coefficients& k) {                                                                    \
    matrixRow(luma, cb, cr, r, g, b, count, k);                                                                         \
  }                                                                                                                     \
  TARGET static void scale(const S* PAI_RESTRICT in, T* PAI_RESTRICT out, int count, float factor, float offset) {    \
    scaleRow(in, out, count, factor, offset);                                                                           \
  }
template <typename S, typename T>
struct PlainRows {
  PAI_ROW_FUNCTIONS(PAI_NOINLINE)
};
template <typename S, typename T>
struct Avx2Rows {
  PAI_ROW_FUNCTIONS(PAI_NOINLINE PAI_TARGET_AVX2)
};
#undef PAI_ROW_FUNCTIONS

/// Converts row by row in floats; any depth and sample type.
template <typename S, typename T, typename Rows>
class Converter {
 public:
  Converter(const YuvFrame& frame, bool alpha)
      : m_frame(frame), m_alpha(alpha && frame.hasAlpha), m_chromaWidth(ceilShift(frame.width, frame.chromaShiftX)) {
    const std::size_t row = static_cast<std::size_t>(frame.width) + 64;
    m_cbRow.resize(row), m_crRow.resize(row), m_cbWide.resize(row + 64), m_crWide.resize(row + 64);
    for (auto& plane : m_planes) plane.resize(row);
  }

  Picture run() {
    Picture picture(m_frame.width, m_frame.height, m_alpha ? 4 : 3, sampleTypeOf());
    for (int y = 0; y < m_frame.height; ++y) row(y, picture.row<T>(y));
    return picture;
  }

 private:
  static int ceilShift(int value, int shift) { return (value + (1 << shift) - 1) >> shift; }
  static SampleType sampleTypeOf() {
    return std::is_same_v<T, std::uint8_t>    ? SampleType::kU8
           : std::is_same_v<T, std::uint16_t> ? SampleType::kU16
                                              : SampleType::kF32;
  }
  const S* planeRow(int plane, int y) const {
    const auto p = static_cast<std::size_t>(plane);
    return reinterpret_cast<const S*>(m_frame.planes[p] + m_frame.strides[p] * y);
  }

  void row(int y, T* out) {
    if (m_frame.colour.matrix == ColourTags::Matrix::kRgb && m_frame.planeCount == 3) rgbRow(y);
    else if (m_frame.planeCount == 1) greyRow(y);
    else yuvRow(y);
    if (m_alpha) {
      Rows::scale(planeRow(3, y), m_planes[3].data(), m_frame.width, fullScale(), 0.0f);
      joinRow4(m_planes[0].data(), m_planes[1].data(), m_planes[2].data(), m_planes[3].data(), out, m_frame.width);
    } else {
      joinRow3(m_planes[0].data(), m_planes[1].data(), m_planes[2].data(), out, m_frame.width);
    }
  }

  float fullScale() const {
    return static_cast<float>(outputMaxOf<T>() / static_cast<double>((1 << m_frame.bitDepth) - 1));
  }

  void rgbRow(int y) {
    for (int plane = 0; plane < 3; ++plane)
      Rows::scale(planeRow(plane, y), m_planes[static_cast<std::size_t>(plane)].data(), m_frame.width, fullScale(), 0.0f);
  }

  void greyRow(int y) {
    Rows::scale(planeRow(0, y), m_planes[0].data(), m_frame.width, m_k.luma, m_k.black);
    m_planes[1] = m_planes[0];
    m_planes[2] = m_planes[0];
  }

  void yuvRow(int y) {
    chromaRow(1, y, m_cbRow, m_cbWide);
    chromaRow(2, y, m_crRow, m_crWide);
    const bool wide = m_frame.chromaShiftX > 0;
    Rows::matrix(planeRow(0, y), wide ? m_cbWide.data() : m_cbRow.data() + 1, wide ? m_crWide.data() : m_crRow.data() + 1,
              m_planes[0].data(), m_planes[1].data(), m_planes[2].data(), m_frame.width, m_k);
  }

  /// Fills `narrow` from index 1 on with the vertically interpolated row and `wide` with it at luma resolution.
  void chromaRow(int plane, int y, std::vector<float>& narrow, std::vector<float>& wide) {
    const int shift = m_frame.chromaShiftY;
    const int height = ceilShift(m_frame.height, shift);
    const int nearest = std::min(y >> shift, height - 1);
    int other = nearest;
    float nearWeight = 1.0f;
    if (shift == 1 && m_frame.chromaSite == ChromaSite::kTopLeft) {
      if (y & 1) other = std::min(nearest + 1, height - 1), nearWeight = 0.5f;
    } else if (shift == 1) {
      other = std::clamp(y & 1 ? nearest + 1 : nearest - 1, 0, height - 1), nearWeight = 0.75f;
    }
    Rows::mix(planeRow(plane, nearest), planeRow(plane, other), narrow.data() + 1, m_chromaWidth, nearWeight,
            1.0f - nearWeight, m_k.neutral);
    narrow[0] = narrow[1];
    const auto end = static_cast<std::size_t>(m_chromaWidth);
    narrow[end + 1] = narrow[end];
    if (m_frame.chromaShiftX == 1) {
      if (m_frame.chromaSite == ChromaSite::kCentre) Rows::doubleCentre(narrow.data() + 1, wide.data(), m_chromaWidth);
      else Rows::doubleLeft(narrow.data() + 1, wide.data(), m_chromaWidth);
    } else if (m_frame.chromaShiftX > 1) {
      for (int x = 0; x < m_frame.width; ++x)
        wide[static_cast<std::size_t>(x)] = narrow[static_cast<std::size_t>(x >> m_frame.chromaShiftX) + 1];
    }
  }

  const YuvFrame& m_frame;
  bool m_alpha;
  int m_chromaWidth;
  Coefficients m_k = coefficientsOf(m_frame.colour, m_frame.bitDepth, outputMaxOf<T>());
  std::vector<float> m_cbRow, m_crRow, m_cbWide, m_crWide;
  std::array<std::vector<T>, 4> m_planes;
};

template <typename S, typename T>
Picture convertTo(const YuvFrame& frame, bool alpha) {
  return cpuHasAvx2() ? Converter<S, T, Avx2Rows<S, T>>(frame, alpha).run()
                      : Converter<S, T, PlainRows<S, T>>(frame, alpha).run();
}

template <typename S>
Picture convert(const YuvFrame& frame, SampleType type, bool alpha) {
  switch (type) {
    case SampleType::kU8: return convertTo<S, std::uint8_t>(frame, alpha);
    case SampleType::kU16: return convertTo<S, std::uint16_t>(frame, alpha);
    case SampleType::kF32: break;
  }
  return convertTo<S, float>(frame, alpha);
}

}  // namespace

Picture rgbOf(const YuvFrame& frame, SampleType type, bool alpha) {
  Picture picture = fastRgbApplies(frame, type, alpha) ? fastRgb(frame)
                    : frame.bitDepth <= 8              ? convert<std::uint8_t>(frame, type, alpha)
                                                       : convert<std::uint16_t>(frame, type, alpha);
  picture.colour = frame.colour;
  picture.colour.matrix = ColourTags::Matrix::kRgb;
  picture.colour.fullRange = true;
  return frame.rotationDegrees == 0 ? picture : rotated(picture, frame.rotationDegrees);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/rgb_to_yuv.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/media/row_kernels.h"

namespace pai::core {

namespace {

/// Luma and chroma of normalised R'G'B': rows of three weights, then scale and offset of the code values.
struct Matrix {
  float y[3], cb[3], cr[3];
  float lumaScale, lumaOffset, chromaScale, chromaOffset, limit;
};

Matrix matrixOf(const ColourTags& colour, int depth) {
  double kr = 0.2126, kb = 0.0722;
  if (colour.matrix == ColourTags::Matrix::kBt601) kr = 0.299, kb = 0.114;
  if (colour.matrix == ColourTags::Matrix::kBt2020) kr = 0.2627, kb = 0.0593;
  const double kg = 1.0 - kr - kb, toCb = 0.5 / (1.0 - kb), toCr = 0.5 / (1.0 - kr);
  const double step = static_cast<double>(1 << (depth - 8)), full = static_cast<double>((1 << depth) - 1);
  const auto f = [](double v) { return static_cast<float>(v); };
  return Matrix{{f(kr), f(kg), f(kb)},
                {f(-kr * toCb), f(-kg * toCb), f(0.5)},
                {f(0.5), f(-kg * toCr), f(-kb * toCr)},
                f(colour.fullRange ? full : 219.0 * step),
                f(colour.fullRange ? 0.0 : 16.0 * step),
                f(colour.fullRange ? full : 224.0 * step),
                f(128.0 * step),
                f(full)};
}

float unitScale(SampleType type) {
  return type == SampleType::kU8 ? 1.0f / 255.0f : type == SampleType::kU16 ? 1.0f / 65535.0f : 1.0f;
}

PAI_INLINE void averageRow(const float* PAI_RESTRICT above, float* PAI_RESTRICT out, int count) {
  for (int i = 0; i < count; ++i) out[i] = 0.5f * (out[i] + above[i]);
}

/// One row of interleaved samples to planar floats of nominal 0..1; grey is repeated, missing alpha is 1.
template <typename T>
PAI_INLINE void splitRow(const T* PAI_RESTRICT in, int count, int channels, float scale, float* PAI_RESTRICT r,
                         float* PAI_RESTRICT g, float* PAI_RESTRICT b, float* PAI_RESTRICT a) {
  if (channels == 1) {
    for (int i = 0; i < count; ++i) r[i] = g[i] = b[i] = static_cast<float>(in[i]) * scale;
    for (int i = 0; i < count; ++i) a[i] = 1.0f;
  } else if (channels == 3) {
    for (int i = 0; i < count; ++i) {
      r[i] = static_cast<float>(in[3 * i]) * scale;
      g[i] = static_cast<float>(in[3 * i + 1]) * scale;
      b[i] = static_cast<float>(in[3 * i + 2]) * scale;
    }
    for (int i = 0; i < count; ++i) a[i] = 1.0f;
  } else {
    for (int i = 0; i < count; ++i) {
      r[i] = static_cast<float>(in[4 * i]) * scale;
      g[i] = static_cast<float>(in[4 * i + 1]) * scale;
      b[i] = static_cast<float>(in[4 * i + 2]) * scale;
      a[i] = static_cast<float>(in[4 * i + 3]) * scale;
    }
  }
}

template <typename D>
PAI_INLINE D coded(float value, float limit) {
  value = value > 0.0f ? value : 0.0f;
  value = value < limit ? value : limit;
  return static_cast<D>(static_cast<std::int32_t>(value + 0.5f));
}

template <typename D>
PAI_INLINE void scaleRow(const float* PAI_RESTRICT in, D* PAI_RESTRICT out, int count, float scale, float offset,
                         float limit) {
  for (int i = 0; i < count; ++i) out[i] = coded<D>(in[i] * scale + offset, limit);
}

/// Chroma at full resolution, zero centred.
PAI_INLINE void weighRow(const float* PAI_RESTRICT r, const float* PAI_RESTRICT g, const float* PAI_RESTRICT b,
                         float* PAI_RESTRICT out, int count, const float (&w)[3]) {
  const float wr = w[0], wg = w[1], wb = w[2];
  for (int i = 0; i < count; ++i) out[i] = r[i] * wr + g[i] * wg + b[i] * wb;
}

/// Left-sited halving: 1 2 1 around the even samples; `in` has a readable sample at -1 and at `count`.
PAI_INLINE void halveRow(const float* PAI_RESTRICT in, float* PAI_RESTRICT out, int half) {
  for (int i = 0; i < half; ++i) out[i] = 0.25f * in[2 * i - 1] + 0.5f * in[2 * i] + 0.25f * in[2 * i + 1];
}

/// The kernels as functions of their own, so that their pointers' promises hold, per instruction set.
#define PAI_ROW_FUNCTIONS(TARGET)                                                                                      \
  TARGET static void split(const T* PAI_RESTRICT in, int count, int channels, float scale, float* PAI_RESTRICT r,    \
                           float* PAI_RESTRICT g, float* PAI_RESTRICT b, float* PAI_RESTRICT a) {                    \
    splitRow(in, count, channels, scale, r, g, b, a);                                                                  \
  }                                                                                                                    \
  TARGET static void scale(const float* PAI_RESTRICT in, D* PAI_RESTRICT out, int count, float factor, float offset, \
                           float limit) {                                                                              \
    scaleRow(in, out, count, factor, offset, limit);                                                                   \
  }                                                                                                                    \
  TARGET static void weigh(const float* PAI_RESTRICT r, const float* PAI_RESTRICT g, const float* PAI_RESTRICT b,    \
                           float* PAI_RESTRICT out, int count, const float (&w)[3]) {                                 \
    weighRow(r, g, b, out, count, w);                                                                                  \
  }                                                                                                                    \
  TARGET static void halve(const float* PAI_RESTRICT in, float* PAI_RESTRICT out, int half) {                        \
    halveRow(in, out, half);                                                                                           \
  }                                                                                                                    \
  TARGET static void average(const float* PAI_RESTRICT above, float* PAI_RESTRICT out, int count) {                  \
    averageRow(above, out, count);                                                                                     \
  }
template <typename T, typename D>
struct PlainRows {
  PAI_ROW_FUNCTIONS(PAI_NOINLINE)
};
template <typename T, typename D>
struct Avx2Rows {
  PAI_ROW_FUNCTIONS(PAI_NOINLINE PAI_TARGET_AVX2)
};
#undef PAI_ROW_FUNCTIONS

/// Converts rows of sample type T to code values of type D.
template <typename T, typename D, typename Rows>
class Filler {
 public:
  Filler(const Picture& picture, const ColourTags& colour, AVFrame& frame)
      : m_picture(picture), m_frame(frame), m_d(av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format))),
        m_m(matrixOf(colour, m_d->comp[0].depth)) {
    const std::size_t row = static_cast<std::size_t>(picture.width()) + 64;
    for (auto& buffer : m_rows) buffer.resize(row);
  }

  void run() {
    for (int y = 0; y < m_picture.height(); ++y) row(y);
  }

 private:
  enum Row { kR, kG, kB, kA, kWide, kCb, kCr, kCbOld, kCrOld, kRowCount };
  float* at(Row r) { return m_rows[static_cast<std::size_t>(r)].data() + 1; }
  D* planeRow(int component, int y) {
    const AVComponentDescriptor& c = m_d->comp[component];
    return reinterpret_cast<D*>(m_frame.data[c.plane] + static_cast<std::ptrdiff_t>(m_frame.linesize[c.plane]) * y);
  }
  void row(int y) {
    const int width = m_picture.width();
    Rows::split(m_picture.row<T>(y), width, m_picture.channels(), unitScale(m_picture.type()), at(kR), at(kG), at(kB),
             at(kA));
    if (m_d->flags & AV_PIX_FMT_FLAG_RGB) {
      Rows::scale(at(kR), planeRow(0, y), width, m_m.limit, 0.0f, m_m.limit);
      Rows::scale(at(kG), planeRow(1, y), width, m_m.limit, 0.0f, m_m.limit);
      Rows::scale(at(kB), planeRow(2, y), width, m_m.limit, 0.0f, m_m.limit);
    } else {
      Rows::weigh(at(kR), at(kG), at(kB), at(kWide), width, m_m.y);
      Rows::scale(at(kWide), planeRow(0, y), width, m_m.lumaScale, m_m.lumaOffset, m_m.limit);
      if (m_d->nb_components >= 3) {
        chroma(1, y, m_m.cb, kCb, kCbOld);
        chroma(2, y, m_m.cr, kCr, kCrOld);
      }
    }
    if (m_d->flags & AV_PIX_FMT_FLAG_ALPHA)
      Rows::scale(at(kA), planeRow(m_d->nb_components - 1, y), width, m_m.limit, 0.0f, m_m.limit);
  }

  void chroma(int component, int y, const float (&weights)[3], Row now, Row old) {
    const int width = m_picture.width();
    float* wide = at(kWide);
    Rows::weigh(at(kR), at(kG), at(kB), wide, width, weights);
    wide[-1] = wide[0];
    wide[width] = wide[width - 1];
    const bool halved = m_d->log2_chroma_w == 1;
    const int count = halved ? (width + 1) / 2 : width;
    float* out = at(now);
    if (halved) Rows::halve(wide, out, count);
    else std::copy_n(wide, count, out);
    if (m_d->log2_chroma_h == 0) {
      Rows::scale(out, planeRow(component, y), count, m_m.chromaScale, m_m.chromaOffset, m_m.limit);
    } else if (y & 1 || y + 1 == m_picture.height()) {
      if (y & 1) Rows::average(at(old), out, count);
      Rows::scale(out, planeRow(component, y / 2), count, m_m.chromaScale, m_m.chromaOffset, m_m.limit);
    } else {
      std::copy_n(out, count, at(old));
    }
  }

  const Picture& m_picture;
  AVFrame& m_frame;
  const AVPixFmtDescriptor* m_d;
  Matrix m_m;
  std::array<std::vector<float>, kRowCount> m_rows;
};

/// 8-bit pictures into BGR0 or BGRA, the packed layouts that FFV1 takes.
void fillPacked(const Picture& picture, AVFrame& frame) {
  const int channels = picture.channels();
  const int green = channels == 1 ? 0 : 1, blue = channels == 1 ? 0 : 2;
  for (int y = 0; y < picture.height(); ++y) {
    const auto* in = picture.row<std::uint8_t>(y);
    std::uint8_t* out = frame.data[0] + static_cast<std::ptrdiff_t>(frame.linesize[0]) * y;
    for (int x = 0; x < picture.width(); ++x, in += channels, out += 4) {
      out[0] = in[blue];
      out[1] = in[green];
      out[2] = in[0];
      out[3] = channels == 4 ? in[3] : 255;
    }
  }
}

template <typename T, typename D>
void fillAs(const Picture& picture, const ColourTags& colour, AVFrame& frame) {
  if (cpuHasAvx2()) Filler<T, D, Avx2Rows<T, D>>(picture, colour, frame).run();
  else Filler<T, D, PlainRows<T, D>>(picture, colour, frame).run();
}

template <typename T>
void fill(const Picture& picture, const ColourTags& colour, AVFrame& frame) {
  if (av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format))->comp[0].depth <= 8)
    fillAs<T, std::uint8_t>(picture, colour, frame);
  else fillAs<T, std::uint16_t>(picture, colour, frame);
}

}  // namespace

Status fillFrame(const Picture& picture, const ColourTags& colour, AVFrame& frame) {
  if (picture.width() != frame.width || picture.height() != frame.height)
    return Error{ErrorCode::kSizeMismatch,
                 "the picture is " + std::to_string(picture.width()) + " x " + std::to_string(picture.height()) +
                     ", the clip " + std::to_string(frame.width) + " x " + std::to_string(frame.height),
                 "",
                 {}};
  if (frame.format == AV_PIX_FMT_BGR0 || frame.format == AV_PIX_FMT_BGRA) {
    if (picture.type() != SampleType::kU8)
      return Error{ErrorCode::kUsage, "the sample type changed within the clip", "", {}};
    fillPacked(picture, frame);
    return {};
  }
  switch (picture.type()) {
    case SampleType::kU8: fill<std::uint8_t>(picture, colour, frame); break;
    case SampleType::kU16: fill<std::uint16_t>(picture, colour, frame); break;
    case SampleType::kF32: fill<float>(picture, colour, frame); break;
  }
  return {};
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/composite_yuv.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/core.hpp>

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr int kNoise = 20;  // of 256: difference that noise and coding leave on the screen
constexpr float kSolidFrom = 0.12f;  // screen difference, over the screen's own, of the greenest solid colour

/// Kr and Kb of a matrix.
std::array<double, 2> weightsOf(ColourTags::Matrix m) {
  if (m == ColourTags::Matrix::kBt709) return {0.2126, 0.0722};
  if (m == ColourTags::Matrix::kBt2020) return {0.2627, 0.0593};
  return {0.299, 0.114};
}

struct CodedYuv {
  double y, cb, cr;
};

CodedYuv yuvOf(const ColourTags& tags, double r, double g, double b) {
  const auto [kr, kb] = weightsOf(tags.matrix);
  const double y = kr * r + (1.0 - kr - kb) * g + kb * b;
  const double cb = (b - y) / (2.0 * (1.0 - kb)), cr = (r - y) / (2.0 * (1.0 - kr));
  if (tags.fullRange) return {y, cb + 128.0, cr + 128.0};
  return {16.0 + y * 219.0 / 255.0, 128.0 + cb * 224.0 / 255.0, 128.0 + cr * 224.0 / 255.0};
}

std::uint8_t byteOf(double v) { return static_cast<std::uint8_t>(std::clamp(std::lround(v), 0L, 255L)); }

PAI_INLINE std::int16_t held(int v, int low, int high) {
  return static_cast<std::int16_t>(v < low ? low : v > high ? high : v);
}

/// What a row of chroma needs.
struct ChromaJob {
  const std::uint8_t* PAI_RESTRICT cb;
  const std::uint8_t* PAI_RESTRICT cr;
  const std::uint8_t* PAI_RESTRICT backCb;
  const std::uint8_t* PAI_RESTRICT backCr;
  std::uint8_t* PAI_RESTRICT outCb;
  std::uint8_t* PAI_RESTRICT outCr;
  std::uint8_t* PAI_RESTRICT clear;  // 255 (1 - alpha)
  int count;
  int first[2], second[2], low, scale, screenCb, screenCr;
};

PAI_INLINE void chromaBody(const ChromaJob& j) {
  for (int x = 0; x < j.count; ++x) {
    const int cb = j.cb[x] - 128, cr = j.cr[x] - 128;
    const int d1 = (j.first[0] * cb + j.first[1] * cr) >> 6, d2 = (j.second[0] * cb + j.second[1] * cr) >> 6;
    const int d = d1 < d2 ? d1 : d2;
    const int k = held(((d - j.low) * j.scale) >> 10, 0, 255);
    j.clear[x] = static_cast<std::uint8_t>(k);
    // What is left of the screen's chroma after subtraction; where the rest is still towards the screen it is halved.
    const int restCb = cb - ((j.screenCb * k) >> 8), restCr = cr - ((j.screenCr * k) >> 8);
    const int spill = d > 0 && k < 255 ? 1 : 0;
    const int cleanCb = restCb >> spill, cleanCr = restCr >> spill;
    j.outCb[x] = static_cast<std::uint8_t>(held(128 + cleanCb + (((j.backCb[x] - 128) * k) >> 8), 0, 255));
    j.outCr[x] = static_cast<std::uint8_t>(held(128 + cleanCr + (((j.backCr[x] - 128) * k) >> 8), 0, 255));
  }
}

struct LumaJob {
  const std::uint8_t* PAI_RESTRICT y;
  const std::uint8_t* PAI_RESTRICT back;
  const std::uint8_t* PAI_RESTRICT clear;  // at chroma size
  std::uint8_t* PAI_RESTRICT out;
  int pairs;
  int screen, black;
};

PAI_INLINE std::uint8_t lumaAt(int y, int back, int k, int screen, int black) {
  const int rest = y - black - (((screen - black) * k) >> 8);
  const int subject = rest < 0 ? 0 : rest;
  const int v = black + subject + (((back - black) * k) >> 8);
  return static_cast<std::uint8_t>(v > 255 ? 255 : v);
}

PAI_INLINE void lumaBody(const LumaJob& j) {
  for (int x = 0; x < j.pairs; ++x) {
    const int k = j.clear[x], next = j.clear[x + 1];
    j.out[2 * x] = lumaAt(j.y[2 * x], j.back[2 * x], k, j.screen, j.black);
    j.out[2 * x + 1] = lumaAt(j.y[2 * x + 1], j.back[2 * x + 1], (k + next) >> 1, j.screen, j.black);
  }
}

PAI_TARGET_AVX2 PAI_NOINLINE void chromaAvx2(const ChromaJob& j) { chromaBody(j); }
PAI_NOINLINE void chromaPlain(const ChromaJob& j) { chromaBody(j); }
PAI_TARGET_AVX2 PAI_NOINLINE void lumaAvx2(const LumaJob& j) { lumaBody(j); }
PAI_NOINLINE void lumaPlain(const LumaJob& j) { lumaBody(j); }

const std::uint8_t* rowOf(const YuvFrame& f, int plane, int y) {
  const auto i = static_cast<std::size_t>(plane);
  return reinterpret_cast<const std::uint8_t*>(f.planes[i]) + f.strides[i] * y;
}

bool supported(const YuvFrame& f) {
  return f.bitDepth == 8 && f.planeCount == 3 && f.chromaShiftX == 1 && f.chromaShiftY == 1 &&
         f.colour.matrix != ColourTags::Matrix::kRgb && f.width >= 4 && f.height >= 4;
}

}  // namespace

Yuv420 Yuv420::make(int width, int height) {
  Yuv420 out;
  out.width = width;
  out.height = height;
  const auto chroma = static_cast<std::size_t>((width + 1) / 2) * static_cast<std::size_t>((height + 1) / 2);
  out.y.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  out.cb.resize(chroma);
  out.cr.resize(chroma);
  return out;
}

Result<YuvKeyer> YuvKeyer::make(const YuvFrame& first, const std::uint8_t screen[3], const Picture& still) {
  if (!supported(first)) return Error{ErrorCode::kFormatUnsupported, "the quick key needs 8-bit 4:2:0 frames", "", {}};
  if (still.width() != first.width || still.height() != first.height || still.type() != SampleType::kU8 ||
      still.channels() != 3) {
    return Error{ErrorCode::kSizeMismatch, "the still must be 8-bit RGB of the clip's size", "", {}};
  }
  YuvKeyer out;
  out.m_still = Yuv420::make(first.width, first.height);
  for (int y = 0; y < first.height; ++y) {
    const auto* in = still.row<std::uint8_t>(y);
    for (int x = 0; x < first.width; ++x, in += 3) {
      const CodedYuv c = yuvOf(first.colour, in[0], in[1], in[2]);
      out.m_still.y[static_cast<std::size_t>(y) * static_cast<std::size_t>(first.width) + static_cast<std::size_t>(x)] = byteOf(c.y);
      if ((x & 1) || (y & 1)) continue;
      const auto at = static_cast<std::size_t>(y / 2) * static_cast<std::size_t>((first.width + 1) / 2) + static_cast<std::size_t>(x / 2);
      out.m_still.cb[at] = byteOf(c.cb);
      out.m_still.cr[at] = byteOf(c.cr);
    }
  }
  const auto [kr, kb] = weightsOf(first.colour.matrix);
  const double range = first.colour.fullRange ? 1.0 : 255.0 / 224.0, kg = 1.0 - kr - kb;
  // Offsets of R, G, B from luma for chroma of 1 in Cb and in Cr.
  const std::array<std::array<double, 2>, 3> rgb{{{0.0, 2.0 * (1.0 - kr) * range},
                                                  {-2.0 * kb * (1.0 - kb) / kg * range, -2.0 * kr * (1.0 - kr) / kg * range},
                                                  {2.0 * (1.0 - kb) * range, 0.0}}};
  const std::size_t p = screen[1] >= screen[0] && screen[1] >= screen[2] ? 1 : screen[2] >= screen[0] ? 2 : 0;
  const std::size_t a = (p + 1) % 3, b = (p + 2) % 3;
  for (std::size_t i = 0; i < 2; ++i) {
    out.m_first[i] = static_cast<int>(std::lround((rgb[p][i] - rgb[a][i]) * 64.0));
    out.m_second[i] = static_cast<int>(std::lround((rgb[p][i] - rgb[b][i]) * 64.0));
  }
  const double difference = screen[p] - std::max(screen[a], screen[b]);
  out.m_low = static_cast<int>(difference * kSolidFrom);
  const double full = std::max(8.0, difference * (1.0 - kNoise / 256.0) - out.m_low);
  out.m_scale = static_cast<int>(std::lround(255.0 / full * 1024.0));
  const CodedYuv s = yuvOf(first.colour, screen[0], screen[1], screen[2]);
  out.m_screenY = byteOf(s.y);
  out.m_screenCb = byteOf(s.cb) - 128;
  out.m_screenCr = byteOf(s.cr) - 128;
  out.m_black = first.colour.fullRange ? 0 : 16;
  return out;
}

void YuvKeyer::composite(const YuvFrame& f, Yuv420& out) const {
  const int chromaWidth = (f.width + 1) / 2, chromaHeight = (f.height + 1) / 2;
  const bool avx2 = cpuHasAvx2();
  cv::parallel_for_({0, chromaHeight}, [&](const cv::Range& rows) {
    std::vector<std::uint8_t> clear(static_cast<std::size_t>(chromaWidth) + 1);
    for (int cy = rows.start; cy < rows.end; ++cy) {
      const auto at = static_cast<std::size_t>(cy) * static_cast<std::size_t>(chromaWidth);
      const ChromaJob chroma{rowOf(f, 1, cy), rowOf(f, 2, cy), m_still.cb.data() + at, m_still.cr.data() + at,
                             out.cb.data() + at, out.cr.data() + at, clear.data(), chromaWidth,
                             {m_first[0], m_first[1]}, {m_second[0], m_second[1]}, m_low, m_scale, m_screenCb, m_screenCr};
      avx2 ? chromaAvx2(chroma) : chromaPlain(chroma);
      clear.back() = clear[static_cast<std::size_t>(chromaWidth) - 1];
      for (int y = 2 * cy; y < std::min(2 * cy + 2, f.height); ++y) {
        const auto line = static_cast<std::size_t>(y) * static_cast<std::size_t>(f.width);
        const std::uint8_t* in = rowOf(f, 0, y);
        const LumaJob luma{in, m_still.y.data() + line, clear.data(), out.y.data() + line, f.width / 2, m_screenY, m_black};
        avx2 ? lumaAvx2(luma) : lumaPlain(luma);
        if (f.width & 1) {
          const auto last = static_cast<std::size_t>(f.width) - 1;
          out.y[line + last] = lumaAt(in[last], m_still.y[line + last], clear[static_cast<std::size_t>(chromaWidth) - 1],
                                      m_screenY, m_black);
        }
      }
    }
  }, 4.0);
}

bool YuvKeyer::findScreen(const YuvFrame& f, std::uint8_t screen[3]) {
  if (!supported(f)) return false;
  std::vector<int> count(64 * 64, 0);
  std::vector<std::int64_t> luma(64 * 64, 0);
  const int chromaWidth = (f.width + 1) / 2, chromaHeight = (f.height + 1) / 2;
  for (int y = 0; y < chromaHeight; y += 2) {
    for (int x = 0; x < chromaWidth; x += 2) {
      const int cb = rowOf(f, 1, y)[x], cr = rowOf(f, 2, y)[x];
      const bool green = cb < 122 && cr < 118, blue = cb > 150 && cr < 122;
      if (!green && !blue) continue;
      const auto at = static_cast<std::size_t>((cb >> 2) * 64 + (cr >> 2));
      ++count[at];
      luma[at] += rowOf(f, 0, std::min(2 * y, f.height - 1))[std::min(2 * x, f.width - 1)];
    }
  }
  const auto best = static_cast<std::size_t>(std::max_element(count.begin(), count.end()) - count.begin());
  if (count[best] < chromaWidth * chromaHeight / 800) return false;
  const double scaleY = f.colour.fullRange ? 1.0 : 255.0 / 219.0, scaleC = f.colour.fullRange ? 1.0 : 255.0 / 224.0;
  const double y = (static_cast<double>(luma[best]) / count[best] - (f.colour.fullRange ? 0 : 16)) * scaleY;
  const std::size_t binB = best / 64, binR = best % 64;
  const double cb = (static_cast<double>(binB * 4 + 2) - 128.0) * scaleC, cr = (static_cast<double>(binR * 4 + 2) - 128.0) * scaleC;
  const auto [kr, kb] = weightsOf(f.colour.matrix);
  const double r = y + 2 * (1 - kr) * cr, b = y + 2 * (1 - kb) * cb, g = (y - kr * r - kb * b) / (1 - kr - kb);
  screen[0] = byteOf(r);
  screen[1] = byteOf(g);
  screen[2] = byteOf(b);
  return true;
}

}  // namespace pai::core

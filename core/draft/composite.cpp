// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/composite.h"

#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/finish_kernels.h"
#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr int kNoiseSide = 256;  // power of two
constexpr int kWrapBlock = 8;    // pixels whose light is averaged before it wraps
constexpr int kWrapReach = 10;   // blocks around the edge that throw light on it

/// One row of over; a template of plain loops so that each instruction set gets its own.
PAI_INLINE void overBody(const float* PAI_RESTRICT f, const float* PAI_RESTRICT a, const float* PAI_RESTRICT b,
                         const float* PAI_RESTRICT s, float* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) {
    const float mixed = f[x] * a[x] + b[x] * s[x] * (1.0f - a[x]);
    out[x] = a[x] >= 1.0f ? f[x] : mixed;
  }
}
PAI_TARGET_AVX2 PAI_NOINLINE void overAvx2(const float* f, const float* a, const float* b, const float* s, float* o, int n) {
  overBody(f, a, b, s, o, n);
}
PAI_NOINLINE void overPlain(const float* f, const float* a, const float* b, const float* s, float* o, int n) {
  overBody(f, a, b, s, o, n);
}
/// The same where nothing of the foreground is.
PAI_INLINE void underBody(const float* PAI_RESTRICT b, const float* PAI_RESTRICT s, float* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) out[x] = b[x] * s[x];
}
PAI_TARGET_AVX2 PAI_NOINLINE void underAvx2(const float* b, const float* s, float* o, int n) { underBody(b, s, o, n); }
PAI_NOINLINE void underPlain(const float* b, const float* s, float* o, int n) { underBody(b, s, o, n); }
void underRow(const float* b, const float* s, float* o, int n) { cpuHasAvx2() ? underAvx2(b, s, o, n) : underPlain(b, s, o, n); }
void overRow(const float* f, const float* a, const float* b, const float* s, float* o, int n) {
  cpuHasAvx2() ? overAvx2(f, a, b, s, o, n) : overPlain(f, a, b, s, o, n);
}

/// Unit Gaussian noise of counter-based hashing, the same on every machine.
const std::vector<float>& noiseTile() {
  static const std::vector<float> tile = [] {
    std::vector<float> out(kNoiseSide * kNoiseSide);
    std::uint64_t state = 0x9e3779b97f4a7c15ULL;
    for (float& v : out) {
      float sum = 0.0f;
      for (int i = 0; i < 4; ++i) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        sum += static_cast<float>(state >> 40) / 16777216.0f - 0.5f;
      }
      v = sum * 1.7320508f;
    }
    return out;
  }();
  return tile;
}

std::uint32_t mixed(std::uint32_t v) {
  v ^= v >> 16;
  v *= 0x7feb352dU;
  v ^= v >> 15;
  v *= 0x846ca68bU;
  return v ^ (v >> 16);
}

/// The plate's grain on one row of the background.
void grainRow(const CompositeFinish& finish, int y, int channel, float* b, int count) {
  const float* tile = noiseTile().data();
  const float power = 1.0f - 1.0f / finish.exponent;
  const std::uint32_t shift = mixed(static_cast<std::uint32_t>(finish.frame) * 3 + static_cast<std::uint32_t>(channel) + 1);
  const float* n = tile + ((static_cast<std::uint32_t>(y) + (shift >> 8)) % kNoiseSide) * kNoiseSide;
  // d linear / d coded at a level goes with the root of the light, about.
  for (int x = 0; x < count;) {
    const int from = static_cast<int>((static_cast<std::uint32_t>(x) + shift) % kNoiseSide), some = std::min(count - x, kNoiseSide - from);
    noiseRow(n + from, finish.grain, finish.exponent, power > 0.3f, b + x, some);
    x += some;
  }
}

/// Blurred light of the background around the subject: means of blocks.
struct WrapLight {
  cv::Rect blocks;                 // of the frame's, that are known
  std::array<cv::Mat, 3> light;    // CV_32F, of those blocks
  float at(std::size_t channel, float bx, float by) const {
    const cv::Mat& m = light[channel];
    const float x = std::clamp(bx - static_cast<float>(blocks.x), 0.0f, static_cast<float>(m.cols - 1));
    const float y = std::clamp(by - static_cast<float>(blocks.y), 0.0f, static_cast<float>(m.rows - 1));
    const int x0 = static_cast<int>(x), y0 = static_cast<int>(y), x1 = std::min(x0 + 1, m.cols - 1), y1 = std::min(y0 + 1, m.rows - 1);
    const float u = x - static_cast<float>(x0), v = y - static_cast<float>(y0);
    const float *top = m.ptr<float>(y0), *bottom = m.ptr<float>(y1);
    return (top[x0] * (1 - u) + top[x1] * u) * (1 - v) + (bottom[x0] * (1 - u) + bottom[x1] * u) * v;
  }
};

/// Where alpha is neither 0 nor 1; empty when nowhere.
cv::Rect softPart(const cv::Mat& alpha) {
  int left = alpha.cols, right = -1, top = -1, bottom = -1;
  for (int y = 0; y < alpha.rows; ++y) {
    const float* a = alpha.ptr<float>(y);
    int first = -1, last = -1;
    for (int x = 0; x < alpha.cols; ++x) {
      if (a[x] <= 0.0f || a[x] >= 1.0f) continue;
      if (first < 0) first = x;
      last = x;
    }
    if (first < 0) continue;
    left = std::min(left, first);
    right = std::max(right, last);
    if (top < 0) top = y;
    bottom = y;
  }
  return top < 0 ? cv::Rect() : cv::Rect(left, top, right - left + 1, bottom - top + 1);
}

WrapLight wrapLight(const cv::Mat& alpha, const BackgroundRows& background) {
  WrapLight out;
  const cv::Rect soft = softPart(alpha);
  const cv::Size blocks(std::max(1, alpha.cols / kWrapBlock), std::max(1, alpha.rows / kWrapBlock));
  if (soft.empty()) return out;
  const int reach = kWrapReach, left = std::max(0, soft.x / kWrapBlock - reach), top = std::max(0, soft.y / kWrapBlock - reach);
  const int right = std::min(blocks.width, (soft.x + soft.width) / kWrapBlock + reach + 1);
  const int bottom = std::min(blocks.height, (soft.y + soft.height) / kWrapBlock + reach + 1);
  out.blocks = cv::Rect(std::min(left, blocks.width - 1), std::min(top, blocks.height - 1), 0, 0);
  out.blocks.width = std::max(1, right - out.blocks.x);
  out.blocks.height = std::max(1, bottom - out.blocks.y);
  const int x0 = out.blocks.x * kWrapBlock, x1 = std::min(alpha.cols, (out.blocks.x + out.blocks.width) * kWrapBlock);
  for (cv::Mat& m : out.light) m = cv::Mat::zeros(out.blocks.size(), CV_32F);
  cv::parallel_for_({0, out.blocks.height}, [&](const cv::Range& rows) {
    std::vector<float> line(static_cast<std::size_t>(x1 - x0) * 3);
    float* const to[3] = {line.data(), line.data() + (x1 - x0), line.data() + 2 * (x1 - x0)};
    for (int by = rows.start; by < rows.end; ++by) {
      const int y0 = (out.blocks.y + by) * kWrapBlock, y1 = std::min(alpha.rows, y0 + kWrapBlock);
      for (int y = y0; y < y1; ++y) {
        background(y, x0, x1, to);
        for (std::size_t c = 0; c < 3; ++c) {
          float* sum = out.light[c].ptr<float>(by);
          for (int bx = 0; bx < out.blocks.width; ++bx) {
            const int from = bx * kWrapBlock, end = std::min(from + kWrapBlock, x1 - x0);
            float part = 0.0f;
            for (int x = from; x < end; ++x) part += to[c][x];
            sum[bx] += part;
          }
        }
      }
      for (std::size_t c = 0; c < 3; ++c) {
        float* sum = out.light[c].ptr<float>(by);
        for (int bx = 0; bx < out.blocks.width; ++bx) {
          const int w = std::min(kWrapBlock, x1 - x0 - bx * kWrapBlock);
          sum[bx] /= static_cast<float>(std::max(1, w * (y1 - y0)));
        }
      }
    }
  }, 4.0);
  for (cv::Mat& m : out.light) cv::GaussianBlur(m, m, {0, 0}, 3.0, 0.0, cv::BORDER_REPLICATE);
  return out;
}

/// Adds light of the blurred background to the soft edge of a row only; solid pixels are not touched.
void wrapRow(const WrapLight& light, const CompositeLayers& l, float strength, int y, float* const out[3]) {
  const float* a = l.alpha.ptr<float>(y);
  const float by = (static_cast<float>(y) + 0.5f) / kWrapBlock - 0.5f;
  for (int x = 0; x < l.alpha.cols; ++x) {
    if (a[x] <= 0.0f || a[x] >= 1.0f) continue;
    const float bx = (static_cast<float>(x) + 0.5f) / kWrapBlock - 0.5f, share = a[x] * (1.0f - a[x]) * strength;
    for (std::size_t c = 0; c < 3; ++c) {
      out[c][x] += (light.at(c, bx, by) - l.foreground.row(static_cast<int>(c), y)[x]) * share;
    }
  }
}

}  // namespace

void compositeRows(const CompositeLayers& l, const CompositeFinish& finish, const BackgroundRows& background, const RowSink& sink) {
  const cv::Size size = l.alpha.size();
  const auto width = static_cast<std::size_t>(size.width);
  const std::vector<float> clear(width, 1.0f);
  const cv::Rect part = coveredPart(l.alpha);
  const WrapLight wrap = finish.lightWrap > 0.0f ? wrapLight(l.alpha, background) : WrapLight{};
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    std::vector<float> lines(width * 6);
    float* const back[3] = {lines.data(), lines.data() + width, lines.data() + 2 * width};
    float* const out[3] = {lines.data() + 3 * width, lines.data() + 4 * width, lines.data() + 5 * width};
    for (int y = rows.start; y < rows.end; ++y) {
      background(y, 0, size.width, back);
      const float* s = l.shadow.empty() ? clear.data() : l.shadow.ptr<float>(y);
      for (int c = 0; c < 3; ++c) {
        if (finish.grain > 0.0f) grainRow(finish, y, c, back[c], size.width);
        const bool covered = y >= part.y && y < part.y + part.height;
        const int first = covered ? part.x : size.width, last = covered ? part.x + part.width : size.width;
        underRow(back[c], s, out[c], first);
        overRow(l.foreground.row(c, y) + first, l.alpha.ptr<float>(y) + first, back[c] + first, s + first, out[c] + first, last - first);
        underRow(back[c] + last, s + last, out[c] + last, size.width - last);
      }
      if (!wrap.blocks.empty()) wrapRow(wrap, l, finish.lightWrap, y, out);
      sink(y, out);
    }
  }, 8.0);
}

Planes composited(const CompositeLayers& layers, const Planes& background, const CompositeFinish& finish) {
  Planes out = Planes::make(layers.alpha.size());
  const auto fetch = [&](int y, int x0, int x1, float* const to[3]) {
    for (int c = 0; c < 3; ++c) std::copy_n(background.row(c, y) + x0, x1 - x0, to[c]);
  };
  compositeRows(layers, finish, fetch, [&](int y, const float* const row[3]) {
    for (int c = 0; c < 3; ++c) std::copy_n(row[c], layers.alpha.cols, out.row(c, y));
  });
  return out;
}

void addContactShadow(const cv::Mat& alpha, double strength, cv::Mat& shadow) {
  if (strength <= 0.0) return;
  const cv::Size small(std::max(1, alpha.cols / 8), std::max(1, alpha.rows / 8));
  cv::Mat cover, rows, dark;
  cv::resize(alpha, cover, small, 0, 0, cv::INTER_AREA);
  cv::reduce(cover, rows, 1, cv::REDUCE_MAX);
  int top = -1, bottom = -1;
  for (int y = 0; y < small.height; ++y) {
    if (rows.at<float>(y) < 0.5f) continue;
    if (top < 0) top = y;
    bottom = y;
  }
  if (top < 0 || bottom >= small.height - 1) return;  // nobody there, or the ground is out of frame
  const int foot = std::max(1, (bottom - top) / 12);
  dark = cv::Mat::zeros(small, CV_32F);
  const cv::Rect source(0, bottom - foot + 1, small.width, foot);
  const cv::Rect target(0, std::min(bottom + 1, small.height - foot), small.width, foot);
  cover(source).copyTo(dark(target));
  cv::GaussianBlur(dark, dark, {0, 0}, std::max(1.0, foot * 1.5), std::max(0.7, foot * 0.5), cv::BORDER_REPLICATE);
  cv::Mat light;
  cv::resize(dark, light, alpha.size(), 0, 0, cv::INTER_LINEAR);
  light = 1.0 - light * std::min(strength, 1.0);
  if (shadow.empty()) {
    shadow = light;
  } else {
    cv::multiply(shadow, light, shadow);
  }
}

float grainOf(const Planes& frame, const cv::Mat& alpha, float exponent) {
  const int p = 1;
  std::vector<float> differences;
  for (int y = 2; y < alpha.rows - 2; y += 3) {
    const float* v = frame.row(p, y);
    const float* a = alpha.ptr<float>(y);
    for (int x = 2; x < alpha.cols - 2; x += 5) {
      if (a[x] > 0.0f || a[x + 2] > 0.0f || a[x - 2] > 0.0f || v[x] < 0.02f) continue;
      const float second = v[x - 1] - 2.0f * v[x] + v[x + 1];  // an even gradient cancels
      const float slope = exponent * std::pow(v[x], 1.0f - 1.0f / exponent);
      differences.push_back(std::abs(second) / slope);
    }
  }
  if (differences.size() < 200) return 0.0f;
  const auto middle = differences.begin() + static_cast<std::ptrdiff_t>(differences.size() / 2);
  std::nth_element(differences.begin(), middle, differences.end());
  return std::min(*middle / 0.6745f / 2.449f, 0.03f);  // median to deviation; deviation of (1, -2, 1)
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/composite.h"

#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr int kNoiseSide = 256;  // power of two

/// One row of over; a template of plain loops so that each instruction set gets its own.
PAI_INLINE void overBody(const float* PAI_RESTRICT f, const float* PAI_RESTRICT a, const float* PAI_RESTRICT b,
                         const float* PAI_RESTRICT s, float strength, float* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) {
    const float light = 1.0f - strength * (1.0f - s[x]);
    const float mixed = f[x] * a[x] + b[x] * light * (1.0f - a[x]);
    out[x] = a[x] >= 1.0f ? f[x] : mixed;
  }
}
PAI_TARGET_AVX2 PAI_NOINLINE void overAvx2(const float* f, const float* a, const float* b, const float* s, float k, float* o, int n) {
  overBody(f, a, b, s, k, o, n);
}
PAI_NOINLINE void overPlain(const float* f, const float* a, const float* b, const float* s, float k, float* o, int n) {
  overBody(f, a, b, s, k, o, n);
}
void overRow(const float* f, const float* a, const float* b, const float* s, float k, float* o, int n) {
  cpuHasAvx2() ? overAvx2(f, a, b, s, k, o, n) : overPlain(f, a, b, s, k, o, n);
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

/// Background with the plate's grain, in place.
void addGrain(Planes& background, const CompositeFinish& finish) {
  const std::vector<float>& tile = noiseTile();
  const auto size = static_cast<std::uint32_t>(finish.frame);
  const float power = 1.0f - 1.0f / finish.exponent;
  cv::parallel_for_({0, background.r.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      for (int c = 0; c < 3; ++c) {
        const std::uint32_t shift = mixed(size * 3 + static_cast<std::uint32_t>(c) + 1);
        const float* n = tile.data() + ((static_cast<std::uint32_t>(y) + (shift >> 8)) % kNoiseSide) * kNoiseSide;
        float* b = background.row(c, y);
        for (int x = 0; x < background.r.cols; ++x) {
          const float v = std::max(b[x], 0.0f);
          // d linear / d coded at this level.
          const float slope = finish.exponent * (power > 0.3f ? std::sqrt(v) : 1.0f);
          b[x] = std::max(0.0f, b[x] + n[(static_cast<std::uint32_t>(x) + shift) % kNoiseSide] * finish.grain * slope);
        }
      }
    }
  }, 8.0);
}

/// Adds light of the blurred background to the soft edge only; solid pixels are not touched.
void addWrap(Planes& out, const CompositeLayers& layers, const CompositeFinish& finish) {
  const cv::Size size = layers.alpha.size(), small(std::max(1, size.width / 8), std::max(1, size.height / 8));
  std::array<cv::Mat, 3> wide;
  for (int c = 0; c < 3; ++c) {
    const cv::Mat& plane = c == 0 ? layers.background.r : c == 1 ? layers.background.g : layers.background.b;
    cv::Mat m;
    cv::resize(plane, m, small, 0, 0, cv::INTER_AREA);
    cv::GaussianBlur(m, m, {0, 0}, 3.0);
    cv::resize(m, wide[static_cast<std::size_t>(c)], size, 0, 0, cv::INTER_LINEAR);
  }
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const float* a = layers.alpha.ptr<float>(y);
      for (int c = 0; c < 3; ++c) {
        float* o = out.row(c, y);
        const float *w = wide[static_cast<std::size_t>(c)].ptr<float>(y), *f = layers.foreground.row(c, y);
        for (int x = 0; x < size.width; ++x) {
          if (a[x] > 0.0f && a[x] < 1.0f) o[x] += (w[x] - f[x]) * a[x] * (1.0f - a[x]) * finish.lightWrap;
        }
      }
    }
  }, 8.0);
}

}  // namespace

Planes composited(const CompositeLayers& l, const CompositeFinish& finish) {
  const cv::Size size = l.alpha.size();
  Planes noisy;
  if (finish.grain > 0.0f) {
    noisy = l.background.clone();
    addGrain(noisy, finish);
  }
  const Planes& back = noisy.empty() ? l.background : noisy;
  Planes out = Planes::make(size);
  const std::vector<float> clear(static_cast<std::size_t>(size.width), 1.0f);
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const float* s = l.shadow.empty() ? clear.data() : l.shadow.ptr<float>(y);
      for (int c = 0; c < 3; ++c) {
        overRow(l.foreground.row(c, y), l.alpha.ptr<float>(y), back.row(c, y), s, finish.shadow, out.row(c, y), size.width);
      }
    }
  }, 8.0);
  if (finish.lightWrap > 0.0f) addWrap(out, {l.foreground, l.alpha, back, l.shadow}, finish);
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

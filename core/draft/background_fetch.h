// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <opencv2/core.hpp>

namespace pai::core {

inline constexpr float kOutsideTrust = 2, kSeenTrust = 25;  // below: nothing was seen there

/// Four floats at once: red, green, blue and trust.
typedef float Quad __attribute__((vector_size(16)));

inline Quad loadQuad(const std::uint8_t* p) {
  typedef std::uint8_t Bytes __attribute__((vector_size(4)));
  Bytes v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, Quad);
}
inline Quad loadQuad(const std::uint16_t* p) {
  typedef std::uint16_t Words __attribute__((vector_size(8)));
  Words v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, Quad);
}
inline Quad quadOf(float v) { return Quad{v, v, v, v}; }

/// Mirrors a coordinate back into [0, last]; beyond a mirror's reach it stays at the border.
inline float mirrored(float p, float last) {
  if (p < 0) p = -p;
  if (p > last) p = 2 * last - p;
  return std::clamp(p, 0.0F, last);
}

/// A layer's pixels, held in locals while rows are drawn. `gain` brings them to 0..1 and the frame's exposure, trust to 0..255.
template <typename T>
struct Plane {
  Plane(const cv::Mat& level, const Quad& toOne)
      : base(level.ptr<T>()), step(level.step1()), cols(level.cols), rows(level.rows),
        lastX(static_cast<float>(cols - 1)), lastY(static_cast<float>(rows - 1)), gain(toOne) {}
  const T* base;
  std::size_t step;
  int cols, rows;
  float lastX, lastY;
  Quad gain;
};

/// Bilinear sample; outside the layer the picture is mirrored and hardly trusted.
template <typename T>
inline Quad fetch(const Plane<T>& m, float u, float v) {
  const bool outside = !(u >= 0 && v >= 0 && u <= m.lastX && v <= m.lastY);
  bool far = false;
  if (outside) {
    far = !(u >= -0.5F && v >= -0.5F && u <= m.lastX + 0.5F && v <= m.lastY + 0.5F);
    u = mirrored(u, m.lastX);
    v = mirrored(v, m.lastY);
  }
  const int x = static_cast<int>(u), y = static_cast<int>(v);
  const Quad kx = quadOf(u - static_cast<float>(x)), ky = quadOf(v - static_cast<float>(y));
  const int right = x + 1 < m.cols ? 4 : 0;
  const T* p = m.base + m.step * static_cast<std::size_t>(y) + 4 * x;
  const T* q = y + 1 < m.rows ? p + m.step : p;
  const Quad p0 = loadQuad(p), q0 = loadQuad(q);
  const Quad top = p0 + kx * (loadQuad(p + right) - p0), low = q0 + kx * (loadQuad(q + right) - q0);
  Quad out = (top + ky * (low - top)) * m.gain;
  if (far) out[3] = kOutsideTrust;
  return out;
}

}  // namespace pai::core

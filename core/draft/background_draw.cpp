// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/background_layers.h"

namespace pai::core {
namespace {

/// One layer as a frame of some size samples it.
struct Sampler {
  const LayerLevel* level = nullptr;
  std::array<float, 9> map{};  // output pixel -> reference frame pixel
  float scale = 1, originX = 0, originY = 0, offset = 0;  // reference frame pixel -> level pixel
  cv::Mat mesh;
  float meshX = 0, meshY = 0;  // output pixel -> mesh cell
  cv::Vec3f gain{1, 1, 1};

  /// Level coordinates of a row of output pixels.
  void coordinates(int y, int width, float* u, float* v) const {
    const auto& m = map;
    const auto fy = static_cast<float>(y);
    const float bx = m[1] * fy + m[2], by = m[4] * fy + m[5], bz = m[7] * fy + m[8];
    for (int x = 0; x < width; ++x) {
      const auto fx = static_cast<float>(x);
      const float z = 1.0F / std::max(1e-6F, m[6] * fx + bz);
      u[x] = (m[0] * fx + bx) * z;
      v[x] = (m[3] * fx + by) * z;
    }
    if (!mesh.empty()) addMesh(y, width, u, v);
    for (int x = 0; x < width; ++x) {
      u[x] = (u[x] - originX) * scale + offset;
      v[x] = (v[x] - originY) * scale + offset;
    }
  }

  void addMesh(int y, int width, float* u, float* v) const {
    const float gy = std::clamp((static_cast<float>(y) + 0.5F) * meshY - 0.5F, 0.0F, static_cast<float>(mesh.rows - 1));
    const int y0 = std::min(static_cast<int>(gy), mesh.rows - 1), y1 = std::min(y0 + 1, mesh.rows - 1);
    const float ky = gy - static_cast<float>(y0);
    const auto* r0 = mesh.ptr<cv::Vec2f>(y0);
    const auto* r1 = mesh.ptr<cv::Vec2f>(y1);
    for (int x = 0; x < width; ++x) {
      const float gx = std::clamp((static_cast<float>(x) + 0.5F) * meshX - 0.5F, 0.0F, static_cast<float>(mesh.cols - 1));
      const int x0 = std::min(static_cast<int>(gx), mesh.cols - 1), x1 = std::min(x0 + 1, mesh.cols - 1);
      const float kx = gx - static_cast<float>(x0);
      for (int c = 0; c < 2; ++c) {
        const float top = r0[x0][c] + kx * (r0[x1][c] - r0[x0][c]), low = r1[x0][c] + kx * (r1[x1][c] - r1[x0][c]);
        (c ? v : u)[x] += top + ky * (low - top);
      }
    }
  }
};

/// Mirrors a coordinate back into [0, n - 1]; beyond a mirror's reach it stays at the border.
inline float mirrored(float p, float last) {
  if (p < 0) p = -p;
  if (p > last) p = 2 * last - p;
  return std::clamp(p, 0.0F, last);
}

template <typename T>
inline void bilinear(const cv::Mat& m, float u, float v, float* out) {
  u = mirrored(u, static_cast<float>(m.cols - 1));
  v = mirrored(v, static_cast<float>(m.rows - 1));
  const int x = std::min(static_cast<int>(u), std::max(0, m.cols - 2)), y = std::min(static_cast<int>(v), std::max(0, m.rows - 2));
  const float kx = u - static_cast<float>(x), ky = v - static_cast<float>(y);
  const T* p = m.ptr<T>(y) + 3 * x;
  const T* q = m.rows > 1 ? m.ptr<T>(y + 1) + 3 * x : p;
  const int s = m.cols > 1 ? 3 : 0;
  for (int c = 0; c < 3; ++c) {
    const float top = p[c] + kx * static_cast<float>(p[c + s] - p[c]), low = q[c] + kx * static_cast<float>(q[c + s] - q[c]);
    out[c] = top + ky * (low - top);
  }
}

inline int trustAt(const cv::Mat& trust, float u, float v) {
  const int x = static_cast<int>(std::floor(u + 0.5F)), y = static_cast<int>(std::floor(v + 0.5F));
  if (x < 0 || y < 0 || x >= trust.cols || y >= trust.rows) return 2;
  return trust.ptr<uchar>(y)[x];
}

void fetch(const Sampler& s, float u, float v, float* out) {
  if (s.level->colour.depth() == CV_8U) {
    bilinear<uchar>(s.level->colour, u, v, out);
    for (int c = 0; c < 3; ++c) out[c] *= s.gain[c] * (1 / 255.0F);
  } else {
    bilinear<ushort>(s.level->colour, u, v, out);
    for (int c = 0; c < 3; ++c) out[c] *= s.gain[c] * (1 / 65535.0F);
  }
}

Sampler samplerOf(const Scene& scene, const SceneLayer& layer, const LayerView& view, cv::Size size) {
  Sampler s;
  const double fx = static_cast<double>(scene.size.width) / size.width, fy = static_cast<double>(scene.size.height) / size.height;
  const cv::Matx33d enlarge(fx, 0, 0.5 * fx - 0.5, 0, fy, 0.5 * fy - 0.5, 0, 0, 1);
  const cv::Matx33d map = view.toReference * enlarge;
  for (int i = 0; i < 9; ++i) s.map[i] = static_cast<float>(map(i / 3, i % 3));
  const double step = std::hypot(map(0, 0), map(1, 0)) / std::max(1e-6, std::abs(map(2, 2))) * layer.scale;
  const std::size_t level = step > 3.0 ? 2 : step > 1.5 ? 1 : 0;
  s.level = &layer.levels[std::min(level, layer.levels.size() - 1)];
  const double scale = layer.scale / static_cast<double>(1 << level);
  s.scale = static_cast<float>(scale);
  s.originX = static_cast<float>(layer.origin.x);
  s.originY = static_cast<float>(layer.origin.y);
  s.offset = static_cast<float>(0.5 * scale - 0.5);
  s.mesh = view.mesh;
  if (!s.mesh.empty()) {
    s.meshX = static_cast<float>(s.mesh.cols) / static_cast<float>(size.width);
    s.meshY = static_cast<float>(s.mesh.rows) / static_cast<float>(size.height);
  }
  return s;
}

cv::Vec3f powered(const cv::Vec3f& gain, float by) {
  return {std::pow(gain[0], by), std::pow(gain[1], by), std::pow(gain[2], by)};
}

/// Softens along the axes; repeated box filters, so that the cost does not grow with the amount.
void soften(cv::Mat& picture, cv::Vec2f sigma) {
  const auto side = [](float s) { return std::max(1, 2 * static_cast<int>(s * 1.22F) + 1); };  // two boxes
  const cv::Size box(side(sigma[0]), side(sigma[1]));
  if (box.width <= 1 && box.height <= 1) return;
  for (int i = 0; i < 2; ++i) cv::blur(picture, picture, box, {-1, -1}, cv::BORDER_REFLECT_101);
}

}  // namespace

cv::Mat drawScene(const Scene& scene, std::int64_t frame, cv::Size size, cv::Mat* invented) {
  cv::Mat out(size, CV_32FC3);
  if (invented) *invented = cv::Mat::zeros(size, CV_8U);
  if (scene.layers.empty() || scene.frames.empty()) {
    out.setTo(cv::Scalar::all(0.5));
    if (invented) invented->setTo(1);
    return out;
  }
  const FrameView& view = scene.frames[std::clamp<std::int64_t>(frame, 0, static_cast<std::int64_t>(scene.frames.size()) - 1)];
  Sampler a = samplerOf(scene, scene.layers[view.a], view.viewA, size);
  Sampler b = samplerOf(scene, scene.layers[view.b], view.viewB, size);
  const bool two = view.a != view.b && view.share > 0.001F;
  if (two) {
    a.gain = powered(scene.layers[view.a].toNext, view.share);
    b.gain = powered(scene.layers[view.a].toNext, view.share - 1);
  }
  const float shareA = (1 - view.share) * (1 - view.share), shareB = view.share * view.share;
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    std::vector<float> coordinates(static_cast<std::size_t>(size.width) * 4);
    float* ua = coordinates.data();
    float *va = ua + size.width, *ub = va + size.width, *vb = ub + size.width;
    for (int y = rows.start; y < rows.end; ++y) {
      a.coordinates(y, size.width, ua, va);
      if (two) b.coordinates(y, size.width, ub, vb);
      auto* row = out.ptr<float>(y);
      for (int x = 0; x < size.width; ++x) {
        const int ta = trustAt(a.level->trust, ua[x], va[x]);
        float share = 0;
        int best = ta;
        if (two) {
          const int tb = trustAt(b.level->trust, ub[x], vb[x]);
          const float wa = shareA * static_cast<float>(ta), wb = shareB * static_cast<float>(tb);
          share = wb / std::max(1e-9F, wa + wb);
          best = share < 0.5F ? ta : tb;
        }
        float* p = row + 3 * x;
        if (share < 0.996F) fetch(a, ua[x], va[x], p);
        if (share > 0.004F) {
          float q[3];
          fetch(b, ub[x], vb[x], q);
          for (int c = 0; c < 3; ++c) p[c] = share < 0.996F ? p[c] + share * (q[c] - p[c]) : q[c];
        }
        if (invented && best < kTrustOther) invented->ptr<uchar>(y)[x] = 1;
      }
    }
  });
  const float factor = static_cast<float>(size.width) / static_cast<float>(scene.size.width);
  soften(out, view.blur * factor);
  return out;
}

}  // namespace pai::core

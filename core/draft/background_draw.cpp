// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <opencv2/imgproc.hpp>

#include "core/draft/background_draw.h"
#include "core/draft/background_kernels.h"
#include "core/draft/background_layers.h"
#include "core/draft/background_span.h"

namespace pai::core {
namespace {

struct MeshRow;

/// One layer as a frame of some size samples it.
struct Sampler {
  const cv::Mat* level = nullptr;
  std::size_t size = 0;  // which of the layer's levels
  std::array<float, 9> map{};  // output pixel -> reference frame pixel
  float scale = 1, originX = 0, originY = 0, offset = 0;  // reference frame pixel -> level pixel
  cv::Mat mesh;
  float meshX = 0, meshY = 0;  // output pixel -> mesh cell
  Quad gain{};                 // to 0..1 and the frame's exposure; trust to 0..255

  /// Level coordinates of a row of output pixels.
  void coordinates(int y, int width, float* u, float* v, MeshRow& line) const;
};

/// A mesh in one row of output pixels.
struct MeshRow {
  std::vector<int> starts;       // the first pixel of each cell, and all pixels
  std::vector<cv::Vec2f> cells;  // one more than there are
};

void Sampler::coordinates(int y, int width, float* u, float* v, MeshRow& line) const {
  LayerRow row{map.data(), static_cast<float>(y), width};
  row.scale = scale, row.offsetX = offset - originX * scale, row.offsetY = offset - originY * scale;
  if (!mesh.empty()) {
    const auto last = static_cast<float>(mesh.cols - 1);
    if (line.starts.empty()) {
      line.starts.assign(static_cast<std::size_t>(mesh.cols) + 1, width);
      for (int x = width; x-- > 0;) {
        const int cell = static_cast<int>(std::clamp((static_cast<float>(x) + 0.5F) * meshX - 0.5F, 0.0F, last));
        line.starts[static_cast<std::size_t>(cell)] = x;
      }
      for (std::size_t i = line.starts.size() - 1; i-- > 0;) line.starts[i] = std::min(line.starts[i], line.starts[i + 1]);
    }
    const float gy = std::clamp((static_cast<float>(y) + 0.5F) * meshY - 0.5F, 0.0F, static_cast<float>(mesh.rows - 1));
    const int y0 = std::min(static_cast<int>(gy), mesh.rows - 1), y1 = std::min(y0 + 1, mesh.rows - 1);
    const float ky = gy - static_cast<float>(y0);
    const auto *top = mesh.ptr<cv::Vec2f>(y0), *low = mesh.ptr<cv::Vec2f>(y1);
    line.cells.resize(line.starts.size());
    for (std::size_t c = 0; c + 1 < line.cells.size(); ++c) line.cells[c] = top[c] + (low[c] - top[c]) * ky;
    line.cells.back() = line.cells[line.cells.size() - 2];
    row.cells = line.cells.data(), row.starts = line.starts.data(), row.columns = mesh.cols, row.meshX = meshX;
  }
  placeRow(row, u, v);
}

/// Output pixel -> reference frame pixel.
cv::Matx33d mapOf(const Scene& scene, const LayerView& view, cv::Size size) {
  const double fx = static_cast<double>(scene.size.width) / size.width, fy = static_cast<double>(scene.size.height) / size.height;
  return view.toReference * cv::Matx33d(fx, 0, 0.5 * fx - 0.5, 0, fy, 0.5 * fy - 0.5, 0, 0, 1);
}

/// Which of a layer's levels such a map is drawn from.
std::size_t levelOf(const SceneLayer& layer, const cv::Matx33d& map) {
  const double step = std::hypot(map(0, 0), map(1, 0)) / std::max(1e-6, std::abs(map(2, 2))) * layer.scale;
  return std::min<std::size_t>(step > 3.0 ? 2 : step > 1.5 ? 1 : 0, layer.levels.size() - 1);
}

Sampler samplerOf(const Scene& scene, const SceneLayer& layer, const LayerView& view, cv::Size size) {
  Sampler s;
  const cv::Matx33d map = mapOf(scene, view, size);
  for (int i = 0; i < 9; ++i) s.map[i] = static_cast<float>(map(i / 3, i % 3));
  std::size_t level = levelOf(layer, map);
  while (layer.levels[level].empty()) --level;  // not kept: of another size than was said
  s.level = &layer.levels[level];
  s.size = level;
  s.gain = quadOf(s.level->depth() == CV_16U ? 1 / 65535.0F : 1 / 255.0F);
  s.gain[3] *= 255;
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

void expose(Sampler& s, const cv::Vec3f& gain, float power) {
  for (int c = 0; c < 3; ++c) s.gain[c] *= std::pow(gain[c], power);
}

/// What one frame is drawn with.
struct Drawing {
  Sampler a, b;
  bool two = false;
  float shareA = 1, shareB = 0;
};

/// The layers for `layersSpan`; false where their samples are no bytes.
template <typename A, typename B>
bool putLayers([[maybe_unused]] const Plane<A>& a, [[maybe_unused]] const Plane<B>& b, [[maybe_unused]] LayersSpan& out) {
  if constexpr (sizeof(A) == 1 && sizeof(B) == 1) {
    const auto before = [](float last) { return std::nextafter(last, 0.0F); };
    out.base[0] = a.base, out.base[1] = b.base;
    out.step[0] = a.step, out.step[1] = b.step;
    out.gain[0] = a.gain, out.gain[1] = b.gain;
    out.high = Quad{before(a.lastX), before(a.lastY), before(b.lastX), before(b.lastY)};
    return true;
  }
  return false;
}

template <typename A, typename B>
void drawRows(const Drawing& d, const cv::Range& rows, cv::Mat& out, cv::Mat* invented) {
  const int width = out.cols;
  const Plane<A> a(*d.a.level, d.a.gain);
  const Plane<B> b(*d.b.level, d.b.gain);
  const bool two = d.two;
  const float shareA = d.shareA, shareB = d.shareB, even = shareB / std::max(1e-9F, shareA + shareB);
  std::vector<float> space(static_cast<std::size_t>(width) * 4);
  MeshRow lineA, lineB;
  float* ua = space.data();
  float *va = ua + width, *ub = va + width, *vb = ub + width;
  LayersSpan span;
  const bool quick = two && !invented && drawsSpans() && putLayers(a, b, span);
  span.where[0] = ua, span.where[1] = va, span.where[2] = ub, span.where[3] = vb;
  span.weight[0] = shareA, span.weight[1] = shareB, span.even = even;
  for (int y = rows.start; y < rows.end; ++y) {
    d.a.coordinates(y, width, ua, va, lineA);
    if (two) d.b.coordinates(y, width, ub, vb, lineB);
    auto* row = out.ptr<float>(y);
    uchar* mark = invented ? invented->ptr<uchar>(y) : nullptr;
    for (int x = 0; x < width; ++x) {
      if (quick) x = layersSpan(span, x, width, row);
      if (x == width) break;
      Quad p = fetch(a, ua[x], va[x]);
      float best = p[3];
      if (two) {
        const Quad q = fetch(b, ub[x], vb[x]);
        const float wa = shareA * p[3], wb = shareB * q[3], share = p[3] == q[3] ? even : wb / std::max(1e-9F, wa + wb);
        best = share < 0.5F ? p[3] : q[3];
        p += quadOf(share) * (q - p);
      }
      for (std::ptrdiff_t c = 0; c < 3; ++c) row[3 * static_cast<std::ptrdiff_t>(x) + c] = p[c];
      if (mark) mark[x] = best < kSeenTrust;
    }
  }
}

/// Softens along the axes; repeated box filters, so that the cost does not grow with the amount.
void soften(cv::Mat& picture, cv::Vec2f sigma) {
  const auto side = [](float s) { return std::max(1, 2 * static_cast<int>(s * 1.22F) + 1); };  // two boxes
  const cv::Size box(side(sigma[0]), side(sigma[1]));
  if (box.width <= 1 && box.height <= 1) return;
  for (int i = 0; i < 2; ++i) cv::blur(picture, picture, box, {-1, -1}, cv::BORDER_REFLECT_101);
}

}  // namespace

void keepLevels(Scene& scene, cv::Size size) {
  std::vector<std::array<bool, 3>> drawn(scene.layers.size(), {true, false, false});
  std::vector<std::array<std::size_t, 2>> sides(scene.pairs.size());
  for (const FrameView& f : scene.frames) {
    drawn[f.a][levelOf(scene.layers[f.a], mapOf(scene, f.viewA, size))] = true;
    drawn[f.b][levelOf(scene.layers[f.b], mapOf(scene, f.viewB, size))] = true;
    if (f.pair >= 0) sides[static_cast<std::size_t>(f.pair)] = {f.a, f.b};
  }
  const auto keep = [&](std::size_t layer, std::vector<cv::Mat>& levels) {
    for (std::size_t i = 0; i < levels.size(); ++i)
      if (!drawn[layer][i]) levels[i].release();
  };
  for (std::size_t i = 0; i < scene.layers.size(); ++i) keep(i, scene.layers[i].levels);
  for (std::size_t i = 0; i < scene.pairs.size(); ++i) {
    keep(sides[i][0], scene.pairs[i].first.behind);
    keep(sides[i][1], scene.pairs[i].second.behind);
  }
}

cv::Mat drawScene(const Scene& scene, std::int64_t frame, cv::Size size, cv::Mat* invented) {
  cv::Mat out(size, CV_32FC3);
  if (invented) *invented = cv::Mat::zeros(size, CV_8U);
  if (scene.layers.empty() || scene.frames.empty()) {
    out.setTo(cv::Scalar::all(0.5));
    if (invented) invented->setTo(1);
    return out;
  }
  const FrameView& view = scene.frames[std::clamp<std::int64_t>(frame, 0, static_cast<std::int64_t>(scene.frames.size()) - 1)];
  Drawing d;
  d.a = samplerOf(scene, scene.layers[view.a], view.viewA, size);
  d.b = samplerOf(scene, scene.layers[view.b], view.viewB, size);
  d.two = showsTwo(view);
  if (d.two) {
    expose(d.a, scene.layers[view.a].toNext, view.share);
    expose(d.b, scene.layers[view.a].toNext, view.share - 1);
  }
  if (drawnFromPair(view)) {
    const auto sampling = [](const Sampler& l) {
      return LevelSampling{l.level, l.scale, l.offset - l.originX * l.scale, l.offset - l.originY * l.scale, l.gain};
    };
    const auto behind = [](const Sampler& l, const DepthPicture& picture) {
      if (picture.behind.empty()) return LevelSampling{};
      const float toLevel = 1 / static_cast<float>(1 << l.size);
      return LevelSampling{&picture.behind[l.size], l.scale, l.offset - static_cast<float>(picture.behindAt.x) * toLevel,
                           l.offset - static_cast<float>(picture.behindAt.y) * toLevel, l.gain};
    };
    const DepthPair& pair = scene.pairs[static_cast<std::size_t>(view.pair)];
    drawDepth({&pair, view.fromFirst, scene.size, sampling(d.a), sampling(d.b), behind(d.a, pair.first), behind(d.b, pair.second), view.share},
              out, invented);
    return out;
  }
  d.shareA = (1 - view.share) * (1 - view.share);
  d.shareB = view.share * view.share;
  const bool deepA = d.a.level->depth() == CV_16U, deepB = d.b.level->depth() == CV_16U;
  cv::parallel_for_({0, size.height}, [&](const cv::Range& rows) {
    if (deepA && deepB) drawRows<std::uint16_t, std::uint16_t>(d, rows, out, invented);
    else if (deepA) drawRows<std::uint16_t, std::uint8_t>(d, rows, out, invented);
    else if (deepB) drawRows<std::uint8_t, std::uint16_t>(d, rows, out, invented);
    else drawRows<std::uint8_t, std::uint8_t>(d, rows, out, invented);
  });
  const float factor = static_cast<float>(size.width) / static_cast<float>(scene.size.width);
  soften(out, view.blur * factor);
  return out;
}

}  // namespace pai::core

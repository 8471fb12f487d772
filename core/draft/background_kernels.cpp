// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_kernels.h"

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

PAI_INLINE void projectBody(const DepthRow& r, float* PAI_RESTRICT places, float* PAI_RESTRICT scales) {
  const cv::Matx33f& t = r.project->turn;
  const cv::Vec3f& s = r.project->shift;
  const float a = t(0, 0), b = t(1, 0), c = t(2, 0), sx = s[0], sy = s[1], sz = s[2];
  const float ya = t(0, 1) * r.y, yb = t(1, 1) * r.y, yc = t(2, 1) * r.y, oa = t(0, 2), ob = t(1, 2), oc = t(2, 2);
  const float* PAI_RESTRICT w = r.depth;
  for (int x = 0; x < r.count; ++x) {
    const auto fx = static_cast<float>(x);
    const float z = c * fx + yc + oc + w[x] * sz, k = 1.0F / (z > 0.02F ? z : 0.02F);
    places[2 * x] = (a * fx + ya + oa + w[x] * sx) * k;
    places[2 * x + 1] = (b * fx + yb + ob + w[x] * sy) * k;
    scales[x] = k;
  }
}

PAI_INLINE float held(float v, float last) { return v > 0.0F ? (v < last ? v : last) : 0.0F; }

PAI_INLINE void indexBody(const DepthRow& r, const float* PAI_RESTRICT places, int* PAI_RESTRICT index) {
  for (int x = 0; x < r.count; ++x) {
    const float u = held((places[2 * x] + 0.5F) * r.scaleX, r.lastX), v = held((places[2 * x + 1] + 0.5F) * r.scaleY, r.lastY);
    index[x] = static_cast<int>(v) * r.step + static_cast<int>(u);
  }
}

PAI_INLINE void opennessBody(const DepthRow& r, const float* PAI_RESTRICT scales, const float* PAI_RESTRICT there, float hidden,
                             float* PAI_RESTRICT out) {
  const float* PAI_RESTRICT w = r.depth;
  for (int x = 0; x < r.count; ++x) {
    const float nearer = (there[x] - w[x] * scales[x]) / hidden - 0.5F, n = nearer > 0.0F ? nearer : 0.0F, k = 2 * n * n;
    out[x] = 1 / (1 + k * k * k * k);
  }
}

PAI_INLINE void openerBody(const float* PAI_RESTRICT places, float right, const float* PAI_RESTRICT open, float* PAI_RESTRICT most, int count) {
  for (int x = 0; x < count; ++x) {
    const float at = places[2 * x], seen = at >= 0.0F && at <= right ? open[x] : 0.0F;
    most[x] = seen > most[x] ? seen : most[x];
  }
}

PAI_TARGET_AVX2 PAI_NOINLINE void openerAvx2(const float* p, float r, const float* o, float* m, int n) { openerBody(p, r, o, m, n); }
PAI_NOINLINE void openerPlain(const float* p, float r, const float* o, float* m, int n) { openerBody(p, r, o, m, n); }

PAI_INLINE void placeBody(const LayerRow& r, float* PAI_RESTRICT u, float* PAI_RESTRICT v) {
  const float *m = r.map, a = m[0], b = m[3], c = m[6], bx = m[1] * r.y + m[2], by = m[4] * r.y + m[5], bz = m[7] * r.y + m[8];
  for (int x = 0; x < r.count; ++x) {
    const auto fx = static_cast<float>(x);
    const float w = c * fx + bz, z = 1.0F / (w > 1e-6F ? w : 1e-6F);
    u[x] = (a * fx + bx) * z;
    v[x] = (b * fx + by) * z;
  }
  const auto last = static_cast<float>(r.columns - 1);
  for (int i = 0; i < r.columns; ++i) {
    const float u0 = r.cells[i][0], v0 = r.cells[i][1], du = r.cells[i + 1][0] - u0, dv = r.cells[i + 1][1] - v0, left = static_cast<float>(i);
    const int end = r.starts[i + 1];
    for (int x = r.starts[i]; x < end; ++x) {
      const float k = held((static_cast<float>(x) + 0.5F) * r.meshX - 0.5F, last) - left;
      u[x] += u0 + k * du;
      v[x] += v0 + k * dv;
    }
  }
  for (int x = 0; x < r.count; ++x) u[x] = u[x] * r.scale + r.offsetX;
  for (int x = 0; x < r.count; ++x) v[x] = v[x] * r.scale + r.offsetY;
}

PAI_TARGET_AVX2 PAI_NOINLINE void placeAvx2(const LayerRow& r, float* u, float* v) { placeBody(r, u, v); }
PAI_NOINLINE void placePlain(const LayerRow& r, float* u, float* v) { placeBody(r, u, v); }
PAI_TARGET_AVX2 PAI_NOINLINE void projectAvx2(const DepthRow& r, float* p, float* s) { projectBody(r, p, s); }
PAI_NOINLINE void projectPlain(const DepthRow& r, float* p, float* s) { projectBody(r, p, s); }
PAI_TARGET_AVX2 PAI_NOINLINE void indexAvx2(const DepthRow& r, const float* p, int* i) { indexBody(r, p, i); }
PAI_NOINLINE void indexPlain(const DepthRow& r, const float* p, int* i) { indexBody(r, p, i); }
PAI_TARGET_AVX2 PAI_NOINLINE void opennessAvx2(const DepthRow& r, const float* s, const float* t, float h, float* o) {
  opennessBody(r, s, t, h, o);
}
PAI_NOINLINE void opennessPlain(const DepthRow& r, const float* s, const float* t, float h, float* o) { opennessBody(r, s, t, h, o); }

}  // namespace

void projectRow(const DepthRow& row, float* places, float* scales) {
  cpuHasAvx2() ? projectAvx2(row, places, scales) : projectPlain(row, places, scales);
}

void sightRow(const DepthRow& row, float* places, float* scales, int* index) {
  projectRow(row, places, scales);
  cpuHasAvx2() ? indexAvx2(row, places, index) : indexPlain(row, places, index);
}

void openerRow(const float* places, float right, const float* open, float* most, int count) {
  cpuHasAvx2() ? openerAvx2(places, right, open, most, count) : openerPlain(places, right, open, most, count);
}

void placeRow(const LayerRow& row, float* u, float* v) { cpuHasAvx2() ? placeAvx2(row, u, v) : placePlain(row, u, v); }

void opennessRow(const DepthRow& row, const float* scales, const float* there, float hidden, float* out) {
  cpuHasAvx2() ? opennessAvx2(row, scales, there, hidden, out) : opennessPlain(row, scales, there, hidden, out);
}

}  // namespace pai::core

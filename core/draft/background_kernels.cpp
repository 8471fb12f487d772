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

void opennessRow(const DepthRow& row, const float* scales, const float* there, float hidden, float* out) {
  cpuHasAvx2() ? opennessAvx2(row, scales, there, hidden, out) : opennessPlain(row, scales, there, hidden, out);
}

}  // namespace pai::core

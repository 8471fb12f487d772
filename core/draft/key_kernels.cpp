// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/key_kernels.h"

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

PAI_INLINE float larger(float a, float b) { return a > b ? a : b; }
PAI_INLINE float clamped(float v) { return v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v; }

PAI_INLINE void differenceBody(const float* PAI_RESTRICT p, const float* PAI_RESTRICT a, const float* PAI_RESTRICT b,
                               float* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) out[x] = p[x] - larger(a[x], b[x]);
}

PAI_INLINE void alphaBody(const float* PAI_RESTRICT d, const float* PAI_RESTRICT screen, const float* PAI_RESTRICT subject,
                          const float* PAI_RESTRICT solid, float* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) {
    const float range = larger(screen[x] - subject[x], 0.25f * screen[x] + 1e-4f);
    const float a = clamped((screen[x] - d[x]) / range);
    out[x] = a + (1.0f - a) * solid[x];
  }
}

PAI_INLINE void screenBody(const KeyRow& in, const float* PAI_RESTRICT limit, float darkest, float saturation, const ScreenSums& out, int count) {
  const float *PAI_RESTRICT p = in.primary, *PAI_RESTRICT a = in.a, *PAI_RESTRICT b = in.b;
  float *PAI_RESTRICT sumP = out.primary, *PAI_RESTRICT sumA = out.a, *PAI_RESTRICT sumB = out.b, *PAI_RESTRICT seen = out.count;
  for (int x = 0; x < count; ++x) {
    const float d = p[x] - larger(a[x], b[x]);
    const float one = ((p[x] >= darkest) & (d >= saturation * p[x]) & (d >= limit[x])) ? 1.0f : 0.0f;
    sumP[x] += one * p[x];
    sumA[x] += one * a[x];
    sumB[x] += one * b[x];
    seen[x] += one;
  }
}

PAI_INLINE void markBody(const KeyRow& in, const float* PAI_RESTRICT limit, float darkest, float saturation, float tintA, float tintB,
                         unsigned char* PAI_RESTRICT marks, int count) {
  const float *PAI_RESTRICT p = in.primary, *PAI_RESTRICT a = in.a, *PAI_RESTRICT b = in.b;
  for (int x = 0; x < count; ++x) {
    const float d = p[x] - larger(a[x], b[x]);
    const int shaded = ((a[x] < tintA * p[x]) & (b[x] < tintB * p[x])) ? kShaded : kForeign, is = d >= limit[x] ? kCounts : shaded;
    marks[x] = static_cast<unsigned char>(((p[x] >= darkest) & (d >= saturation * p[x])) ? is : kForeign);
  }
}

PAI_INLINE void levelsBody(float* PAI_RESTRICT a, float black, float scale, int count) {
  for (int x = 0; x < count; ++x) a[x] = clamped((a[x] - black) * scale);
}

PAI_TARGET_AVX2 PAI_NOINLINE void differenceAvx2(const float* p, const float* a, const float* b, float* o, int n) {
  differenceBody(p, a, b, o, n);
}
PAI_NOINLINE void differencePlain(const float* p, const float* a, const float* b, float* o, int n) {
  differenceBody(p, a, b, o, n);
}
PAI_TARGET_AVX2 PAI_NOINLINE void alphaAvx2(const float* d, const float* s, const float* f, const float* k, float* o, int n) {
  alphaBody(d, s, f, k, o, n);
}
PAI_NOINLINE void alphaPlain(const float* d, const float* s, const float* f, const float* k, float* o, int n) {
  alphaBody(d, s, f, k, o, n);
}
PAI_TARGET_AVX2 PAI_NOINLINE void screenAvx2(const KeyRow& in, const float* l, float d, float s, const ScreenSums& o, int n) {
  screenBody(in, l, d, s, o, n);
}
PAI_NOINLINE void screenPlain(const KeyRow& in, const float* l, float d, float s, const ScreenSums& o, int n) {
  screenBody(in, l, d, s, o, n);
}
PAI_TARGET_AVX2 PAI_NOINLINE void markAvx2(const KeyRow& in, const float* l, float d, float s, float a, float b, const ScreenSums& o,
                                           unsigned char* m, int n) {
  screenBody(in, l, d, s, o, n);
  markBody(in, l, d, s, a, b, m, n);
}
PAI_NOINLINE void markPlain(const KeyRow& in, const float* l, float d, float s, float a, float b, const ScreenSums& o, unsigned char* m, int n) {
  screenBody(in, l, d, s, o, n);
  markBody(in, l, d, s, a, b, m, n);
}
PAI_INLINE float sizeOf(float v) { return v < 0.0f ? -v : v; }
PAI_INLINE void steadyBody(const RowPair& rows, const float* PAI_RESTRICT before, float share, float* PAI_RESTRICT a, int count) {
  const float* PAI_RESTRICT r = rows.now[0];
  const float* PAI_RESTRICT g = rows.now[1];
  const float* PAI_RESTRICT b = rows.now[2];
  const float* PAI_RESTRICT r0 = rows.before[0];
  const float* PAI_RESTRICT g0 = rows.before[1];
  const float* PAI_RESTRICT b0 = rows.before[2];
  for (int x = 0; x < count; ++x) {
    const float change = sizeOf(r[x] - r0[x]) + sizeOf(g[x] - g0[x]) + sizeOf(b[x] - b0[x]);
    const float light = 0.02f + 0.06f * (r[x] + g[x] + b[x]), still = 1.0f - change / light;
    a[x] += (before[x] - a[x]) * share * (still > 0.0f ? still : 0.0f);
  }
}
PAI_TARGET_AVX2 PAI_NOINLINE void steadyAvx2(const RowPair& r, const float* p, float s, float* a, int n) { steadyBody(r, p, s, a, n); }
PAI_NOINLINE void steadyPlain(const RowPair& r, const float* p, float s, float* a, int n) { steadyBody(r, p, s, a, n); }
PAI_TARGET_AVX2 PAI_NOINLINE void levelsAvx2(float* a, float b, float s, int n) { levelsBody(a, b, s, n); }
PAI_NOINLINE void levelsPlain(float* a, float b, float s, int n) { levelsBody(a, b, s, n); }

}  // namespace

void screenDifferenceRow(const KeyRow& in, float* out, int count) {
  cpuHasAvx2() ? differenceAvx2(in.primary, in.a, in.b, out, count) : differencePlain(in.primary, in.a, in.b, out, count);
}

void alphaRow(const float* difference, const float* screen, const float* subject, const float* solid, float* alpha, int count) {
  cpuHasAvx2() ? alphaAvx2(difference, screen, subject, solid, alpha, count)
               : alphaPlain(difference, screen, subject, solid, alpha, count);
}

void addScreenRow(const KeyRow& in, const float* limit, float darkest, float saturation, const ScreenSums& sums, int count) {
  cpuHasAvx2() ? screenAvx2(in, limit, darkest, saturation, sums, count) : screenPlain(in, limit, darkest, saturation, sums, count);
}

void markScreenRow(const KeyRow& in, const float* limit, float darkest, float saturation, float tintA, float tintB, const ScreenSums& sums,
                   unsigned char* marks, int count) {
  cpuHasAvx2() ? markAvx2(in, limit, darkest, saturation, tintA, tintB, sums, marks, count)
               : markPlain(in, limit, darkest, saturation, tintA, tintB, sums, marks, count);
}

void steadyRow(const RowPair& rows, const float* before, float share, float* alpha, int count) {
  cpuHasAvx2() ? steadyAvx2(rows, before, share, alpha, count) : steadyPlain(rows, before, share, alpha, count);
}

void levelsRow(float* alpha, float black, float white, int count) {
  const float scale = 1.0f / (white - black > 1e-3f ? white - black : 1e-3f);
  cpuHasAvx2() ? levelsAvx2(alpha, black, scale, count) : levelsPlain(alpha, black, scale, count);
}

}  // namespace pai::core

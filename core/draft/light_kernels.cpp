// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/light_kernels.h"

#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

PAI_INLINE float larger(float a, float b) { return a > b ? a : b; }
PAI_INLINE float smaller(float a, float b) { return a < b ? a : b; }

template <bool kGlow, bool kLit>
PAI_INLINE void lightBody(const LightTerms& terms, const LightRow& row, int count) {
  const LightTerms t = terms;
  float *PAI_RESTRICT p = row.light[0], *PAI_RESTRICT q = row.light[1], *PAI_RESTRICT r = row.light[2];
  const float *PAI_RESTRICT alpha = row.alpha, *PAI_RESTRICT glow = row.glow, *PAI_RESTRICT lit = row.lit, *PAI_RESTRICT through = row.through;
  const float *PAI_RESTRICT across = row.across, down = row.down, perCut = 1.0f / (t.cutTo - t.cutFrom);
  for (int x = 0; x < count; ++x) {
    float v[3] = {p[x], q[x], r[x]}, cut[3], known = -1.0f;
    if constexpr (kGlow) {
      // Never a hue beyond that of the other two channels.
      const float least = smaller(v[0], smaller(v[1], v[2])), taken = smaller(glow[x], t.most * t.bounce * v[0]);
      v[0] = larger(v[0] - taken, least);
      for (int c = 0; c < 3; ++c) v[c] *= t.keep;
    }
    for (int c = 0; c < 3; ++c) {
      const float over = (v[c] - t.cutFrom) * perCut, part = over < 0.0f ? 0.0f : over > 1.0f ? 1.0f : over;
      cut[c] = v[c] > 1.0f ? 0.0f : part;
      v[c] *= t.gain[c];
      known = cut[c] < 0.5f ? larger(known, v[c]) : known;
    }
    // A channel that was cut was brighter than it says: it is at least as bright as those that were not. White stays white.
    const float least = known < 0.0f ? 1.0f : smaller(known, 1.0f), shade = across[x] * down;
    for (int c = 0; c < 3; ++c) v[c] = (v[c] + (larger(v[c], least) - v[c]) * cut[c]) * t.tint[c] * shade;
    if constexpr (kLit) {
      const float grey = t.luma[0] * v[0] + t.luma[1] * v[1] + t.luma[2] * v[2];
      for (int c = 0; c < 3; ++c) {
        const float around = t.share * (1.0f + t.key[c] * lit[x]), strands = t.share * t.key[c] * through[x];
        v[c] = v[c] * around + (v[c] + (grey - v[c]) * t.pale) * strands;
      }
    }
    // Haze adds its light and hides as much of what lies behind it.
    for (int c = 0; c < 3; ++c) v[c] = t.veil[c] + (1.0f - t.veil[c]) * v[c];
    const bool seen = alpha[x] > 0.0f;
    p[x] = seen ? v[0] : p[x];
    q[x] = seen ? v[1] : q[x];
    r[x] = seen ? v[2] : r[x];
  }
}

#define PAI_LIGHT_ROWS(NAME, TARGET)                                            \
  template <bool kGlow, bool kLit>                                              \
  TARGET void NAME(const LightTerms& terms, const LightRow& row, int count) {   \
    lightBody<kGlow, kLit>(terms, row, count);                                  \
  }
PAI_LIGHT_ROWS(lightPlain, PAI_NOINLINE)
PAI_LIGHT_ROWS(lightAvx2, PAI_NOINLINE PAI_TARGET_AVX2)
#undef PAI_LIGHT_ROWS

template <bool kGlow, bool kLit>
void light(const LightTerms& terms, const LightRow& row, int count) {
  cpuHasAvx2() ? lightAvx2<kGlow, kLit>(terms, row, count) : lightPlain<kGlow, kLit>(terms, row, count);
}

}  // namespace

void lightRow(const LightTerms& terms, const LightRow& row, int count) {
  if (row.glow) row.lit ? light<true, true>(terms, row, count) : light<true, false>(terms, row, count);
  else row.lit ? light<false, true>(terms, row, count) : light<false, false>(terms, row, count);
}

}  // namespace pai::core

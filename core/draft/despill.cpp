// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/despill.h"

#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr float kSolid = 0.999f;
constexpr float kFull = 0.8f;          // coverage from which on a mixed pixel's own colour counts more and more
constexpr std::array<float, 3> kLumaShare{0.2126f, 0.7152f, 0.0722f};
constexpr float kLightKept = 0.45f;    // of the luma that spill brought
constexpr float kSurelySpill = 0.35f;  // of a colour's primary that is spill beyond doubt
constexpr float kSoftSpill = 0.5f;     // how sure a soft pixel's is
constexpr double kStrandReach = 24.0;    // pixels at 1920: strands that belong together
constexpr float kFewStrands = 0.03f, kAllStrands = 0.1f;  // mean softness of a matte
constexpr float kStrandSpill = 0.9f;   // how sure the screen's light is that came through strands
constexpr float kOwnAtMost = 0.4f;     // how far below the others a primary is moved: beside a red scarf hair is not red

float lumaOf(const cv::Vec3f& c) { return 0.2126f * c[0] + 0.7152f * c[1] + 0.0722f * c[2]; }

float smooth(float low, float high, float v) {
  const float t = std::clamp((v - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3.0f - 2.0f * t);
}

/// Takes the screen's light off a colour. What its primary has above the larger other channel goes away, and the more there
/// was of it, the farther the primary goes on to where it lies in the solid subject nearby: a colour that the screen lit
/// strongly is no olive. It never falls below both others, which would be a fringe in the complementary colour. A part of the
/// light stays, in the subject's colour. `least` is how sure the screen's colour in it is from the start.
cv::Vec3f despilled(const cv::Vec3f& c, const ScreenColour& s, const cv::Vec3f& near, float strength, float least) {
  const int p = s.primary, a = (p + 1) % 3, b = (p + 2) % 3;
  const float others = std::max(c[a], c[b]), lower = std::min(c[a], c[b]), excess = c[p] - others;
  const float nearOthers = std::max(near[a], near[b]);
  const float own = nearOthers > 1e-4f ? std::clamp(1.0f - near[p] / nearOthers, 0.0f, kOwnAtMost) : 0.0f;
  const float sure = std::max(least, smooth(0.0f, kSurelySpill, excess / std::max(c[p], 1e-5f)));
  const float removed = (excess + std::min(own * sure * others, others - lower)) * strength;
  if (removed <= 0.0f) return c;
  cv::Vec3f out = c;
  out[p] -= removed;
  const float nearLuma = lumaOf(near), lost = kLightKept * removed * kLumaShare[static_cast<std::size_t>(p)];
  if (nearLuma < 1e-4f) return out + cv::Vec3f(lost, lost, lost);
  cv::Vec3f back = near * (lost / nearLuma);
  back[p] = std::min(back[p], std::max(back[a], back[b]));
  return out + back;
}

/// Colour of a mixed pixel without the screen: c = alpha f + (1 - alpha) s.
cv::Vec3f unmixed(const cv::Vec3f& c, const cv::Vec3f& s, const cv::Vec3f& near, float alpha, int primary) {
  if (alpha < 0.02f) return near;
  cv::Vec3f f = (c - s * (1.0f - alpha)) / alpha;
  for (int i = 0; i < 3; ++i) f[i] = std::max(f[i], 0.0f);
  // The primary may not fall below the others by more than the solid subject's does: that would be a fringe in the
  // complementary colour, left where coarse chroma samples gave the pixel too little of the screen.
  const int a = (primary + 1) % 3, b = (primary + 2) % 3;
  const float others = std::min(f[a], f[b]), nearOthers = std::min(near[a], near[b]);
  const float least = nearOthers > 1e-4f ? std::min(1.0f, near[primary] / nearOthers) * others : others;
  f[primary] = std::max(f[primary], least * smooth(1.0f, 0.7f, alpha));
  // The thinner the pixel, the less it says: its brightness is held near the solid subject's, then its colour.
  const float l = lumaOf(f), nearLuma = lumaOf(near), slack = 1.0f + 4.0f * alpha * alpha;
  const float held = std::clamp(l, nearLuma / slack, nearLuma * slack + 0.02f * alpha);
  if (l > 1e-5f) f *= held / l;
  const float trust = smooth(0.05f, 0.55f, alpha), chroma = smooth(0.5f, 0.98f, alpha);
  const cv::Vec3f tinted = near * (std::max(lumaOf(f), 0.0f) / std::max(nearLuma, 1e-4f));
  f = f * chroma + tinted * (1.0f - chroma);
  return f * trust + near * (1.0f - trust);
}

/// Where a matte is soft far and wide, 0..1: hair, which the screen shines through even where no gap is seen.
cv::Mat strandsOf(const cv::Mat& alpha, int width) {
  const int cell = std::max(1, width / 240);
  cv::Mat soft, out;
  cv::resize(alpha.mul(1.0 - alpha), soft, {std::max(1, alpha.cols / cell), std::max(1, alpha.rows / cell)}, 0, 0, cv::INTER_AREA);
  cv::GaussianBlur(soft, soft, {0, 0}, kStrandReach * width / 1920.0 / cell, 0.0, cv::BORDER_REPLICATE);
  for (int y = 0; y < soft.rows; ++y) {
    float* s = soft.ptr<float>(y);
    for (int x = 0; x < soft.cols; ++x) s[x] = smooth(kFewStrands, kAllStrands, 4.0f * s[x]);
  }
  cv::resize(soft, out, alpha.size(), 0, 0, cv::INTER_LINEAR);
  return out;
}

}  // namespace

void unmixForeground(const ScreenColour& screen, const CoarseField& field, const CoarseField& subject, const MixedColours& mixed,
                     const cv::Mat& alpha, float strength, const Planes& frame, Planes& out) {
  const cv::Rect part = coveredPart(alpha);
  const cv::Mat strands = part.empty() ? cv::Mat() : strandsOf(alpha(part), alpha.cols);
  cv::parallel_for_({0, alpha.rows}, [&](const cv::Range& rows) {
    CoarseRow behind(field), near(subject);
    for (int y = rows.start; y < rows.end; ++y) {
      const float* al = alpha.ptr<float>(y);
      const bool covered = y >= part.y && y < part.y + part.height;
      const int first = covered ? part.x : alpha.cols, last = covered ? part.x + part.width : alpha.cols;
      for (int c = 0; c < 3; ++c) {
        std::fill_n(out.row(c, y), first, 0.0f);
        std::fill_n(out.row(c, y) + last, alpha.cols - last, 0.0f);
      }
      if (!covered) continue;
      behind.start(y);
      near.start(y);
      const float *fr = frame.row(0, y), *fg = frame.row(1, y), *fb = frame.row(2, y), *st = strands.ptr<float>(y - part.y);
      float *r = out.row(0, y), *g = out.row(1, y), *b = out.row(2, y);
      const MixedColour* known = nullptr;
      const MixedColour* end = nullptr;
      if (static_cast<std::size_t>(y) < mixed.size()) {
        const std::vector<MixedColour>& row = mixed[static_cast<std::size_t>(y)];
        known = row.data();
        end = known + row.size();
      }
      for (int x = first; x < last; ++x) {
        const cv::Vec3f c = al[x] > 0.0f ? cv::Vec3f(fr[x], fg[x], fb[x]) : cv::Vec3f();
        const float strand = st[x - first];
        while (known != end && known->x < x) ++known;
        const bool found = known != end && known->x == x;
        r[x] = c[0], g[x] = c[1], b[x] = c[2];
        if (al[x] <= 0.0f || (!found && al[x] >= kSolid && strand <= 0.0f && screen.difference(c[0], c[1], c[2]) <= 0.0f)) continue;
        const float trust = found ? known->trust : 0.0f;
        cv::Vec3f f = c;
        if (al[x] < kSolid) f = unmixed(c, behind.at(x), near.at(x), al[x], screen.primary);
        if (found) {
          // The fuller the pixel, the better it knows its colour itself: eyes in a face stay what they are.
          const float share = trust * smooth(1.0f, kFull, al[x]);
          f = known->colour * share + f * (1.0f - share);
        }
        const bool soft = found || al[x] < kSolid;
        if (soft || strand > 0.0f || screen.difference(f[0], f[1], f[2]) > 0.0f) {
          f = despilled(f, screen, near.at(x), strength, std::max(soft ? kSoftSpill : 0.0f, kStrandSpill * strand));
        }
        r[x] = f[0];
        g[x] = f[1];
        b[x] = f[2];
      }
    }
  }, 8.0);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cmath>

#include "core/draft/light_match.h"

namespace pai::core {
namespace {

constexpr float kMendShare = 1.3f;      // of the strength that goes into mending the plate's own light
constexpr float kGradientShare = 0.1f;  // of the scene's gradient that a subject takes on
constexpr float kFullStrength = 0.7f;   // of which on the blacks are matched as far as is asked

/// Haze adds its light and hides as much of what lies behind it.
float veiled(float v, float veil) { return veil + (1.0f - veil) * v; }
float decoded(float v) { return std::pow(std::max(v, 0.0f), kCoding); }
float coded(float v) { return std::pow(v, 1.0f / kCoding); }

float ramp(float low, float high, float v) { return std::clamp((v - low) / (high - low), 0.0f, 1.0f); }

}  // namespace

void applyLight(const FrameLight& light, const LightSettings& settings, float exponent, Planes& foreground,
                const cv::Mat& alpha) {
  if (!settings.relight) return;
  const float strength = static_cast<float>(std::clamp(settings.strength, 0.0, 1.0));
  const float gradient = static_cast<float>(std::clamp(settings.gradient, 0.0, 1.0)) * strength * kGradientShare * exponent;
  const float matched = static_cast<float>(std::clamp(settings.blacks, 0.0, 1.0)) * std::min(1.0f, strength / kFullStrength);
  const bool linear = exponent > 1.5f;
  std::array<float, 3> gain{}, tint{}, veil{};
  for (int c = 0; c < 3; ++c) {
    const auto i = static_cast<std::size_t>(c);
    gain[i] = std::pow(light.correction[c], exponent * std::min(1.0f, strength * kMendShare));
    tint[i] = std::pow(light.tint[c], exponent * strength);
    veil[i] = light.veil[c] * matched;
  }
  const int width = alpha.cols, height = alpha.rows;
  std::vector<float> across(static_cast<std::size_t>(width));
  for (int x = 0; x < width; ++x) {
    across[static_cast<std::size_t>(x)] = std::exp(gradient * light.slope[0] * ((static_cast<float>(x) + 0.5f) / static_cast<float>(width) - 0.5f));
  }
  const float cutFrom = std::pow(0.93f, exponent), cutTo = std::pow(0.99f, exponent);
  cv::parallel_for_({0, height}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      const float down = std::exp(gradient * light.slope[1] * ((static_cast<float>(y) + 0.5f) / static_cast<float>(height) - 0.5f));
      const float* a = alpha.ptr<float>(y);
      float* p[3] = {foreground.row(0, y), foreground.row(1, y), foreground.row(2, y)};
      for (int x = 0; x < width; ++x) {
        if (a[x] <= 0.0f) continue;
        float in[3], out[3], cut[3], known = -1.0f;
        for (int c = 0; c < 3; ++c) {
          in[c] = p[c][x];
          out[c] = in[c] * gain[static_cast<std::size_t>(c)];
          cut[c] = in[c] > 1.0f ? 0.0f : ramp(cutFrom, cutTo, in[c]);
          if (cut[c] < 0.5f) known = std::max(known, out[c]);
        }
        // A channel that was cut was brighter than it says: it is at least as bright as those that were not. White stays white.
        const float least = known < 0.0f ? 1.0f : std::min(known, 1.0f);
        const float shade = across[static_cast<std::size_t>(x)] * down;
        for (int c = 0; c < 3; ++c) {
          const auto i = static_cast<std::size_t>(c);
          const float lit = (out[c] + (std::max(out[c], least) - out[c]) * cut[c]) * tint[i] * shade;
          p[c][x] = linear ? veiled(lit, veil[i]) : veil[i] > 0.0f ? coded(veiled(decoded(lit), veil[i])) : lit;
        }
      }
    }
  }, 8.0);
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/base/stop.h"
#include "core/draft/finish_planes.h"

namespace pai::core {

/// The exponent by which coded values are taken for linear light here.
inline constexpr float kCoding = 2.2f;

/// A subject's frame as the light is measured: coded values (0..1), small, and where the subject is solid (CV_8U).
struct LightSample {
  cv::Mat coded;  // CV_32FC3 RGB
  cv::Mat solid;
};

/// What of one frame is changed, in coded values.
struct FrameLight {
  cv::Vec3f correction{1, 1, 1};  // gain that makes the plate's light white and its highlights full
  cv::Vec3f tint{1, 1, 1};        // gain towards the scene's light
  cv::Vec2f slope{0, 0};          // logarithm of the scene's light from one border of the frame to the other, x and y
  cv::Vec3f veil{0, 0, 0};        // linear light: how much brighter the scene's blacks are than the subject's
  float bounce = 0.0f;            // share of the primary's light that the screen threw on the whole subject
  int primary = 1;                // the screen's channel
  cv::Vec3f key{0, 0, 0};         // the scene's key light over the light that is there, where the surface turns to it
  cv::Vec2f towards{0, 0};        // unit direction to it in the frame
  cv::Vec2f fall{0, 0};           // where the shadow of a point on the subject falls on the ground, over the point's height
  float shade = 0.0f;             // light that such a shadow takes away, 0..1
  float shadowTrust = 0.0f;       // how sure it is that the scene has such shadows, 0..1
  float studio = 0.0f;            // how sure it is that the subject stands in a studio's light and not in the scene's, 0..1
};

/// The light that makes the subject belong to the scene, one entry a frame; smooth in time.
struct LightCurve {
  std::vector<FrameLight> frames;
  bool empty() const { return frames.empty(); }
};

/// The colour of light in a set of pictures: logarithms of red and blue over green of near-neutral surfaces, and how much of
/// the light agrees.
struct LightColour {
  cv::Vec2d logRatio{0, 0};
  double trust = 0.0;
};
LightColour lightColourOf(const std::vector<LightSample>& samples);

/// Measures the subject over the shot against the scene. White surfaces tell the plate's light (their clipped highlights its
/// exposure), frame by frame, so that a drift of it goes away; the scene's own neutral surfaces say which light to match, and
/// its blacks how much haze lies before the subject too (one value a shot). The glow of a screen whose channel is `primary`
/// (none: not filmed before one) is measured, and from where the scene's light comes.
/// `subject` gives a frame's sample, `scene` the background's pictures. Errors: of `subject`, kCancelled.
Result<LightCurve> matchLight(std::int64_t frames, const std::function<Result<LightSample>(FrameIndex)>& subject,
                              const std::function<LightSample(FrameIndex)>& scene, std::optional<int> primary,
                              const StopToken& stop, const ProgressFn& progress);

/// Applies a frame's light to straight foreground colours in place. `exponent` leads from coded to the planes' values (1 for
/// coded planes, about 2.2 for linear light).
void applyLight(const FrameLight& light, const LightSettings& settings, float exponent, Planes& foreground,
                const cv::Mat& alpha);

}  // namespace pai::core

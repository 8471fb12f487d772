// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/draft/light_match.h"

namespace pai::core {

/// How the ground before the subject shows the scene's own shadows in one frame.
struct GroundSight {
  float slope = 0.0f;  // of the shadows that would pass the subject's feet: down per pixel to the right
  float trust = 0.0f;  // share of the ground's edges that lead to one vanishing point
  float shade = 0.0f;  // light that the dark parts of the ground lack of the bright ones', 0..1
};

/// Shadows of parallel light on a plane meet in one point of its horizon: the point that most edges of the ground lead
/// to. Nothing where the frame has no scene, no subject, or the subject's feet are out of it.
std::optional<GroundSight> groundSightOf(const LightSample& scene, const LightSample& subject);

/// Where the subject's shadow falls over a shot, from what was seen at some frames and each light's `towards`: sets
/// each light's `fall`, `shade` and `shadowTrust`.
void setCastShadow(const std::vector<std::int64_t>& seenAt, const std::vector<GroundSight>& sights,
                   const std::vector<std::int64_t>& frames, double spread, std::vector<FrameLight>& lights);

/// Multiplies the shadow that the scene's key light throws of the subject into `shadow` (made when empty). The subject
/// is taken to be round and to stand where its matte ends; nothing where that is out of the frame.
void addCastShadow(const FrameLight& light, const LightSettings& settings, const cv::Mat& alpha, cv::Mat& shadow);

}  // namespace pai::core

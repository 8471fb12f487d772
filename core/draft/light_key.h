// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "core/draft/light_match.h"

namespace pai::core {

/// Where a scene's light comes from as one frame of it shows, seen from where the subject stands.
struct KeySight {
  cv::Vec2f towards{0, 0};  // to the brighter side; its length is 0 in even light and about 1 where one side has nearly all
  cv::Vec3f surplus{0, 0, 0};  // linear light of that side over the frame's mean
};

/// Nothing where the frame has no subject or no scene.
std::optional<KeySight> keySightOf(const LightSample& scene, const LightSample& subject);

/// The scene's key light of a whole shot at the frames that were looked at (empty entries take the others'), smooth over
/// `spread` frames: sets each light's `key` and `towards`. A scene without an unmistakable direction gives none.
void setKeyLight(const std::vector<std::int64_t>& frames, const std::vector<std::optional<KeySight>>& sights, double spread,
                 std::vector<FrameLight>& lights);

/// A subject's form as its matte tells it, on a grid of blocks: it is taken to be round, so that its border faces sideways.
struct SubjectForm {
  int block = 1;         // pixels on a side
  cv::Rect blocks;       // of the frame's, where there is subject; what is below covers these
  cv::Rect pixels;       // under them
  float roundness = 1;   // blocks from the border to where the surface faces the camera
  cv::Mat depth;         // CV_32F: blocks from the border, 0 outside
  cv::Mat facing;        // CV_32FC2: unit direction outwards
};
SubjectForm formOf(const cv::Mat& alpha);
/// Means of a plane of the frame over a form's blocks.
cv::Mat blockMeans(const cv::Mat& plane, const SubjectForm& form);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/draft/background_sweep.h"

namespace pai::core {

/// A row of pixels with known inverse depths, and the depth map that another camera's picture has.
struct DepthRow {
  const Projection* project = nullptr;  // from the row's pixels to those of the other camera's frame
  float y = 0;
  const float* depth = nullptr;
  int count = 0;
  float scaleX = 1, scaleY = 1;  // pixel of the other frame -> pixel of its depth map
  float lastX = 0, lastY = 0;    // of the map
  int step = 0;                  // floats a row of it
};

/// Where a row's pixels lie in the other frame, as pairs, and what their inverse depths are multiplied by there.
void projectRow(const DepthRow& row, float* places, float* scales);
/// The same, and where each lies in the other's depth map.
void sightRow(const DepthRow& row, float* places, float* scales, int* index);
/// `openness` of a row's pixels where the other's map holds `there`; `hidden` is its unit.
void opennessRow(const DepthRow& row, const float* scales, const float* there, float hidden, float* out);

}  // namespace pai::core

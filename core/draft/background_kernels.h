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

/// Keeps the larger of two openness rows where the place (pairs) lies between the sides of a frame, 0 to `right`.
void openerRow(const float* places, float right, const float* open, float* most, int count);

/// A row of output pixels as a map and a mesh place it in a layer.
struct LayerRow {
  const float* map = nullptr;  // 3 x 3, from output pixels to those of the reference's frame
  float y = 0;
  int count = 0;
  const cv::Vec2f* cells = nullptr;  // the mesh in this row, the last one twice; null: none
  const int* starts = nullptr;       // the first pixel of each cell, and `count`
  int columns = 0;                   // of the mesh
  float meshX = 0;                   // of its cells a pixel
  float scale = 1, offsetX = 0, offsetY = 0;  // to the layer's pixels
};
/// Where the row's pixels lie in the layer.
void placeRow(const LayerRow& row, float* u, float* v);

}  // namespace pai::core

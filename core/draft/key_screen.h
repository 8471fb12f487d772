// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "core/base/project.h"
#include "core/base/result.h"
#include "core/draft/enlarged_row.h"
#include "core/draft/finish_planes.h"

namespace pai::core {

/// The screen's colour as the whole shot shows it, linear light.
struct ScreenColour {
  cv::Vec3f colour{0, 1, 0};
  int primary = 1;        // channel the screen is bright in
  float saturation = 1;   // (primary - larger other) / primary of the colour
  double coverage = 0.0;  // fraction of the samples that are screen

  /// Screen difference of a colour: primary minus the larger other channel. Positive towards the screen.
  float difference(float r, float g, float b) const {
    return primary == 1 ? g - std::max(r, b) : primary == 2 ? b - std::max(r, g) : r - std::max(g, b);
  }
};

/// Finds the screen in small pictures of the shot, or takes the colour that the settings give. kNoScreen when no saturated
/// green or blue (any saturated colour when `settings` name one) covers at least a hundredth of them.
Result<ScreenColour> findScreen(const KeySettings& settings, const std::vector<Planes>& samples);

/// A coarse picture laid over a frame: one value a cell of `cell` pixels, read bilinearly.
struct CoarseField {
  int cell = 8;
  cv::Mat value;  // CV_32FC3
  cv::Vec3f at(int x, int y) const;
};

/// A coarse field along a row of the frame.
class CoarseRow : public EnlargedRow<cv::Vec3f> {
 public:
  explicit CoarseRow(const CoarseField& field)
      : EnlargedRow(field.value, 1.0f / static_cast<float>(field.cell), 1.0f / static_cast<float>(field.cell), field.value.cols * field.cell) {}
};

/// The screen in front of which a frame was filmed, without the subject: smooth over the frame, shadows kept.
struct ScreenField {
  CoarseField screen;
  cv::Mat seen;     // CV_32F, a cell: fraction of its pixels that are screen
};

/// The field of one frame. `cell` in pixels of the frame given.
ScreenField screenField(const ScreenColour& screen, const Planes& frame, int cell);

/// Averages of the pixels that `weight` (CV_32F) marks, a cell each, spread over cells without any.
CoarseField spreadAverage(const Planes& frame, const cv::Mat& weight, int cell);
/// Adds a part's weighted sums to the cells under it (views of CV_32FC3 sums and CV_32F weights).
void addAverages(const Planes& frame, const cv::Mat& weight, int cell, cv::Mat& sums, cv::Mat& weights);
/// Fills cells of small weight from their surroundings, coarse to fine. `sum` is CV_32FC3 weighted values, `weight` CV_32F.
cv::Mat pushPull(const cv::Mat& sum, const cv::Mat& weight);

}  // namespace pai::core

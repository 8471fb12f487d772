// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/repair_facts.h"

namespace pai::core {

/// A frame as repairs look at it, small: its matte before any repair and its picture.
struct RepairView {
  cv::Mat alpha;    // CV_32F
  cv::Mat picture;  // CV_8UC3, coded, of the same size
};

/// A part of the subject that one frame's matte lacks while both neighbours, moved by the picture's motion, agree about it.
struct MatteRepair {
  RepairFacts facts;
  cv::Size size;              // of the views it was found in
  cv::Rect place;             // there; what follows covers it
  cv::Mat mask;               // CV_8U, 255 inside
  cv::Mat toBefore, toAfter;  // CV_32FC2: motion to the neighbours, pixels of the views
};

/// False when three mattes in a row say that the middle one lacks nothing. Looks at no picture.
bool mayNeedRepair(const cv::Mat& before, const cv::Mat& now, const cv::Mat& after);

/// What the middle one of three frames lacks: where both neighbours' mattes are solid and their pictures look as this one does,
/// after dense motion (DIS, Kroeger et al. 2016), and this matte is not. An opening that moves with the subject is open in the
/// neighbours too; one that shows for this frame alone shows another colour. Frames under 32 pixels have no repairs.
std::vector<MatteRepair> findRepairs(const RepairView& before, const RepairView& now, const RepairView& after);

/// Fills a part in `alpha` from the neighbours' mattes, all of one size (any). Only raises, and nothing outside the part and a
/// margin of `repairMargin`.
void applyRepair(const MatteRepair& repair, const cv::Mat& before, const cv::Mat& after, cv::Mat& alpha);
/// How far from its part, in pixels of a matte `width` wide, a repair may change anything.
double repairMargin(const MatteRepair& repair, int width);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"

namespace pai::core {

/// Brightness that an eye would follow, CV_32F 0..1: a guide for edges.
cv::Mat guideOf(const Planes& frame);
/// Pulls a matte's soft edges to those of the guide (He et al. 2010, guided filter; coefficients at a smaller size).
void refineEdges(cv::Mat& alpha, const cv::Mat& guide, double radiusPx, double amount);
/// Removes separate spots of the subject smaller than a disc of `radiusPx`.
void despot(cv::Mat& alpha, double radiusPx);
/// Fills separate holes in the subject smaller than a disc of `radiusPx`.
void fillHoles(cv::Mat& alpha, double radiusPx);
/// Moves the edge outwards by `pixels` (inwards when negative), fractions included.
void growMatte(cv::Mat& alpha, double pixels);
/// Softens a matte by `radiusPx`, half to each side of the edge.
void featherMatte(cv::Mat& alpha, double radiusPx);

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "core/draft/finish_planes.h"

namespace pai::core {

/// What a shot's tracking markers are made of.
struct MarkerPaint {
  cv::Vec3f root;  // square roots of its linear light
};

/// A frame and its raw matte.
struct MarkerView {
  Planes frame;
  cv::Mat alpha;  // CV_32F
};

/// The colour that compact parts share which stand far from the subject in some frames of a shot; nothing where too few do, so that
/// the screen has no markers. `reachPx` is the size of the largest marker.
std::optional<MarkerPaint> findMarkerPaint(const std::vector<MarkerView>& views, double reachPx);

/// Takes what belongs to the screen off a raw matte: tracking markers, which are small compact parts that stand alone on it, and
/// faint seams and folds. `reachPx` is the size of the largest marker. Where such parts show the markers' paint, thin parts of
/// its colour that touch the subject go too; a small part beside the subject that is not of the shot's `paint` stays: it is a piece
/// of the subject that something hides from the rest.
void removeMarkers(cv::Mat& alpha, const Planes& frame, const std::optional<MarkerPaint>& paint, double reachPx);

}  // namespace pai::core

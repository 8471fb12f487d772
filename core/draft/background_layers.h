// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "core/base/result.h"
#include "core/draft/background.h"
#include "core/draft/background_depth.h"

namespace pai::core {

/// A layer while it is built: colour and how far each pixel is to be trusted.
struct LayerLevel {
  cv::Mat colour;  // CV_8UC3 or CV_16UC3, RGB
  cv::Mat trust;   // CV_8U: 255 the reference itself, less towards its border; see kTrust...
};
inline constexpr int kTrustOther = 40;     // another reference's pixel, carried over
inline constexpr int kTrustInvented = 10;  // filled in

/// The scene as one reference's camera sees it, wider than its frame.
struct SceneLayer {
  std::int64_t frame = 0;      // where the reference stands
  std::size_t index = 0;       // of the reference, in the order given to `build`
  cv::Point2d origin;          // of the layer's first pixel, in the reference frame's pixels
  double scale = 1.0;          // layer pixels a frame pixel
  LayerLevel building;              // empty once the scene is built
  std::vector<cv::Mat> levels;      // full, half and quarter size: RGB and trust, CV_8UC4 or CV_16UC4; empty ones were dropped
  cv::Vec3f toNext{1, 1, 1};   // gain that matches this layer's exposure to the next one's
};

/// Where each frame looks at each layer, precomputed.
struct LayerView {
  bool valid = false;
  cv::Matx33d toReference = cv::Matx33d::eye();
  cv::Mat mesh;
  double distance = 0;  // how far the camera is from where the reference was taken, pixels
};

/// What of the scene is shown by a frame: one layer, or two and the share of the second.
struct FrameView {
  std::size_t a = 0, b = 0;
  LayerView viewA, viewB;
  float share = 0;
  cv::Vec2f blur{0, 0};  // sigma in pixels of the delivered size
  int pair = -1;         // of `a` and `b`, when their depth is known
  TwoViews fromFirst;    // then: from `a` to this frame
};

/// Whether a frame shows two layers at once.
inline bool showsTwo(const FrameView& f) { return f.a != f.b && f.share > 0.001F; }
/// Whether a frame is drawn by the depth of a pair; its views' meshes are not looked at then.
inline bool drawnFromPair(const FrameView& f) { return f.pair >= 0 && showsTwo(f); }

/// The references as layers and the frames' views of them.
struct Scene {
  cv::Size size;
  std::vector<SceneLayer> layers;
  std::vector<FrameView> frames;
  std::vector<DepthPair> pairs;
  std::vector<std::string> warnings;
};

/// Builds the scene. Errors: kCancelled.
Result<Scene> buildScene(const CameraCurve& camera, cv::Size size, std::int64_t frames,
                         const std::vector<PlacedReference>& references, const StopToken& stop, const ProgressFn& progress);

/// A reference on a layer's canvas: its colour and where it lies (trust 255).
void drawReference(const PlacedReference& reference, cv::Size frame, const SceneLayer& layer, cv::Size canvas, LayerLevel& out);

/// Drops the smaller levels that no frame of `size` is drawn from.
void keepLevels(Scene& scene, cv::Size size);

/// Draws a frame: CV_32FC3 0..1 and, when `invented` is given, where nothing was seen.
cv::Mat drawScene(const Scene& scene, std::int64_t frame, cv::Size size, cv::Mat* invented);

}  // namespace pai::core

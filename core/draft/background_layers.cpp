// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_layers.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/background_behind.h"
#include "core/draft/background_pairs.h"
#include "core/draft/camera_geometry.h"
#include "core/draft/inpaint.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr double kLayerPixels = 26e6;  // of all layers together; a layer pixel takes 4 bytes (8-bit) or 7
constexpr double kBlur = 0.15;  // of the expected error: enough to hide what is unsure, little enough to stay a picture
constexpr double kSideMargin = 1.0, kUpMargin = 0.5;  // of the frame's width and height

/// Frame t's pixels -> reference i's frame pixels, by direct measurement or through the camera.
LayerView viewOf(const CameraCurve& camera, std::int64_t t, const SceneLayer& layer, cv::Size size, std::size_t slot) {
  LayerView v;
  const auto& samples = camera.samples;
  v.valid = true;
  const cv::Point2d centre((size.width - 1) * 0.5, (size.height - 1) * 0.5);
  if (static_cast<std::size_t>(t) < samples.size() && static_cast<std::size_t>(layer.frame) < samples.size()) {
    const CameraSample& s = samples[t];
    v.toReference = normalised(samples[layer.frame].toFirst.inv() * s.toFirst);
    if (slot < s.references.size() && s.references[slot].confidence > 0) {
      v.toReference = s.references[slot].toReference;
      v.mesh = s.references[slot].mesh;
    }
  }
  if (!plausible(v.toReference, size, 8)) {
    const cv::Point2d at = apply(v.toReference, centre);
    v.valid = false;
    v.toReference = cv::Matx33d::eye();
    if (std::isfinite(at.x) && std::isfinite(at.y) && cv::norm(at - centre) < 20.0 * size.width)
      v.toReference = cv::Matx33d(1, 0, at.x - centre.x, 0, 1, at.y - centre.y, 0, 0, 1);
  }
  const CameraMove move = moveOf(v.toReference, size);
  v.distance = std::hypot(move.pan, move.tilt) + 0.5 * size.width * std::abs(std::log(move.zoom)) +
               0.25 * size.width * std::abs(move.roll) * CV_PI / 180;
  return v;
}

std::size_t slotOf(const CameraCurve& camera, const Id& id) {
  const auto at = std::find(camera.referenceIds.begin(), camera.referenceIds.end(), id);
  return static_cast<std::size_t>(at - camera.referenceIds.begin());
}

/// Which layers each frame shows, and how much of each.
void chooseViews(const CameraCurve& camera, const std::vector<PlacedReference>& references, Scene& scene, std::int64_t frames) {
  std::vector<std::size_t> slots;
  for (const auto& l : scene.layers) slots.push_back(slotOf(camera, references[l.index].id));
  for (std::int64_t t = 0; t < frames; ++t) {
    FrameView v;
    while (v.a + 1 < scene.layers.size() && scene.layers[v.a + 1].frame <= t) ++v.a;
    v.b = scene.layers[v.a].frame <= t ? std::min(v.a + 1, scene.layers.size() - 1) : v.a;
    v.viewA = viewOf(camera, t, scene.layers[v.a], scene.size, slots[v.a]);
    v.viewB = v.b == v.a ? v.viewA : viewOf(camera, t, scene.layers[v.b], scene.size, slots[v.b]);
    if (v.b != v.a) {
      const double span = static_cast<double>(scene.layers[v.b].frame - scene.layers[v.a].frame);
      const double time = static_cast<double>(t - scene.layers[v.a].frame) / span;
      const double rest = 0.02 * scene.size.width;  // a resting camera leaves the choice to time
      const double da = v.viewA.distance + rest * time, db = v.viewB.distance + rest * (1 - time);
      v.share = static_cast<float>(da / std::max(1e-9, da + db));
    }
    scene.frames.push_back(v);
  }
}

/// The part of the plane a layer has to hold: what its frames see of it, within bounds.
cv::Rect2d extentOf(const Scene& scene, std::size_t layer) {
  const double w = scene.size.width, h = scene.size.height;
  double x0 = 0, y0 = 0, x1 = w, y1 = h;
  for (const FrameView& f : scene.frames) {
    if (f.a != layer && f.b != layer) continue;
    const LayerView& v = f.a == layer ? f.viewA : f.viewB;
    for (const cv::Point2d c : {cv::Point2d(0, 0), cv::Point2d(w, 0), cv::Point2d(0, h), cv::Point2d(w, h)}) {
      const cv::Point2d p = apply(v.toReference, c);
      x0 = std::min(x0, p.x), x1 = std::max(x1, p.x), y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
    }
  }
  const double pad = 0.01 * w;
  x0 = std::max(x0 - pad, -kSideMargin * w), x1 = std::min(x1 + pad, (1 + kSideMargin) * w);
  y0 = std::max(y0 - pad, -kUpMargin * h), y1 = std::min(y1 + pad, (1 + kUpMargin) * h);
  return {std::floor(x0), std::floor(y0), std::ceil(x1 - x0), std::ceil(y1 - y0)};
}

cv::Mat colourOf(const Picture& picture) {
  cv::Mat m = matOf(picture), rgb;
  if (m.channels() == 1) cv::cvtColor(m, rgb, cv::COLOR_GRAY2RGB);
  else if (m.channels() == 4) cv::cvtColor(m, rgb, cv::COLOR_RGBA2RGB);
  else rgb = m;
  if (rgb.depth() == CV_32F) rgb.convertTo(rgb, CV_16U, 65535.0);
  return rgb;
}

/// Carries another layer's pixels into the unknown part of this one.
void carry(const LayerLevel& from, const SceneLayer& source, const cv::Matx33d& toSource, const SceneLayer& layer,
           const cv::Vec3f& gain, bool invented, LayerLevel& out) {
  const auto frameOf = [](const SceneLayer& l) {
    const double o = 0.5 / l.scale - 0.5;
    return cv::Matx33d(1 / l.scale, 0, l.origin.x + o, 0, 1 / l.scale, l.origin.y + o, 0, 0, 1);
  };
  const cv::Matx33d map = frameOf(source).inv() * toSource * frameOf(layer);
  cv::Mat colour, trust;
  cv::warpPerspective(from.colour, colour, map, out.colour.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::warpPerspective(from.trust, trust, map, out.trust.size(), cv::INTER_NEAREST | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0);
  cv::multiply(colour, cv::Scalar(gain[0], gain[1], gain[2]), colour);
  const cv::Mat real = trust > kTrustOther;
  const cv::Mat free = out.trust == 0;
  colour.copyTo(out.colour, free & real);
  out.trust.setTo(kTrustOther, free & real);
  if (!invented) return;
  const cv::Mat rest = (out.trust == 0) & (trust > 0);
  colour.copyTo(out.colour, rest);
  out.trust.setTo(kTrustInvented, rest);
}

/// Exposure of `b` against `a` where both show the scene; 1 where they hardly meet.
cv::Vec3f gainBetween(const LayerLevel& a, const SceneLayer& la, const LayerLevel& b, const SceneLayer& lb,
                      const cv::Matx33d& toB) {
  LayerLevel seen;
  seen.colour = cv::Mat::zeros(a.colour.size(), a.colour.type());
  seen.trust = cv::Mat::zeros(a.trust.size(), CV_8U);
  carry(b, lb, toB, la, {1, 1, 1}, false, seen);
  const cv::Mat both = (seen.trust == kTrustOther) & (a.trust > kTrustOther);
  if (cv::countNonZero(both) < 0.04 * static_cast<double>(both.total())) return {1, 1, 1};
  cv::Mat fa, fb;  // soft pictures forgive small misregistration
  const double sigma = 0.01 * a.colour.cols;
  cv::GaussianBlur(a.colour, fa, {0, 0}, sigma);
  cv::GaussianBlur(seen.colour, fb, {0, 0}, sigma);
  const double unit = fa.depth() == CV_16U ? 257 : 1;
  fa.convertTo(fa, CV_32F, 1 / unit);
  fb.convertTo(fb, CV_32F, 1 / unit);
  cv::Vec3f gain(1, 1, 1);
  const int step = std::max(1, a.colour.cols / 200);
  for (int c = 0; c < 3; ++c) {
    std::vector<float> ratio;
    for (int y = 0; y < both.rows; y += step)
      for (int x = 0; x < both.cols; x += step) {
        const float p = fa.at<cv::Vec3f>(y, x)[c], q = fb.at<cv::Vec3f>(y, x)[c];
        if (both.at<uchar>(y, x) && std::min(p, q) > 12 && std::max(p, q) < 243) ratio.push_back(std::log(q / p));
      }
    if (ratio.size() < 60) return {1, 1, 1};
    std::sort(ratio.begin(), ratio.end());
    const float spread = ratio[ratio.size() * 3 / 4] - ratio[ratio.size() / 4], middle = ratio[ratio.size() / 2];
    if (spread > 0.6F) return {1, 1, 1};  // not the same surfaces: nothing to learn from
    gain[c] = std::clamp(std::exp(middle), 0.6F, 1.7F);
  }
  return gain;
}

/// Lowers trust towards the border of what is real, so that seams are soft.
void feather(LayerLevel& level, cv::Size size) {
  const cv::Mat own = level.trust > kTrustOther;
  if (cv::countNonZero(own) == static_cast<int>(own.total())) return;
  cv::Mat far;
  cv::distanceTransform(own, far, cv::DIST_L2, 3);
  const auto reach = static_cast<float>(std::max(4.0, 0.08 * size.width));
  for (int y = 0; y < far.rows; ++y)
    for (int x = 0; x < far.cols; ++x)
      if (own.at<uchar>(y, x)) {
        const float k = std::min(1.0F, far.at<float>(y, x) / reach);
        level.trust.at<uchar>(y, x) = static_cast<uchar>(kTrustOther + 5 + (255 - kTrustOther - 5) * k * k * (3 - 2 * k));
      }
}

/// Softness of an inferred camera: what is uncertain is not drawn sharp.
void addBlur(const CameraCurve& camera, Scene& scene) {
  for (std::size_t t = 0; t < scene.frames.size() && t < camera.samples.size(); ++t) {
    const double u = std::min(kBlur * camera.samples[t].uncertaintyPx, 0.05 * scene.size.width);
    if (u < 0.5) continue;
    const FrameView& f = scene.frames[t];
    const LayerView& v = f.share < 0.5F ? f.viewA : f.viewB;
    const CameraMove m = moveOf(v.toReference, scene.size);
    const double length = std::hypot(m.pan, m.tilt);
    if (length < 1) continue;
    scene.frames[t].blur = {static_cast<float>(u * std::abs(m.pan) / length), static_cast<float>(u * std::abs(m.tilt) / length)};
  }
}

/// One layer for every reference in the shot, by frame; says which are left out.
void placeLayers(const std::vector<PlacedReference>& references, std::int64_t frames, Scene& scene) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < references.size(); ++i) {
    const auto& r = references[i];
    if (r.picture.empty()) continue;
    if (r.frame.value >= 0 && r.frame.value < frames) order.push_back(i);
    else scene.warnings.push_back("The reference at frame " + std::to_string(r.frame.value) +
                                  " lies outside the shot and is not shown");
  }
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return references[a].frame < references[b].frame; });
  for (const std::size_t i : order) {
    if (!scene.layers.empty() && scene.layers.back().frame == references[i].frame.value) {
      scene.warnings.push_back("Two references stand at frame " + std::to_string(references[i].frame.value) +
                               "; only the first is shown");
      continue;
    }
    SceneLayer l;
    l.frame = references[i].frame.value;
    l.index = i;
    scene.layers.push_back(l);
  }
}

/// How layer `from`'s own frame sees layer `to`.
LayerView viewBetween(const CameraCurve& camera, const Scene& scene, const std::vector<PlacedReference>& references,
                      std::size_t from, std::size_t to) {
  const SceneLayer& target = scene.layers[to];
  return viewOf(camera, scene.layers[from].frame, target, scene.size, slotOf(camera, references[target.index].id));
}

/// Whether all frames but its own draw the layer by depth: what it does not show, they take from the other reference where that
/// saw it, so that a picture carried over by one map would only be in the wrong place.
bool drawnByDepth(const Scene& scene, std::size_t layer) {
  for (std::size_t t = 0; t < scene.frames.size(); ++t) {
    const FrameView& f = scene.frames[t];
    if ((f.a == layer || f.b == layer) && f.pair < 0 && static_cast<std::int64_t>(t) != scene.layers[layer].frame) return false;
  }
  return true;
}

/// Fills what a layer's own reference does not show: other references, the layer before it, invention. False when stopped.
bool completeLayer(const CameraCurve& camera, const std::vector<PlacedReference>& references, std::size_t i, Scene& scene,
                   const StopToken& stop) {
  SceneLayer& l = scene.layers[i];
  const bool carries = !drawnByDepth(scene, i);
  const auto count = static_cast<std::ptrdiff_t>(scene.layers.size());
  for (std::ptrdiff_t d = 1; carries && d < count; ++d)
    for (const std::ptrdiff_t sign : {-1, 1}) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(i) + sign * d;
      if (at < 0 || at >= count) continue;
      const auto j = static_cast<std::size_t>(at);
      const LayerView v = viewBetween(camera, scene, references, i, j);
      if (!v.valid) continue;
      cv::Vec3f gain(1, 1, 1);
      if (d == 1 && j > i) cv::divide(gain, l.toNext, gain);
      if (d == 1 && j < i) gain = scene.layers[j].toNext;
      carry(scene.layers[j].building, scene.layers[j], v.toReference, l, gain, false, l.building);
    }
  if (carries && i > 0) {
    const SceneLayer& before = scene.layers[i - 1];
    const LayerView v = viewBetween(camera, scene, references, i, i - 1);
    if (v.valid) carry(before.building, before, v.toReference, l, before.toNext, true, l.building);
  }
  cv::Mat known = l.building.trust > 0;
  if (!fillUnknown(l.building.colour, known, stop)) return false;
  l.building.trust.setTo(kTrustInvented, known == 0);
  return true;
}

}  // namespace

void drawReference(const PlacedReference& reference, cv::Size frame, const SceneLayer& layer, cv::Size canvas, LayerLevel& out) {
  const double o = 0.5 / layer.scale - 0.5;
  const cv::Matx33d toFrame(1 / layer.scale, 0, layer.origin.x + o, 0, 1 / layer.scale, layer.origin.y + o, 0, 0, 1);
  const cv::Matx33d map = placementOf(reference, frame) * toFrame;
  cv::Mat colour = colourOf(reference.picture);
  const double shrink = 1 / std::hypot(map(0, 0), map(1, 0));
  if (shrink < 0.75) cv::GaussianBlur(colour, colour, {0, 0}, 0.4 / shrink);
  cv::warpPerspective(colour, out.colour, map, canvas, (shrink > 1.3 ? cv::INTER_CUBIC : cv::INTER_LINEAR) | cv::WARP_INVERSE_MAP,
                      cv::BORDER_REPLICATE);
  const cv::Mat all(colour.size(), CV_8U, cv::Scalar(255));
  cv::warpPerspective(all, out.trust, map, canvas, cv::INTER_NEAREST | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0);
}

Result<Scene> buildScene(const CameraCurve& camera, cv::Size size, std::int64_t frames,
                         const std::vector<PlacedReference>& references, const StopToken& stop, const ProgressFn& progress) {
  const Error stopped{ErrorCode::kCancelled, "building the background was stopped", "", {}};
  Scene scene;
  scene.size = size;
  placeLayers(references, frames, scene);
  if (scene.layers.empty()) {
    scene.warnings.emplace_back(
        "There is no reference in the shot; the background is grey. Drop a picture of the new place on the timeline");
    return scene;
  }
  chooseViews(camera, references, scene, frames);
  std::vector<cv::Rect2d> extents;
  double total = 0;
  for (std::size_t i = 0; i < scene.layers.size(); ++i) extents.push_back(extentOf(scene, i)), total += extents.back().area();
  for (std::size_t i = 0; i < scene.layers.size(); ++i) {
    SceneLayer& l = scene.layers[i];
    l.origin = extents[i].tl();
    l.scale = std::min(1.0, std::sqrt(kLayerPixels / total));
    const cv::Size canvas(std::max(1, cvRound(extents[i].width * l.scale)), std::max(1, cvRound(extents[i].height * l.scale)));
    drawReference(references[l.index], size, l, canvas, l.building);
    if (stop.requested()) return stopped;
  }
  for (std::size_t i = 0; i + 1 < scene.layers.size(); ++i) {
    SceneLayer &l = scene.layers[i], &next = scene.layers[i + 1];
    const LayerView v = viewBetween(camera, scene, references, i, i + 1);
    if (v.valid) l.toNext = gainBetween(l.building, l, next.building, next, v.toReference);
  }
  if (const Status s = buildPairs(camera, references, scene, stop); !s) return s.error();
  for (std::size_t i = 0; i < scene.layers.size(); ++i) {
    if (!completeLayer(camera, references, i, scene, stop)) return stopped;
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(scene.layers.size()));
  }
  if (!inventBehind(scene, stop)) return stopped;
  for (SceneLayer& l : scene.layers) {
    feather(l.building, size);
    l.levels = packedLevels(l.building);
    l.building = {};
  }
  addBlur(camera, scene);
  for (FrameView& f : scene.frames)
    if (drawnFromPair(f)) f.viewA.mesh.release(), f.viewB.mesh.release();
  return scene;
}

}  // namespace pai::core

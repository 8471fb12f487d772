// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_pairs.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/draft/background_repair.h"
#include "core/draft/background_views.h"
#include "core/draft/camera_geometry.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr int kWorkWidth = 640;
constexpr double kLeastParallax = 0.04;  // of the matches; less is a flat place, which one map draws as well
constexpr double kLeastAgreed = 0.35;    // of the pixels; less is no depth
constexpr double kAgreedPixels = 2.0, kBorderPixels = 2.0;  // of parallax

/// A reference in its frame at the working size.
struct WorkPicture {
  LayerLevel level;
  RegisterPicture luma;
};

Error stopped() { return {ErrorCode::kCancelled, "building the background was stopped", "", {}}; }

WorkPicture workPicture(const PlacedReference& reference, cv::Size size) {
  WorkPicture w;
  SceneLayer frame;
  frame.scale = std::min(1.0, static_cast<double>(kWorkWidth) / size.width);
  const cv::Size work(cvRound(size.width * frame.scale), std::max(1, cvRound(size.height * frame.scale)));
  drawReference(reference, size, frame, work, w.level);
  if (w.level.colour.depth() == CV_16U) w.level.colour.convertTo(w.level.colour, CV_8U, 1 / 257.0);
  cv::cvtColor(w.level.colour, w.luma.grey, cv::COLOR_RGB2GRAY);
  w.luma.valid = w.level.trust;
  return w;
}

/// The reference slots' warps of a frame, when both are there.
const ReferenceWarp* warpOf(const CameraCurve& camera, std::int64_t frame, const Id& id) {
  const auto at = std::find(camera.referenceIds.begin(), camera.referenceIds.end(), id) - camera.referenceIds.begin();
  const auto& warps = camera.samples[static_cast<std::size_t>(frame)].references;
  if (static_cast<std::size_t>(at) >= warps.size() || warps[static_cast<std::size_t>(at)].confidence <= 0) return nullptr;
  return &warps[static_cast<std::size_t>(at)];
}

/// How frames see the references: led from one to the other by one map between them, each measured by itself, or not at all.
enum class Warps { kNone, kLed, kMeasured };

Warps warpsBetween(const CameraCurve& camera, std::int64_t begin, std::int64_t end, const Id& a, const Id& b) {
  Warps out = Warps::kNone;
  std::optional<cv::Matx33d> map;
  for (std::int64_t t = begin + 1; t < end; ++t) {
    const ReferenceWarp *wa = warpOf(camera, t, a), *wb = warpOf(camera, t, b);
    if (!wa && !wb) continue;
    if (!wa || !wb) return Warps::kMeasured;
    const cv::Matx33d between = normalised(wb->toReference * wa->toReference.inv());
    if (map && cornerRms(*map, between, camera.size) > 0.05) return Warps::kMeasured;
    map = between;
    out = Warps::kLed;
  }
  return out;
}

/// The camera's planes: the first reference's pixels carried to the frames of the pair.
std::vector<cv::Matx33d> planesOf(const CameraCurve& camera, std::int64_t begin, std::int64_t end, const Id* led) {
  std::vector<cv::Matx33d> out;
  for (std::int64_t t = begin; t <= end; ++t) {
    const auto& s = camera.samples[static_cast<std::size_t>(t)];
    if (led) out.push_back(normalised(warpOf(camera, t, *led)->toReference.inv()));
    else out.push_back(normalised(s.toFirst.inv() * camera.samples[static_cast<std::size_t>(begin)].toFirst));
  }
  return out;
}

/// Depth of both pictures of a pair at the working size. False when they hardly agree.
bool depthsOf(const WorkPicture& a, const WorkPicture& b, const cv::Vec3f& gain, const ViewEstimate& views, DepthPair& pair) {
  cv::Mat second;
  cv::divide(b.level.colour, cv::Scalar(gain[0], gain[1], gain[2]), second);
  const cv::Mat& first = a.level.colour;
  const TwoViews back = views.views.reversed();
  cv::parallel_for_({0, 2}, [&](const cv::Range& some) {
    for (int i = some.start; i < some.end; ++i)
      if (i == 0) pair.first.depth = sweepDepth(first, second, b.level.trust, views.views, views.range);
      else pair.second.depth = sweepDepth(second, first, a.level.trust, back, views.range);
  });
  pair.first.agreed = agreeingDepth(pair.first.depth, pair.second.depth, views.views, kAgreedPixels) & a.level.trust;
  pair.second.agreed = agreeingDepth(pair.second.depth, pair.first.depth, back, kAgreedPixels) & b.level.trust;
  const double share = cv::countNonZero(pair.first.agreed) + cv::countNonZero(pair.second.agreed);
  return share > kLeastAgreed * 2.0 * static_cast<double>(first.total());
}

/// What one pair does not know of a reference, another one may: its depths, in this pair's unit.
void lend(const DepthPicture& from, DepthPicture& to) {
  const std::optional<float> unit = unitRatio(from, to);
  if (!unit) return;
  const cv::Mat missing = (to.agreed == 0) & from.agreed;
  cv::Mat(from.depth * *unit).copyTo(to.depth, missing);
  to.agreed.setTo(255, missing);
}

void finish(const WorkPicture& work, const TwoViews& views, DepthPicture& picture) {
  repairDepth(picture.depth, picture.agreed, work.level.colour, views, kBorderPixels / views.camera(0, 0));
  cv::dilate(picture.depth, picture.nearest, cv::Mat::ones(3, 3, CV_8U));
  cv::dilate(picture.depth, picture.outline, cv::Mat::ones(9, 9, CV_8U));
}

}  // namespace

std::optional<float> unitRatio(const DepthPicture& from, const DepthPicture& to) {
  std::vector<float> ratios;
  for (int y = 0; y < to.depth.rows; y += 2)
    for (int x = 0; x < to.depth.cols; x += 2)
      if (from.agreed.at<uchar>(y, x) && to.agreed.at<uchar>(y, x) && from.depth.at<float>(y, x) > 1e-4F)
        ratios.push_back(to.depth.at<float>(y, x) / from.depth.at<float>(y, x));
  if (ratios.size() < 400) return {};
  std::nth_element(ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2), ratios.end());
  const float unit = ratios[ratios.size() / 2];
  return unit > 0.02F && unit < 50 ? std::optional(unit) : std::nullopt;
}

Status buildPairs(const CameraCurve& camera, const std::vector<PlacedReference>& references, Scene& scene, const StopToken& stop) {
  if (scene.layers.size() < 2 || camera.samples.size() < scene.frames.size()) return {};
  std::vector<WorkPicture> work;
  for (const auto& l : scene.layers) work.push_back(workPicture(references[l.index], scene.size));
  std::vector<int> pairAfter(scene.layers.size(), -1);
  const double factor = static_cast<double>(scene.size.width) / work[0].luma.grey.cols;
  for (std::size_t i = 0; i + 1 < scene.layers.size(); ++i) {
    if (stop.requested()) return stopped();
    const SceneLayer &a = scene.layers[i], &b = scene.layers[i + 1];
    const Id &idA = references[a.index].id, &idB = references[b.index].id;
    const Warps warps = b.frame > a.frame + 1 ? warpsBetween(camera, a.frame, b.frame, idA, idB) : Warps::kMeasured;
    if (warps == Warps::kMeasured) continue;
    const auto [from, to] = matchedPoints(work[i].luma, work[i + 1].luma);
    std::optional<TwoViews> known;
    if (camera.space) known = viewsInSpace(*camera.space, a.frame, b.frame, scene.size);
    if (known) known = known->scaled(1 / factor);
    const auto views = estimateViews(from, to, work[i].luma.grey.size(), known);
    if (!views || views->parallax < kLeastParallax) continue;
    const TwoViews full = views->views.scaled(factor);
    std::optional<std::vector<FramePose>> poses;
    if (camera.space) poses = posesInSpace(full, *camera.space, a.frame, b.frame);
    if (!poses) poses = posesBetween(full, planesOf(camera, a.frame, b.frame, nullptr), scene.size);
    if (!poses && warps == Warps::kLed) poses = posesBetween(full, planesOf(camera, a.frame, b.frame, &idA), scene.size);
    if (!poses) continue;
    DepthPair pair;
    pair.views = full;
    if (!depthsOf(work[i], work[i + 1], a.toNext, *views, pair)) continue;
    for (std::int64_t t = a.frame; t < b.frame; ++t) {
      FrameView& f = scene.frames[static_cast<std::size_t>(t)];
      const FramePose& pose = (*poses)[static_cast<std::size_t>(t - a.frame)];
      f.pair = static_cast<int>(scene.pairs.size());
      f.fromFirst = pose.fromFirst;
      f.share = static_cast<float>(pose.share);
    }
    pairAfter[i] = static_cast<int>(scene.pairs.size());
    scene.pairs.push_back(std::move(pair));
  }
  for (std::size_t i = 1; i < scene.layers.size(); ++i) {
    if (pairAfter[i - 1] < 0 || pairAfter[i] < 0) continue;
    DepthPicture &before = scene.pairs[static_cast<std::size_t>(pairAfter[i - 1])].second,
                 &after = scene.pairs[static_cast<std::size_t>(pairAfter[i])].first;
    const DepthPicture kept{before.depth.clone(), {}, {}, before.agreed.clone()};
    lend(after, before);
    lend(kept, after);
  }
  for (std::size_t i = 0; i < scene.layers.size(); ++i) {
    if (pairAfter[i] < 0) continue;
    if (stop.requested()) return stopped();
    DepthPair& pair = scene.pairs[static_cast<std::size_t>(pairAfter[i])];
    const TwoViews views = pair.views.scaled(1 / factor);
    cv::parallel_for_({0, 2}, [&](const cv::Range& some) {
      for (int k = some.start; k < some.end; ++k)
        if (k == 0) finish(work[i], views, pair.first);
        else finish(work[i + 1], views.reversed(), pair.second);
    });
  }
  return {};
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_direct.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <opencv2/imgproc.hpp>

#include "core/draft/camera_geometry.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr int kDirectWidth = 480;
constexpr double kMaxCells = 4e6;  // of all residual fields, 8 bytes each

/// A clip's frame at working size, the subject left out.
Result<RegisterPicture> framePicture(const PlateAccess& clip, std::int64_t t, cv::Size work) {
  auto picture = clip.picture(FrameIndex{t});
  if (!picture) return picture.error();
  RegisterPicture p{{}, {}, {}, {}};
  p.grey = lumaOf(**picture, kDirectWidth);
  if (p.grey.size() != work) cv::resize(p.grey, p.grey, work, 0, 0, cv::INTER_LINEAR);
  p.valid = cv::Mat(work, CV_8U, cv::Scalar(255));
  if (!clip.matte) return p;
  auto matte = clip.matte(FrameIndex{t});
  if (!matte) return matte.error();
  if (matte->empty()) return p;
  cv::Mat small;
  cv::resize(*matte, small, work, 0, 0, cv::INTER_AREA);
  p.valid.setTo(0, small > 0.1);
  return p;
}

/// Residual fields are kept within a bound for any length of shot: they get coarser.
cv::Mat bounded(const cv::Mat& mesh, std::size_t frames) {
  const double cells = kMaxCells / (2.0 * static_cast<double>(std::max<std::size_t>(1, frames)));
  const double scale = std::sqrt(cells / static_cast<double>(mesh.total()));
  if (scale >= 1) return mesh;
  cv::Mat small;
  cv::resize(mesh, small, {std::max(2, static_cast<int>(mesh.cols * scale)), std::max(2, static_cast<int>(mesh.rows * scale))}, 0, 0, cv::INTER_AREA);
  return small;
}

/// One reference against the frames of one direction; stops where the two no longer meet.
Status outward(const PlateAccess& clip, const RegisterPicture& reference, std::size_t slot, std::int64_t from,
               std::int64_t to, CameraCurve& curve, int& held, const StopToken& stop, const ProgressFn& progress) {
  const double factor = static_cast<double>(reference.grey.cols) / curve.size.width;
  const std::int64_t step = to < from ? -1 : 1;
  cv::Matx33d last = cv::Matx33d::eye();
  std::int64_t lastFrame = from;
  for (std::int64_t t = from; t != to + step; t += step) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "the camera solve was stopped", "", {}};
    const cv::Matx33d chained = last * normalised(curve.samples[lastFrame].toFirst.inv() * curve.samples[t].toFirst);
    ReferenceWarp& warp = curve.samples[t].references[slot];
    warp.toReference = chained;  // where the two no longer meet, the clip's own motion goes on from the last meeting
    warp.confidence = 0.01;
    if (std::abs(t - lastFrame) > 8) continue;
    auto picture = framePicture(clip, t, reference.grey.size());
    if (!picture) return picture.error();
    const auto found = registerNear(*picture, reference, scaledPixels(chained, factor), true);
    if (progress) progress(0);
    if (!found) continue;
    last = scaledPixels(found->map, 1 / factor);
    lastFrame = t;
    warp.toReference = last;
    warp.confidence = std::clamp(found->likeness, 0.05, 1.0);
    warp.mesh = bounded(found->residual * (1 / factor), curve.samples.size());
    ++held;
  }
  return {};
}

}  // namespace

Result<int> measureAgainstReferences(const PlateAccess& clip, const std::vector<PlacedReference>& references,
                                     CameraCurve& curve, const StopToken& stop, const ProgressFn& progress) {
  int held = 0;
  curve.referenceIds.clear();
  for (const auto& r : references) curve.referenceIds.push_back(r.id);
  for (auto& s : curve.samples) s.references.assign(references.size(), {});
  const auto frames = static_cast<std::int64_t>(curve.samples.size());
  for (std::size_t i = 0; i < references.size(); ++i) {
    const std::int64_t at = references[i].frame.value;
    if (at < 0 || at >= frames) continue;
    const std::int64_t begin = i > 0 ? references[i - 1].frame.value : 0;
    const std::int64_t end = i + 1 < references.size() ? references[i + 1].frame.value : frames - 1;
    const RegisterPicture reference = placedLuma(references[i], curve.size, kDirectWidth);
    const ProgressFn step = [&](double) { if (progress) progress(static_cast<double>(i) / static_cast<double>(references.size())); };
    for (const std::int64_t to : {end, begin}) {
      const Status done = outward(clip, reference, i, at, std::clamp<std::int64_t>(to, 0, frames - 1), curve, held, stop, step);
      if (!done) return done.error();
    }
  }
  if (held == 0) {
    curve.referenceIds.clear();
    for (auto& s : curve.samples) s.references.clear();
  }
  return held;
}

}  // namespace pai::core

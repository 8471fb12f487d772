// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_infer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/draft/camera_geometry.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr int kWorkWidth = 960;

/// The way between two neighbouring references.
struct Leg {
  std::int64_t begin = 0, end = 0;      // shot frames of the two
  std::optional<cv::Matx33d> back;      // second reference's pixels -> first's, where they register
  std::optional<cv::Point2d> pace;      // k of the steady subject, once known
  bool registered = false;
};

cv::Matx33d shift(cv::Point2d d) { return {1, 0, d.x, 0, 1, d.y, 0, 0, 1}; }
cv::Point2d centreOf(cv::Size size) { return {(size.width - 1) * 0.5, (size.height - 1) * 0.5}; }

/// The subject's path, summed: apparent height and steps in frame.
struct Path {
  std::vector<double> height;
  std::vector<cv::Point2d> step;
};

Path pathOf(const SubjectMotion& subject, std::int64_t frames, double smoothing) {
  Path p;
  std::vector<double> x(frames, 0.0), y(frames, 0.0);
  p.height.assign(frames, 1.0);
  if (subject.present)
    for (std::int64_t t = 0; t < frames; ++t) {
      p.height[t] = std::max(1.0, subject.height[t]);
      if (subject.trust[t] > 0) x[t] = subject.step[t].x, y[t] = subject.step[t].y;
    }
  x = smoothed(x, smoothing);
  y = smoothed(y, smoothing);
  for (std::int64_t t = 0; t < frames; ++t) p.step.emplace_back(x[t], y[t]);
  return p;
}

/// Pace that makes the camera travel `way` between two frames.
cv::Point2d paceFor(const Path& path, std::int64_t begin, std::int64_t end, cv::Point2d way) {
  double height = 0;
  for (std::int64_t t = begin + 1; t <= end; ++t) height += path.height[t], way += path.step[t];
  return height > 0 ? way / height : cv::Point2d();
}

/// Where the camera is after each frame of [begin, end], starting at 0.
std::vector<cv::Point2d> travel(const Path& path, std::int64_t begin, std::int64_t end, cv::Point2d pace) {
  std::vector<cv::Point2d> c{{0, 0}};
  for (std::int64_t t = begin + 1; t <= end; ++t) c.push_back(c.back() + pace * path.height[t] - path.step[t]);
  return c;
}

Result<std::vector<Leg>> registerLegs(cv::Size size, const std::vector<PlacedReference>& references,
                                      const StopToken& stop, const ProgressFn& progress, InferredCamera& out) {
  std::vector<Leg> legs;
  const double factor = std::min(1.0, static_cast<double>(kWorkWidth) / size.width);
  std::optional<RegisterPicture> last;
  for (std::size_t i = 0; i < references.size(); ++i) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "the camera solve was stopped", "", {}};
    RegisterPicture now = placedLuma(references[i], size, kWorkWidth);
    if (last) {
      Leg leg{references[i - 1].frame.value, references[i].frame.value, {}, {}, false};
      auto found = registerWide(now, *last);
      if (found) {
        if (const auto finer = registerNear(now, *last, found->map, false); finer && finer->likeness >= found->likeness)
          found = finer;
        leg.back = scaledPixels(found->map, 1 / factor);
        leg.registered = out.anyRegistered = true;
      } else {
        out.warnings.push_back("References at frames " + std::to_string(leg.begin) + " and " + std::to_string(leg.end) +
                               " do not overlap; the camera between them follows the subject's motion. Add a reference "
                               "between them, footage of the real set, or camera keyframes");
      }
      legs.push_back(leg);
    }
    last = std::move(now);
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(references.size()));
  }
  return legs;
}

/// Gives every leg a pace: its own where it is registered, else its nearest registered neighbour's, else a resting camera.
void findPaces(std::vector<Leg>& legs, const Path& path, cv::Size size) {
  for (Leg& leg : legs)
    if (leg.back) leg.pace = paceFor(path, leg.begin, leg.end, apply(*leg.back, centreOf(size)) - centreOf(size));
  std::vector<Leg> known = legs;
  for (std::size_t i = 0; i < legs.size(); ++i)
    for (std::size_t d = 1; !legs[i].pace && d < legs.size(); ++d) {
      if (i >= d && known[i - d].pace) legs[i].pace = known[i - d].pace;
      else if (i + d < legs.size() && known[i + d].pace) legs[i].pace = known[i + d].pace;
    }
  for (Leg& leg : legs)
    if (!leg.pace) leg.pace = paceFor(path, leg.begin, leg.end, {0, 0});
}

}  // namespace

Result<InferredCamera> inferCamera(cv::Size size, std::int64_t frames, const std::vector<PlacedReference>& references,
                                   const SubjectMotion& subject, double smoothing, const StopToken& stop,
                                   const ProgressFn& progress) {
  InferredCamera out;
  out.toFirst.assign(frames, cv::Matx33d::eye());
  out.uncertaintyPx.assign(frames, 0.0);
  const Path path = pathOf(subject, frames, smoothing);
  auto legs = registerLegs(size, references, stop, progress, out);
  if (!legs) return legs.error();
  findPaces(*legs, path, size);
  const std::int64_t firstFrame = references.empty() ? 0 : std::clamp<std::int64_t>(references.front().frame.value, 0, frames - 1);
  const std::int64_t lastFrame = references.empty() ? 0 : std::clamp<std::int64_t>(references.back().frame.value, 0, frames - 1);

  // Before the first and after the last reference nothing pins the camera: it goes on at the neighbouring pace.
  const auto paceAlong = [&](std::int64_t begin, std::int64_t end, bool front) {
    const bool known = out.anyRegistered && !legs->empty();
    return known ? *(front ? legs->front() : legs->back()).pace : paceFor(path, begin, end, {0, 0});
  };
  const auto head = travel(path, 0, firstFrame, paceAlong(0, firstFrame, true));
  for (std::int64_t t = 0; t <= firstFrame; ++t) {
    out.toFirst[t] = shift(head[t] - head.back());
    out.uncertaintyPx[t] = 0.3 * cv::norm(head[t] - head.back());
  }
  cv::Matx33d base = cv::Matx33d::eye();  // a leg's first reference -> the first reference of all
  for (const Leg& leg : *legs) {
    const auto way = travel(path, leg.begin, leg.end, *leg.pace);
    const cv::Matx33d back = leg.back ? *leg.back : shift(way.back());
    const cv::Point2d total = apply(back, centreOf(size)) - centreOf(size);
    const cv::Matx33d shape = shift(-total) * back;  // zoom, roll and perspective, about the centre
    for (std::int64_t t = leg.begin + 1; t <= leg.end && t < frames; ++t) {
      const double part = static_cast<double>(t - leg.begin) / static_cast<double>(leg.end - leg.begin);
      const cv::Point2d at = way[t - leg.begin] + (total - way.back()) * part;
      out.toFirst[t] = base * shift(at) * (cv::Matx33d::eye() * (1 - part) + normalised(shape) * part);
      const double far = std::min(cv::norm(at), cv::norm(total - at));
      out.uncertaintyPx[t] = (leg.registered ? 0.08 : 0.15) * far + (leg.registered ? 0 : 0.05 * cv::norm(at));
    }
    base = normalised(base * back);
  }
  const auto tail = travel(path, lastFrame, frames - 1, paceAlong(lastFrame, frames - 1, false));
  for (std::int64_t t = lastFrame + 1; t < frames; ++t) {
    out.toFirst[t] = base * shift(tail[t - lastFrame]);
    out.uncertaintyPx[t] = 0.3 * cv::norm(tail[t - lastFrame]);
  }
  const cv::Matx33d first = out.toFirst[0].inv();
  for (auto& h : out.toFirst) h = normalised(first * h);
  return out;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_infer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/draft/camera_geometry.h"
#include "core/draft/register.h"

namespace pai::core {
namespace {

constexpr int kInferWidth = 960;
// Way of the subject in the world for one of camera and subject in frame.
constexpr double kStands = 0.04, kStrays = 0.1, kIdle = 0.15, kTravels = 0.5;
constexpr double kChecked = 0.5;                // least trust in a pace that a neighbouring pair confirms or bends
constexpr double kShakeFrames = 4;              // sigma of what is slower than shake
// What the subject says is the camera's only where the camera is seen to move: how far it bends the way, for one of the way, and
// how fast the camera goes, for one of shake (both means, pixels a frame).
constexpr double kBends = 0.35, kMakesUp = 0.7, kSteady = 0.8, kHurries = 1.5;

/// The way between two neighbouring references.
struct Leg {
  std::int64_t begin = 0, end = 0;      // shot frames of the two
  std::optional<cv::Matx33d> back;      // second reference's pixels -> first's, where they register
  std::optional<cv::Point2d> pace;      // k of the steady subject, once known
  std::optional<cv::Point2d> atBegin, atEnd;  // k where a registered pair meets another: it changes evenly in between
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

/// The same for a leg whose pace changes evenly: straight from a known end, bent between two known ones, so that the way stays.
std::vector<cv::Point2d> travel(const Path& path, const Leg& leg) {
  if (!leg.atBegin && !leg.atEnd) return travel(path, leg.begin, leg.end, *leg.pace);
  double whole = 0, rising = 0, falling = 0, bent = 0;
  const auto part = [&](std::int64_t t) { return static_cast<double>(t - leg.begin) / static_cast<double>(leg.end - leg.begin); };
  for (std::int64_t t = leg.begin + 1; t <= leg.end; ++t) {
    const double h = path.height[t], u = part(t);
    whole += h, rising += h * u, falling += h * (1 - u), bent += h * u * (1 - u);
  }
  cv::Point2d first, last, bow;
  if (leg.atBegin && leg.atEnd) {
    first = *leg.atBegin, last = *leg.atEnd;
    if (bent > 0) bow = (*leg.pace * whole - first * falling - last * rising) / bent;
  } else if (leg.atBegin) {
    first = *leg.atBegin;
    last = rising > 0 ? (*leg.pace * whole - first * falling) / rising : *leg.pace;
  } else {
    last = *leg.atEnd;
    first = falling > 0 ? (*leg.pace * whole - last * rising) / falling : *leg.pace;
  }
  std::vector<cv::Point2d> c{{0, 0}};
  for (std::int64_t t = leg.begin + 1; t <= leg.end; ++t) {
    const double u = part(t);
    c.push_back(c.back() + (first * (1 - u) + last * u + bow * (u * (1 - u))) * path.height[t] - path.step[t]);
  }
  return c;
}

double easedBetween(double from, double to, double x) {
  const double u = std::clamp((x - from) / (to - from), 0.0, 1.0);
  return u * u * (3 - 2 * u);
}

/// How far the subject's pace may be believed between two registered references: where it stands in the world or travels through
/// it, not where it strays a little, because then its own whims look like the camera's.
double trustIn(const Leg& leg, const Path& path, cv::Point2d total) {
  if (!leg.registered) return 1;  // nothing else is known
  cv::Point2d inFrame;
  for (std::int64_t t = leg.begin + 1; t <= leg.end; ++t) inFrame += path.step[t];
  const double moved = cv::norm(total) + cv::norm(inFrame);
  const double way = moved > 0 ? cv::norm(total + inFrame) / moved : 0;
  const double believed = std::max(easedBetween(kIdle, kTravels, way), 1 - easedBetween(kStands, kStrays, way));
  return std::max(leg.atBegin || leg.atEnd ? kChecked : 0.0, believed);
}

/// What a leg's way has beside the straight one: slow bends and shake; and how far each may be the camera's.
struct Bends {
  std::vector<cv::Point2d> slow, shake;
  double seenToMove = 0;  // 0: the camera rests as far as the references say, 1: it moves by much more than the subject bends its way
  double shakes = 0;
};

Bends bendsOf(const std::vector<cv::Point2d>& way, cv::Point2d total) {
  const auto steps = static_cast<double>(std::max<std::size_t>(2, way.size()) - 1);
  std::vector<double> x, y;
  for (std::size_t i = 0; i < way.size(); ++i) {
    const cv::Point2d off = way[i] - way.back() * (static_cast<double>(i) / steps);
    x.push_back(off.x), y.push_back(off.y);
  }
  const auto slowX = smoothed(x, kShakeFrames), slowY = smoothed(y, kShakeFrames);
  Bends b;
  double bent = 0, shaken = 0;
  for (std::size_t i = 0; i < way.size(); ++i) {
    b.slow.emplace_back(slowX[i], slowY[i]);
    b.shake.emplace_back(x[i] - slowX[i], y[i] - slowY[i]);
    bent = std::max(bent, cv::norm(b.slow.back()));
    shaken += cv::norm(b.shake.back()) / static_cast<double>(way.size());
  }
  const double far = cv::norm(total);
  b.seenToMove = 1 - easedBetween(kBends, kMakesUp, bent / std::max(far, 1e-9));
  b.shakes = easedBetween(kSteady, kHurries, far / steps / std::max(shaken, 1e-9));
  return b;
}

/// The way of a leg's camera, ending at `total`: the subject's timing and its shake as far as they are believed, else the straight
/// way. A subject that walks before a camera that rests must not move it.
std::vector<cv::Point2d> wayOf(const Leg& leg, const Path& path, cv::Point2d total) {
  const Bends bends = bendsOf(travel(path, leg), total);
  const double timing = trustIn(leg, path, total) * bends.seenToMove;
  const auto steps = static_cast<double>(std::max<std::int64_t>(1, leg.end - leg.begin));
  std::vector<cv::Point2d> c;
  for (std::size_t i = 0; i < bends.slow.size(); ++i) {
    const double part = static_cast<double>(i) / steps;
    const double held = std::min(1.0, 8 * std::min(part, 1 - part));  // the ends stay where the references are
    c.push_back(total * part + bends.slow[i] * timing + bends.shake[i] * (bends.shakes * (timing + (1 - timing) * held)));
  }
  return c;
}

Result<std::vector<Leg>> registerLegs(cv::Size size, const std::vector<PlacedReference>& references,
                                      const StopToken& stop, const ProgressFn& progress, InferredCamera& out) {
  std::vector<Leg> legs;
  const double factor = std::min(1.0, static_cast<double>(kInferWidth) / size.width);
  std::optional<RegisterPicture> last;
  for (std::size_t i = 0; i < references.size(); ++i) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "the camera solve was stopped", "", {}};
    RegisterPicture now = placedLuma(references[i], size, kInferWidth);
    if (last) {
      Leg leg{references[i - 1].frame.value, references[i].frame.value, {}, {}, {}, {}, false};
      auto found = registerWide(now, *last);
      if (found) {
        if (const auto finer = registerNear(now, *last, found->map, false); finer && finer->likeness >= found->likeness)
          found = finer;
        leg.back = scaledPixels(found->map, 1 / factor);
        leg.registered = out.anyRegistered = true;
      } else {
        out.warnings.push_back("References at frames " + std::to_string(leg.begin) + " and " + std::to_string(leg.end) +
                               " do not overlap; the camera between them is guessed. Add a reference between them, "
                               "footage of the real set, or camera keyframes");
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
  for (std::size_t i = 1; i < legs.size(); ++i) {
    if (!legs[i - 1].registered || !legs[i].registered) continue;
    const cv::Point2d meet = (*legs[i - 1].pace + *legs[i].pace) * 0.5;
    legs[i - 1].atEnd = meet;
    legs[i].atBegin = meet;
  }
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

  // Before the first and after the last reference nothing pins the camera: it goes on at the neighbouring pace if it was seen to move.
  const auto goesOn = [&](std::int64_t begin, std::int64_t end, bool front) {
    std::vector<cv::Point2d> rest(static_cast<std::size_t>(end - begin) + 1);
    if (!out.anyRegistered || legs->empty()) return rest;
    const Leg& beside = front ? legs->front() : legs->back();
    const cv::Point2d seen = beside.back ? apply(*beside.back, centreOf(size)) - centreOf(size) : travel(path, beside).back();
    const double moves = bendsOf(travel(path, beside), seen).seenToMove;
    auto way = travel(path, begin, end, *beside.pace);
    for (cv::Point2d& at : way) at *= moves;
    return way;
  };
  const auto head = goesOn(0, firstFrame, true);
  for (std::int64_t t = 0; t <= firstFrame; ++t) {
    out.toFirst[t] = shift(head[t] - head.back());
    out.uncertaintyPx[t] = 0.3 * cv::norm(head[t] - head.back());
  }
  cv::Matx33d base = cv::Matx33d::eye();  // a leg's first reference -> the first reference of all
  for (const Leg& leg : *legs) {
    const cv::Matx33d back = leg.back ? *leg.back : shift(travel(path, leg).back());
    const cv::Point2d total = apply(back, centreOf(size)) - centreOf(size);
    const auto way = wayOf(leg, path, total);
    const cv::Matx33d shape = shift(-total) * back;  // zoom, roll and perspective, about the centre
    for (std::int64_t t = leg.begin + 1; t <= leg.end && t < frames; ++t) {
      const double part = static_cast<double>(t - leg.begin) / static_cast<double>(leg.end - leg.begin);
      const cv::Point2d at = way[t - leg.begin];
      out.toFirst[t] = base * shift(at) * (cv::Matx33d::eye() * (1 - part) + normalised(shape) * part);
      const double far = std::min(cv::norm(at), cv::norm(total - at));
      out.uncertaintyPx[t] = (leg.registered ? 0.08 : 0.15) * far + (leg.registered ? 0 : 0.05 * cv::norm(at));
    }
    base = normalised(base * back);
  }
  const auto tail = goesOn(lastFrame, frames - 1, false);
  for (std::int64_t t = lastFrame + 1; t < frames; ++t) {
    out.toFirst[t] = base * shift(tail[t - lastFrame]);
    out.uncertaintyPx[t] = 0.3 * cv::norm(tail[t - lastFrame]);
  }
  const cv::Matx33d first = out.toFirst[0].inv();
  for (auto& h : out.toFirst) h = normalised(first * h);
  return out;
}

bool agreesWithReferences(const CameraCurve& curve, const std::vector<PlacedReference>& references, const StopToken& stop) {
  const double factor = std::min(1.0, static_cast<double>(kInferWidth) / curve.size.width);
  const cv::Point2d centre = centreOf(curve.size);
  std::optional<RegisterPicture> last;
  for (std::size_t i = 0; i < references.size() && !stop.requested(); ++i) {
    RegisterPicture now = placedLuma(references[i], curve.size, kInferWidth);
    if (last)
      if (const auto found = registerWide(now, *last)) {
        const CameraSample &a = curve.samples[static_cast<std::size_t>(references[i - 1].frame.value)],
                           &b = curve.samples[static_cast<std::size_t>(references[i].frame.value)];
        const cv::Point2d seen = apply(scaledPixels(found->map, 1 / factor), centre) - centre;
        const cv::Point2d solved = apply(a.toFirst.inv() * b.toFirst, centre) - centre;
        // The set and the place lie at different depths: their shifts are alike, not the same.
        if (cv::norm(seen - solved) > 0.08 * curve.size.width + 0.5 * cv::norm(seen)) return false;
      }
    last = std::move(now);
  }
  return true;
}

}  // namespace pai::core

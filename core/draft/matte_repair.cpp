// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/matte_repair.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "core/draft/finish_planes.h"

namespace pai::core {
namespace {

constexpr int kLeastSide = 32;
constexpr float kSolid = 0.9f;        // alpha that counts as subject
constexpr float kLack = 0.4f;         // alpha less than the neighbours' that begins a part
constexpr float kFringe = 0.08f;      // alpha less that still belongs to it
constexpr int kFringeReach = 6;       // pixels
constexpr double kLeastPixels = 3.0;  // of a part
constexpr double kSameColour = 20.0;  // code values of 255 between a picture and its moved neighbour, mean of a 5 x 5 window
constexpr int kFarMotion = 16;        // pixels; what is farther from the matte than that is missed
constexpr int kCoarse = 4;
constexpr int kMotion = 40;           // pixels between frames that are looked for, in a picture 960 wide
constexpr int kMaskReach = 2;         // pixels that a repair reaches over its part
constexpr double kOutlineDetail = 1.0;
constexpr float kAgree = 0.35f;       // of the neighbours' alphas; beyond it the smaller one counts

cv::Mat grey(const cv::Mat& picture) {
  cv::Mat out;
  cv::cvtColor(picture, out, cv::COLOR_RGB2GRAY);
  return out;
}

/// Places that a flow leads to.
cv::Mat placesOf(const cv::Mat& flow) {
  cv::Mat out(flow.size(), CV_32FC2);
  for (int y = 0; y < flow.rows; ++y) {
    const auto* f = flow.ptr<cv::Vec2f>(y);
    auto* o = out.ptr<cv::Vec2f>(y);
    for (int x = 0; x < flow.cols; ++x) o[x] = f[x] + cv::Vec2f(static_cast<float>(x), static_cast<float>(y));
  }
  return out;
}

/// A neighbour moved onto the frame.
struct Moved {
  cv::Mat flow, alpha;
  cv::Mat same;  // CV_8U: its picture looks like the frame's
};

Moved movedOnto(const RepairView& now, const RepairView& neighbour, int preset) {
  Moved out;
  cv::DISOpticalFlow::create(preset)->calc(grey(now.picture), grey(neighbour.picture), out.flow);
  const cv::Mat places = placesOf(out.flow);
  cv::remap(neighbour.alpha, out.alpha, places, {}, cv::INTER_LINEAR, cv::BORDER_CONSTANT, 0.0);
  cv::Mat picture, difference, channels[3];
  cv::remap(neighbour.picture, picture, places, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::absdiff(picture, now.picture, difference);
  cv::split(difference, channels);
  cv::max(channels[0], channels[1], difference);
  cv::max(difference, channels[2], difference);
  cv::blur(difference, difference, {5, 5});
  out.same = difference < kSameColour;
  return out;
}

/// Parts that begin at `seeds` and spread over `fringe` for a few pixels.
cv::Mat spread(const cv::Mat& seeds, const cv::Mat& fringe) {
  cv::Mat out = seeds.clone();
  for (int i = 0; i < kFringeReach; ++i) {
    cv::dilate(out, out, cv::Mat::ones(3, 3, CV_8U));
    out &= fringe | seeds;
  }
  return out;
}

MattePoint pointAt(double x, double y, cv::Size size) { return {x / size.width, y / size.height}; }

std::vector<MattePoint> outlineOf(const cv::Mat& mask, cv::Point corner, cv::Size size) {
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  std::vector<MattePoint> out;
  if (contours.empty()) return out;
  const auto& longest = *std::max_element(contours.begin(), contours.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::vector<cv::Point> few = longest;
  for (double detail = kOutlineDetail; few.size() > kMostRepairPoints || detail == kOutlineDetail; detail *= 1.5) {
    cv::approxPolyDP(longest, few, detail, true);
  }
  for (const cv::Point& p : few) out.push_back(pointAt(p.x + corner.x + 0.5, p.y + corner.y + 0.5, size));
  return out;
}

/// Two neighbours and what they agree about that the frame lacks.
struct Agreement {
  Moved before, after;
  cv::Mat seeds, fringe;
};

Agreement agreementOf(const RepairView& before, const RepairView& now, const RepairView& after, int preset) {
  Agreement out{movedOnto(now, before, preset), movedOnto(now, after, preset), {}, {}};
  cv::Mat have, inner, lack;
  cv::min(out.before.alpha, out.after.alpha, have);
  cv::subtract(have, now.alpha, lack);
  // A pixel around must be solid too: motion is not known more exactly.
  cv::erode(have, inner, cv::Mat::ones(3, 3, CV_8U), {-1, -1}, 1, cv::BORDER_REPLICATE);
  const cv::Mat same = out.before.same & out.after.same;
  out.seeds = (inner > kSolid) & (lack > kLack) & same;
  out.fringe = (lack > kFringe) & same;
  return out;
}

/// A piece of the frame in which something may be missing.
struct Suspect {
  cv::Rect place;  // with room for motion
  cv::Mat mask;    // CV_8U over it: what to look at
};

/// Where both neighbours are solid at the very place and the frame is not.
cv::Mat lackOf(const cv::Mat& before, const cv::Mat& now, const cv::Mat& after) {
  cv::Mat out(now.size(), CV_8U);
  for (int y = 0; y < now.rows; ++y) {
    const float *b = before.ptr<float>(y), *n = now.ptr<float>(y), *a = after.ptr<float>(y);
    auto* o = out.ptr<std::uint8_t>(y);
    for (int x = 0; x < now.cols; ++x) o[x] = (b[x] < a[x] ? b[x] : a[x]) - n[x] > kLack ? 255 : 0;
  }
  return out;
}

/// Coarse places where the neighbours are solid far from the frame's matte, or, when its area drops, anywhere outside it.
cv::Mat coarseLackOf(const cv::Mat& before, const cv::Mat& now, const cv::Mat& after) {
  const cv::Size size(now.cols / kCoarse, now.rows / kCoarse);
  const auto coarse = [&size](const cv::Mat& m) { return averaged(m({0, 0, size.width * kCoarse, size.height * kCoarse}), size); };
  const cv::Mat b = coarse(before), n = coarse(now), a = coarse(after);
  cv::Mat near, wide;
  const double area = cv::sum(n)[0], areaBefore = cv::sum(b)[0], areaAfter = cv::sum(a)[0], least = kLeastPixels / (kCoarse * kCoarse);
  cv::Mat out = cv::Mat::zeros(size, CV_8U);
  if (area < 0.99 * std::min(areaBefore, areaAfter) - least || area < 0.98 * (areaBefore + areaAfter) / 2.0 - least) {
    cv::max(b, a, wide);
    out = (wide > kSolid) & (n < 0.5f);
  }
  const int side = 2 * (kFarMotion / kCoarse) + 1;
  cv::dilate(n > 0.3f, near, cv::Mat::ones(side, side, CV_8U));
  const cv::Mat farBefore = (b > 0.5f) & ~near, farAfter = (a > 0.5f) & ~near;
  if (cv::countNonZero(farBefore) > 0 && cv::countNonZero(farAfter) > 0) out |= farBefore | farAfter;
  return out;
}

/// Where the frame's matte may lack a part. Edges that are thinner than three pixels are the motion's own.
std::vector<Suspect> suspectsOf(const cv::Mat& before, const cv::Mat& now, const cv::Mat& after) {
  if (now.cols < kLeastSide || now.rows < kLeastSide) return {};
  cv::Mat mask, wide;
  cv::morphologyEx(lackOf(before, now, after), mask, cv::MORPH_OPEN, cv::Mat::ones(3, 3, CV_8U));
  const cv::Mat coarse = coarseLackOf(before, now, after);
  if (cv::countNonZero(coarse) > 0) {
    cv::resize(coarse, wide, now.size(), 0, 0, cv::INTER_NEAREST);
    mask |= wide;
  }
  if (cv::countNonZero(mask) == 0) return {};
  const int reach = std::max(kLeastSide, kMotion * now.cols / 960);
  cv::Mat labels, stats, centres;
  cv::dilate(mask, wide, cv::Mat::ones(2 * reach + 1, 2 * reach + 1, CV_8U));
  const int count = cv::connectedComponentsWithStats(wide, labels, stats, centres, 8, CV_32S);
  std::vector<Suspect> out;
  for (int i = 1; i < count; ++i) {
    const cv::Rect place(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), stats.at<int>(i, cv::CC_STAT_WIDTH),
                         stats.at<int>(i, cv::CC_STAT_HEIGHT));
    out.push_back({place, labels(place) == i});
  }
  return out;
}

MatteRepair repairOf(const cv::Mat& part, const cv::Rect& bounds, double pixels, const Agreement& found, cv::Point corner, cv::Size size) {
  MatteRepair out;
  out.size = size;
  const int reach = kMaskReach + 1;
  const cv::Rect around(bounds.x - reach, bounds.y - reach, bounds.width + 2 * reach, bounds.height + 2 * reach);
  const cv::Rect local = around & cv::Rect({0, 0}, part.size());
  out.place = local + corner;
  out.mask = part(local).clone();
  out.toBefore = found.before.flow(local).clone();
  out.toAfter = found.after.flow(local).clone();
  const MattePoint low = pointAt(bounds.x + corner.x, bounds.y + corner.y, size);
  const MattePoint high = pointAt(bounds.br().x + corner.x, bounds.br().y + corner.y, size);
  out.facts.box = {low.x, low.y, high.x, high.y};
  out.facts.area = pixels / size.area();
  out.facts.outline = outlineOf(out.mask, out.place.tl(), size);
  return out;
}

/// Repairs of the connected parts of a mask.
void addRepairs(const cv::Mat& parts, const Agreement& found, cv::Point corner, cv::Size size, std::vector<MatteRepair>& out) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(parts, labels, stats, centres, 8, CV_32S);
  for (int i = 1; i < count; ++i) {
    const int pixels = stats.at<int>(i, cv::CC_STAT_AREA);
    if (pixels < kLeastPixels) continue;
    const cv::Rect bounds(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP), stats.at<int>(i, cv::CC_STAT_WIDTH),
                          stats.at<int>(i, cv::CC_STAT_HEIGHT));
    out.push_back(repairOf(labels == i, bounds, pixels, found, corner, size));
  }
}

/// The flow of a repair for a matte `scale` times as large, over `place` of it, as places to read at.
cv::Mat placesAt(const cv::Mat& flow, const MatteRepair& repair, const cv::Rect& place, cv::Point2d scale) {
  cv::Mat fine, map(place.size(), CV_32FC2);
  const cv::Mat onto = (cv::Mat_<double>(2, 3) << 1.0 / scale.x, 0.0, (place.x + 0.5) / scale.x - repair.place.x - 0.5, 0.0,
                        1.0 / scale.y, (place.y + 0.5) / scale.y - repair.place.y - 0.5);
  cv::warpAffine(flow, fine, onto, place.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  for (int y = 0; y < map.rows; ++y) {
    for (int x = 0; x < map.cols; ++x) {
      const cv::Vec2f f = fine.at<cv::Vec2f>(y, x);
      map.at<cv::Vec2f>(y, x) = {static_cast<float>(place.x + x + f[0] * scale.x), static_cast<float>(place.y + y + f[1] * scale.y)};
    }
  }
  return map;
}

float smoothStep(float low, float high, float v) {
  const float t = std::clamp((v - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3.0f - 2.0f * t);
}

}  // namespace

bool mayNeedRepair(const cv::Mat& before, const cv::Mat& now, const cv::Mat& after) { return !suspectsOf(before, now, after).empty(); }

std::vector<MatteRepair> findRepairs(const RepairView& before, const RepairView& now, const RepairView& after) {
  std::vector<MatteRepair> out;
  for (const Suspect& suspect : suspectsOf(before.alpha, now.alpha, after.alpha)) {
    const auto piece = [&suspect](const RepairView& v) { return RepairView{v.alpha(suspect.place), v.picture(suspect.place).clone()}; };
    const RepairView b = piece(before), n = piece(now), a = piece(after);
    // Most suspects are the motion's own, which a quick look tells.
    if (cv::countNonZero(agreementOf(b, n, a, cv::DISOpticalFlow::PRESET_FAST).seeds & suspect.mask) == 0) continue;
    const Agreement found = agreementOf(b, n, a, cv::DISOpticalFlow::PRESET_MEDIUM);
    const cv::Mat seeds = found.seeds & suspect.mask;
    if (cv::countNonZero(seeds) > 0) addRepairs(spread(seeds, found.fringe & suspect.mask), found, suspect.place.tl(), now.alpha.size(), out);
  }
  std::stable_sort(out.begin(), out.end(), [](const MatteRepair& a, const MatteRepair& b) { return a.facts.area > b.facts.area; });
  if (out.size() > kMostRepairs) out.resize(kMostRepairs);
  return out;
}

double repairMargin(const MatteRepair& repair, int width) {
  return std::ceil((kMaskReach + 1.5) * width / std::max(1, repair.size.width));
}

void applyRepair(const MatteRepair& repair, const cv::Mat& before, const cv::Mat& after, cv::Mat& alpha) {
  const cv::Point2d scale(static_cast<double>(alpha.cols) / repair.size.width, static_cast<double>(alpha.rows) / repair.size.height);
  const cv::Rect& p = repair.place;
  const cv::Point low(static_cast<int>(std::floor(p.x * scale.x)), static_cast<int>(std::floor(p.y * scale.y)));
  const cv::Point high(static_cast<int>(std::ceil(p.br().x * scale.x)), static_cast<int>(std::ceil(p.br().y * scale.y)));
  const cv::Rect place = cv::Rect(low, high) & cv::Rect({0, 0}, alpha.size());
  if (place.empty()) return;
  cv::Mat wide, weight, movedBefore, movedAfter;
  const int side = 2 * kMaskReach + 1;
  cv::dilate(repair.mask, wide, cv::getStructuringElement(cv::MORPH_ELLIPSE, {side, side}));
  const cv::Mat onto = (cv::Mat_<double>(2, 3) << 1.0 / scale.x, 0.0, (place.x + 0.5) / scale.x - p.x - 0.5, 0.0, 1.0 / scale.y,
                        (place.y + 0.5) / scale.y - p.y - 0.5);
  cv::warpAffine(wide, weight, onto, place.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0.0);
  cv::remap(before, movedBefore, placesAt(repair.toBefore, repair, place, scale), {}, cv::INTER_LINEAR, cv::BORDER_CONSTANT, 0.0);
  cv::remap(after, movedAfter, placesAt(repair.toAfter, repair, place, scale), {}, cv::INTER_LINEAR, cv::BORDER_CONSTANT, 0.0);
  for (int y = 0; y < place.height; ++y) {
    const auto* w = weight.ptr<std::uint8_t>(y);
    const float *b = movedBefore.ptr<float>(y), *a = movedAfter.ptr<float>(y);
    float* o = alpha.ptr<float>(place.y + y) + place.x;
    for (int x = 0; x < place.width; ++x) {
      if (w[x] == 0) continue;
      const float have = std::abs(b[x] - a[x]) < kAgree ? 0.5f * (b[x] + a[x]) : std::min(b[x], a[x]);
      const float more = have - o[x];
      // Small differences are the edge's own; they stay.
      if (more > 0.0f) o[x] = std::min(1.0f, o[x] + more * smoothStep(0.02f, 0.2f, more) * static_cast<float>(w[x]) / 255.0f);
    }
  }
}

}  // namespace pai::core

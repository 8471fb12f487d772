// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_behind.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/background_pairs.h"
#include "core/draft/inpaint.h"

namespace pai::core {
namespace {

constexpr float kNone = -1.0F;       // inverse depth of what is not needed
constexpr float kAlike = 2;          // borders' parallax within which depths are one surface, badly known
constexpr float kHiding = 0.5F, kFilling = 0.3F;  // of the way to what hides a place: what hides it, too; what may fill it
constexpr int kAcross = 48;          // work pixels by which what is filled may reach to what it goes on from
constexpr double kContext = 0.06;    // of the frame's width: what is looked at around what is needed
constexpr int kBeside = 4;           // level pixels on both sides of a border that are compared
constexpr double kStrange = 0.15;    // of the full range, root of three channels' squares: what lies beside it is something else
constexpr std::int64_t kMostFrames = 32;  // of a pair that are asked what they need

/// A reference that may see what another one hides.
struct Lender {
  const DepthPicture* picture;
  Projection from, to;  // its work pixels -> the borrower's, and back, by the borrower's unit of depth
  const SceneLayer* layer;
  cv::Vec3f gain;       // that matches its layer's exposure to the borrower's
  float unit = 1;       // the borrower's inverse depths, over its own
};

/// One side of a pair, at the working size.
struct BehindSide {
  const DepthPicture* own;
  const SceneLayer* layer;
  float apart = 0;              // inverse depth by which something is nearer
  std::vector<Lender> lenders;  // the pair's other reference, and the next one beyond this one where that pair's depth is known
};

/// What frames need of one side: the inverse depth it has in that reference, kNone where nothing is needed. The reference's frame
/// lies `margin` work pixels inside.
struct Needed {
  cv::Mat depth;
  int margin = 0;
};

/// The pixel above and left of a place; one that touches nothing of the picture when it lies outside.
std::pair<int, int> cellAt(float x, float y, cv::Size size) {
  if (!(x > -1 && y > -1 && x < static_cast<float>(size.width) && y < static_cast<float>(size.height))) return {size.width, size.height};
  return {static_cast<int>(std::floor(x)), static_cast<int>(std::floor(y))};
}

/// Carries what a frame's grid has lost to the sides that shall show it.
void collect(const DepthGrid& grid, const Projection& p, uchar side, Needed& out) {
  for (int y = 0; y < grid.lost.rows; ++y)
    for (int x = 0; x < grid.lost.cols; ++x) {
      if (grid.lost.at<uchar>(y, x) != side) continue;
      const float w = std::max(0.0F, grid.far.at<float>(y, x));
      const cv::Vec3f q = p(static_cast<float>(x), static_cast<float>(y), w);
      const float k = 1 / std::max(0.02F, q[2]);
      const auto [u, v] = cellAt(q[0] * k + static_cast<float>(out.margin), q[1] * k + static_cast<float>(out.margin), out.depth.size());
      for (int j = std::max(0, v); j <= std::min(out.depth.rows - 1, v + 1); ++j)
        for (int i = std::max(0, u); i <= std::min(out.depth.cols - 1, u + 1); ++i) {
          float& d = out.depth.at<float>(j, i);
          d = std::max(d, w * k);
        }
    }
}

/// For every place, the inverse depth that parts what lies behind from what hides it: such a share of the way from one to the other,
/// at the nearest needed place.
cv::Mat limitsAround(const cv::Mat& needed, float share, const BehindSide& s, int margin) {
  cv::Mat away, label, out(needed.size(), CV_32F);
  cv::distanceTransform(needed <= kNone, away, label, cv::DIST_L2, 5, cv::DIST_LABEL_PIXEL);
  std::vector<float> depths(needed.total() + 1, 0);
  for (int y = 0; y < needed.rows; ++y)
    for (int x = 0; x < needed.cols; ++x)
      if (needed.at<float>(y, x) > kNone) {
        const float far = needed.at<float>(y, x), own = s.own->depth.at<float>(std::clamp(y - margin, 0, s.own->depth.rows - 1),
                                                                               std::clamp(x - margin, 0, s.own->depth.cols - 1));
        depths[static_cast<std::size_t>(label.at<int>(y, x))] = far + std::max(kAlike * s.apart, share * (own - far));
      }
  for (int y = 0; y < needed.rows; ++y)
    for (int x = 0; x < needed.cols; ++x) out.at<float>(y, x) = depths[static_cast<std::size_t>(label.at<int>(y, x))];
  return out;
}

/// What a lender sees behind this side's surfaces and no nearer than `limit`, as this side's inverse depth; kNone elsewhere.
cv::Mat carriedDepths(const BehindSide& s, const Lender& lender, const cv::Mat& limit, int margin) {
  cv::Mat out(limit.size(), CV_32F, cv::Scalar(kNone));
  const DepthPicture& from = *lender.picture;
  for (int y = 0; y < from.depth.rows; ++y)
    for (int x = 0; x < from.depth.cols; ++x) {
      const float w = from.depth.at<float>(y, x) * lender.unit;
      if (from.nearest.at<float>(y, x) * lender.unit > w + s.apart) continue;  // its pixels are mixed with something nearer
      const cv::Vec3f q = lender.from(static_cast<float>(x), static_cast<float>(y), w);
      const float k = 1 / std::max(0.02F, q[2]), here = std::max(0.0F, w * k);
      const auto [u, v] = cellAt(q[0] * k, q[1] * k, s.own->depth.size());
      for (int j = std::max(0, v); j <= std::min(s.own->depth.rows - 1, v + 1); ++j)
        for (int i = std::max(0, u); i <= std::min(s.own->depth.cols - 1, u + 1); ++i) {
          if (s.own->depth.at<float>(j, i) < here + s.apart || limit.at<float>(j + margin, i + margin) < here) continue;
          float& d = out.at<float>(j + margin, i + margin);
          d = std::max(d, here);
        }
    }
  return out;
}

/// Canvas pixel -> level pixel; the canvas begins at `corner`, in level pixels from the frame's first.
cv::Matx23d canvasToLevel(const SceneLayer& l, cv::Point corner) {
  return {1, 0, corner.x - l.origin.x * l.scale, 0, 1, corner.y - l.origin.y * l.scale};
}

/// The colours that a lender has for `depths` (of the canvas's size, in this reference).
cv::Mat coloursOf(const BehindSide& s, const Lender& lender, const cv::Mat& depths, cv::Point corner, double toWork) {
  const SceneLayer& o = *lender.layer;
  const double own = s.layer->scale;
  cv::Mat map(depths.size(), CV_32FC2);
  for (int y = 0; y < map.rows; ++y)
    for (int x = 0; x < map.cols; ++x) {
      const auto wx = static_cast<float>(((x + corner.x + 0.5) / own) * toWork - 0.5), wy = static_cast<float>(((y + corner.y + 0.5) / own) * toWork - 0.5);
      const cv::Vec3f q = lender.to(wx, wy, std::max(0.0F, depths.at<float>(y, x)));
      const double k = 1 / std::max(0.02F, q[2]);
      const double fx = (q[0] * k + 0.5) / toWork - 0.5, fy = (q[1] * k + 0.5) / toWork - 0.5;
      map.at<cv::Vec2f>(y, x) = {static_cast<float>((fx + 0.5 - o.origin.x) * o.scale - 0.5), static_cast<float>((fy + 0.5 - o.origin.y) * o.scale - 0.5)};
    }
  cv::Mat out;
  cv::remap(o.building.colour, out, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  if (out.depth() != s.layer->building.colour.depth())
    out.convertTo(out, s.layer->building.colour.depth(), out.depth() == CV_8U ? 257.0 : 1 / 257.0);
  cv::multiply(out, cv::Scalar(lender.gain[0], lender.gain[1], lender.gain[2]), out);
  return out;
}

/// Takes back the parts of what a lender shows in a canvas (`lent`, its colours in place) that do not go on in what is known around
/// them: their depth was wrong.
void takeBackStrangers(const cv::Mat& colour, const cv::Mat& known, cv::Mat& lent) {
  cv::Mat labels, stats, centres;
  const int parts = cv::connectedComponentsWithStats(lent, labels, stats, centres, 8);
  const cv::Mat reach = cv::Mat::ones(2 * kBeside + 1, 2 * kBeside + 1, CV_8U);
  const double steps = colour.depth() == CV_16U ? 65535 : 255;
  for (int i = 1; i < parts; ++i) {
    const int* s = stats.ptr<int>(i);
    const cv::Rect box = cv::Rect(s[cv::CC_STAT_LEFT] - kBeside, s[cv::CC_STAT_TOP] - kBeside, s[cv::CC_STAT_WIDTH] + 2 * kBeside,
                                  s[cv::CC_STAT_HEIGHT] + 2 * kBeside) & cv::Rect({0, 0}, lent.size());
    const cv::Mat part = labels(box) == i;
    cv::Mat inside, around;
    cv::dilate(part, around, reach);
    around &= known(box);
    if (cv::countNonZero(around) < kBeside) continue;
    cv::dilate(around, inside, cv::Mat::ones(4 * kBeside + 1, 4 * kBeside + 1, CV_8U));
    inside &= part;
    cv::Scalar mean = cv::mean(colour(box), inside), other = cv::mean(colour(box), around);
    if (cv::norm(mean - other) > kStrange * steps) lent(box).setTo(0, part);
  }
}

/// Fills what is needed of one side. False when stopped.
bool fillBehind(const BehindSide& s, const Needed& needed, double toWork, DepthPicture& out, const StopToken& stop) {
  cv::Mat wanted = needed.depth > kNone;
  if (cv::countNonZero(wanted) == 0) return true;
  const int margin = needed.margin;
  const cv::Mat limit = limitsAround(needed.depth, kHiding, s, margin);
  cv::dilate(wanted, wanted, cv::Mat::ones(3, 3, CV_8U));
  cv::Mat known = cv::Mat::zeros(wanted.size(), CV_8U), nearest = cv::Mat::zeros(wanted.size(), CV_32F);
  const cv::Rect frame({margin, margin}, s.own->depth.size());
  s.own->nearest.copyTo(nearest(frame));
  known(frame) = nearest(frame) <= limit(frame);
  cv::Mat nearness = limitsAround(needed.depth, kFilling, s, margin), taken = known.clone();
  nearest.copyTo(nearness, known);
  std::vector<cv::Mat> carried, seen;
  for (const Lender& lender : s.lenders) {
    carried.push_back(carriedDepths(s, lender, limit, margin));
    seen.push_back((carried.back() > kNone) & ~taken);
    if (seen.size() == 1) seen[0].setTo(0, wanted);  // what is needed neither of the pair shows
    carried.back().copyTo(nearness, seen.back());
    taken |= seen.back();
  }
  nearness /= kAlike * s.apart;
  cv::dilate(wanted, wanted, cv::Mat::ones(kAcross / 4 + 1, kAcross + 1, CV_8U));  // to what it has to meet
  // The part of the canvas around what is needed, be it to be filled or the reference's own.
  const int context = static_cast<int>(kContext * s.own->depth.cols) + 1;
  cv::Rect part = cv::boundingRect(wanted);
  part = cv::Rect(part.x - context, part.y - context, part.width + 2 * context, part.height + 2 * context) & cv::Rect({0, 0}, wanted.size());
  // In level pixels, from the frame's first; whole pixels of the quarter size.
  const double perWork = s.layer->scale / toWork;
  const auto grid = [&](double v) { return 4 * static_cast<int>(std::floor(v * perWork / 4)); };
  const cv::Point corner(grid(part.x - margin), grid(part.y - margin));
  const cv::Size size(grid(part.width) + 4, grid(part.height) + 4);
  const auto enlarge = [&](const cv::Mat& work, int how) {
    const cv::Matx23d map(1 / perWork, 0, (corner.x + 0.5) / perWork - 0.5 + margin, 0, 1 / perWork, (corner.y + 0.5) / perWork - 0.5 + margin);
    cv::Mat big;
    cv::warpAffine(work, big, map, size, how | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, work.depth() == CV_32F ? cv::Scalar(kNone) : cv::Scalar(0));
    return big;
  };
  cv::Mat colour;
  cv::warpAffine(s.layer->building.colour, colour, canvasToLevel(*s.layer, corner), size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  // Where two of them meet nothing is left between.
  const cv::Mat reached = enlarge(taken, cv::INTER_LINEAR);
  known = enlarge(known, cv::INTER_NEAREST) & (reached >= 250);
  for (std::size_t i = 0; i < s.lenders.size(); ++i) {
    cv::Mat depths;
    cv::dilate(carried[i], depths, cv::Mat::ones(3, 3, CV_8U));
    cv::Mat lent = enlarge(seen[i], cv::INTER_NEAREST) & (reached >= 200);
    coloursOf(s, s.lenders[i], enlarge(depths, cv::INTER_LINEAR), corner, toWork).copyTo(colour, lent);
    if (i > 0) takeBackStrangers(colour, known, lent);
    known |= lent;
  }
  wanted = enlarge(wanted, cv::INTER_NEAREST) & ~known;
  if (!fillWanted(colour, known, wanted, enlarge(nearness, cv::INTER_NEAREST), stop)) return false;
  LayerLevel level{colour, cv::Mat(size, CV_8U, cv::Scalar(kTrustInvented))};
  out.behind = packedLevels(level);
  out.behindAt = corner;
  return true;
}

}  // namespace

std::vector<cv::Mat> packedLevels(const LayerLevel& level) {
  cv::Mat trust = level.trust, big;
  if (level.colour.depth() == CV_16U) trust.convertTo(trust, CV_16U, 257);
  big.create(trust.size(), CV_MAKETYPE(trust.depth(), 4));
  const cv::Mat in[] = {level.colour, trust};
  const int order[] = {0, 0, 1, 1, 2, 2, 3, 3};
  cv::mixChannels(in, 2, &big, 1, order, 4);
  std::vector<cv::Mat> levels{big};
  for (int i = 0; i < 2; ++i) {
    const cv::Size half(std::max(1, (big.cols + 1) / 2), std::max(1, (big.rows + 1) / 2));
    cv::Mat even, small;  // an even size keeps pixel centres where the map expects them
    cv::copyMakeBorder(big, even, 0, half.height * 2 - big.rows, 0, half.width * 2 - big.cols, cv::BORDER_REPLICATE);
    cv::resize(even, small, half, 0, 0, cv::INTER_AREA);
    levels.push_back(small);
    big = small;
  }
  return levels;
}

namespace {

/// The reference next to pair `index`, before or after it, as a lender to the nearer side: the pair that joins the two knows its depth.
/// Nothing where there is no such pair, or its unit of depth is not known. `views`: a frame of each pair.
std::optional<Lender> beyondPair(const Scene& scene, std::size_t index, bool before, const std::vector<const FrameView*>& views, double toWork) {
  const std::size_t at = before ? index - 1 : index + 1;
  if (at >= scene.pairs.size() || !views[at] || !views[index] || (before ? views[at]->b != views[index]->a : views[at]->a != views[index]->b)) return {};
  const DepthPair &pair = scene.pairs[at], &own = scene.pairs[index];
  const std::optional<float> unit = before ? unitRatio(pair.second, own.first) : unitRatio(pair.first, own.second);
  if (!unit) return {};
  const cv::Matx33d camera = scaledCamera(pair.views.camera, toWork, static_cast<double>(own.first.depth.rows) / scene.size.height);
  Projection forth(pair.views, camera, camera), back(pair.views.reversed(), camera, camera);
  for (Projection* p : {&forth, &back}) p->shift /= *unit;
  const SceneLayer& layer = scene.layers[before ? views[at]->a : views[at]->b];
  if (before) return Lender{&pair.first, forth, back, &layer, layer.toNext, *unit};
  cv::Vec3f gain;
  cv::divide(cv::Vec3f(1, 1, 1), scene.layers[views[at]->a].toNext, gain);
  return Lender{&pair.second, back, forth, &layer, gain, *unit};
}

}  // namespace

bool inventBehind(Scene& scene, const StopToken& stop) {
  std::vector<const FrameView*> views(scene.pairs.size(), nullptr);
  for (const FrameView& f : scene.frames)
    if (f.pair >= 0) views[static_cast<std::size_t>(f.pair)] = &f;
  for (std::size_t i = 0; i < scene.pairs.size(); ++i) {
    DepthPair& pair = scene.pairs[i];
    std::vector<const FrameView*> frames;
    for (const FrameView& f : scene.frames)
      if (f.pair == static_cast<int>(i)) frames.push_back(&f);
    if (frames.empty()) continue;
    const cv::Size work = pair.first.depth.size();
    const double toWork = static_cast<double>(work.width) / scene.size.width;
    const cv::Matx33d camera = scaledCamera(pair.views.camera, toWork, static_cast<double>(work.height) / scene.size.height);
    Needed needs[2];
    for (Needed& n : needs) {
      n.margin = static_cast<int>(std::ceil(kBehindMargin * work.width));
      n.depth = cv::Mat(work + cv::Size(2 * n.margin, 2 * n.margin), CV_32F, cv::Scalar(kNone));
    }
    const auto count = static_cast<std::int64_t>(frames.size());
    for (std::int64_t k = 0; k < count; k += std::max<std::int64_t>(1, count / kMostFrames)) {
      if (stop.requested()) return false;
      const TwoViews& view = frames[static_cast<std::size_t>(k)]->fromFirst;
      const DepthGrid grid = gridOf(pair, view, scene.size, work);
      collect(grid, Projection(view.reversed(), camera, camera), 1, needs[0]);
      collect(grid, Projection(view.to(pair.views), camera, camera), 2, needs[1]);
    }
    const SceneLayer &a = scene.layers[frames[0]->a], &b = scene.layers[frames[0]->b];
    const Projection forth(pair.views, camera, camera), back(pair.views.reversed(), camera, camera);
    const auto apart = static_cast<float>(kEdgePixels / camera(0, 0));
    cv::Vec3f toFirst;
    cv::divide(cv::Vec3f(1, 1, 1), a.toNext, toFirst);
    BehindSide sides[2] = {{&pair.first, &a, apart, {{&pair.second, back, forth, &b, toFirst}}},
                           {&pair.second, &b, apart, {{&pair.first, forth, back, &a, a.toNext}}}};
    for (const bool before : {true, false})
      if (auto third = beyondPair(scene, i, before, views, toWork)) sides[before ? 0 : 1].lenders.push_back(*third);
    if (!fillBehind(sides[0], needs[0], toWork, pair.first, stop) || !fillBehind(sides[1], needs[1], toWork, pair.second, stop)) return false;
  }
  return true;
}

}  // namespace pai::core

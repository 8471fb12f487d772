// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_repair.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

/// Slopes of the agreed depths around each pixel: inverse depth is linear in the picture on a plane. Not a number where
/// no plane fits.
cv::Mat slopesOf(const cv::Mat& depth, const cv::Mat& agreed, double step) {
  constexpr int kReach = 16, kSums = 10;
  std::vector<cv::Mat> terms(kSums);
  for (cv::Mat& t : terms) t = cv::Mat::zeros(depth.size(), CV_64F);
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x) {
      if (!agreed.at<uchar>(y, x)) continue;
      const double d = depth.at<float>(y, x), u = x, v = y;
      const double values[kSums] = {1, u, v, u * u, u * v, v * v, d, u * d, v * d, d * d};
      for (int i = 0; i < kSums; ++i) terms[static_cast<std::size_t>(i)].at<double>(y, x) = values[i];
    }
  for (cv::Mat& t : terms) cv::boxFilter(t, t, CV_64F, {2 * kReach + 1, 2 * kReach + 1}, {-1, -1}, false, cv::BORDER_CONSTANT);
  cv::Mat slopes(depth.size(), CV_32FC2, cv::Scalar::all(std::numeric_limits<double>::quiet_NaN()));
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x) {
      double m[kSums];
      for (int i = 0; i < kSums; ++i) m[i] = terms[static_cast<std::size_t>(i)].at<double>(y, x);
      if (m[0] < 100) continue;
      for (int i = 1; i < kSums; ++i) m[i] /= m[0];
      const double xx = m[3] - m[1] * m[1], xy = m[4] - m[1] * m[2], yy = m[5] - m[2] * m[2], xd = m[7] - m[1] * m[6],
                   yd = m[8] - m[2] * m[6], dd = m[9] - m[6] * m[6], det = xx * yy - xy * xy;
      if (det < 0.05 * xx * yy || xx < 4 || yy < 4) continue;
      const double sx = (xd * yy - yd * xy) / det, sy = (yd * xx - xd * xy) / det;
      if (dd - sx * xd - sy * yd < 0.3 * step * step) slopes.at<cv::Vec2f>(y, x) = {static_cast<float>(sx), static_cast<float>(sy)};
    }
  return slopes;
}

/// What is met in eight directions from a pixel: the two farthest depths, and the pixel reached over the least change of colour.
struct Met {
  cv::Mat first, second, like;
};

Met metAround(const cv::Mat& depth, const cv::Mat& agreed, const cv::Mat& picture) {
  constexpr float kNone = 1e9F, kRise = 2;  // what lies at one height is mostly as far
  struct Reached {
    cv::Point from{-1, -1};
    float way = 0;
  };
  const cv::Point ways[] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, -1}, {1, -1}, {-1, 1}};
  Met m;
  m.like = cv::Mat(depth.size(), CV_32SC2, cv::Scalar::all(-1));
  cv::Mat least(depth.size(), CV_32F, cv::Scalar(kNone));
  std::vector<Reached> met(depth.total());
  m.first = least.clone();
  m.second = least.clone();
  for (const cv::Point way : ways) {
    const bool up = way.y < 0, left = way.x < 0;
    for (int i = 0; i < depth.rows; ++i)
      for (int j = 0; j < depth.cols; ++j) {
        const int y = up ? depth.rows - 1 - i : i, x = left ? depth.cols - 1 - j : j;
        const cv::Point from = cv::Point(x, y) - way;
        const bool inside = from.x >= 0 && from.y >= 0 && from.x < depth.cols && from.y < depth.rows;
        Reached& here = met[static_cast<std::size_t>(y) * depth.cols + x];
        if (agreed.at<uchar>(y, x)) {
          here = {{x, y}, 0};
          continue;
        }
        here = inside ? met[static_cast<std::size_t>(from.y) * depth.cols + from.x] : Reached();
        if (here.from.x < 0) continue;
        const cv::Vec3b &c = picture.at<cv::Vec3b>(y, x), &d = picture.at<cv::Vec3b>(from);
        const auto change = static_cast<float>(std::abs(c[0] - d[0]) + std::abs(c[1] - d[1]) + std::abs(c[2] - d[2]));
        here.way += (2 + change) * (way.y == 0 ? 1 : kRise);
        const float depthThere = depth.at<float>(here.from);
        float &one = m.first.at<float>(y, x), &two = m.second.at<float>(y, x);
        if (depthThere < one) two = one, one = depthThere;
        else if (depthThere < two) two = depthThere;
        if (here.way < least.at<float>(y, x)) least.at<float>(y, x) = here.way, m.like.at<cv::Point>(y, x) = here.from;
      }
  }
  return m;
}

/// What is not agreed: hidden in the other picture behind something near, it takes the second farthest depth around; outside the
/// other picture, the plane of its like goes on.
void fillHidden(cv::Mat& depth, const cv::Mat& agreed, const cv::Mat& picture, const TwoViews& views, double step) {
  const cv::Mat slopes = slopesOf(depth, agreed, step), known = depth.clone();
  const Met m = metAround(depth, agreed, picture);
  double nearest = 0;
  cv::minMaxLoc(known, nullptr, &nearest, nullptr, nullptr, agreed);
  const Projection p(views);
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x) {
      const cv::Point from = m.like.at<cv::Point>(y, x);
      if (agreed.at<uchar>(y, x) || from.x < 0) continue;
      const auto& fitted = slopes.at<cv::Vec2f>(from);
      const cv::Vec2f slope = std::isnan(fitted[0]) ? cv::Vec2f() : fitted;
      const float like = known.at<float>(from), two = m.second.at<float>(y, x);
      const float onward = std::clamp(like + slope[0] * static_cast<float>(x - from.x) + slope[1] * static_cast<float>(y - from.y), 0.0F,
                                      1.5F * static_cast<float>(nearest));
      const cv::Vec3f q = p(static_cast<float>(x), static_cast<float>(y), onward);
      const float u = q[0] / std::max(0.02F, q[2]), v = q[1] / std::max(0.02F, q[2]);
      const bool outside = !(u >= 0 && v >= 0 && u < static_cast<float>(depth.cols) && v < static_cast<float>(depth.rows));
      depth.at<float>(y, x) = outside ? onward : two > 1e8F ? like : std::min(like, two);
    }
}

/// Where a blank area has two depths and no edge between them, the nearer one has bled into it from what borders on it: blank
/// matches blank at any depth, in both pictures. The farther is spread over what is of one colour.
void spreadBlank(cv::Mat& depth, cv::Mat& agreed, const cv::Mat& picture, float step) {
  constexpr int kAlike = 9, kFlat = 4;  // levels: of the three channels together; of the surroundings
  cv::Mat grey, blank, reach;
  cv::cvtColor(picture, grey, cv::COLOR_RGB2GRAY);
  blank = rangeAround(grey) < kFlat;
  cv::dilate(blank, reach, cv::Mat::ones(7, 7, CV_8U));  // up to the edge that ends it
  std::vector<cv::Point> edge;
  const auto spread = [&](cv::Point from, bool test) {
    bool any = false;
    const float far = depth.at<float>(from);
    const cv::Vec3b& own = picture.at<cv::Vec3b>(from);
    for (const cv::Point way : {cv::Point(1, 0), cv::Point(-1, 0), cv::Point(0, 1), cv::Point(0, -1)}) {
      const cv::Point p = from + way;
      if (p.x < 0 || p.y < 0 || p.x >= depth.cols || p.y >= depth.rows || !reach.at<uchar>(p) || depth.at<float>(p) < far + step) continue;
      const cv::Vec3b& c = picture.at<cv::Vec3b>(p);
      if (std::abs(c[0] - own[0]) + std::abs(c[1] - own[1]) + std::abs(c[2] - own[2]) > kAlike) continue;
      any = true;
      if (test) break;
      depth.at<float>(p) = far;
      agreed.at<uchar>(p) = 255;
      edge.push_back(p);
    }
    return any;
  };
  std::vector<cv::Point> sources;
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x)
      if (blank.at<uchar>(y, x) && agreed.at<uchar>(y, x) && spread({x, y}, true)) sources.emplace_back(x, y);
  edge = sources;
  for (std::size_t i = 0; i < edge.size(); ++i) spread(cv::Point(edge[i]), false);
}

/// Takes the steps out of what was filled; surfaces that lie apart by more than `step` stay apart.
void smoothFilled(cv::Mat& depth, const cv::Mat& agreed, float step) {
  constexpr int kRounds = 40;
  for (int round = 0; round < kRounds; ++round)
    for (int i = 0; i < depth.rows; ++i)
      for (int j = 0; j < depth.cols; ++j) {
        const int y = round % 2 ? depth.rows - 1 - i : i, x = round % 2 ? depth.cols - 1 - j : j;
        if (agreed.at<uchar>(y, x)) continue;
        const float own = depth.at<float>(y, x);
        float sum = own, count = 1;
        const auto add = [&](int v, int u) {
          const float other = depth.at<float>(v, u);
          if (std::abs(other - own) < step) sum += other, ++count;
        };
        if (y > 0) add(y - 1, x);
        if (x > 0) add(y, x - 1);
        if (y + 1 < depth.rows) add(y + 1, x);
        if (x + 1 < depth.cols) add(y, x + 1);
        depth.at<float>(y, x) = sum / count;
      }
}

/// One surface's pixels, from `seed` on: neighbours among those that count whose depths differ by at most `step`. Marks them as found.
std::vector<cv::Point> surfaceFrom(cv::Point seed, const cv::Mat& depth, const cv::Mat& among, float step, cv::Mat& found) {
  std::vector<cv::Point> patch(1, seed);
  found.at<uchar>(seed) = 255;
  for (std::size_t i = 0; i < patch.size(); ++i) {
    const cv::Point from = patch[i];
    for (const cv::Point way : {cv::Point(1, 0), cv::Point(-1, 0), cv::Point(0, 1), cv::Point(0, -1)}) {
      const cv::Point p = from + way;
      if (p.x < 0 || p.y < 0 || p.x >= depth.cols || p.y >= depth.rows || found.at<uchar>(p) || !among.at<uchar>(p)) continue;
      if (std::abs(depth.at<float>(p) - depth.at<float>(from)) > step) continue;
      found.at<uchar>(p) = 255;
      patch.push_back(p);
    }
  }
  return patch;
}

/// Small patches of guessed depth that lie apart from all around them are wrong guesses: they take the depth of what surrounds them.
void dropIslands(cv::Mat& depth, const cv::Mat& agreed, float step) {
  const auto most = depth.total() / 150;
  const cv::Mat all(depth.size(), CV_8U, cv::Scalar(255));
  cv::Mat found = cv::Mat::zeros(depth.size(), CV_8U), kept = found.clone();
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x) {
      if (found.at<uchar>(y, x)) continue;
      const auto patch = surfaceFrom({x, y}, depth, all, step, found);
      const auto sure = std::count_if(patch.begin(), patch.end(), [&](cv::Point p) { return agreed.at<uchar>(p) != 0; });
      if (patch.size() < most && 2 * static_cast<std::size_t>(sure) < patch.size()) continue;
      for (const cv::Point p : patch) kept.at<uchar>(p) = 255;
    }
  if (cv::countNonZero(kept) == 0) return;
  cv::Mat away, nearest;
  cv::distanceTransform(kept == 0, away, nearest, cv::DIST_L2, 5, cv::DIST_LABEL_PIXEL);
  std::vector<float> depths(depth.total() + 1, 0);
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x)
      if (kept.at<uchar>(y, x)) depths[static_cast<std::size_t>(nearest.at<int>(y, x))] = depth.at<float>(y, x);
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x)
      if (!kept.at<uchar>(y, x)) depth.at<float>(y, x) = depths[static_cast<std::size_t>(nearest.at<int>(y, x))];
}

float medianOf(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Small patches at the picture's border that agree by chance: of the colour of the large ones around, farther than those, where a gap
/// would show another one, and at the depth of those beyond the other picture's frame. They agree no more.
void dropChance(const cv::Mat& depth, const cv::Mat& picture, const TwoViews& views, float step, cv::Mat& agreed) {
  constexpr int kBorder = 8, kAround = 32;
  constexpr double kAlike = 60;  // levels, of the three channels together
  const auto most = depth.total() / 400;
  const Projection there(views);
  cv::Mat found = cv::Mat::zeros(depth.size(), CV_8U), large = found.clone();
  std::vector<std::vector<cv::Point>> small;
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x) {
      if (found.at<uchar>(y, x) || !agreed.at<uchar>(y, x)) continue;
      auto patch = surfaceFrom({x, y}, depth, agreed, step, found);
      if (patch.size() < most) small.push_back(std::move(patch));
      else for (const cv::Point p : patch) large.at<uchar>(p) = 255;
    }
  const cv::Rect frame({0, 0}, depth.size());
  std::vector<float> depths;
  for (const auto& patch : small) {
    const cv::Rect box = cv::boundingRect(patch);
    if (box.x > kBorder && box.y > kBorder && box.br().x < depth.cols - kBorder && box.br().y < depth.rows - kBorder) continue;
    const cv::Rect part = cv::Rect(box.tl() - cv::Point(kAround, kAround), box.br() + cv::Point(kAround, kAround)) & frame;
    depths.clear();
    for (int y = part.y; y < part.br().y; ++y)
      for (int x = part.x; x < part.br().x; ++x)
        if (large.at<uchar>(y, x)) depths.push_back(depth.at<float>(y, x));
    if (depths.size() < patch.size()) continue;
    const float around = medianOf(depths);
    depths.clear();
    cv::Mat own = cv::Mat::zeros(part.size(), CV_8U);
    for (const cv::Point p : patch) depths.push_back(depth.at<float>(p)), own.at<uchar>(p - part.tl()) = 255;
    const cv::Point middle = (box.tl() + box.br()) / 2;
    const cv::Vec3f q = there(static_cast<float>(middle.x), static_cast<float>(middle.y), around);
    const cv::Point2f seen(q[0] / std::max(0.02F, q[2]), q[1] / std::max(0.02F, q[2]));
    const cv::Scalar apart = cv::mean(picture(part), own) - cv::mean(picture(part), large(part));
    if (around - medianOf(depths) <= step || cv::Rect2f(frame).contains(seen) ||
        std::abs(apart[0]) + std::abs(apart[1]) + std::abs(apart[2]) > kAlike)
      continue;
    for (const cv::Point p : patch) agreed.at<uchar>(p) = 0;
  }
}

/// Median of the depths around a pixel, weighted by likeness of colour.
float likeDepth(const cv::Mat& depth, const cv::Mat& picture, cv::Point at, std::vector<std::pair<float, float>>& votes) {
  constexpr int kReach = 3;
  const cv::Vec3b& own = picture.at<cv::Vec3b>(at);
  votes.clear();
  float total = 0;
  for (int v = std::max(0, at.y - kReach); v <= std::min(depth.rows - 1, at.y + kReach); ++v)
    for (int u = std::max(0, at.x - kReach); u <= std::min(depth.cols - 1, at.x + kReach); ++u) {
      const cv::Vec3b& c = picture.at<cv::Vec3b>(v, u);
      const int apart = std::abs(c[0] - own[0]) + std::abs(c[1] - own[1]) + std::abs(c[2] - own[2]);
      const float weight = 1 / (1 + static_cast<float>(apart * apart) / 400.0F);
      votes.emplace_back(depth.at<float>(v, u), weight);
      total += weight;
    }
  std::sort(votes.begin(), votes.end());
  float sum = 0;
  for (const auto& [value, weight] : votes)
    if ((sum += weight) >= 0.5F * total) return value;
  return votes.back().first;
}

}  // namespace

void repairDepth(cv::Mat& depth, cv::Mat& agreed, const cv::Mat& picture, const TwoViews& views, double step) {
  dropChance(depth, picture, views, static_cast<float>(step), agreed);
  spreadBlank(depth, agreed, picture, static_cast<float>(step));
  fillHidden(depth, agreed, picture, views, step);
  cv::medianBlur(depth, depth, 5);
  dropIslands(depth, agreed, 0.5F * static_cast<float>(step));
  smoothFilled(depth, agreed, static_cast<float>(step));
  const cv::Mat before = depth.clone(), around = cv::Mat::ones(7, 7, CV_8U);
  cv::Mat near, far;
  cv::dilate(before, near, around);
  cv::erode(before, far, around);
  const cv::Mat border = near - far > step;
  cv::parallel_for_({0, depth.rows}, [&](const cv::Range& rows) {
    std::vector<std::pair<float, float>> votes;
    for (int y = rows.start; y < rows.end; ++y)
      for (int x = 0; x < depth.cols; ++x)
        if (border.at<uchar>(y, x)) depth.at<float>(y, x) = likeDepth(before, picture, {x, y}, votes);
  });
  cv::Mat even;  // without the sweep's stairs on slanted surfaces
  cv::bilateralFilter(depth, even, 7, step, 2.5, cv::BORDER_REPLICATE);
  depth = even;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_sweep.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/camera_geometry.h"
#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr double kStepPixels = 0.8;  // between neighbouring planes
constexpr int kMinPlanes = 16, kMaxPlanes = 128;
constexpr int kUnseenCost = 40, kMaxCost = 63;
constexpr int kSmallJump = 5, kLargeJump = 60, kLeastJump = 18;  // penalties; a large jump is cheaper across an edge

PAI_INLINE void censusBody(const uchar* PAI_RESTRICT centre, const uchar* const* PAI_RESTRICT others, std::uint32_t* PAI_RESTRICT out,
                           int count) {
  for (int x = 0; x < count; ++x) {
    std::uint32_t bits = 0;
    const int middle = centre[x] + 1;
#pragma GCC unroll 24
    for (int i = 0; i < 24; ++i) bits |= static_cast<std::uint32_t>(others[i][x] > middle) << i;
    out[x] = bits;
  }
}
PAI_TARGET_AVX2 PAI_NOINLINE void censusAvx2(const uchar* c, const uchar* const* o, std::uint32_t* out, int n) { censusBody(c, o, out, n); }
PAI_NOINLINE void censusPlain(const uchar* c, const uchar* const* o, std::uint32_t* out, int n) { censusBody(c, o, out, n); }

/// Census of a 7x7 window's every second pixel: 24 bits, robust to exposure.
void census(const cv::Mat& grey, cv::Mat& out) {
  static const cv::Point ring[] = {{-3, -3}, {-1, -3}, {1, -3}, {3, -3}, {-2, -2}, {0, -2}, {2, -2}, {-3, -1}, {-1, -1}, {1, -1},
                                   {3, -1}, {-2, 0}, {2, 0}, {-3, 1}, {-1, 1}, {1, 1}, {3, 1}, {-2, 2}, {0, 2}, {2, 2},
                                   {-3, 3}, {-1, 3}, {1, 3}, {3, 3}};
  cv::Mat wide;
  cv::copyMakeBorder(grey, wide, 3, 3, 3, 3, cv::BORDER_REPLICATE);
  out.create(grey.size(), CV_32S);
  for (int y = 0; y < grey.rows; ++y) {
    const uchar* others[24];
    for (int i = 0; i < 24; ++i) others[i] = wide.ptr(y + 3 + ring[i].y) + 3 + ring[i].x;
    (cpuHasAvx2() ? censusAvx2 : censusPlain)(grey.ptr(y), others, out.ptr<std::uint32_t>(y), grey.cols);
  }
}

/// Matching costs of all planes, planes innermost.
struct Volume {
  cv::Size size;
  int planes = 0;
  std::vector<std::uint8_t> cost;
  std::uint8_t* at(int y, int x) { return cost.data() + (static_cast<std::size_t>(y) * size.width + x) * planes; }
};

/// Bits set, without an instruction for it.
PAI_INLINE int bitsOf(std::uint32_t v) {
  v = v - ((v >> 1) & 0x55555555U);
  v = (v & 0x33333333U) + ((v >> 2) & 0x33333333U);
  return static_cast<int>((((v + (v >> 4)) & 0x0F0F0F0FU) * 0x01010101U) >> 24);
}

struct CostRow {
  const std::uint32_t *a, *b;
  const uchar *colourA, *colourB, *seen;
};
PAI_INLINE void costBody(const CostRow& r, std::uint8_t* PAI_RESTRICT out, int count) {
  for (int x = 0; x < count; ++x) {
    const uchar *p = r.colourA + 3 * x, *q = r.colourB + 3 * x;
    const int colour = std::abs(p[0] - q[0]) + std::abs(p[1] - q[1]) + std::abs(p[2] - q[2]);
    const int likeness = 2 * bitsOf(r.a[x] ^ r.b[x]) + std::min(colour / 4, 15);
    out[x] = static_cast<std::uint8_t>(r.seen[x] ? std::min(likeness, kMaxCost) : kUnseenCost);
  }
}
PAI_TARGET_AVX2 PAI_NOINLINE void costAvx2(const CostRow& r, std::uint8_t* out, int count) { costBody(r, out, count); }
PAI_NOINLINE void costPlain(const CostRow& r, std::uint8_t* out, int count) { costBody(r, out, count); }

void costsOfPlane(const cv::Mat& first, const cv::Mat& firstCensus, const cv::Mat& warped, const cv::Mat& seen, int plane,
                  Volume& volume) {
  cv::Mat grey, bits;
  cv::cvtColor(warped, grey, cv::COLOR_RGB2GRAY);
  census(grey, bits);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(volume.size.width));
  for (int y = 0; y < volume.size.height; ++y) {
    const CostRow in{firstCensus.ptr<std::uint32_t>(y), bits.ptr<std::uint32_t>(y), first.ptr(y), warped.ptr(y), seen.ptr(y)};
    (cpuHasAvx2() ? costAvx2 : costPlain)(in, row.data(), volume.size.width);
    std::uint8_t* out = volume.at(y, 0) + plane;
    for (const std::uint8_t c : row) *out = c, out += volume.planes;
  }
}

/// One step of a path: `now` = cost + the least of staying, a small jump and any jump from `before`.
inline void pathStep(const std::uint8_t* cost, const std::uint16_t* before, std::uint16_t* now, std::uint16_t* sum, int planes,
                     std::uint16_t& least, int jump) {
  const auto base = least;
  const auto any = static_cast<std::uint16_t>(base + jump);
  std::uint16_t smallest = 0xFFFF;
  for (int d = 0; d < planes; ++d) {
    std::uint16_t v = before[d];
    v = std::min(v, static_cast<std::uint16_t>(before[d - 1] + kSmallJump));
    v = std::min(v, static_cast<std::uint16_t>(before[d + 1] + kSmallJump));
    v = std::min(v, any);
    v = static_cast<std::uint16_t>(v - base + cost[d]);
    now[d] = v;
    smallest = std::min(smallest, v);
    sum[d] = static_cast<std::uint16_t>(sum[d] + v);
  }
  least = smallest;
}

/// Aggregates the costs along eight directions.
std::vector<std::uint16_t> aggregated(Volume& v, const cv::Mat& grey) {
  const int w = v.size.width, h = v.size.height, n = v.planes, stride = n + 2;
  std::vector<std::uint16_t> sum(v.cost.size(), 0);
  const auto jumpAt = [&](int y, int x, int py, int px) {
    const int edge = std::abs(grey.at<uchar>(y, x) - grey.at<uchar>(py, px));
    return std::max(kLeastJump, kLargeJump - 3 * edge);
  };
  for (const bool up : {false, true})
    for (const int dx : {-1, 0, 1}) {
      std::vector<std::uint16_t> rows[2];
      std::vector<std::uint16_t> least[2];
      for (auto& r : rows) r.assign(static_cast<std::size_t>(w) * stride, 0xF000);
      for (auto& l : least) l.assign(w, 0);
      const std::vector<std::uint16_t> fresh(stride, 0);
      for (int i = 0; i < h; ++i) {
        const int y = up ? h - 1 - i : i, py = up ? y + 1 : y - 1;
        auto &before = rows[i & 1], &now = rows[1 - (i & 1)];
        for (int x = 0; x < w; ++x) {
          const int px = x - dx;
          const bool starts = i == 0 || px < 0 || px >= w;
          std::uint16_t l = starts ? 0 : least[i & 1][px];
          const std::uint16_t* from = starts ? fresh.data() + 1 : before.data() + static_cast<std::size_t>(px) * stride + 1;
          pathStep(v.at(y, x), from, now.data() + static_cast<std::size_t>(x) * stride + 1,
                   sum.data() + (static_cast<std::size_t>(y) * w + x) * n, n, l, starts ? 0 : jumpAt(y, x, py, px));
          least[1 - (i & 1)][x] = l;
        }
      }
    }
  for (const bool back : {false, true})
    for (int y = 0; y < h; ++y) {
      std::vector<std::uint16_t> cells[2] = {std::vector<std::uint16_t>(stride, 0xF000), std::vector<std::uint16_t>(stride, 0xF000)};
      std::fill(cells[0].begin() + 1, cells[0].end() - 1, std::uint16_t{0});
      std::uint16_t l = 0;
      for (int i = 0; i < w; ++i) {
        const int x = back ? w - 1 - i : i, px = back ? x + 1 : x - 1;
        pathStep(v.at(y, x), cells[i & 1].data() + 1, cells[1 - (i & 1)].data() + 1,
                 sum.data() + (static_cast<std::size_t>(y) * w + x) * n, n, l, i == 0 ? 0 : jumpAt(y, x, y, px));
      }
    }
  return sum;
}

/// The cheapest plane of every pixel, between planes by a parabola.
cv::Mat winners(const Volume& v, const std::vector<std::uint16_t>& sum) {
  cv::Mat out(v.size, CV_32F);
  const int n = v.planes;
  for (int y = 0; y < v.size.height; ++y)
    for (int x = 0; x < v.size.width; ++x) {
      const std::uint16_t* s = sum.data() + (static_cast<std::size_t>(y) * v.size.width + x) * n;
      const int best = static_cast<int>(std::min_element(s, s + n) - s);
      float at = static_cast<float>(best);
      if (best > 0 && best + 1 < n) {
        const float l = s[best - 1], c = s[best], r = s[best + 1], bend = l + r - 2 * c;
        if (bend > 0) at += std::clamp(0.5F * (l - r) / bend, -0.5F, 0.5F);
      }
      out.at<float>(y, x) = at;
    }
  return out;
}

/// The largest way a pixel of a grid over the picture makes across the range.
double widestWay(const Projection& p, cv::Size size, const DepthRange& range) {
  double widest = 0;
  for (int y = 0; y <= 4; ++y)
    for (int x = 0; x <= 4; ++x) {
      const auto fx = static_cast<float>(x * size.width / 4.0), fy = static_cast<float>(y * size.height / 4.0);
      const cv::Vec3f a = p(fx, fy, static_cast<float>(range.far)), b = p(fx, fy, static_cast<float>(range.near));
      if (a[2] <= 0.05F || b[2] <= 0.05F) continue;
      widest = std::max<double>(widest, std::hypot(a[0] / a[2] - b[0] / b[2], a[1] / a[2] - b[1] / b[2]));
    }
  return widest;
}

}  // namespace

cv::Matx33d scaledCamera(const cv::Matx33d& camera, double factorX, double factorY) {
  return cv::Matx33d(factorX, 0, 0.5 * factorX - 0.5, 0, factorY, 0.5 * factorY - 0.5, 0, 0, 1) * camera;
}

TwoViews TwoViews::scaled(double factor) const { return {scaledCamera(camera, factor, factor), rotation, translation}; }

cv::Mat sweepDepth(const cv::Mat& first, const cv::Mat& second, const cv::Mat& validSecond, const TwoViews& views,
                   const DepthRange& range) {
  const Projection p(views);
  const int planes = std::clamp(static_cast<int>(widestWay(p, first.size(), range) / kStepPixels) + 1, kMinPlanes, kMaxPlanes);
  Volume volume{first.size(), planes, std::vector<std::uint8_t>(first.total() * static_cast<std::size_t>(planes))};
  cv::Mat grey, bits;
  cv::cvtColor(first, grey, cv::COLOR_RGB2GRAY);
  census(grey, bits);
  cv::parallel_for_({0, planes}, [&](const cv::Range& some) {
    cv::Mat warped, seen;
    for (int d = some.start; d < some.end; ++d) {
      const double w = range.far + (range.near - range.far) * d / (planes - 1);
      cv::Matx33d map = p.turn;
      for (int r = 0; r < 3; ++r) map(r, 2) += w * p.shift[r];
      cv::warpPerspective(second, warped, map, first.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
      cv::warpPerspective(validSecond, seen, map, first.size(), cv::INTER_NEAREST | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0);
      costsOfPlane(first, bits, warped, seen, d, volume);
    }
  });
  cv::Mat depth = winners(volume, aggregated(volume, grey));
  depth.convertTo(depth, CV_32F, (range.near - range.far) / (planes - 1), range.far);
  return depth;
}

cv::Mat agreeingDepth(const cv::Mat& first, const cv::Mat& second, const TwoViews& views, double pixels) {
  const Projection there(views), back(views.reversed());
  cv::Mat out = cv::Mat::zeros(first.size(), CV_8U);
  for (int y = 0; y < first.rows; ++y)
    for (int x = 0; x < first.cols; ++x) {
      const cv::Vec3f p = there(static_cast<float>(x), static_cast<float>(y), first.at<float>(y, x));
      if (p[2] <= 0.01F) continue;
      const int u = cvRound(p[0] / p[2]), v = cvRound(p[1] / p[2]);
      if (u < 0 || v < 0 || u >= second.cols || v >= second.rows) continue;
      const cv::Vec3f q = back(p[0] / p[2], p[1] / p[2], second.at<float>(v, u));
      if (q[2] > 0.01F && std::hypot(q[0] / q[2] - static_cast<float>(x), q[1] / q[2] - static_cast<float>(y)) < pixels)
        out.at<uchar>(y, x) = 255;
    }
  return out;
}

namespace {

/// What is met in eight directions from a pixel: the two farthest depths, and the depth reached over the least change of colour.
struct Met {
  cv::Mat first, second, like;
};

Met metAround(const cv::Mat& depth, const cv::Mat& agreed, const cv::Mat& picture) {
  constexpr float kNone = 1e9F;
  const cv::Point ways[] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, -1}, {1, -1}, {-1, 1}};
  Met m;
  m.like = depth.clone();
  cv::Mat least(depth.size(), CV_32F, cv::Scalar(kNone)), met(depth.size(), CV_32FC2);
  m.first = least.clone();
  m.second = least.clone();
  for (const cv::Point way : ways) {
    const bool up = way.y < 0, left = way.x < 0;
    for (int i = 0; i < depth.rows; ++i)
      for (int j = 0; j < depth.cols; ++j) {
        const int y = up ? depth.rows - 1 - i : i, x = left ? depth.cols - 1 - j : j;
        const cv::Point from = cv::Point(x, y) - way;
        const bool inside = from.x >= 0 && from.y >= 0 && from.x < depth.cols && from.y < depth.rows;
        cv::Vec2f& here = met.at<cv::Vec2f>(y, x);  // depth, and the way to it
        if (agreed.at<uchar>(y, x)) {
          here = {depth.at<float>(y, x), 0};
          continue;
        }
        here = inside ? met.at<cv::Vec2f>(from) : cv::Vec2f(kNone, kNone);
        if (here[0] >= kNone) continue;
        const cv::Vec3b c = picture.at<cv::Vec3b>(y, x), d = picture.at<cv::Vec3b>(from);
        here[1] += 2 + static_cast<float>(std::abs(c[0] - d[0]) + std::abs(c[1] - d[1]) + std::abs(c[2] - d[2]));
        float &one = m.first.at<float>(y, x), &two = m.second.at<float>(y, x);
        if (here[0] < one) two = one, one = here[0];
        else if (here[0] < two) two = here[0];
        if (here[1] < least.at<float>(y, x)) least.at<float>(y, x) = here[1], m.like.at<float>(y, x) = here[0];
      }
  }
  return m;
}

/// What is not agreed: hidden in the other picture behind something near, it takes the second farthest depth around; outside the
/// other picture, the depth of its like.
void fillHidden(cv::Mat& depth, const cv::Mat& agreed, const cv::Mat& picture, const TwoViews& views) {
  const Met m = metAround(depth, agreed, picture);
  const Projection p(views);
  for (int y = 0; y < depth.rows; ++y)
    for (int x = 0; x < depth.cols; ++x) {
      if (agreed.at<uchar>(y, x)) continue;
      const float like = m.like.at<float>(y, x), two = m.second.at<float>(y, x);
      const cv::Vec3f q = p(static_cast<float>(x), static_cast<float>(y), like);
      const float u = q[0] / std::max(0.02F, q[2]), v = q[1] / std::max(0.02F, q[2]);
      const bool outside = !(u >= 0 && v >= 0 && u < static_cast<float>(depth.cols) && v < static_cast<float>(depth.rows));
      depth.at<float>(y, x) = outside || two > 1e8F ? like : std::min(like, two);
    }
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

/// Median of the depths around a pixel, weighted by likeness of colour.
float likeDepth(const cv::Mat& depth, const cv::Mat& picture, cv::Point at, std::vector<std::pair<float, float>>& votes) {
  constexpr int kReach = 3;
  const cv::Vec3b own = picture.at<cv::Vec3b>(at);
  votes.clear();
  float total = 0;
  for (int v = std::max(0, at.y - kReach); v <= std::min(depth.rows - 1, at.y + kReach); ++v)
    for (int u = std::max(0, at.x - kReach); u <= std::min(depth.cols - 1, at.x + kReach); ++u) {
      const cv::Vec3b c = picture.at<cv::Vec3b>(v, u);
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

void repairDepth(cv::Mat& depth, const cv::Mat& agreed, const cv::Mat& picture, const TwoViews& views, double step) {
  fillHidden(depth, agreed, picture, views);
  cv::medianBlur(depth, depth, 5);
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

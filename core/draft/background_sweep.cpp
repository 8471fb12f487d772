// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_sweep.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>

#include "core/draft/camera_geometry.h"
#include "core/media/row_kernels.h"

namespace pai::core {
namespace {

constexpr double kStepPixels = 0.8;  // between neighbouring planes
constexpr int kWindow = 3;           // of the census, from its middle
constexpr int kMinPlanes = 16, kMaxPlanes = 128;
constexpr int kUnseenCost = 40, kMaxCost = 63;
constexpr int kBlankRange = 8, kBlankFar = 14;  // levels a blank surrounding spans; what its nearest plane costs more than its farthest
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
  cv::copyMakeBorder(grey, wide, kWindow, kWindow, kWindow, kWindow, cv::BORDER_REPLICATE);
  out.create(grey.size(), CV_32S);
  for (int y = 0; y < grey.rows; ++y) {
    const uchar* others[24];
    for (int i = 0; i < 24; ++i) others[i] = wide.ptr(y + kWindow + ring[i].y) + kWindow + ring[i].x;
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
  for (std::ptrdiff_t x = 0; x < count; ++x) {
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

/// Where a picture's surroundings tell nothing of depth, the farther is preferred: blank things that end at an edge, as sky
/// beside a column does, mostly lie behind what the edge belongs to, and every depth explains them.
void preferFar(const cv::Mat& grey, Volume& v) {
  const cv::Mat range = rangeAround(grey);
  std::vector<std::uint8_t> more(static_cast<std::size_t>(v.planes));
  for (int d = 0; d < v.planes; ++d) more[static_cast<std::size_t>(d)] = static_cast<std::uint8_t>(kBlankFar * d / (v.planes - 1));
  for (int y = 0; y < v.size.height; ++y)
    for (int x = 0; x < v.size.width; ++x) {
      if (range.at<uchar>(y, x) >= kBlankRange) continue;
      std::uint8_t* cost = v.at(y, x);
      for (int d = 0; d < v.planes; ++d) cost[d] = static_cast<std::uint8_t>(cost[d] + more[static_cast<std::size_t>(d)]);
    }
}

/// One pixel of a path: where its costs, its predecessor and its sums lie, and what a jump costs.
struct PathStep {
  const std::uint8_t* cost;
  const std::uint16_t* before;
  std::uint16_t *now, *sum;
  int jump;
};

/// `now` = cost + the least of staying, a small jump and any jump from `before`, whose least value is `least`.
PAI_INLINE std::uint16_t pathBody(const PathStep& step, int planes, std::uint16_t least) {
  const std::uint8_t* PAI_RESTRICT cost = step.cost;
  const std::uint16_t* PAI_RESTRICT before = step.before;
  std::uint16_t* PAI_RESTRICT now = step.now;
  std::uint16_t* PAI_RESTRICT sum = step.sum;
  const auto any = static_cast<std::uint16_t>(least + step.jump);
  std::uint16_t smallest = 0xFFFF;
  for (int d = 0; d < planes; ++d) {
    std::uint16_t v = before[d];
    v = std::min(v, static_cast<std::uint16_t>(before[d - 1] + kSmallJump));
    v = std::min(v, static_cast<std::uint16_t>(before[d + 1] + kSmallJump));
    v = std::min(v, any);
    v = static_cast<std::uint16_t>(v - least + cost[d]);
    now[d] = v;
    smallest = std::min(smallest, v);
    sum[d] = static_cast<std::uint16_t>(sum[d] + v);
  }
  return smallest;
}
PAI_TARGET_AVX2 PAI_NOINLINE std::uint16_t pathAvx2(const PathStep& s, int planes, std::uint16_t least) { return pathBody(s, planes, least); }
PAI_NOINLINE std::uint16_t pathPlain(const PathStep& s, int planes, std::uint16_t least) { return pathBody(s, planes, least); }

/// Aggregates the costs along eight directions.
std::vector<std::uint16_t> aggregated(Volume& v, const cv::Mat& grey) {
  const int w = v.size.width, h = v.size.height, n = v.planes, stride = n + 2;
  const auto pathStep = cpuHasAvx2() ? pathAvx2 : pathPlain;
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
          const std::uint16_t* from = starts ? fresh.data() + 1 : before.data() + static_cast<std::size_t>(px) * stride + 1;
          least[1 - (i & 1)][x] = pathStep({v.at(y, x), from, now.data() + static_cast<std::size_t>(x) * stride + 1,
                                            sum.data() + (static_cast<std::size_t>(y) * w + x) * n, starts ? 0 : jumpAt(y, x, py, px)},
                                           n, starts ? std::uint16_t{0} : least[i & 1][px]);
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
        l = pathStep({v.at(y, x), cells[i & 1].data() + 1, cells[1 - (i & 1)].data() + 1,
                      sum.data() + (static_cast<std::size_t>(y) * w + x) * n, i == 0 ? 0 : jumpAt(y, x, y, px)},
                     n, l);
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

/// Takes the agreement of small patches away, whose depth differs from all around by more than `step`: chance.
void dropSpeckles(const cv::Mat& depth, double step, cv::Mat& agreed) {
  constexpr int kLeastArea = 20, kNone = -1;
  cv::Mat levels;
  depth.convertTo(levels, CV_16S, std::min(4 / step, 30000.0));
  levels.setTo(kNone, agreed == 0);
  cv::filterSpeckles(levels, kNone, kLeastArea, 4);
  agreed.setTo(0, levels == kNone);
}

}  // namespace

cv::Mat rangeAround(const cv::Mat& grey) {
  cv::Mat low, high;
  const cv::Mat around = cv::Mat::ones(7, 7, CV_8U);
  cv::erode(grey, low, around);
  cv::dilate(grey, high, around);
  return high - low;
}

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
  preferFar(grey, volume);
  cv::Mat depth = winners(volume, aggregated(volume, grey));
  depth.convertTo(depth, CV_32F, (range.near - range.far) / (planes - 1), range.far);
  // The census window does not fit at the border.
  const cv::Rect inner(kWindow, kWindow, depth.cols - 2 * kWindow, depth.rows - 2 * kWindow);
  if (inner.width > 0 && inner.height > 0)
    cv::copyMakeBorder(depth(inner).clone(), depth, kWindow, kWindow, kWindow, kWindow, cv::BORDER_REPLICATE);
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
  dropSpeckles(first, pixels / views.camera(0, 0), out);
  return out;
}

}  // namespace pai::core

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/inpaint.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace pai::core {
namespace {

constexpr int kRadius = 3;
constexpr float kRisePenalty = 0.5F;
constexpr float kSharpness = 150.0F;  // of the vote: the best patch decides, averages blur
constexpr double kCoarsest = 40.0;   // rows of the coarsest picture; smaller ones lose all structure
constexpr int kSmallPixels = 42000;  // of the picture correspondences are found on
constexpr int kWantedPixels = 160000;  // the same where little of it is filled
constexpr float kNearRise = 8.0F, kNearAside = 2.0F;  // where what is near is asked for
constexpr float kSameDepth = 0.2F;     // steps that part no surfaces
constexpr float kDepthPenalty = 2.0F, kMostDepths = 1.0F;  // for a source so many steps nearer, squared; at most

/// One scale of the search.
struct Level {
  cv::Mat colour;   // CV_32FC3, 0..1
  cv::Mat known;    // CV_8U
  cv::Mat weight;   // CV_8U: how much a pixel of a hole's patch counts
  float risePenalty = kRisePenalty, asidePenalty = 0;  // for a source another height or width of the picture away, squared
  cv::Mat depth;    // CV_32F, steps; none where it does not matter
  cv::Mat source;   // CV_8U: a whole patch of known pixels fits here
  std::vector<cv::Point> sources, holes;
};

/// Smooth fill of the unknown: averages of ever coarser pictures.
void fillSmooth(cv::Mat& colour, const cv::Mat& known) {
  cv::Mat weight;
  known.convertTo(weight, CV_32F, 1 / 255.0);
  std::vector<cv::Mat> sums, weights;
  cv::Mat w3, sum;
  cv::merge(std::vector<cv::Mat>(3, weight), w3);
  sum = colour.mul(w3);
  sums.push_back(sum);
  weights.push_back(weight);
  while (std::min(sums.back().cols, sums.back().rows) > 1 || std::max(sums.back().cols, sums.back().rows) > 2) {
    const cv::Size half(std::max(1, (sums.back().cols + 1) / 2), std::max(1, (sums.back().rows + 1) / 2));
    cv::Mat s, w;
    cv::resize(sums.back(), s, half, 0, 0, cv::INTER_AREA);
    cv::resize(weights.back(), w, half, 0, 0, cv::INTER_AREA);
    sums.push_back(s);
    weights.push_back(w);
    if (half.width == 1 && half.height == 1) break;
  }
  cv::Mat filled(sums.back().size(), CV_32FC3, cv::Scalar::all(0.5));
  for (std::size_t i = sums.size(); i-- > 0;) {
    cv::Mat up;
    cv::resize(filled, up, sums[i].size(), 0, 0, cv::INTER_LINEAR);
    for (int y = 0; y < up.rows; ++y)
      for (int x = 0; x < up.cols; ++x) {
        const float w = std::min(1.0F, weights[i].at<float>(y, x) * 2);
        if (w <= 1e-6F) continue;
        const auto mean = sums[i].at<cv::Vec3f>(y, x) / std::max(1e-6F, weights[i].at<float>(y, x));
        up.at<cv::Vec3f>(y, x) = up.at<cv::Vec3f>(y, x) * (1 - w) + mean * w;
      }
    filled = up;
  }
  filled.copyTo(colour, known == 0);
}

Level levelOf(const cv::Mat& colour, const cv::Mat& known, const cv::Mat& wanted) {
  Level l;
  l.colour = colour.clone();
  l.known = known.clone();
  l.weight = cv::Mat(known.size(), CV_8U, cv::Scalar(0));
  l.weight.setTo(1, wanted);
  l.weight.setTo(2, known);
  cv::erode(known, l.source, cv::Mat::ones(2 * kRadius + 1, 2 * kRadius + 1, CV_8U), {-1, -1}, 1, cv::BORDER_CONSTANT, 0);
  for (int y = 0; y < known.rows; ++y)
    for (int x = 0; x < known.cols; ++x) {
      const bool inside = x >= kRadius && y >= kRadius && x < known.cols - kRadius && y < known.rows - kRadius;
      if (l.source.at<uchar>(y, x) && inside) l.sources.emplace_back(x, y);
      else if (l.source.at<uchar>(y, x)) l.source.at<uchar>(y, x) = 0;
    }
  cv::Mat touch;
  cv::dilate(wanted & (known == 0), touch, cv::Mat::ones(2 * kRadius + 1, 2 * kRadius + 1, CV_8U));
  for (int y = 0; y < known.rows; ++y)
    for (int x = 0; x < known.cols; ++x)
      if (touch.at<uchar>(y, x)) l.holes.emplace_back(x, y);
  return l;
}

/// What it costs that a source lies nearer than what is filled.
float depthCost(const Level& l, cv::Point hole, cv::Point source) {
  if (l.depth.empty()) return 0;
  const float steps = std::max(0.0F, l.depth.at<float>(source) - l.depth.at<float>(hole) - kSameDepth);
  return kDepthPenalty * std::min(kMostDepths, steps * steps);
}

/// Squared difference of two patches; the hole's patch is clipped at the border, the source's never is. A source of another
/// height costs more: ground stays ground and sky sky when a camera pans.
float distance(const Level& l, cv::Point hole, cv::Point source, float best) {
  float sum = 0, n = 0;
  const float limit = best * (2 * kRadius + 1) * (2 * kRadius + 1);
  for (int dy = -kRadius; dy <= kRadius; ++dy) {
    const int y = hole.y + dy;
    if (y < 0 || y >= l.colour.rows) continue;
    const auto* a = l.colour.ptr<cv::Vec3f>(y);
    const auto* b = l.colour.ptr<cv::Vec3f>(source.y + dy);
    for (int dx = -kRadius; dx <= kRadius; ++dx) {
      const int x = hole.x + dx;
      if (x < 0 || x >= l.colour.cols) continue;
      const cv::Vec3f d = a[x] - b[source.x + dx];
      const auto w = static_cast<float>(l.weight.at<uchar>(y, x));
      sum += w * d.dot(d);
      n += w;
    }
    if (sum > 2 * limit) return 1e9F;
  }
  const float rise = static_cast<float>(hole.y - source.y) / static_cast<float>(l.colour.rows);
  const float aside = static_cast<float>(hole.x - source.x) / static_cast<float>(l.colour.rows);
  return n > 0 ? sum / n + l.risePenalty * rise * rise + l.asidePenalty * aside * aside + depthCost(l, hole, source) : 1e9F;
}

/// The cheapest source of every pixel of a row, of the nearest ones of each depth on both sides; -1 when there is none.
void nearestInRow(const Level& l, int y, std::vector<int>& out) {
  const int width = static_cast<int>(out.size());
  const uchar* source = l.source.ptr(y);
  const float* depth = l.depth.ptr<float>(y);
  std::vector<float> cost(out.size(), 1e9F);
  std::fill(out.begin(), out.end(), -1);
  for (const int way : {1, -1}) {
    std::vector<int> met;  // the last one of each depth
    for (int i = 0; i < width; ++i) {
      const int x = way > 0 ? i : width - 1 - i;
      if (source[x]) {
        std::erase_if(met, [&](int m) { return std::abs(depth[m] - depth[x]) < kSameDepth; });
        met.push_back(x);
      }
      for (const int m : met) {
        const float aside = static_cast<float>(m - x) / static_cast<float>(l.colour.rows);
        const float c = depthCost(l, {x, y}, {m, y}) + l.asidePenalty * aside * aside;
        if (c < cost[static_cast<std::size_t>(x)]) cost[static_cast<std::size_t>(x)] = c, out[static_cast<std::size_t>(x)] = m;
      }
    }
  }
}

/// The source that many pixels into a row mirrored at `edge`: back and forth over what follows there at its depth.
cv::Point mirroredInRow(const Level& l, cv::Point edge, int away) {
  const int way = away < 0 ? -1 : 1, far = std::abs(away);
  int run = 1;
  for (cv::Point at = edge; run <= far; ++run) {
    at.x += way;
    if (at.x < 0 || at.x >= l.source.cols || !l.source.at<uchar>(at) || std::abs(l.depth.at<float>(at) - l.depth.at<float>(edge)) > 1) break;
  }
  const int place = far % (2 * run);
  return {edge.x + way * (place < run ? place : 2 * run - 1 - place), edge.y};
}

/// For every pixel, where the picture mirrored at its nearest known patch would come from; with depths at one beside it, in its row.
cv::Mat mirrorMatch(const Level& l) {
  const bool inRows = !l.depth.empty();
  cv::Mat far, label, match(l.colour.size(), CV_32SC2);
  const cv::Mat unknown = l.source == 0;
  cv::distanceTransform(unknown, far, label, cv::DIST_L2, 5, cv::DIST_LABEL_PIXEL);
  std::vector<cv::Point> nearest(static_cast<std::size_t>(l.sources.size()) + 1);
  for (const auto& q : l.sources) {
    const int id = label.at<int>(q);
    if (id >= static_cast<int>(nearest.size())) nearest.resize(static_cast<std::size_t>(id) + 1);
    nearest[id] = q;
  }
  std::vector<int> beside(static_cast<std::size_t>(match.cols));
  for (int y = 0; y < match.rows; ++y) {
    if (inRows) nearestInRow(l, y, beside);
    for (int x = 0; x < match.cols; ++x) {
      const int column = beside[static_cast<std::size_t>(x)];
      if (inRows && column >= 0) {
        match.at<cv::Point>(y, x) = mirroredInRow(l, {column, y}, column - x);
        continue;
      }
      const cv::Point edge = nearest[label.at<int>(y, x)], step = edge - cv::Point(x, y);
      cv::Point q = edge;
      for (const double reach : {1.0, 0.7, 0.4, 0.2}) {
        const cv::Point at(edge.x + cvRound(step.x * reach), edge.y + cvRound(step.y * reach));
        if (at.x < 0 || at.y < 0 || at.x >= match.cols || at.y >= match.rows || !l.source.at<uchar>(at)) continue;
        q = at;
        break;
      }
      match.at<cv::Point>(y, x) = q;
    }
  }
  return match;
}

/// Nearest patches of every hole pixel: propagation and random search.
void improve(const Level& l, cv::Mat& match, std::mt19937& random, int rounds) {
  cv::Mat cost(match.size(), CV_32F, cv::Scalar(1e9F));
  for (const auto& p : l.holes) cost.at<float>(p) = distance(l, p, match.at<cv::Point>(p), 1e8F);
  const auto attempt = [&](cv::Point p, cv::Point q) {
    if (q.x < 0 || q.y < 0 || q.x >= l.colour.cols || q.y >= l.colour.rows || !l.source.at<uchar>(q)) return;
    const float d = distance(l, p, q, cost.at<float>(p));
    if (d < cost.at<float>(p)) cost.at<float>(p) = d, match.at<cv::Point>(p) = q;
  };
  for (int round = 0; round < rounds; ++round) {
    const int step = round % 2 ? -1 : 1;
    for (std::size_t k = 0; k < l.holes.size(); ++k) {
      const cv::Point p = l.holes[step > 0 ? k : l.holes.size() - 1 - k];
      for (const cv::Point d : {cv::Point(step, 0), cv::Point(0, step)}) {
        const cv::Point n = p - d;
        if (n.x < 0 || n.y < 0 || n.x >= l.colour.cols || n.y >= l.colour.rows || cost.at<float>(n) >= 1e9F) continue;
        attempt(p, match.at<cv::Point>(n) + d);
      }
      for (int r = std::max(8, l.colour.cols / 4); r > 1; r /= 2) {
        const cv::Point c = match.at<cv::Point>(p);
        attempt(p, {c.x - r + static_cast<int>(random() % (2 * r + 1)), c.y - r + static_cast<int>(random() % (2 * r + 1))});
      }
    }
  }
}

/// Every unknown pixel becomes the mean of what the patches over it say.
void vote(Level& l, const cv::Mat& match) {
  cv::Mat sum = cv::Mat::zeros(l.colour.size(), CV_32FC3), weight = cv::Mat::zeros(l.colour.size(), CV_32F);
  for (const auto& p : l.holes) {
    const cv::Point q = match.at<cv::Point>(p);
    const float w = std::exp(-distance(l, p, q, 1e8F) * kSharpness);
    for (int dy = -kRadius; dy <= kRadius; ++dy)
      for (int dx = -kRadius; dx <= kRadius; ++dx) {
        const cv::Point at(p.x + dx, p.y + dy);
        if (at.x < 0 || at.y < 0 || at.x >= l.colour.cols || at.y >= l.colour.rows || l.known.at<uchar>(at)) continue;
        sum.at<cv::Vec3f>(at) += w * l.colour.at<cv::Vec3f>(q.y + dy, q.x + dx);
        weight.at<float>(at) += w;
      }
  }
  for (const auto& p : l.holes)
    if (!l.known.at<uchar>(p) && weight.at<float>(p) > 0) l.colour.at<cv::Vec3f>(p) = sum.at<cv::Vec3f>(p) / weight.at<float>(p);
}

/// Copies full-size pixels by the small picture's correspondences, overlapping neighbours blended.
template <typename T>
void copyPatches(cv::Mat& picture, const cv::Mat& known, const cv::Mat& match, double sx, double sy) {
  const cv::Mat original = picture.clone();
  cv::parallel_for_({0, picture.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y)
      for (int x = 0; x < picture.cols; ++x) {
        if (known.at<uchar>(y, x)) continue;
        const double u = (x + 0.5) / sx - 0.5, v = (y + 0.5) / sy - 0.5;
        const int u0 = static_cast<int>(std::floor(u)), v0 = static_cast<int>(std::floor(v));
        cv::Vec3f sum(0, 0, 0);
        float total = 0;
        for (int j = 0; j < 2; ++j)
          for (int i = 0; i < 2; ++i) {
            const int cu = std::clamp(u0 + i, 0, match.cols - 1), cw = std::clamp(v0 + j, 0, match.rows - 1);
            const cv::Point q = match.at<cv::Point>(cw, cu);
            const int px = cvRound(x + (q.x - cu) * sx), py = cvRound(y + (q.y - cw) * sy);
            if (px < 0 || py < 0 || px >= picture.cols || py >= picture.rows || !known.at<uchar>(py, px)) continue;
            const auto w = static_cast<float>(std::max(0.0, 1 - std::abs(u - (u0 + i))) * std::max(0.0, 1 - std::abs(v - (v0 + j))));
            sum += w * cv::Vec3f(original.at<cv::Vec<T, 3>>(py, px));
            total += w;
          }
        if (total > 1e-4F) picture.at<cv::Vec<T, 3>>(y, x) = cv::Vec<T, 3>(sum / total);
      }
  });
}

}  // namespace

namespace {

bool fill(cv::Mat& picture, const cv::Mat& known, const cv::Mat& wanted, const cv::Mat& depth, int pixels, const StopToken& stop) {
  const bool near = !depth.empty();
  const int unknown = static_cast<int>(known.total()) - cv::countNonZero(known);
  if (unknown == 0) return true;
  const double maximum = picture.depth() == CV_16U ? 65535 : 255;
  if (unknown == static_cast<int>(known.total())) {
    picture.setTo(cv::Scalar::all(maximum / 2));
    return true;
  }
  const double shrink = std::min(1.0, std::sqrt(pixels / static_cast<double>(known.total())));
  const cv::Size small(std::max(8, cvRound(known.cols * shrink)), std::max(8, cvRound(known.rows * shrink)));
  // Means of what is known, at the small size: nothing of full size is held in floats.
  cv::Mat colour, mask, share, covered = cv::Mat::zeros(picture.size(), picture.type());
  picture.copyTo(covered, known);
  cv::resize(covered, covered, small, 0, 0, cv::INTER_AREA);
  covered.convertTo(colour, CV_32FC3, 1 / maximum);
  cv::resize(known, mask, small, 0, 0, cv::INTER_AREA);
  mask.convertTo(share, CV_32F, 1 / 255.0);
  for (int y = 0; y < small.height; ++y)
    for (int x = 0; x < small.width; ++x) colour.at<cv::Vec3f>(y, x) *= 1 / std::max(0.02F, share.at<float>(y, x));
  mask = mask >= 250;
  cv::Mat asked;
  cv::resize(wanted, asked, small, 0, 0, cv::INTER_AREA);
  fillSmooth(colour, mask);
  const cv::Mat smooth = colour.clone();
  std::mt19937 random(20240601);
  cv::Mat match, filled;
  // What is near may be too narrow for a coarser picture to hold.
  const int levels = near ? 1 : std::max(1, static_cast<int>(std::log2(std::min(small.width, small.height) / kCoarsest)) + 1);
  for (int i = levels - 1; i >= 0; --i) {
    if (stop.requested()) return false;
    const cv::Size size(std::max(8, small.width >> i), std::max(8, small.height >> i));
    cv::Mat c, k, w;
    cv::resize(colour, c, size, 0, 0, cv::INTER_AREA);
    cv::resize(mask, k, size, 0, 0, cv::INTER_AREA);
    cv::resize(asked, w, size, 0, 0, cv::INTER_AREA);
    Level l = levelOf(c, k >= 250, w > 0);
    if (near) l.risePenalty = kNearRise, l.asidePenalty = kNearAside, cv::resize(depth, l.depth, size, 0, 0, cv::INTER_NEAREST);
    if (l.sources.empty()) continue;
    cv::Mat next = mirrorMatch(l);
    for (int y = 0; y < size.height && !match.empty(); ++y)
      for (int x = 0; x < size.width; ++x) {
          const double fx = static_cast<double>(size.width) / match.cols, fy = static_cast<double>(size.height) / match.rows;
          const cv::Point from(std::min(match.cols - 1, static_cast<int>(x / fx)), std::min(match.rows - 1, static_cast<int>(y / fy)));
          const cv::Point offset = match.at<cv::Point>(from) - from;
          const cv::Point guess(x + cvRound(offset.x * fx), y + cvRound(offset.y * fy));
          if (guess.x >= 0 && guess.y >= 0 && guess.x < size.width && guess.y < size.height && l.source.at<uchar>(guess))
          next.at<cv::Point>(y, x) = guess;
      }
    const bool first = match.empty();
    match = next;
    if (!first) {  // what the coarser picture found, at this size
      cv::Mat up;
      cv::resize(filled, up, size, 0, 0, cv::INTER_LINEAR);
      up.copyTo(l.colour, l.known == 0);
    } else {
      for (const auto& p : l.holes)
        if (!l.known.at<uchar>(p)) l.colour.at<cv::Vec3f>(p) = l.colour.at<cv::Vec3f>(match.at<cv::Point>(p));
    }
    for (int round = 0; round < (i > 0 || near ? 3 : 2); ++round) {
      improve(l, match, random, 3);
      vote(l, match);
      if (stop.requested()) return false;
    }
    filled = l.colour;
  }
  cv::Mat base;
  smooth.convertTo(base, picture.type(), maximum);
  cv::resize(base, base, picture.size(), 0, 0, cv::INTER_LINEAR);
  base.copyTo(picture, known == 0);
  if (match.empty() || match.size() != small) return true;
  const double sx = static_cast<double>(known.cols) / small.width, sy = static_cast<double>(known.rows) / small.height;
  if (picture.depth() == CV_16U) copyPatches<ushort>(picture, known, match, sx, sy);
  else copyPatches<uchar>(picture, known, match, sx, sy);
  return true;
}

}  // namespace

bool fillUnknown(cv::Mat& picture, const cv::Mat& known, const StopToken& stop) {
  return fill(picture, known, known == 0, {}, kSmallPixels, stop);
}

bool fillWanted(cv::Mat& picture, const cv::Mat& known, const cv::Mat& wanted, const cv::Mat& depth, const StopToken& stop) {
  return fill(picture, known, wanted, depth, kWantedPixels, stop);
}

}  // namespace pai::core

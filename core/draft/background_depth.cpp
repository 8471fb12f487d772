// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/background_depth.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/background_kernels.h"

namespace pai::core {
namespace {

constexpr float kEmpty = -1e9F;
constexpr int kBorder = 9;  // working pixels; with 6 the sample still showed sky across a column

constexpr double kBands = 8.0;  // of rows or columns that threads share

cv::Matx33d cameraAt(const DepthPair& pair, cv::Size size, cv::Size delivered) {
  return scaledCamera(pair.views.camera, static_cast<double>(size.width) / delivered.width,
                      static_cast<double>(size.height) / delivered.height);
}

/// Without a call: the processor that is built for has no rounding of its own.
int floorOf(float v) {
  const int whole = static_cast<int>(v);
  return whole - (v < static_cast<float>(whole) ? 1 : 0);
}

/// Carries a depth map into the frame; the nearest surface stays. What is not agreed goes to `rest`, and what lies at the picture's
/// border, where blank sky matches anything.
void splat(const DepthPicture& picture, const Projection& p, int foot, cv::Mat& out, cv::Mat& rest) {
  constexpr float kClose = 20.0F;  // the scale of what is next to the camera, or behind it
  const int width = picture.depth.cols;
  std::vector<float> places(2 * static_cast<std::size_t>(width)), scales(static_cast<std::size_t>(width));
  const auto left = static_cast<float>(-foot), right = static_cast<float>(out.cols), bottom = static_cast<float>(out.rows);
  for (int y = 0; y < picture.depth.rows; ++y) {
    const float* w = picture.depth.ptr<float>(y);
    const uchar* agreed = picture.agreed.ptr(y);
    const bool innerRow = y >= kBorder && y < picture.depth.rows - kBorder;
    projectRow({&p, static_cast<float>(y), w, width}, places.data(), scales.data());
    for (int x = 0; x < width; ++x) {
      const float k = scales[static_cast<std::size_t>(x)], near = w[x] * k;
      const float gx = places[2 * static_cast<std::size_t>(x)], gy = places[2 * static_cast<std::size_t>(x) + 1];
      if (k > kClose || !(gx > left && gy > left && gx < right && gy < bottom)) continue;
      cv::Mat& into = innerRow && x >= kBorder && x < width - kBorder && agreed[x] ? out : rest;
      const int x0 = floorOf(gx), y0 = floorOf(gy);
      if (foot == 2 && x0 >= 0 && y0 >= 0 && x0 + 2 <= out.cols && y0 + 2 <= out.rows) {  // nearly always
        float* cell = into.ptr<float>(y0) + x0;
        float* below = into.ptr<float>(y0 + 1) + x0;
        cell[0] = std::max(cell[0], near), cell[1] = std::max(cell[1], near);
        below[0] = std::max(below[0], near), below[1] = std::max(below[1], near);
        continue;
      }
      const int endX = std::min(out.cols, x0 + foot), endY = std::min(out.rows, y0 + foot), beginX = std::max(0, x0);
      for (int v = std::max(0, y0); v < endY; ++v) {
        float* cell = into.ptr<float>(v);
        for (int u = beginX; u < endX; ++u) cell[u] = std::max(cell[u], near);
      }
    }
  }
}

/// Where a cell at some depth lies beyond a reference's frame, or less than so many pixels from its border.
struct Beyond {
  bool aside = false, upright = false;
  explicit operator bool() const { return aside || upright; }
};

Beyond beyond(const Projection& p, cv::Size delivered, int x, int y, float depth, float margin = 0) {
  const cv::Vec3f q = p(static_cast<float>(x), static_cast<float>(y), depth);
  const float k = 1 / std::max(0.02F, q[2]), u = q[0] * k, v = q[1] * k;
  return {!(u >= margin && u <= static_cast<float>(delivered.width - 1) - margin),
          !(v >= margin && v <= static_cast<float>(delivered.height - 1) - margin)};
}

/// What borders on cells beyond both references' frames goes on into them: a column that their upper border cuts is not seen to
/// end there. Up and down first, since what stands mostly stands upright, and also before what lies farther by more than `step`.
void extendBeyond(const Projection& toFirst, const Projection& toSecond, cv::Size delivered, float step, cv::Mat& depth) {
  constexpr float never = 1e9F;
  const float cell = static_cast<float>(delivered.width) / static_cast<float>(depth.cols), margin = 1.5F * cell;
  const auto take = [&](int y, int x, int fromY, int fromX, float nearer) {
    float& to = depth.at<float>(y, x);
    const float from = depth.at<float>(fromY, fromX);
    if (from <= kEmpty || (to > kEmpty && from < to + nearer)) return;
    const Beyond first = beyond(toFirst, delivered, x, y, from, margin);
    if (!first) return;
    const Beyond second = beyond(toSecond, delivered, x, y, from, margin);
    if (second && (fromY == y || first.upright || second.upright)) to = from;
  };
  cv::parallel_for_({0, depth.cols}, [&](const cv::Range& columns) {
    for (int y = depth.rows - 1; y-- > 0;)
      for (int x = columns.start; x < columns.end; ++x) take(y, x, y + 1, x, step);
    for (int y = 1; y < depth.rows; ++y)
      for (int x = columns.start; x < columns.end; ++x) take(y, x, y - 1, x, step);
  }, kBands);
  cv::parallel_for_({0, depth.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      for (int x = 1; x < depth.cols; ++x) take(y, x, y, x - 1, never);
      for (int x = depth.cols - 1; x-- > 0;) take(y, x, y, x + 1, never);
    }
  }, kBands);
}

/// Cells nothing was carried to take the farther of what borders on them in their row.
void fillEmpty(cv::Mat& depth) {
  std::vector<float> left(depth.cols);
  for (int y = 0; y < depth.rows; ++y) {
    float* row = depth.ptr<float>(y);
    float last = kEmpty;
    for (int x = 0; x < depth.cols; ++x) left[x] = row[x] > kEmpty ? last = row[x] : last;
    last = kEmpty;
    for (int x = depth.cols; x-- > 0;) {
      if (row[x] > kEmpty) last = row[x];
      else if (last > kEmpty && left[x] > kEmpty) row[x] = std::min(last, left[x]);
      else row[x] = std::max(last, left[x]);
    }
  }
  for (int y = 1; y < depth.rows; ++y)
    if (depth.at<float>(y, 0) <= kEmpty) depth.row(y - 1).copyTo(depth.row(y));
  for (int y = depth.rows - 1; y-- > 0;)
    if (depth.at<float>(y, 0) <= kEmpty) depth.row(y + 1).copyTo(depth.row(y));
}

/// Rows of a grid's cells as a reference's depth maps see them.
class SightRows {
 public:
  SightRows(const DepthPicture& picture, const Projection& p, cv::Size delivered, float hidden, int width)
      : m_hidden(hidden), m_scales(static_cast<std::size_t>(width)), m_there(m_scales.size()), m_index(m_scales.size()) {
    const cv::Mat& map = picture.nearest;
    m_row = {&p, 0, nullptr, width, static_cast<float>(map.cols) / static_cast<float>(delivered.width),
             static_cast<float>(map.rows) / static_cast<float>(delivered.height), static_cast<float>(map.cols - 1),
             static_cast<float>(map.rows - 1), static_cast<int>(map.step1())};
  }
  /// Pixels of the reference's frame.
  void look(int y, const float* depth, cv::Vec2f* places) {
    m_row.y = static_cast<float>(y);
    m_row.depth = depth;
    sightRow(m_row, places->val, m_scales.data(), m_index.data());
  }
  /// How much the row's cells are seen by one of the maps.
  void seen(const cv::Mat& map, float* out) {
    const float* values = map.ptr<float>();
    for (std::size_t x = 0; x < m_there.size(); ++x) m_there[x] = values[m_index[x]];
    opennessRow(m_row, m_scales.data(), m_there.data(), m_hidden, out);
  }

 private:
  DepthRow m_row;
  float m_hidden;
  std::vector<float> m_scales, m_there;
  std::vector<int> m_index;
};

/// Where the cells lie in one reference, and whether they are seen there.
void lookInto(const DepthPicture& picture, const Projection& p, cv::Size delivered, float hidden, const cv::Mat& depth,
              cv::Mat& position, cv::Mat& seen) {
  position.create(depth.size(), CV_32FC2);
  seen.create(depth.size(), CV_32F);
  cv::parallel_for_({0, depth.rows}, [&](const cv::Range& rows) {
    SightRows sight(picture, p, delivered, hidden, depth.cols);
    for (int y = rows.start; y < rows.end; ++y) {
      sight.look(y, depth.ptr<float>(y), position.ptr<cv::Vec2f>(y));
      sight.seen(picture.nearest, seen.ptr<float>(y));
    }
  }, kBands);
}

/// How much of each cell's farthest surface is seen between the sides of one reference's frame: by its depth's outlines as they are,
/// and by wider ones. Above and below the frame it goes on as it is.
void lookBehind(const DepthGrid& g, const DepthPicture& picture, const Projection& p, cv::Size delivered, float hidden, cv::Mat& seen,
                cv::Mat& surely) {
  const auto right = static_cast<float>(delivered.width - 1);
  cv::parallel_for_({0, seen.rows}, [&](const cv::Range& rows) {
    SightRows sight(picture, p, delivered, hidden, seen.cols);
    std::vector<cv::Vec2f> places(static_cast<std::size_t>(seen.cols));
    std::vector<float> open(places.size());
    for (int y = rows.start; y < rows.end; ++y) {
      sight.look(y, g.far.ptr<float>(y), places.data());
      for (const bool sure : {false, true}) {
        sight.seen(sure ? picture.outline : picture.nearest, open.data());
        float* most = (sure ? surely : seen).ptr<float>(y);
        for (std::size_t x = 0; x < places.size(); ++x) {
          if (places[x][0] >= 0 && places[x][0] <= right && open[x] > most[x]) most[x] = open[x];
        }
      }
    }
  }, kBands);
}

/// What is hidden in both references behind something near, and which one's invented picture shows it: the first's, unless it lies
/// beyond that frame. A choice by place alone, so that it holds still in time.
void findLost(DepthGrid& g, const cv::Mat& seen, const cv::Mat& surely, const Projection& toFirst, const Projection& toSecond,
              cv::Size delivered, float tolerance) {
  const int cols = g.depth.cols;
  const auto margin = -static_cast<float>(kBehindMargin * delivered.width);
  const cv::Mat hidden = seen < kHiddenOpenness;
  cv::morphologyEx(hidden, g.lost, cv::MORPH_OPEN, cv::Mat::ones(3, 5, CV_8U));  // smaller ones are the outlines' mistakes
  // Unless they go on above or below one: what stands beside a gap stands upright.
  const auto goOn = [&](int y, int from) {
    for (int x = 0; x < cols; ++x) {
      const float apart = std::abs(g.far.at<float>(y, x) - g.far.at<float>(from, x));
      if (g.lost.at<uchar>(from, x) && hidden.at<uchar>(y, x) && apart < tolerance) g.lost.at<uchar>(y, x) = 255;
    }
  };
  for (int y = 1; y < g.lost.rows; ++y) goOn(y, y - 1);
  for (int y = g.lost.rows - 1; y-- > 0;) goOn(y, y + 1);
  const auto findIn = [&](int y) {
    const float *far = g.far.ptr<float>(y), *sure = surely.ptr<float>(y);
    uchar* lost = g.lost.ptr(y);
    const auto grow = [&](int x, int from) {
      if (lost[from] && !lost[x] && sure[x] < kHiddenOpenness && std::abs(far[x] - far[from]) < tolerance) lost[x] = 255;
    };
    for (int x = 1; x < cols; ++x) grow(x, x - 1);
    for (int x = cols - 1; x-- > 0;) grow(x, x + 1);
    for (int x = 0; x < cols; ++x)
      if (lost[x])
        lost[x] = !beyond(toFirst, delivered, x, y, far[x]) ? 1 : !beyond(toSecond, delivered, x, y, far[x]) ? 2
                  : !beyond(toFirst, delivered, x, y, far[x], margin) ? 1 : !beyond(toSecond, delivered, x, y, far[x], margin) ? 2 : 0;
  };
  cv::parallel_for_({0, g.depth.rows}, [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) findIn(y);
  }, kBands);
}

}  // namespace

DepthGrid gridOf(const DepthPair& pair, const TwoViews& frame, cv::Size delivered, cv::Size grid) {
  DepthGrid g;
  g.depth = cv::Mat(grid, CV_32F, cv::Scalar(kEmpty));
  const cv::Matx33d own = cameraAt(pair, grid, delivered), from = cameraAt(pair, pair.first.depth.size(), delivered);
  const Projection fromFirst(frame, from, own), fromSecond(pair.views.to(frame), from, own);
  const auto foot = [&](const Projection& p) {
    const double scale = std::hypot(p.turn(0, 0), p.turn(1, 0));
    return std::clamp(static_cast<int>(std::ceil(1.3 * scale - 0.3)) + 1, 2, 6);
  };
  cv::Mat rest(grid, CV_32F, cv::Scalar(kEmpty)), second = rest.clone(), secondRest = rest.clone();
  cv::parallel_for_({0, 2}, [&](const cv::Range& sides) {
    if (sides.start == 0) splat(pair.first, fromFirst, foot(fromFirst), g.depth, rest);
    if (sides.end == 2) splat(pair.second, fromSecond, foot(fromSecond), second, secondRest);
  }, 2.0);
  g.depth = cv::max(g.depth, second);
  rest = cv::max(rest, secondRest);
  rest.copyTo(g.depth, g.depth <= kEmpty);
  const Projection toFirst(frame.reversed(), own, pair.views.camera), toSecond(frame.to(pair.views), own, pair.views.camera);
  const auto focal = static_cast<float>(own(0, 0));
  extendBeyond(toFirst, toSecond, delivered, kEdgePixels / focal, g.depth);
  fillEmpty(g.depth);
  cv::medianBlur(g.depth, g.depth, 3);
  const cv::Mat around = cv::Mat::ones(3, 3, CV_8U);
  cv::dilate(g.depth, g.near, around);
  cv::erode(g.depth, g.far, around);
  g.edge = (g.near - g.far) > kEdgePixels / focal;
  const auto hidden = static_cast<float>(kHiddenPixels / from(0, 0));
  lookInto(pair.first, toFirst, delivered, hidden, g.depth, g.toFirst, g.seenFirst);
  lookInto(pair.second, toSecond, delivered, hidden, g.depth, g.toSecond, g.seenSecond);
  cv::Mat seen = cv::Mat::zeros(grid, CV_32F), surely = cv::Mat::zeros(grid, CV_32F);
  lookBehind(g, pair.first, toFirst, delivered, hidden, seen, surely);
  lookBehind(g, pair.second, toSecond, delivered, hidden, seen, surely);
  findLost(g, seen, surely, toFirst, toSecond, delivered, kEdgePixels / focal);
  return g;
}

}  // namespace pai::core

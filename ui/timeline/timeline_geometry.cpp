// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timeline_geometry.h"

#include <algorithm>
#include <cmath>

namespace pai::ui {
namespace {

constexpr double kMargin = 24.0;

}  // namespace

std::int64_t TimelineGeometry::frameAt(double x) const {
  return static_cast<std::int64_t>(std::floor(m_firstFrame + x / m_pixelsPerFrame));
}

core::FrameRange TimelineGeometry::visible(std::int64_t frames) const {
  const core::FrameRange shown{{frameAt(0.0)}, {frameAt(m_width) + 1}};
  return shown.intersected({{0}, {frames}});
}

void TimelineGeometry::fit(std::int64_t frames) {
  const double room = std::max(1.0, m_width - 2.0 * kMargin);
  m_pixelsPerFrame = std::clamp(room / std::max<std::int64_t>(1, frames), kMinPixelsPerFrame, kMaxPixelsPerFrame);
  m_firstFrame = -kMargin / m_pixelsPerFrame;
}

void TimelineGeometry::zoomAt(double x, double factor, std::int64_t frames) {
  const double anchor = m_firstFrame + x / m_pixelsPerFrame;
  m_pixelsPerFrame = std::clamp(m_pixelsPerFrame * factor, kMinPixelsPerFrame, kMaxPixelsPerFrame);
  m_firstFrame = anchor - x / m_pixelsPerFrame;
  bound(frames);
}

void TimelineGeometry::scrollBy(double pixels, std::int64_t frames) {
  m_firstFrame += pixels / m_pixelsPerFrame;
  bound(frames);
}

void TimelineGeometry::reveal(std::int64_t frame, std::int64_t frames) {
  const double x = xOf(static_cast<double>(frame));
  if (x < 0.0) scrollBy(x - kMargin, frames);
  if (x > m_width - kMargin) scrollBy(x - m_width + 4.0 * kMargin, frames);
}

bool TimelineGeometry::showsAll(std::int64_t frames) const {
  return xOf(0.0) >= 0.0 && xOf(static_cast<double>(frames)) <= m_width;
}

std::int64_t TimelineGeometry::labelStep(core::FrameRate rate, int minPixels) const {
  const std::int64_t second = std::max(1, rate.nominal());
  std::vector<std::int64_t> steps{1, 2, 5, 10};
  for (std::int64_t seconds : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600})
    if (seconds * second > 10) steps.push_back(seconds * second);
  for (std::int64_t step : steps)
    if (static_cast<double>(step) * m_pixelsPerFrame >= minPixels) return step;
  return steps.back();
}

void TimelineGeometry::bound(std::int64_t frames) {
  const double half = 0.5 * m_width / m_pixelsPerFrame;
  const double last = std::max(-half, static_cast<double>(frames) - half);
  m_firstFrame = std::clamp(m_firstFrame, -half, last);
}

std::optional<SnapPoint> nearestSnap(const TimelineGeometry& geometry, double frame,
                                     const std::vector<SnapPoint>& points, double thresholdPixels) {
  std::optional<SnapPoint> best;
  double bestDistance = thresholdPixels;
  for (const SnapPoint& point : points) {
    const double distance = std::abs(geometry.xOf(static_cast<double>(point.frame)) - geometry.xOf(frame));
    if (distance > bestDistance || (best && distance == bestDistance)) continue;
    best = point;
    bestDistance = distance;
  }
  return best;
}

FlagBox flagBox(const TimelineGeometry& geometry, std::int64_t frame, std::int64_t shotBegin, std::int64_t shotEnd) {
  FlagBox box;
  const double left = geometry.xOf(static_cast<double>(frame));
  // A wide frame cell carries the pole in its middle, a narrow one on its left edge.
  box.pole = left + std::min(geometry.pixelsPerFrame() * 0.5, 1.0);
  box.width = kFlagWidth;
  box.height = kFlagHeight;
  box.top = kFlagTop;
  const double end = geometry.xOf(static_cast<double>(shotEnd));
  const double begin = geometry.xOf(static_cast<double>(shotBegin));
  box.flipped = box.pole + box.width > end + 1.0 && box.pole - box.width >= begin - 1.0;
  box.left = box.flipped ? box.pole - box.width : box.pole;
  return box;
}

double strengthAt(const FlagBox& box, double x) { return std::clamp((x - box.left) / box.width, 0.0, 1.0); }

}  // namespace pai::ui

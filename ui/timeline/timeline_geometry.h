// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/time.h"

namespace pai::ui {

/// Frames to pixels and back for one view of the timeline: no widgets, no painting. x is counted from the left edge of the
/// lanes, right of their headers.
class TimelineGeometry {
 public:
  static constexpr double kMinPixelsPerFrame = 0.002;
  static constexpr double kMaxPixelsPerFrame = 64.0;

  double pixelsPerFrame() const { return m_pixelsPerFrame; }
  double firstFrame() const { return m_firstFrame; }
  int width() const { return m_width; }

  /// Left edge of a frame.
  double xOf(double frame) const { return (frame - m_firstFrame) * m_pixelsPerFrame; }
  /// The frame whose cell holds x (may lie outside the timeline).
  std::int64_t frameAt(double x) const;
  /// Frames with a visible part, within [0, frames).
  core::FrameRange visible(std::int64_t frames) const;

  void setWidth(int width) { m_width = width; }
  /// Shows everything with a small margin.
  void fit(std::int64_t frames);
  /// Zooms about the frame under x.
  void zoomAt(double x, double factor, std::int64_t frames);
  /// Moves the view by pixels, within the timeline and half a view around it.
  void scrollBy(double pixels, std::int64_t frames);
  /// Scrolls the least so that a frame is inside the view.
  void reveal(std::int64_t frame, std::int64_t frames);
  /// Everything fits in the view as it is.
  bool showsAll(std::int64_t frames) const;

  /// Frames between two labels of the ruler so that they are at least `minPixels` apart: 1, 2, 5 ... frames, then whole
  /// seconds and minutes.
  std::int64_t labelStep(core::FrameRate rate, int minPixels) const;

 private:
  void bound(std::int64_t frames);
  double m_pixelsPerFrame = 4.0;
  double m_firstFrame = 0.0;
  int m_width = 0;
};

/// A place that dragged things stick to.
struct SnapPoint {
  enum class Kind { kBegin, kMiddle, kEnd, kPlayhead, kMarker, kReference, kKeyframe, kTake, kMarked };
  Kind kind = Kind::kBegin;
  std::int64_t frame = 0;
  bool operator==(const SnapPoint&) const = default;
};

/// Pixels within which dragged things stick.
inline constexpr double kSnapPixels = 8.0;

/// The nearest snap point within `thresholdPixels` of a frame; the earlier in the list wins a tie.
std::optional<SnapPoint> nearestSnap(const TimelineGeometry& geometry, double frame,
                                     const std::vector<SnapPoint>& points, double thresholdPixels);

/// Where a reference's flag is drawn: its pole stands on the frame, the thumbnail hangs right of it, or left near the shot's
/// end. Pixels; y from the lane's top.
struct FlagBox {
  double pole = 0.0;
  double left = 0.0, top = 0.0, width = 0.0, height = 0.0;  // thumbnail
  bool flipped = false;
  bool holds(double x, double y) const { return x >= left && x < left + width && y >= top && y < top + height; }
};

inline constexpr double kFlagWidth = 72.0;
inline constexpr double kFlagHeight = 40.0;
inline constexpr double kFlagTop = 6.0;
inline constexpr double kStrengthHeight = 8.0;  // below the thumbnail

/// Flag of a frame in a shot that ends (exclusively) at `shotEnd`; frames are of the timeline.
FlagBox flagBox(const TimelineGeometry& geometry, std::int64_t frame, std::int64_t shotBegin, std::int64_t shotEnd);
/// Strength, 0..1, for x on a flag's strength bar.
double strengthAt(const FlagBox& box, double x);

}  // namespace pai::ui

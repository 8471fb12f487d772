// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>

#include "ui/timeline/lane.h"

namespace pai::ui {

/// Pictures of the plates. Edges of a shot trim it, its title is dragged to another place of the sequence.
class FilmstripLane : public Lane {
 public:
  using Lane::Lane;
  QString name() const override;
  QString iconName() const override { return QStringLiteral("plate"); }
  int height() const override { return 64; }
  int leastHeight() const override { return 40; }
  void paint(QPainter& painter, const QRect& area) override;
  bool press(const QPoint& at, const QMouseEvent& event) override;
  void move(const QPoint& at, const QMouseEvent& event) override;
  void release(const QPoint& at, const QMouseEvent& event) override;
  void cancel() override;
  QString toolTip(const QPoint& at) const override;
  Qt::CursorShape cursor(const QPoint& at) const override;

 private:
  enum class Drag { kScrub, kBegin, kEnd, kPlace };
  struct Edge {
    const TimelineShot* shot = nullptr;
    bool end = false;
  };
  void paintShot(QPainter& painter, const QRect& area, const TimelineShot& shot);
  std::optional<Edge> edgeAt(const QPoint& at) const;
  /// Shots that lie before x: the place a dragged shot would take.
  std::size_t placeAt(double x) const;
  void trim(const QPoint& at, Qt::KeyboardModifiers modifiers);
  /// The edge that sticks to a marker, or the frame beside the playhead, near which the hand put it; frames of the source.
  core::FrameIndex stuck(core::FrameIndex edge) const;
  Drag m_drag = Drag::kScrub;
  QPoint m_pressedAt;
  core::Shot m_before;  // as the drag began
  core::FrameRange m_rangeBefore;
  std::int64_t m_playheadBefore = 0;
  std::vector<app::CameraFacts> m_solved;
  std::optional<std::size_t> m_place;
};

/// The plates' sound as it looks; there while any plate has some. Press and drag scrubs.
class SoundLane : public Lane {
 public:
  using Lane::Lane;
  QString name() const override;
  QString iconName() const override { return QStringLiteral("audio"); }
  int height() const override;
  int leastHeight() const override { return height() / 2; }
  void paint(QPainter& painter, const QRect& area) override;
  bool press(const QPoint& at, const QMouseEvent& event) override;
  void move(const QPoint& at, const QMouseEvent& event) override;

 private:
  void paintShot(QPainter& painter, const QRect& area, const TimelineShot& shot);
  QList<QLineF> m_lines;  // kept, so that painting allocates nothing
};

/// What the matte of each frame looks like; a click jumps there.
class MatteLane : public Lane {
 public:
  using Lane::Lane;
  QString name() const override;
  QString iconName() const override { return QStringLiteral("matte"); }
  int height() const override { return 28; }
  int leastHeight() const override { return 18; }
  void paint(QPainter& painter, const QRect& area) override;
  bool press(const QPoint& at, const QMouseEvent& event) override;
  QString toolTip(const QPoint& at) const override;
};

/// The camera's pan, tilt, zoom and roll, with keyframes that are dragged in time; their values are dragged in the Curves panel.
class CameraLane : public Lane {
 public:
  using Lane::Lane;
  QString name() const override;
  QString iconName() const override { return QStringLiteral("camera"); }
  int height() const override { return 56; }
  int leastHeight() const override { return 26; }
  void paint(QPainter& painter, const QRect& area) override;
  bool paintLegend(QPainter& painter, const QRect& area) const override;
  bool press(const QPoint& at, const QMouseEvent& event) override;
  void move(const QPoint& at, const QMouseEvent& event) override;
  void release(const QPoint& at, const QMouseEvent& event) override;
  void cancel() override;
  void doubleClick(const QPoint& at) override;
  QString toolTip(const QPoint& at) const override;
  Qt::CursorShape cursor(const QPoint& at) const override { return keyAt(at) ? Qt::OpenHandCursor : Qt::ArrowCursor; }

 private:
  void moveKey(std::int64_t target);
  void paintCurves(QPainter& painter, const QRect& area, const TimelineShot& shot);
  /// What the curves are drawn from: while it is the same, so is their picture.
  struct Drawn {
    std::vector<app::CameraFacts> frames;
    core::FrameRange visible;
    std::int64_t begin = 0;
    double firstFrame = 0.0, pixelsPerFrame = 0.0, pixelRatio = 1.0;
    QSize size;
    bool operator==(const Drawn&) const = default;
  };
  Drawn m_drawn;
  QPixmap m_curves;  // dashes take long to stroke, and the playhead paints the lane again with each step
  std::optional<std::size_t> keyAt(const QPoint& at) const;
  std::int64_t m_dragFrame = -1;  // frame of the dragged keyframe
  std::int64_t m_frameBefore = 0, m_playheadBefore = 0;  // as the drag began
};

/// Takes of the shot; bars show noise, decode and finish as they proceed.
class TakesLane : public Lane {
 public:
  using Lane::Lane;
  QString name() const override;
  QString iconName() const override { return QStringLiteral("take"); }
  int height() const override { return 32; }
  int leastHeight() const override { return 20; }
  void paint(QPainter& painter, const QRect& area) override;
  QString toolTip(const QPoint& at) const override;
};

}  // namespace pai::ui

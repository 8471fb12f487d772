// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMimeData>

#include "ui/timeline/lane.h"

namespace pai::ui {

/// Media of the project on the clipboard or in a drag: identities, one a line.
inline constexpr const char* kMediaMimeType = "application/x-pai-media";

/// Where a flag shows that it shares its slot; pixels of the lane.
inline QRect collisionSign(const FlagBox& box) {
  return {static_cast<int>(box.left + box.width) - 18, static_cast<int>(box.top) + 2, 16, 16};
}

/// References as flags at their frames: drop, drag with snapping, copy-drag (Ctrl), strength bar, nudge, numeric entry.
class ReferenceLane : public Lane {
 public:
  using Lane::Lane;
  QString name() const override;
  QString iconName() const override { return QStringLiteral("reference"); }
  int height() const override { return 76; }
  void paint(QPainter& painter, const QRect& area) override;
  bool press(const QPoint& at, const QMouseEvent& event) override;
  void move(const QPoint& at, const QMouseEvent& event) override;
  void release(const QPoint& at, const QMouseEvent& event) override;
  void cancel() override;
  void doubleClick(const QPoint& at) override;
  QString toolTip(const QPoint& at) const override;
  Qt::CursorShape cursor(const QPoint& at) const override;

  /// A drag from outside hovers here; false when it holds nothing for this lane.
  bool dragOver(const QPoint& at, const QMimeData& data);
  void dragGone();
  /// Imports what is dropped and places it; one undo step a picture, the first at `at`, others behind it.
  bool drop(const QPoint& at, const QMimeData& data);

  /// Arrow keys: moves the selected reference by frames.
  bool nudge(std::int64_t frames);
  /// Moves the selected reference by latent slots, into their middle; false without a latent grid.
  bool nudgeSlots(std::int64_t slotCount);
  /// Gives every reference of a shot a slot of its own; says why when that cannot be.
  void separate(const core::Id& shot);
  /// Puts the selected reference on a frame of its shot.
  bool placeSelected(std::int64_t shotFrame);
  bool removeSelected();
  /// Selects the next or previous flag; false when there is none.
  bool selectNext(int direction);
  /// The thumbnail of a flag in the lane; nullopt when it is not there.
  std::optional<QRectF> boxOf(const core::Id& reference) const;

 private:
  enum class Drag { kNone, kMove, kStrength };
  struct Hit {
    const TimelineShot* shot = nullptr;
    const TimelineFlag* flag = nullptr;
    bool strength = false;
    bool separate = false;  // the sign of a collision
  };
  Hit hit(const QPoint& at) const;
  /// What a dragged reference sticks to.
  enum class Stick { kNothing, kPlaces, kSlots };
  static Stick stickOf(Qt::KeyboardModifiers modifiers);
  struct Place {
    std::int64_t frame = 0;  // of the timeline
    core::Anchor anchor;
    bool stuck = false;
  };
  /// What lies under x in a shot, snapped.
  Place anchorAt(double x, const TimelineShot& shot, Stick stick) const;
  void paintSlots(QPainter& painter, const QRect& area, const TimelineShot& shot);
  void paintHeld(QPainter& painter, const QRect& area, const TimelineShot& shot, const TimelineFlag& flag);
  void paintFlag(QPainter& painter, const QRect& area, const TimelineShot& shot, const TimelineFlag& flag);
  void paintSnapLines(QPainter& painter, const QRect& area);
  void paintGhost(QPainter& painter, const QRect& area);
  void setStrength(const QPoint& at);

  Drag m_drag = Drag::kNone;
  bool m_moved = false, m_copying = false, m_slotDrag = false;
  double m_grabOffset = 0.0;  // from the pole to the cursor
  QPoint m_pressedAt;
  core::Id m_dragShot, m_dragReference;
  core::Shot m_before;  // as the drag began
  std::optional<std::int64_t> m_snapLine;  // frame of the timeline
  std::optional<std::pair<core::Id, std::int64_t>> m_ghost;  // shot, frame of the timeline
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/timeline/lane.h"

namespace pai::ui {

/// Timecode along the top, and the markers: a click goes to one and selects it, a drag moves it, a double click opens it. Press and
/// drag beside them scrubs.
class RulerLane : public Lane {
 public:
  using Lane::Lane;
  QString name() const override { return {}; }
  QString iconName() const override { return {}; }
  int height() const override { return 28; }
  void paint(QPainter& painter, const QRect& area) override;
  bool press(const QPoint& at, const QMouseEvent& event) override;
  void move(const QPoint& at, const QMouseEvent& event) override;
  void release(const QPoint& at, const QMouseEvent& event) override;
  void cancel() override;
  void doubleClick(const QPoint& at) override;
  QString toolTip(const QPoint& at) const override;
  Qt::CursorShape cursor(const QPoint& at) const override { return markerAt(at) ? Qt::OpenHandCursor : Qt::ArrowCursor; }

  struct Hit {
    const TimelineShot* shot = nullptr;
    const TimelineMarker* marker = nullptr;
  };
  /// The selected marker; nullopt where none is, or it is no more.
  std::optional<Hit> selected() const;
  /// Moves the selected marker by frames, over others that stand there; false when none is selected.
  bool nudge(std::int64_t frames);
  bool removeSelected();
  /// Selects the next or previous marker of the current shot; false when there is none.
  bool selectNext(int direction);

 private:
  struct Drag {
    core::Id shot, marker;
    QPoint pressedAt;
    double grabOffset = 0.0;  // from the tip to the hand
    core::FrameIndex sourceBefore;
    std::int64_t playheadBefore = 0;
    bool moved = false;
  };
  std::optional<Hit> markerAt(const QPoint& at) const;
  void dragMarker(const QPoint& at, Qt::KeyboardModifiers modifiers);
  void paintMarkers(QPainter& painter, const QRect& area, const core::FrameRange& visible);
  std::optional<Drag> m_drag;
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QWidget>

#include "ui/timeline/keyframe_selection.h"
#include "ui/timeline/timeline_geometry.h"

namespace pai::ui {

/// What all views of the current shot's keyframes have in common: time along them, keyframes selected by clicks or a rubber band and
/// dragged with snapping, the wheel, and keys: Tab walks the keyframes, left and right move what is selected (Shift: far), Delete removes,
/// Ctrl+A, Ctrl+C and Ctrl+V, Escape gives up a drag or the selection. What a view does not draw is not selected while it is shown.
class KeyframeView : public QWidget {
  Q_OBJECT
 public:
  KeyframeSelection& selection() { return m_selection; }
  void select(app::KeyframePlaces places) { m_selection.select(std::move(places)); }

 signals:
  /// The keyboard went to a keyframe there.
  void reached(const QPoint& at);

 protected:
  KeyframeView(app::Playback& playback, const TimelineModel& model, KeyframeSelection& selection, QWidget* parent);

  /// Where time is drawn.
  virtual QRectF plot() const = 0;
  /// What is drawn, in the order that Tab walks.
  virtual std::vector<app::KeyframePlace> drawn() const = 0;
  virtual QPointF placeOf(const app::KeyframePlace& place) const = 0;
  /// How much a hand that goes up or down changes a value; nothing where height means nothing.
  virtual std::optional<app::KeyframeMove> valueMove(const QPointF& from, const QPointF& to) const;
  /// What follows from the shot, before it is drawn again.
  virtual void followShot() {}
  /// All that is shown, and one keyframe, in words.
  virtual QString description() const = 0;
  virtual QString tipOf(const app::KeyframePlace& place) const = 0;
  /// Whether the wheel alone goes along the time; else it scrolls what is around.
  virtual bool wheelScrolls() const = 0;

  const TimelineShot* shot() const { return m_selection.shot(); }
  bool isSelected(const app::KeyframePlace& place) const { return m_selection.places().contains(place); }
  double timeX(std::int64_t frame) const { return plot().left() + m_geometry.xOf(static_cast<double>(frame) + 0.5); }
  std::int64_t frameAt(double x) const { return m_geometry.frameAt(x - plot().left()); }
  std::optional<app::KeyframePlace> keyAt(const QPointF& at) const;
  void follow();
  void paintLines(QPainter& painter) const;
  void paintBandAndFocus(QPainter& painter) const;

  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

  app::Playback& m_playback;
  const TimelineModel& m_model;
  KeyframeSelection& m_selection;
  TimelineGeometry m_geometry;  // of the plot; frames of the shot
  std::int64_t m_length = -1;

 private:
  struct Hand {
    QPointF pressedAt;
    app::KeyframePlace grabbed;  // as it stood
    bool inTime = false, inValue = false;
  };
  bool selectNext(int direction);
  void drag(const QPointF& at, Qt::KeyboardModifiers modifiers);
  void giveUp();
  void describe();

  bool m_fitted = true;
  core::Id m_shown;
  std::optional<Hand> m_hand;
  std::optional<QRectF> m_band;
  app::KeyframePlaces m_bandBase;
  std::optional<std::int64_t> m_snapLine;
};

}  // namespace pai::ui

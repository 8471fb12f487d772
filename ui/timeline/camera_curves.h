// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <vector>

#include "ui/timeline/keyframe_view.h"

class QDoubleSpinBox;

namespace pai::ui {

/// The curve of one of the camera's values over the current shot, with its keyframes: dragged in time and value; the other three lie
/// behind it. A double click sets one. Keyboard: what all views of keyframes know, and up and down move what is selected in value, Enter
/// types one, page up and down change the value shown.
class CameraCurves : public KeyframeView {
  Q_OBJECT
 public:
  CameraCurves(app::Playback& playback, const TimelineModel& model, KeyframeSelection& selection, QWidget* parent = nullptr);

  /// Which of pan, tilt, zoom and roll is shown: 0 to 3.
  int channel() const { return m_channel; }
  void setChannel(int channel);
  /// Frames of the selected keyframes.
  std::set<std::int64_t> selected() const { return m_selection.cameraFrames(); }
  /// Where a keyframe, or any frame and value, is drawn.
  QPointF pointOf(std::int64_t frame, double value) const;
  QSize minimumSizeHint() const override { return {160, 20}; }

 signals:
  void channelChanged(int channel);

 protected:
  QRectF plot() const override { return {kGutter, kTop, std::max(1.0, width() - kGutter - 1.0), std::max(1.0, height() - kTop - kFoot * 1.0)}; }
  std::vector<app::KeyframePlace> drawn() const override;
  QPointF placeOf(const app::KeyframePlace& place) const override;
  std::optional<app::KeyframeMove> valueMove(const QPointF& from, const QPointF& to) const override;
  void followShot() override;
  QString description() const override;
  QString tipOf(const app::KeyframePlace& place) const override;
  bool wheelScrolls() const override { return true; }
  void paintEvent(QPaintEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  static constexpr int kGutter = 46, kFoot = 18, kTop = 8;  // pixels left, below and above the plot
  std::vector<double> curveOf(int channel) const;
  /// Least and largest value of what is shown, with some room.
  std::pair<double, double> spanOf(const std::vector<double>& curve) const;
  double valueAt(double y) const;
  void typeValue();
  void addKey(std::int64_t frame, double value);
  QString textOf(double value) const;
  void paintScale(QPainter& painter, const QRectF& area);
  void paintCurve(QPainter& painter, const QRectF& area, int channel, bool active);
  void paintKeys(QPainter& painter, const QRectF& area);

  int m_channel = 0;
  std::pair<double, double> m_span{0.0, 1.0};  // held while dragging
  QDoubleSpinBox* m_entry = nullptr;
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <set>
#include <vector>

#include <QWidget>

#include "app/document/document.h"
#include "app/document/playback.h"
#include "ui/timeline/timeline_geometry.h"
#include "ui/timeline/timeline_model.h"

class QDoubleSpinBox;

namespace pai::ui {

/// The curve of one of the camera's values over the current shot, with its keyframes: selected by clicks or a rubber band, dragged in
/// time and value, copied and pasted at the playhead, removed; the other three lie behind it. Keyboard: Tab walks the keyframes,
/// arrows move what is selected in time and value (Shift: far), Enter types a value, Delete removes, Ctrl+A, Ctrl+C and Ctrl+V,
/// page up and down change the value shown, Escape gives up a drag or the selection.
class CameraCurves : public QWidget {
  Q_OBJECT
 public:
  CameraCurves(app::Document& document, app::Playback& playback, const TimelineModel& model, QWidget* parent = nullptr);

  /// Which of pan, tilt, zoom and roll is shown: 0 to 3.
  int channel() const { return m_channel; }
  void setChannel(int channel);
  /// Frames of the selected keyframes.
  const std::set<std::int64_t>& selected() const { return m_selected; }
  /// Where a keyframe, or any frame and value, is drawn.
  QPointF pointOf(std::int64_t frame, double value) const;
  void removeSelected();
  void copy();
  void paste();
  QSize minimumSizeHint() const override { return {160, 20}; }

 signals:
  void channelChanged(int channel);
  void selectionChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  static constexpr int kGutter = 46, kFoot = 18, kTop = 8;  // pixels left, below and above the plot
  struct Drag {
    std::vector<core::CameraKey> before;  // of the shot
    std::set<std::int64_t> selected;      // as the drag began
    QPointF pressedAt;
    std::int64_t grabbed = 0;             // frame of the keyframe in hand
    bool inTime = false, inValue = false;
  };
  const TimelineShot* shot() const { return m_model.shot(m_document.currentShotId()); }
  QRectF plot() const { return {kGutter, kTop, std::max(1.0, width() - kGutter - 1.0), std::max(1.0, height() - kTop - kFoot * 1.0)}; }
  std::vector<double> curveOf(int channel) const;
  /// Least and largest value of what is shown, with some room.
  std::pair<double, double> spanOf(const std::vector<double>& curve) const;
  void follow();
  double valueAt(double y) const;
  std::int64_t frameAt(double x) const;
  std::optional<std::int64_t> keyAt(const QPointF& at) const;
  void select(std::set<std::int64_t> frames);
  void selectNext(int direction, bool& moved);
  void drag(const QPointF& at, Qt::KeyboardModifiers modifiers);
  void giveUp();
  void apply(std::int64_t frames, double amount, const QString& mergeKey);
  void typeValue();
  void addKey(std::int64_t frame, double value);
  void describe();
  QString textOf(double value) const;
  void paintScale(QPainter& painter, const QRectF& area);
  void paintCurve(QPainter& painter, const QRectF& area, int channel, bool active);
  void paintKeys(QPainter& painter, const QRectF& area);

  app::Document& m_document;
  app::Playback& m_playback;
  const TimelineModel& m_model;
  TimelineGeometry m_geometry;  // of the plot; frames of the shot
  bool m_fitted = true;
  core::Id m_shown;
  int m_channel = 0;
  std::int64_t m_length = -1;
  std::pair<double, double> m_span{0.0, 1.0};  // held while dragging
  std::set<std::int64_t> m_selected;
  std::optional<Drag> m_drag;
  std::optional<QRectF> m_band;
  std::set<std::int64_t> m_bandBase;
  std::optional<std::int64_t> m_snapLine;
  std::vector<core::CameraKey> m_copied;  // frames from the first of them
  QDoubleSpinBox* m_entry = nullptr;
};

}  // namespace pai::ui

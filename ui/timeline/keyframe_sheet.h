// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>
#include <vector>

#include "ui/timeline/keyframe_view.h"

namespace pai::ui {

/// The current shot's keyframes over time, a row for the camera and one for each outline of the matte. A double click on a row sets one.
/// Keyboard: what all views of keyframes know, and up and down go to the row above or below, Enter goes to the frame.
class KeyframeSheet : public KeyframeView {
  Q_OBJECT
 public:
  KeyframeSheet(app::Playback& playback, const TimelineModel& model, KeyframeSelection& selection, QWidget* parent = nullptr);

  const app::KeyframePlaces& selected() const { return m_selection.places(); }
  /// Where a keyframe, or any frame of a row, is drawn.
  QPointF pointOf(const app::KeyframePlace& place) const { return placeOf(place); }
  QSize minimumSizeHint() const override;

 protected:
  QRectF plot() const override { return {kGutter, 0, std::max(1.0, width() - kGutter - 1.0), std::max(1.0, height() - kFoot * 1.0)}; }
  std::vector<app::KeyframePlace> drawn() const override;
  QPointF placeOf(const app::KeyframePlace& place) const override;
  void followShot() override;
  QString description() const override;
  QString tipOf(const app::KeyframePlace& place) const override;
  bool wheelScrolls() const override { return false; }  // rows do
  void paintEvent(QPaintEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  static constexpr int kGutter = 104, kFoot = 18, kRow = 24;  // pixels left of and below the rows, and each one's height
  struct SheetRow {
    core::Id layer;
    QString name;
    std::vector<std::pair<std::int64_t, core::KeyInterpolation>> keys;  // of the shot's frames
  };
  const SheetRow* rowAt(double y) const;
  void selectBeside(int rows);
  void paintRow(QPainter& painter, const QRectF& area, const SheetRow& row, double middle);
  QString textOf(const app::KeyframePlace& place) const;

  std::vector<SheetRow> m_rows;
};

}  // namespace pai::ui

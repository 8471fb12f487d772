// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QWidget>

#include "app/document/keyframe_edits.h"
#include "app/document/media_catalog.h"
#include "app/document/playback.h"
#include "ui/timeline/timeline_geometry.h"
#include "ui/timeline/timeline_model.h"

namespace pai::ui {

/// The current shot's keyframes over time, a row for the camera and one for each outline of the matte: selected by clicks or a rubber
/// band, dragged in time with snapping, copied and pasted at the playhead, removed. A double click on a row sets one. Keyboard: Tab walks
/// the keyframes, left and right move what is selected (Shift: far), up and down go to the row above or below, Enter goes to the frame,
/// Delete removes, Ctrl+A, Ctrl+C and Ctrl+V, Escape gives up a drag or the selection.
class KeyframeSheet : public QWidget {
  Q_OBJECT
 public:
  KeyframeSheet(app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback, const TimelineModel& model, QWidget* parent = nullptr);

  const app::KeyframePlaces& selected() const { return m_selected; }
  void select(app::KeyframePlaces places);
  /// Where a keyframe, or any frame of a row, is drawn.
  QPointF pointOf(const app::KeyframePlace& place) const;
  QSize minimumSizeHint() const override;

 public slots:
  void removeSelected();
  void copy();
  void paste();

 signals:
  void selectionChanged();
  /// The keyboard went to a keyframe there.
  void reached(const QPoint& at);

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
  static constexpr int kGutter = 104, kFoot = 18, kRow = 24;  // pixels left of and below the rows, and each one's height
  using Keys = std::vector<std::pair<std::int64_t, core::KeyInterpolation>>;
  struct SheetRow {
    core::Id layer;
    QString name;
    Keys keys;  // of the shot's frames
  };
  struct Drag {
    app::ShotKeyframes before;
    app::KeyframePlaces selected;
    QPointF pressedAt;
    std::int64_t grabbed = 0;
    bool moved = false;
  };
  const TimelineShot* shot() const { return m_model.shot(m_document.currentShotId()); }
  core::FrameRange range() const;
  QRectF plot() const { return {kGutter, 0, std::max(1.0, width() - kGutter - 1.0), std::max(1.0, height() - kFoot * 1.0)}; }
  void follow();
  std::optional<app::KeyframePlace> keyAt(const QPointF& at) const;
  app::KeyframePlaces keysIn(const QRectF& box) const;
  const SheetRow* rowAt(double y) const;
  /// Every keyframe in the order of rows and time.
  std::vector<app::KeyframePlace> inOrder() const;
  bool selectNext(int direction);
  void selectBeside(int rows);
  void drag(const QPointF& at, Qt::KeyboardModifiers modifiers);
  void giveUp();
  void apply(std::int64_t frames, const QString& mergeKey);
  void setKey(const SheetRow& row, std::int64_t frame);
  void describe();
  void paintRow(QPainter& painter, const QRectF& area, const SheetRow& row, double middle);
  QString textOf(const app::KeyframePlace& place) const;

  app::Document& m_document;
  const app::MediaCatalog& m_catalog;
  app::Playback& m_playback;
  const TimelineModel& m_model;
  TimelineGeometry m_geometry;  // of the plot; frames of the shot
  std::vector<SheetRow> m_rows;
  bool m_fitted = true;
  core::Id m_shown;
  std::int64_t m_length = -1;
  app::KeyframePlaces m_selected;
  std::optional<Drag> m_drag;
  std::optional<QRectF> m_band;
  app::KeyframePlaces m_bandBase;
  std::optional<std::int64_t> m_snapLine;
  app::ShotKeyframes m_copied;  // frames from the first of them
};

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include <QWidget>

#include "ui/timeline/lane.h"

class QScrollBar;
class QSpinBox;

namespace pai::ui {

class ReferenceLane;
class RulerLane;

/// The timeline: lanes one below another over one geometry. Paints only what is visible. Keyboard: arrows step or nudge the
/// selected reference or marker, Tab walks the flags and then the markers, Enter types a frame or opens the marker, Delete removes,
/// Escape gives up a drag or a selection, plus and minus zoom.
class TimelineView : public QWidget {
  Q_OBJECT
 public:
  static constexpr int kHeaderWidth = 116;

  TimelineView(app::Document& document, app::MediaCatalog& catalog, app::Playback& playback,
               app::Thumbnails& thumbnails, app::Waveforms& waveforms, TimelineModel& model, QWidget* parent = nullptr);
  ~TimelineView() override;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

  const TimelineGeometry& geometryOfFrames() const { return m_context.geometry; }
  /// Widget position of a point of the reference lane at a frame; for drops and tests.
  QPoint referenceLanePoint(std::int64_t frame) const;
  /// Middle of a flag's thumbnail in widget coordinates; nullopt when it is not shown.
  std::optional<QPoint> flagCentre(const core::Id& reference) const;
  const core::Id& selectedReference() const { return m_context.selectedReference; }
  const core::Id& selectedMarker() const { return m_context.selectedMarker; }
  bool snapping() const { return m_context.snapping; }

 public slots:
  void fitAll();
  void zoomIn();
  void zoomOut();
  void setSnapping(bool on) { m_context.snapping = on; }
  /// Dims the sound that is not heard.
  void setSoundMuted(bool muted);
  void selectReference(const pai::core::Id& reference);
  /// Selects a marker instead of a reference.
  void selectMarker(const pai::core::Id& marker);
  void removeSelected();
  /// Opens the numeric entry on the selected flag.
  void typeFrame();
  /// Gives every reference of the current shot a latent slot of its own.
  void separateReferences();

 signals:
  void said(const QString& text);
  void markerEditRequested(const pai::core::Id& shot, const pai::core::Id& marker);
  void referenceSelected(const pai::core::Id& reference);
  void markerSelected(const pai::core::Id& shot, const pai::core::Id& marker);
  /// Something is dragged over the reference lane (or not any more).
  void dragPreviewChanged(const std::optional<pai::ui::DragPreview>& preview);
  /// Clips were dropped to become shots.
  void clipsDropped(const QStringList& files, const std::vector<pai::core::Id>& media);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  bool event(QEvent* event) override;

 private:
  struct Row {
    std::unique_ptr<Lane> lane;
    int top = 0, height = 0;
  };
  /// Gives each lane its height, less where the view is too low for all.
  void layoutRows();
  int heightOfAll(int (Lane::*height)() const) const;
  /// Lanes came or went.
  void followLanes();
  Row* rowAt(int y);
  QRect areaOf(const Row& row) const;
  QPoint inLane(const Row& row, const QPoint& at) const { return {at.x() - kHeaderWidth, at.y() - row.top}; }
  void paintHeader(QPainter& painter, const Row& row);
  void paintPlayhead(QPainter& painter);
  void paintSnapLine(QPainter& painter);
  void onFrame(qint64 frame);
  void onExtent();
  void updateScrollBar();
  void showFrameEntry(const core::Id& reference);
  void cancelDrag();
  bool selectNext(int direction);
  void openSelected();
  /// False where nothing is selected that could be moved.
  bool nudgeSelected(int frames);
  /// Tells screen readers what is selected and where it stands.
  void describeSelection();

  LaneContext m_context;
  std::vector<Row> m_rows;
  ReferenceLane* m_references = nullptr;
  RulerLane* m_ruler = nullptr;
  Row* m_dragRow = nullptr;
  bool m_panning = false, m_fitted = true, m_dragOutside = false;
  QPoint m_panFrom;
  int m_contentHeight = 0, m_fullHeight = 0;
  QScrollBar* m_scroll = nullptr;
  QSpinBox* m_entry = nullptr;
};

}  // namespace pai::ui

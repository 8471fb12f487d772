// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include <QImage>
#include <QPolygonF>
#include <QWidget>

#include "ui/viewer/view_transform.h"
#include "ui/viewer/viewer_tool.h"

namespace pai::ui {

enum class CompareMode { kSingle, kWipe, kSplit, kDifference };
/// Which channels are shown.
enum class Channels { kColour, kRed, kGreen, kBlue, kAlpha, kLuma };
/// What shows through where a picture is transparent.
enum class Backdrop { kChecker, kBlack, kWhite };

/// A part of the picture that is pointed out: fractions of it, and what it is.
struct OutlineMark {
  QPolygonF outline;
  QString words;
  bool dashed = false;
  bool operator==(const OutlineMark&) const = default;
};

/// The picture area: paints one picture or compares two, zooms about the cursor, pans, reads pixels.
class ViewerCanvas : public QWidget {
  Q_OBJECT
 public:
  explicit ViewerCanvas(QWidget* parent = nullptr);

  /// Size in pixels that zoom is measured against: the plate's, whatever size the pictures come in.
  void setPictureSize(QSize size);
  /// `lit`: exposure and gamma are in it already. `quick`: its pixels are not to be judged, and are not read.
  void setPicture(const QImage& picture, bool lit = false, bool quick = false);
  void setOther(const QImage& picture, bool lit = false);
  /// Laid over at half opacity for alignment; null removes it.
  void setOverlay(const QImage& picture);
  /// Outlines over the picture, each with its words.
  void setMarks(std::vector<OutlineMark> marks);
  const std::vector<OutlineMark>& marks() const { return m_marks; }
  /// Words for the middle while there is no picture.
  void setMessage(const QString& title, const QString& text);
  const QString& messageTitle() const { return m_title; }
  /// Words over a side (0, 1) whose picture, if there is one, is not what the side is called; it is dimmed. Empty: none.
  void setCover(int side, const QString& words);
  const QString& cover(int side) const { return m_covers.at(static_cast<std::size_t>(side)); }
  /// Words at the head of a side whose picture is right, and needs them. Empty: none.
  void setNote(int side, const QString& words);
  const QString& note(int side) const { return m_notes.at(static_cast<std::size_t>(side)); }
  void clear();
  const QImage& picture() const { return m_picture; }

  CompareMode compareMode() const { return m_mode; }
  void setCompareMode(CompareMode mode);
  void setBackdrop(Backdrop backdrop);
  void setSafeAreas(bool on);
  /// Brightness for viewing only, of the next pictures: stops in linear light, and a power on the screen.
  void setExposure(double stops, double gamma);
  void setChannels(Channels channels);
  Channels channels() const { return m_channels; }
  /// 0 left edge, 1 right edge.
  double wipePosition() const { return m_wipe; }
  const ViewTransform& transform() const { return m_transform; }
  /// What is edited in place over the picture; nullptr: nothing. Not owned.
  void setTool(ViewerTool* tool);
  ViewerTool* tool() const { return m_tool; }

 public slots:
  /// The tool's state changed: paints again and tells screen readers.
  void updateTool();
  void fit();
  void zoomTo(double zoom);
  void zoomIn();
  void zoomOut();

 signals:
  void zoomChanged(double zoom);
  /// Pixel under the cursor; empty text when it left the picture.
  void pixelRead(const QString& text);
  void clicked(const QPointF& picturePoint);
  /// The picture on screen is another one; as the screen shows it.
  void pictureChanged(const QImage& picture, bool quick = false);
  /// The picture of side 0 is covered from now on, or not any more.
  void coveredChanged(bool covered);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  bool toolWorks() const { return m_tool && m_tool->isActive() && m_mode != CompareMode::kSplit; }
  void paintTool(QPainter& painter);
  void paintPicture(QPainter& painter, const QRectF& target, const QImage& image);
  void paintCompare(QPainter& painter, const QRectF& target);
  void paintCovers(QPainter& painter, const QRectF& target);
  void paintNotes(QPainter& painter, const QRectF& target);
  /// Where a side's picture lies; of one picture, side 0 takes all.
  QRectF areaOf(int side, const QRectF& target) const;
  bool showsBoth() const { return m_mode != CompareMode::kSingle && !(m_other.isNull() && m_covers[1].isEmpty()); }
  void paintMarks(QPainter& painter, const QRectF& target);
  void paintMessage(QPainter& painter);
  void paintSafeAreas(QPainter& painter, const QRectF& target);
  void updateDifference();
  QImage shown(const QImage& picture, bool lit) const;
  void readPixel(const QPointF& at);
  bool onWipe(const QPointF& at) const;

  ViewTransform m_transform;
  QImage m_picture, m_other, m_overlay, m_difference;
  CompareMode m_mode = CompareMode::kSingle;
  Backdrop m_backdrop = Backdrop::kChecker;
  double m_wipe = 0.5, m_exposure = 0.0, m_gamma = 1.0;
  Channels m_channels = Channels::kColour;
  bool m_quick = false, m_safeAreas = false, m_panning = false, m_wiping = false, m_editing = false;
  ViewerTool* m_tool = nullptr;
  QPointF m_last;
  QString m_title, m_text;
  std::array<QString, 2> m_covers, m_notes;
  std::vector<OutlineMark> m_marks;
};

}  // namespace pai::ui

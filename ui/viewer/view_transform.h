// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSize>

namespace pai::ui {

/// Where the picture lies in the viewer: fitted with a margin, or zoomed about a point. Pixels of the widget.
class ViewTransform {
 public:
  static constexpr double kMinZoom = 0.05, kMaxZoom = 64.0;

  void setPictureSize(QSize size) { m_picture = size; }
  void setViewSize(QSizeF size) { m_view = size; }
  QSize pictureSize() const { return m_picture; }
  bool fitted() const { return m_fitted; }
  /// Widget pixels per picture pixel.
  double zoom() const;
  QRectF pictureRect() const;
  QPointF toPicture(QPointF widget) const;
  QPointF toWidget(QPointF picture) const;

  void fit() { m_fitted = true; }
  void setZoomAt(QPointF widget, double zoom);
  void panBy(QPointF delta);

 private:
  double fitZoom() const;
  QSize m_picture{1920, 1080};
  QSizeF m_view;
  bool m_fitted = true;
  double m_zoom = 1.0;
  QPointF m_centre;  // picture point at the view's centre
};

}  // namespace pai::ui

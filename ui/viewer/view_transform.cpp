// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/view_transform.h"

#include <algorithm>

namespace pai::ui {
namespace {

constexpr double kMargin = 12.0;

}  // namespace

double ViewTransform::fitZoom() const {
  if (m_picture.isEmpty() || m_view.isEmpty()) return 1.0;
  const double across = (m_view.width() - 2 * kMargin) / m_picture.width();
  const double down = (m_view.height() - 2 * kMargin) / m_picture.height();
  return std::clamp(std::min(across, down), 0.001, kMaxZoom);
}

double ViewTransform::zoom() const { return m_fitted ? fitZoom() : m_zoom; }

QRectF ViewTransform::pictureRect() const {
  const double scale = zoom();
  const QPointF centre =
      m_fitted ? QPointF(m_picture.width() / 2.0, m_picture.height() / 2.0) : m_centre;
  return {QPointF(m_view.width() / 2.0 - centre.x() * scale, m_view.height() / 2.0 - centre.y() * scale),
          QSizeF(m_picture) * scale};
}

QPointF ViewTransform::toPicture(QPointF widget) const { return (widget - pictureRect().topLeft()) / zoom(); }

QPointF ViewTransform::toWidget(QPointF picture) const { return pictureRect().topLeft() + picture * zoom(); }

void ViewTransform::setZoomAt(QPointF widget, double wanted) {
  const QPointF under = toPicture(widget);
  m_zoom = std::clamp(wanted, kMinZoom, kMaxZoom);
  m_fitted = false;
  const QPointF fromCentre = widget - QPointF(m_view.width() / 2.0, m_view.height() / 2.0);
  m_centre = under - fromCentre / m_zoom;
}

void ViewTransform::panBy(QPointF delta) {
  if (m_fitted) {
    m_zoom = fitZoom();
    m_centre = QPointF(m_picture.width() / 2.0, m_picture.height() / 2.0);
    m_fitted = false;
  }
  m_centre -= delta / m_zoom;
  m_centre.setX(std::clamp(m_centre.x(), 0.0, static_cast<double>(m_picture.width())));
  m_centre.setY(std::clamp(m_centre.y(), 0.0, static_cast<double>(m_picture.height())));
}

}  // namespace pai::ui

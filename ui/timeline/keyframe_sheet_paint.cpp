// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include <QPainter>

#include "ui/theme/theme.h"
#include "ui/timeline/keyframe_sheet.h"
#include "ui/timeline/time_axis.h"

namespace pai::ui {

void KeyframeSheet::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), QColor::fromRgb(colour::kWell));
  const QRectF area = plot();
  const TimelineShot* shown = shot();
  painter.setFont(smallFont());
  if (!shown) {
    painter.setPen(QColor::fromRgb(colour::kDim));
    painter.drawText(rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, tr("No shot yet."));
    return;
  }
  paintTimeAxis(painter, area, kFoot, m_geometry, m_model.rate(), m_length);
  for (std::size_t i = 0; i < m_rows.size(); ++i) paintRow(painter, area, m_rows[i], (static_cast<double>(i) + 0.5) * kRow);
  paintLines(painter);
  paintBandAndFocus(painter);
}

void KeyframeSheet::paintRow(QPainter& painter, const QRectF& area, const SheetRow& row, double middle) {
  painter.setFont(smallFont());
  painter.setPen(QColor::fromRgb(row.keys.empty() ? colour::kDim : colour::kText));
  const QRectF words(8, middle - kRow / 2.0, kGutter - 16, kRow);
  painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, painter.fontMetrics().elidedText(row.name, Qt::ElideRight, static_cast<int>(words.width())));
  painter.fillRect(QRectF(0, middle + kRow / 2.0 - 1, width(), 1), QColor::fromRgb(colour::kPanel));
  painter.save();
  painter.setClipRect(area);
  if (row.keys.empty()) {
    painter.setPen(QColor::fromRgb(colour::kDim));
    painter.drawText(QRectF(area.left() + 8, words.top(), area.width() - 8, kRow), Qt::AlignVCenter | Qt::AlignLeft, tr("A double click sets a keyframe"));
  }
  painter.setRenderHint(QPainter::Antialiasing);
  // From each to the next: a thick bar where nothing moves, a line where something may.
  for (std::size_t i = 0; i + 1 < row.keys.size(); ++i) {
    const double left = pointOf({row.layer, row.keys[i].first}).x(), right = pointOf({row.layer, row.keys[i + 1].first}).x();
    const bool held = row.keys[i].second == core::KeyInterpolation::kHold;
    painter.fillRect(QRectF(left, middle - (held ? 2.0 : 0.5), right - left, held ? 4.0 : 1.0), QColor::fromRgb(held ? colour::kLine : colour::kFaint));
  }
  for (const auto& [frame, how] : row.keys) {
    const app::KeyframePlace place{row.layer, frame};
    const bool selected = isSelected(place);
    painter.setPen(QPen(QColor::fromRgb(selected ? colour::kBright : colour::kWell), selected ? 2.0 : 1.0));
    painter.setBrush(QColor::fromRgb(colour::kAccent));
    paintKeyframe(painter, pointOf(place), selected ? 6.0 : 5.0, how);
  }
  painter.restore();
}

}  // namespace pai::ui

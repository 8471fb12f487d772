// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/keyframe_sheet.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>

#include "ui/timeline/time_axis.h"

namespace pai::ui {

KeyframeSheet::KeyframeSheet(app::Playback& playback, const TimelineModel& model, KeyframeSelection& selection, QWidget* parent)
    : KeyframeView(playback, model, selection, parent) {
  setObjectName(QStringLiteral("keyframeSheet"));
  setAccessibleName(tr("Keyframes over time"));
  follow();
}

QSize KeyframeSheet::minimumSizeHint() const { return {160, static_cast<int>(m_rows.size()) * kRow + kFoot}; }

void KeyframeSheet::followShot() {
  const TimelineShot* shown = shot();
  const std::size_t before = m_rows.size();
  m_rows.clear();
  if (shown) {
    SheetRow camera{{}, tr("Camera"), {}};
    for (const core::CameraKey& key : shown->cameraKeys) camera.keys.emplace_back(key.frame.value, key.interpolation);
    m_rows.push_back(std::move(camera));
    for (const TimelineOutline& outline : shown->outlines) m_rows.push_back({outline.layer, outline.name, outline.keys});
    for (SheetRow& row : m_rows) std::erase_if(row.keys, [shown](const auto& key) { return key.first < 0 || key.first >= shown->length; });
  }
  if (m_rows.size() != before) updateGeometry();
}

std::vector<app::KeyframePlace> KeyframeSheet::drawn() const {
  const TimelineShot* shown = shot();
  return shown ? keyframesIn(*shown) : std::vector<app::KeyframePlace>();
}

QPointF KeyframeSheet::placeOf(const app::KeyframePlace& place) const {
  const auto row = std::find_if(m_rows.begin(), m_rows.end(), [&place](const SheetRow& r) { return r.layer == place.layer; });
  return {timeX(place.frame), (static_cast<double>(row - m_rows.begin()) + 0.5) * kRow};
}

const KeyframeSheet::SheetRow* KeyframeSheet::rowAt(double y) const {
  const auto row = static_cast<std::size_t>(std::max(0.0, y) / kRow);
  return row < m_rows.size() ? &m_rows[row] : nullptr;
}

void KeyframeSheet::selectBeside(int rows) {
  if (selected().empty()) return;
  const app::KeyframePlace from = *selected().begin();
  auto row = std::find_if(m_rows.begin(), m_rows.end(), [&from](const SheetRow& r) { return r.layer == from.layer; }) - m_rows.begin() + rows;
  for (; row >= 0 && row < std::ssize(m_rows); row += rows) {
    const SheetRow& there = m_rows[static_cast<std::size_t>(row)];
    if (there.keys.empty()) continue;
    const auto nearest = std::min_element(there.keys.begin(), there.keys.end(),
                                          [&from](const auto& a, const auto& b) { return std::abs(a.first - from.frame) < std::abs(b.first - from.frame); });
    select({{there.layer, nearest->first}});
    return emit reached(pointOf(*selected().begin()).toPoint());
  }
}

QString KeyframeSheet::textOf(const app::KeyframePlace& place) const {
  for (const SheetRow& row : m_rows)
    for (const auto& [frame, how] : row.keys)
      if (row.layer == place.layer && frame == place.frame) return tr("%1, frame %2, %3").arg(row.name).arg(frame).arg(nameOf(how));
  return {};
}

QString KeyframeSheet::description() const {
  QString text = tr("%1 keyframes in %2 rows.").arg(drawn().size()).arg(m_rows.size());
  if (selected().size() == 1) text += QLatin1Char(' ') + tr("%1, selected.").arg(textOf(*selected().begin()));
  else if (!selected().empty()) text += QLatin1Char(' ') + tr("%1 keyframes selected.").arg(selected().size());
  return text;
}

QString KeyframeSheet::tipOf(const app::KeyframePlace& place) const {
  return textOf(place) + QLatin1Char('\n') + tr("Drag to move in time, Shift for no snapping, arrow keys to nudge, right click for how it goes on, Delete to remove");
}

void KeyframeSheet::mouseDoubleClickEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  const SheetRow* row = rowAt(at.y());
  if (event->button() == Qt::LeftButton && row && at.x() >= kGutter && !keyAt(at)) m_selection.add(core::Id(row->layer), frameAt(at.x()));
}

void KeyframeSheet::keyPressEvent(QKeyEvent* event) {
  const TimelineShot* shown = shot();
  switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
      if (!selected().empty()) return selectBeside(event->key() == Qt::Key_Up ? -1 : 1);
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (shown && !selected().empty()) m_playback.seek(shown->begin + selected().begin()->frame);
      return;
    default: break;
  }
  KeyframeView::keyPressEvent(event);
}

}  // namespace pai::ui

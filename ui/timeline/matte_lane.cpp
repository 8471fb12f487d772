// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QCoreApplication>

#include "app/document/shot_edits.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

QString percent(double value) { return QString::number(value * 100.0, 'f', 1) + QStringLiteral(" %"); }

/// How bad a frame's matte is, 0..1: the worst of its measures, each against what an eye accepts.
double severity(const app::MatteFacts& facts) {
  return std::clamp(std::max({facts.holes / 0.02, facts.chatter / 0.3, facts.spill / 0.2}), 0.0, 1.0);
}

}  // namespace

QString MatteLane::name() const { return QCoreApplication::translate("Timeline", "Matte"); }

void MatteLane::paint(QPainter& painter, const QRect& area) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  const auto& facts = m_context.model.matteFacts();
  if (!shot) return;
  if (const core::Shot* edited = m_context.document.shot(shot->id)) {
    // Reviewed frames have a line along the bottom.
    for (const core::ReviewedRange& r : edited->reviewed) {
      const core::FrameRange local = core::FrameRange{r.range.begin - shot->sourceBegin, r.range.end - shot->sourceBegin}.intersected({{0}, {shot->length}});
      if (local.empty()) continue;
      const double left = area.left() + m_context.geometry.xOf(static_cast<double>(shot->begin + local.begin.value));
      painter.fillRect(QRectF(left, area.bottom() - 1, static_cast<double>(local.length()) * m_context.geometry.pixelsPerFrame(), 2), QColor::fromRgb(0xff4fd1a5));
    }
  }
  if (facts.empty())
    return paintHint(painter, area, QCoreApplication::translate("Timeline", "The matte's report appears as frames are analysed"));
  const TimelineGeometry& g = m_context.geometry;
  const int bottom = area.bottom() - 2, room = area.height() - 6;
  const core::FrameRange visible = g.visible(m_context.model.frames()).intersected({{shot->begin}, {shot->end()}});
  const auto step = std::max<std::int64_t>(1, static_cast<std::int64_t>(1.0 / g.pixelsPerFrame()));
  for (auto it = facts.lower_bound(visible.begin.value - shot->begin); it != facts.end();) {
    if (it->first + shot->begin >= visible.end.value) break;
    const double x = area.left() + g.xOf(static_cast<double>(shot->begin + it->first));
    const double width = std::max(1.0, g.pixelsPerFrame() * static_cast<double>(step) - (g.pixelsPerFrame() > 4 ? 1 : 0));
    const double covered = std::clamp(it->second.coverage, 0.02, 1.0);
    painter.fillRect(QRectF(x, bottom - room * covered, width, room * covered), QColor::fromRgb(0xff5a5a5a));
    if (it->second.needsLook) {
      const double height = 3.0 + (room - 3.0) * severity(it->second);
      painter.fillRect(QRectF(x, bottom - height, width, height), QColor::fromRgb(colour::kAccent));
      painter.fillRect(QRectF(x, area.top() + 1, width, 2), QColor::fromRgb(colour::kBright));
    }
    it = facts.lower_bound(it->first + step);
  }
}

bool MatteLane::press(const QPoint& at, const QMouseEvent&) {
  m_context.playback.pause();
  m_context.playback.seek(m_context.geometry.frameAt(at.x()));
  return false;
}

QString MatteLane::toolTip(const QPoint& at) const {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot) return {};
  const auto& facts = m_context.model.matteFacts();
  const auto it = facts.find(m_context.geometry.frameAt(at.x()) - shot->begin);
  if (it == facts.end()) return {};
  const app::MatteFacts& f = it->second;
  QString text = QCoreApplication::translate("Timeline", "Frame %1: coverage %2, holes %3, chatter %4, spill %5, edge %6 px")
                     .arg(it->first).arg(percent(f.coverage), percent(f.holes), percent(f.chatter), percent(f.spill))
                     .arg(f.edgeWidth, 0, 'f', 1);
  const core::Shot* edited = m_context.document.shot(shot->id);
  if (edited && app::isReviewed(*edited, {shot->sourceBegin + it->first}))
    text += QLatin1Char('\n') + QCoreApplication::translate("Timeline", "Reviewed");
  if (f.needsLook) text += QLatin1Char('\n') + QCoreApplication::translate("Timeline", "Worth a look");
  return text;
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QCoreApplication>

#include "app/document/matte_marks.h"
#include "app/document/shot_edits.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"

namespace pai::ui {
namespace {

QString percent(double value) { return QString::number(value * 100.0, 'f', 1) + QStringLiteral(" %"); }

QString measured(app::MatteMeasure measure, double value) {
  return measure == app::MatteMeasure::kEdge ? QCoreApplication::translate("Timeline", "%1 px").arg(value, 0, 'f', 1) : percent(value);
}

/// What a mark says, in words.
QString reasonOf(const app::MatteMark& mark) {
  const QString here = measured(mark.measure, mark.value), usual = measured(mark.measure, mark.usual);
  switch (mark.measure) {
    case app::MatteMeasure::kHoles: return QCoreApplication::translate("Timeline", "Holes: %1 of the subject, %2 in the shot's usual frame").arg(here, usual);
    case app::MatteMeasure::kChatter: return QCoreApplication::translate("Timeline", "The edge chatters: %1, %2 in the shot's usual frame").arg(here, usual);
    case app::MatteMeasure::kSpill: return QCoreApplication::translate("Timeline", "Spill on the edge: %1, %2 in the shot's usual frame").arg(here, usual);
    case app::MatteMeasure::kEdge: return QCoreApplication::translate("Timeline", "A soft edge: %1, %2 in the shot's usual frame").arg(here, usual);
    case app::MatteMeasure::kJump: break;
  }
  return QCoreApplication::translate("Timeline", "The matte's area jumps by %1 from the frame before").arg(here);
}

QString throughoutText(app::MatteMeasure measure, double value) {
  const QString amount = measured(measure, value);
  switch (measure) {
    case app::MatteMeasure::kHoles: return QCoreApplication::translate("Timeline", "Holes throughout the shot: %1").arg(amount);
    case app::MatteMeasure::kChatter: return QCoreApplication::translate("Timeline", "The edge chatters throughout the shot: %1").arg(amount);
    case app::MatteMeasure::kSpill: return QCoreApplication::translate("Timeline", "Spill throughout the shot: %1").arg(amount);
    case app::MatteMeasure::kEdge: return QCoreApplication::translate("Timeline", "A soft edge throughout the shot: %1").arg(amount);
    case app::MatteMeasure::kJump: break;
  }
  return QCoreApplication::translate("Timeline", "The matte's area jumps throughout the shot");
}

/// Repairs of a frame: in use, and refused.
std::pair<int, int> repairsOf(const app::MatteFacts& facts, const core::Shot& shot, core::FrameIndex sourceFrame) {
  std::pair<int, int> out{0, 0};
  if (!shot.repairs.enabled) return out;
  for (const core::RepairFacts& r : facts.repairs) ++(core::isRefused(shot.repairs, sourceFrame, r.box) ? out.second : out.first);
  return out;
}

/// A small square at a frame with repairs, crossed out when all of them were refused.
void paintRepairs(QPainter& painter, const QPointF& at, bool used) {
  const QRectF square(at - QPointF(2.5, 2.5), QSizeF(5, 5));
  painter.fillRect(square.adjusted(-1, -1, 1, 1), QColor(0, 0, 0, 190));
  painter.setPen(QPen(QColor::fromRgb(colour::kBright), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(square);
  if (!used) painter.drawLine(square.topLeft(), square.bottomRight());
}

}  // namespace

QString MatteLane::name() const { return QCoreApplication::translate("Timeline", "Matte"); }

void MatteLane::paint(QPainter& painter, const QRect& area) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  const auto& facts = m_context.model.matteFacts();
  if (!shot) return;
  const core::Shot* edited = m_context.document.shot(shot->id);
  if (edited) {
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
  const app::MatteMarks marks = app::marksOf(facts);
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
    it = facts.lower_bound(it->first + step);
  }
  // Marks over the bars, each as wide as its frame and never less than can be seen; those to look at first, unless they were
  // reviewed, also have a tick.
  for (auto mark = marks.frames.lower_bound(visible.begin.value - shot->begin); mark != marks.frames.end(); ++mark) {
    if (mark->first + shot->begin >= visible.end.value) break;
    const double x = area.left() + g.xOf(static_cast<double>(shot->begin + mark->first));
    const double width = std::max(2.0, g.pixelsPerFrame() - (g.pixelsPerFrame() > 4 ? 1 : 0));
    const double height = 3.0 + (room - 5.0) * std::clamp((mark->second.severity - 1.0) / 3.0, 0.1, 1.0);
    const bool first = mark->second.first && !(edited && app::isReviewed(*edited, {shot->sourceBegin + mark->first}));
    painter.fillRect(QRectF(x, bottom - height, width, height), QColor::fromRgb(first ? colour::kAccent : colour::kAccentDeep));
    if (first) painter.fillRect(QRectF(x, area.top() + 1, width, 2), QColor::fromRgb(colour::kBright));
  }
  for (auto it = facts.lower_bound(visible.begin.value - shot->begin); edited && it != facts.end() && it->first + shot->begin < visible.end.value; ++it) {
    const auto [used, refused] = repairsOf(it->second, *edited, {shot->sourceBegin + it->first});
    if (used + refused == 0) continue;
    const double x = area.left() + g.xOf(static_cast<double>(shot->begin + it->first) + 0.5);
    paintRepairs(painter, {x, area.top() + 7.0}, used > 0);
  }
  if (!marks.throughout.empty()) {
    const QString words = throughoutText(marks.throughout.begin()->first, marks.throughout.begin()->second);
    painter.setFont(smallFont());
    const QRect box(area.left() + 6, area.top() + 2, painter.fontMetrics().horizontalAdvance(words) + 8, painter.fontMetrics().height() + 2);
    painter.fillRect(box, QColor(0, 0, 0, 170));
    painter.setPen(QColor::fromRgb(colour::kAccent));
    painter.drawText(box, Qt::AlignCenter, words);
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
  const auto [used, refused] = edited ? repairsOf(f, *edited, {shot->sourceBegin + it->first}) : std::pair(0, 0);
  if (used + refused > 0)
    text += QLatin1Char('\n') + QCoreApplication::translate("Timeline", "Repaired from the frames beside it: %1 places, %2 refused").arg(used).arg(refused);
  const app::MatteMarks marks = app::marksOf(facts);
  if (const auto mark = marks.frames.find(it->first); mark != marks.frames.end()) {
    text += QLatin1Char('\n') + reasonOf(mark->second);
    if (mark->second.first) text += QLatin1Char('\n') + QCoreApplication::translate("Timeline", "Among the worst of the shot: look here first");
  }
  for (const auto& [measure, value] : marks.throughout) text += QLatin1Char('\n') + throughoutText(measure, value);
  return text;
}

}  // namespace pai::ui

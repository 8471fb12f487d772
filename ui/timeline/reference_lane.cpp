// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/reference_lane.h"

#include <cmath>

#include <QCoreApplication>

#include "app/document/media_import.h"
#include "app/document/reference_edits.h"
#include "app/document/slot_edits.h"

namespace pai::ui {
namespace {

constexpr int kDragStart = 3;

core::AnchorKind anchorKindOf(SnapPoint::Kind kind) {
  switch (kind) {
    case SnapPoint::Kind::kBegin: return core::AnchorKind::kBegin;
    case SnapPoint::Kind::kMiddle: return core::AnchorKind::kMiddle;
    case SnapPoint::Kind::kEnd: return core::AnchorKind::kEnd;
    default: break;
  }
  return core::AnchorKind::kFrame;
}

/// Images among dropped files; project media as they are named.
QStringList imageFiles(const QMimeData& data) {
  QStringList files;
  for (const QUrl& url : data.urls()) {
    if (!url.isLocalFile()) continue;
    const auto kind = app::kindOfFile(url.toLocalFile());
    if (kind && *kind != core::MediaKind::kClip) files << url.toLocalFile();
  }
  return files;
}

std::vector<core::Id> mediaIds(const QMimeData& data) {
  std::vector<core::Id> ids;
  for (const QByteArray& id : data.data(kMediaMimeType).split('\n'))
    if (!id.isEmpty()) ids.push_back(id.toStdString());
  return ids;
}

}  // namespace

QString ReferenceLane::name() const { return QCoreApplication::translate("Timeline", "References"); }

ReferenceLane::Hit ReferenceLane::hit(const QPoint& at) const {
  const TimelineGeometry& g = m_context.geometry;
  // Flags reach over the edge of their frame by at most their width.
  const core::FrameRange near{{g.frameAt(at.x() - kFlagWidth) - 1}, {g.frameAt(at.x() + kFlagWidth) + 2}};
  const auto [first, last] = m_context.model.shotsIn(near.intersected({{0}, {m_context.model.frames()}}));
  Hit best;
  for (std::size_t i = first; i < last; ++i) {
    const TimelineShot& shot = m_context.model.shots()[i];
    for (const TimelineFlag& flag : shot.flags) {
      const FlagBox box = flagBox(g, shot.begin + flag.frame, shot.begin, shot.end());
      const bool onThumbnail = box.holds(at.x(), at.y());
      const double barTop = box.top + box.height;
      const bool onBar = at.x() >= box.left && at.x() < box.left + box.width && at.y() >= barTop &&
                         at.y() < barTop + kStrengthHeight;
      if (!onThumbnail && !onBar) continue;
      // Later flags lie above earlier ones; the selected one above all.
      if (best.flag && best.flag->id == m_context.selectedReference) continue;
      best = {&shot, &flag, onBar, flag.collides && collisionSign(box).contains(at)};
    }
  }
  return best;
}

ReferenceLane::Place ReferenceLane::anchorAt(double x, const TimelineShot& shot, Stick stick) const {
  const TimelineGeometry& g = m_context.geometry;
  const std::int64_t frame = std::clamp(g.frameAt(x), shot.begin, shot.end() - 1);
  const core::FrameRange range{{shot.sourceBegin}, {shot.sourceBegin + shot.length}};
  if (stick == Stick::kSlots && shot.grid && shot.grid->rendered().contains({frame - shot.begin})) {
    const core::FrameIndex middle = shot.grid->middleOfSlot(shot.grid->slotOf({frame - shot.begin}));
    return {shot.begin + middle.value, app::frameAnchor(range, middle), true};
  }
  if (stick == Stick::kPlaces && m_context.snapping) {
    const auto points = m_context.model.snapPoints(shot, m_context.playback.frame().value);
    if (const auto snap = nearestSnap(g, static_cast<double>(frame), points, kSnapPixels)) {
      core::Anchor anchor = app::frameAnchor(range, {snap->frame - shot.begin});
      anchor.kind = anchorKindOf(snap->kind);
      if (anchor.kind != core::AnchorKind::kFrame) anchor.frame = {};
      return {snap->frame, anchor, true};
    }
  }
  return {frame, app::frameAnchor(range, {frame - shot.begin}), false};
}

ReferenceLane::Stick ReferenceLane::stickOf(Qt::KeyboardModifiers modifiers) {
  if (modifiers.testFlag(Qt::AltModifier)) return Stick::kSlots;
  return modifiers.testFlag(Qt::ShiftModifier) ? Stick::kNothing : Stick::kPlaces;
}

bool ReferenceLane::press(const QPoint& at, const QMouseEvent& event) {
  const Hit found = hit(at);
  if (!found.flag) {
    m_context.select({});
    return false;
  }
  if (found.separate) {
    separate(core::Id(found.shot->id));
    return false;
  }
  m_dragShot = found.shot->id;
  m_dragReference = found.flag->id;
  m_context.document.setCurrentShot(m_dragShot);
  m_context.select(m_dragReference);
  m_context.document.endMerge();
  m_moved = false;
  if (const core::Shot* shot = m_context.document.shot(m_dragShot)) m_before = *shot;
  m_copying = event.modifiers().testFlag(Qt::ControlModifier);
  m_pressedAt = at;
  m_grabOffset = at.x() - m_context.geometry.xOf(static_cast<double>(found.shot->begin + found.flag->frame));
  m_drag = found.strength ? Drag::kStrength : Drag::kMove;
  if (m_drag == Drag::kStrength) setStrength(at);
  return true;
}

void ReferenceLane::setStrength(const QPoint& at) {
  const TimelineShot* shot = m_context.model.shot(m_dragShot);
  if (!shot) return;
  for (const TimelineFlag& flag : shot->flags) {
    if (flag.id != m_dragReference) continue;
    const double raw = strengthAt(flagBox(m_context.geometry, shot->begin + flag.frame, shot->begin, shot->end()), at.x());
    return app::setReferenceStrength(m_context.document, m_dragShot, m_dragReference, std::round(raw * 20.0) / 20.0,
                                     QStringLiteral("strength"));
  }
}

void ReferenceLane::move(const QPoint& at, const QMouseEvent& event) {
  if (m_drag == Drag::kStrength) return setStrength(at);
  if (m_drag != Drag::kMove) return;
  if (!m_moved && (at - m_pressedAt).manhattanLength() < kDragStart) return;
  const TimelineShot* shot = m_context.model.shot(m_dragShot);
  if (!shot) return;
  const Stick stick = stickOf(event.modifiers());
  m_slotDrag = stick == Stick::kSlots && shot->grid;
  const auto [frame, anchor, stuck] = anchorAt(at.x() - m_grabOffset + 0.5, *shot, stick);
  const QString mergeKey = QStringLiteral("move");
  if (!m_moved && m_copying) {
    const auto copy = app::copyReference(m_context.document, m_dragShot, m_dragReference, anchor, mergeKey);
    if (!copy) return;
    m_dragReference = *copy;
    m_context.select(m_dragReference);
  } else {
    app::moveReference(m_context.document, m_dragShot, m_dragReference, anchor, mergeKey);
  }
  m_moved = true;
  m_snapLine = stuck ? std::optional(frame) : std::nullopt;
  const core::Shot* edited = m_context.document.shot(m_dragShot);
  const core::Reference* reference = edited ? app::findReference(*edited, m_dragReference) : nullptr;
  if (reference) m_context.preview(DragPreview{reference->media, {}, frame});
  m_context.repaint();
}

void ReferenceLane::release(const QPoint&, const QMouseEvent&) {
  m_drag = Drag::kNone;
  m_slotDrag = false;
  m_snapLine.reset();
  m_context.document.endMerge();
  m_context.preview(std::nullopt);
  m_context.repaint();
}

void ReferenceLane::cancel() {
  const bool strength = m_drag == Drag::kStrength, copied = m_copying && m_moved;
  if (m_drag != Drag::kNone && m_before.id == m_dragShot)
    m_context.document.editShot(m_dragShot, QString(), [this](core::Shot& s) { s.references = m_before.references; },
                                strength ? QStringLiteral("strength") : QStringLiteral("move"));
  if (copied) m_context.select({});
  m_drag = Drag::kNone;
  m_slotDrag = false;
  m_snapLine.reset();
  m_context.document.endMerge();
  m_context.preview(std::nullopt);
  m_context.repaint();
}

void ReferenceLane::doubleClick(const QPoint& at) {
  const Hit found = hit(at);
  if (!found.flag) return;
  m_drag = Drag::kNone;
  m_context.playback.seek(found.shot->begin + found.flag->frame);
  m_context.editFrame(found.flag->id);
}

QString ReferenceLane::toolTip(const QPoint& at) const {
  const Hit found = hit(at);
  if (!found.flag) return {};
  QString text = QCoreApplication::translate("Timeline", "%1\n%2, frame %3 · strength %4 %")
                     .arg(found.flag->name, found.flag->caption).arg(found.flag->frame)
                     .arg(std::lround(found.flag->strength * 100));
  if (!found.flag->inRange)
    text += QLatin1Char('\n') + QCoreApplication::translate("Timeline", "Outside the shot's range: kept, not rendered");
  if (!found.flag->held.empty())
    text += QLatin1Char('\n') + (found.flag->held.length() == 1
                                     ? QCoreApplication::translate("Timeline", "The pack will hold it on frame %1").arg(found.flag->held.begin.value)
                                     : QCoreApplication::translate("Timeline", "The pack will hold it over frames %1 to %2")
                                           .arg(found.flag->held.begin.value).arg(found.flag->held.end.value - 1));
  if (found.flag->collides)
    text += QLatin1Char('\n') + QCoreApplication::translate("Timeline", "Another reference is held there too: click the sign to separate them");
  if (found.shot->grid)
    text += QLatin1Char('\n') + QCoreApplication::translate("Timeline", "Alt+drag snaps to the pack's slots, Alt+arrow keys move by one");
  return text + QLatin1Char('\n') +
         QCoreApplication::translate("Timeline", "Drag to move, Ctrl+drag to copy, Shift for no snapping, "
                                                 "arrow keys to nudge, Enter to type a frame");
}

Qt::CursorShape ReferenceLane::cursor(const QPoint& at) const {
  const Hit found = hit(at);
  if (!found.flag) return Qt::ArrowCursor;
  if (found.separate) return Qt::PointingHandCursor;
  return found.strength ? Qt::SizeHorCursor : Qt::OpenHandCursor;
}

bool ReferenceLane::dragOver(const QPoint& at, const QMimeData& data) {
  const TimelineShot* shot = m_context.model.shotAt(m_context.geometry.frameAt(at.x()));
  const QStringList files = imageFiles(data);
  const std::vector<core::Id> ids = mediaIds(data);
  if (!shot || (files.isEmpty() && ids.empty())) return false;
  const auto [frame, anchor, stuck] = anchorAt(at.x(), *shot, Stick::kPlaces);
  m_ghost = {shot->id, frame};
  m_snapLine = stuck ? std::optional(frame) : std::nullopt;
  m_context.preview(DragPreview{ids.empty() ? core::Id() : ids.front(), files.value(0), frame});
  m_context.repaint();
  return true;
}

void ReferenceLane::dragGone() {
  m_ghost.reset();
  m_snapLine.reset();
  m_context.preview(std::nullopt);
  m_context.repaint();
}

bool ReferenceLane::drop(const QPoint& at, const QMimeData& data) {
  const TimelineShot* shot = m_context.model.shotAt(m_context.geometry.frameAt(at.x()));
  dragGone();
  if (!shot) return false;
  const core::Id shotId = shot->id;
  const core::Anchor anchor = anchorAt(at.x(), *shot, Stick::kPlaces).anchor;
  std::vector<core::Id> ids = mediaIds(data);
  if (ids.empty()) ids = app::importMedia(m_context.document, imageFiles(data));
  bool placed = false;
  core::Anchor next = anchor;
  for (const core::Id& id : ids) {
    const core::Media* media = m_context.document.project().findMedia(id);
    if (!media || media->kind == core::MediaKind::kClip) continue;
    const auto reference = app::addReference(m_context.document, shotId, id, next);
    if (!reference) break;
    m_context.document.setCurrentShot(shotId);
    m_context.select(*reference);
    placed = true;
    // Several pictures at once are fanned out, a flag's width apart, so that each can be taken.
    const TimelineShot* now = m_context.model.shot(shotId);
    if (!now) break;
    const auto frames = static_cast<std::int64_t>(std::ceil(kFlagWidth / m_context.geometry.pixelsPerFrame()));
    const auto& flag = *std::find_if(now->flags.begin(), now->flags.end(),
                                     [&reference](const TimelineFlag& f) { return f.id == *reference; });
    next = app::frameAnchor({{now->sourceBegin}, {now->sourceBegin + now->length}},
                            {std::min(flag.frame + frames, now->length - 1)});
  }
  return placed;
}

bool ReferenceLane::nudge(std::int64_t frames) {
  const core::Shot* shot = m_context.document.currentShot();
  const TimelineShot* shown = shot ? m_context.model.shot(shot->id) : nullptr;
  if (!shown) return false;
  for (const TimelineFlag& flag : shown->flags)
    if (flag.id == m_context.selectedReference)
      return placeSelected(std::clamp<std::int64_t>(flag.frame + frames, 0, shown->length - 1));
  return false;
}

bool ReferenceLane::nudgeSlots(std::int64_t slotCount) {
  const TimelineShot* shown = m_context.model.shot(m_context.document.currentShotId());
  if (!shown || !shown->grid) return false;
  for (const TimelineFlag& flag : shown->flags) {
    if (flag.id != m_context.selectedReference) continue;
    const std::int64_t slot = std::clamp<std::int64_t>(shown->grid->slotOf({flag.frame}) + slotCount, 0, shown->grid->count() - 1);
    return placeSelected(shown->grid->middleOfSlot(slot).value);
  }
  return false;
}

void ReferenceLane::separate(const core::Id& shotId) {
  const TimelineShot* shot = m_context.model.shot(shotId);
  if (!shot || !shot->grid) return m_context.say(QCoreApplication::translate("Timeline", "The engine of this shot has no latent slots: references keep their own frames."));
  const bool collide = std::any_of(shot->flags.begin(), shot->flags.end(), [](const TimelineFlag& flag) { return flag.collides; });
  if (!collide) return m_context.say(QCoreApplication::translate("Timeline", "No two references of this shot share a slot."));
  const core::FrameRange range{{shot->sourceBegin}, {shot->sourceBegin + shot->length}};
  if (!app::separateReferences(m_context.document, shotId, range, *shot->grid))
    m_context.say(QCoreApplication::translate("Timeline", "The shot has more references than its pack has slots for: remove some."));
}

bool ReferenceLane::placeSelected(std::int64_t shotFrame) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot || m_context.selectedReference.empty()) return false;
  const core::FrameRange range{{shot->sourceBegin}, {shot->sourceBegin + shot->length}};
  const std::int64_t bounded = std::clamp<std::int64_t>(shotFrame, 0, shot->length - 1);
  app::moveReference(m_context.document, shot->id, m_context.selectedReference, app::frameAnchor(range, {bounded}));
  return true;
}

bool ReferenceLane::removeSelected() {
  const core::Shot* shot = m_context.document.currentShot();
  if (!shot || !app::findReference(*shot, m_context.selectedReference)) return false;
  app::removeReference(m_context.document, shot->id, m_context.selectedReference);
  m_context.select({});
  return true;
}

bool ReferenceLane::selectNext(int direction) {
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!shot || shot->flags.empty()) return false;
  const auto count = static_cast<int>(shot->flags.size());
  int at = direction > 0 ? -1 : count;
  for (int i = 0; i < count; ++i)
    if (shot->flags[i].id == m_context.selectedReference) at = i;
  if (at + direction < 0 || at + direction >= count) return false;
  m_context.select(shot->flags[at + direction].id);
  return true;
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/marker_commands.h"

#include "app/document/marker_edits.h"
#include "ui/dialogs/marker_dialog.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"
#include "ui/window/studio.h"

namespace pai::ui {

MarkerCommands::MarkerCommands(Studio& studio, MarkersPanel& panel) : QObject(&studio), m_studio(studio), m_panel(panel) {
  const Actions& a = studio.actions();
  connect(a.addMarker, &QAction::triggered, this, &MarkerCommands::addHere);
  connect(a.editMarker, &QAction::triggered, this, [this] {
    if (const auto marker = here()) edit(*marker);
  });
  connect(a.removeMarker, &QAction::triggered, this, [this] {
    if (const auto marker = here()) remove(*marker);
  });
  connect(a.previousMarker, &QAction::triggered, this, [this] { jump(-1); });
  connect(a.nextMarker, &QAction::triggered, this, [this] { jump(1); });
  connect(&panel, &MarkersPanel::chosen, this, &MarkerCommands::goTo);
  connect(&panel, &MarkersPanel::editRequested, this, &MarkerCommands::edit);
  connect(&panel, &MarkersPanel::removeRequested, this, &MarkerCommands::remove);
  connect(&studio.timeline(), &TimelineView::markerSelected, this, [this](const core::Id& shot, const core::Id& marker) { m_panel.select({shot, marker}); });
  connect(&studio.timeline(), &TimelineView::markerEditRequested, this, [this](const core::Id& shot, const core::Id& marker) { edit({shot, marker}); });
}

std::optional<MarkerName> MarkerCommands::here() const {
  const std::int64_t frame = m_studio.playback().frame().value;
  const TimelineShot* shot = m_studio.timelineModel().shotAt(frame);
  if (!shot) return std::nullopt;
  for (const TimelineMarker& marker : shot->markers)
    if (marker.inRange && shot->begin + marker.frame == frame) return MarkerName{shot->id, marker.marker.id};
  return std::nullopt;
}

void MarkerCommands::addHere() {
  if (const auto there = here()) return edit(*there);
  const std::int64_t frame = m_studio.playback().frame().value;
  const TimelineShot* shot = m_studio.timelineModel().shotAt(frame);
  if (!shot) return;
  const core::Id in = shot->id;
  if (const auto added = app::addMarker(m_studio.document(), in, {shot->sourceBegin + frame - shot->begin})) m_panel.select({in, *added});
}

void MarkerCommands::edit(const MarkerName& name) {
  const core::Shot* shot = m_studio.document().shot(name.shot);
  const core::Marker* marker = shot ? app::findMarker(*shot, name.marker) : nullptr;
  const TimelineShot* shown = m_studio.timelineModel().shot(name.shot);
  if (!marker || !shown) return;
  MarkerDialog dialog(*marker, m_studio.timelineModel().timecode(shown->begin + marker->frame.value - shown->sourceBegin), &m_studio);
  if (dialog.exec() != QDialog::Accepted) return;
  dialog.isRemoved() ? remove(name) : app::editMarker(m_studio.document(), name.shot, dialog.marker());
}

void MarkerCommands::remove(const MarkerName& marker) { app::removeMarker(m_studio.document(), marker.shot, marker.marker); }

void MarkerCommands::goTo(const MarkerName& name) {
  const TimelineShot* shot = m_studio.timelineModel().shot(name.shot);
  if (!shot) return;
  for (const TimelineMarker& marker : shot->markers)
    if (marker.marker.id == name.marker && marker.inRange) m_studio.playback().seek(shot->begin + marker.frame);
}

void MarkerCommands::jump(int direction) {
  const std::int64_t frame = m_studio.playback().frame().value;
  std::optional<std::int64_t> target;
  MarkerName name;
  for (const TimelineShot& shot : m_studio.timelineModel().shots()) {
    for (const TimelineMarker& marker : shot.markers) {
      const std::int64_t at = shot.begin + marker.frame;
      const bool ahead = direction > 0 ? at > frame && !target : at < frame;
      if (!marker.inRange || !ahead) continue;
      target = at;
      name = {shot.id, marker.marker.id};
    }
  }
  if (!target) return;
  m_studio.playback().pause();
  m_studio.playback().seek(*target);
  m_panel.select(name);
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/marker_edits.h"

#include <algorithm>

#include <QCoreApplication>

namespace pai::app {
namespace {

struct MarkerEdits {
  Q_DECLARE_TR_FUNCTIONS(MarkerEdits)
};

}  // namespace

const core::Marker* findMarker(const core::Shot& shot, const core::Id& marker) {
  const auto it = std::find_if(shot.markers.begin(), shot.markers.end(), [&marker](const core::Marker& m) { return m.id == marker; });
  return it == shot.markers.end() ? nullptr : &*it;
}

const core::Marker* markerAt(const core::Shot& shot, core::FrameIndex sourceFrame) {
  const auto it = std::find_if(shot.markers.begin(), shot.markers.end(), [sourceFrame](const core::Marker& m) { return m.frame == sourceFrame; });
  return it == shot.markers.end() ? nullptr : &*it;
}

std::optional<core::Id> addMarker(Document& document, const core::Id& shot, core::FrameIndex sourceFrame) {
  const core::Shot* now = document.shot(shot);
  if (!now) return std::nullopt;
  if (const core::Marker* there = markerAt(*now, sourceFrame)) return there->id;
  core::Marker marker;
  marker.id = core::newId(document.project(), "marker");
  marker.frame = sourceFrame;
  document.editShot(shot, MarkerEdits::tr("Add marker"), [&marker](core::Shot& s) {
    const auto before = std::find_if(s.markers.begin(), s.markers.end(), [&marker](const core::Marker& m) { return m.frame > marker.frame; });
    s.markers.insert(before, marker);
  });
  return marker.id;
}

bool moveMarker(Document& document, const core::Id& shot, const core::Id& marker, core::FrameIndex sourceFrame, const QString& mergeKey) {
  const core::Shot* now = document.shot(shot);
  if (!now || !findMarker(*now, marker)) return false;
  if (const core::Marker* there = markerAt(*now, sourceFrame)) return there->id == marker;
  document.editShot(shot, MarkerEdits::tr("Move marker"), [&marker, sourceFrame](core::Shot& s) {
    for (core::Marker& each : s.markers)
      if (each.id == marker) each.frame = sourceFrame;
    std::stable_sort(s.markers.begin(), s.markers.end(), [](const core::Marker& a, const core::Marker& b) { return a.frame < b.frame; });
  }, mergeKey);
  return true;
}

void editMarker(Document& document, const core::Id& shot, const core::Marker& edited) {
  document.editShot(shot, MarkerEdits::tr("Edit marker"), [&edited](core::Shot& s) {
    for (core::Marker& marker : s.markers) {
      if (marker.id != edited.id) continue;
      marker.name = edited.name;
      marker.note = edited.note;
      marker.colour = edited.colour;
    }
  });
}

void removeMarker(Document& document, const core::Id& shot, const core::Id& marker) {
  document.editShot(shot, MarkerEdits::tr("Remove marker"), [&marker](core::Shot& s) {
    std::erase_if(s.markers, [&marker](const core::Marker& m) { return m.id == marker; });
  });
}

}  // namespace pai::app

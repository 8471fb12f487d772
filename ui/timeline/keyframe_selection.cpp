// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/keyframe_selection.h"

#include <algorithm>

#include "app/document/camera_key_edits.h"
#include "app/document/shape_edits.h"
#include "ui/timeline/camera_channels.h"

namespace pai::ui {
namespace {

const QString kDragMerge = QStringLiteral("keyframes");

}  // namespace

std::vector<app::KeyframePlace> keyframesIn(const TimelineShot& shot) {
  std::vector<app::KeyframePlace> out;
  const auto add = [&](const core::Id& layer, std::int64_t frame) {
    if (frame >= 0 && frame < shot.length) out.push_back({layer, frame});
  };
  for (const core::CameraKey& key : shot.cameraKeys) add({}, key.frame.value);
  for (const TimelineOutline& outline : shot.outlines)
    for (const auto& [frame, how] : outline.keys) add(outline.layer, frame);
  return out;
}

KeyframeSelection::KeyframeSelection(app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback, const TimelineModel& model, QObject* parent)
    : QObject(parent), m_document(document), m_catalog(catalog), m_playback(playback), m_model(model) {
  connect(&model, &TimelineModel::changed, this, &KeyframeSelection::follow);
  follow();
}

core::FrameRange KeyframeSelection::range() const {
  const core::Shot* now = m_document.currentShot();
  return now ? m_catalog.rangeOf(*now) : core::FrameRange();
}

void KeyframeSelection::follow() {
  const TimelineShot* shown = shot();
  if (const core::Id now = shown ? shown->id : core::Id(); now != m_shown) {
    m_shown = now;
    m_drag.reset();
    return select({});
  }
  const auto all = shown ? keyframesIn(*shown) : std::vector<app::KeyframePlace>();
  app::KeyframePlaces left = m_places;
  std::erase_if(left, [&all](const app::KeyframePlace& place) { return std::find(all.begin(), all.end(), place) == all.end(); });
  select(std::move(left));
}

void KeyframeSelection::select(app::KeyframePlaces places) {
  if (places == m_places) return;
  m_places = std::move(places);
  emit changed();
}

std::set<std::int64_t> KeyframeSelection::cameraFrames() const {
  std::set<std::int64_t> out;
  for (const app::KeyframePlace& place : m_places)
    if (place.layer.empty()) out.insert(place.frame);
  return out;
}

void KeyframeSelection::add(const core::Id& layer, std::int64_t frame) {
  const TimelineShot* shown = shot();
  if (!shown || frame < 0 || frame >= shown->length) return;
  if (layer.empty()) return addCamera(keyOnCurves(m_model, *shown, frame));
  const app::KeyframePlace place{layer, frame};
  app::addShapeKey(m_document, core::Id(shown->id), place.layer, range().begin + frame);
  select({place});
}

void KeyframeSelection::addCamera(const core::CameraKey& key) {
  app::addCameraKeys(m_document, core::Id(m_document.currentShotId()), {key}, tr("Set camera keyframe"));
  select({{{}, key.frame.value}});
}

void KeyframeSelection::setCameraValue(double core::CameraKey::*channel, double value) {
  app::setCameraValue(m_document, core::Id(m_document.currentShotId()), range(), m_places, channel, value);
}

void KeyframeSelection::remove() {
  const app::KeyframePlaces places = m_places;
  if (!places.empty()) app::removeKeyframes(m_document, core::Id(m_document.currentShotId()), range(), places);
}

void KeyframeSelection::copy() {
  const core::Shot* now = m_document.currentShot();
  if (!now || m_places.empty()) return;
  std::int64_t first = range().length();
  for (const app::KeyframePlace& place : m_places) first = std::min(first, place.frame);
  m_copied = app::keyframesOn(app::keyframesOf(*now, range()), m_places);
  for (core::CameraKey& key : m_copied.camera) key.frame.value -= first;
  for (auto& [layer, keys] : m_copied.outlines)
    for (core::MatteShapeKey& key : keys) key.frame.value -= first;
}

void KeyframeSelection::pasteAtPlayhead() {
  const TimelineShot* shown = shot();
  if (!shown) return;
  const auto places = app::pasteKeyframes(m_document, core::Id(shown->id), range(), m_copied, m_playback.frame().value - shown->begin);
  if (!places.empty()) select(places);
}

void KeyframeSelection::apply(const app::ShotKeyframes& from, const app::KeyframePlaces& places, app::KeyframeMove by, app::InTheWay inTheWay,
                              const QString& mergeKey) {
  by.frames = app::freeFrames(from, places, by.frames, range().length(), inTheWay);
  const auto moved = app::movedKeyframes(from, places, by);
  if (!moved) return;
  app::KeyframePlaces after;
  for (const app::KeyframePlace& place : places) after.insert({place.layer, place.frame + by.frames});
  m_places = std::move(after);  // before the act, which follows those that still exist
  app::setKeyframes(m_document, core::Id(m_document.currentShotId()), range(), *moved, places.size() > 1 ? tr("Move keyframes") : tr("Move keyframe"), mergeKey);
  emit changed();
}

void KeyframeSelection::nudge(const app::KeyframeMove& by) {
  const core::Shot* now = m_document.currentShot();
  if (now && !m_places.empty() && !m_drag) apply(app::keyframesOf(*now, range()), app::KeyframePlaces(m_places), by, app::InTheWay::kGoOver, {});
}

void KeyframeSelection::beginDrag() {
  const core::Shot* now = m_document.currentShot();
  if (!now) return;
  m_document.endMerge();
  m_drag = Drag{app::keyframesOf(*now, range()), m_places};
}

std::vector<SnapPoint> KeyframeSelection::snapPoints() const {
  const TimelineShot* shown = shot();
  if (!shown) return {};
  auto points = m_model.snapPointsFor(SnapPoint::Kind::kKeyframe, *shown, m_playback.frame().value);
  for (SnapPoint& point : points) point.frame -= shown->begin;
  for (const app::KeyframePlace& place : app::placesOf(m_drag->before))
    if (!m_drag->places.contains(place)) points.push_back({SnapPoint::Kind::kKeyframe, place.frame});
  return points;
}

std::optional<std::int64_t> KeyframeSelection::dragBy(app::KeyframeMove by, const app::KeyframePlace& grabbed, const TimelineGeometry& geometry, bool snaps) {
  if (!m_drag) return {};
  const Drag drag = *m_drag;  // the act may end it
  std::optional<std::int64_t> stuck;
  if (snaps) {
    auto points = snapPoints();
    // Only where there is room for all that are dragged.
    std::erase_if(points, [&](const SnapPoint& point) {
      const std::int64_t frames = point.frame - grabbed.frame;
      return app::freeFrames(drag.before, drag.places, frames, range().length(), app::InTheWay::kStopBeside) != frames;
    });
    if (const auto snap = nearestSnap(geometry, static_cast<double>(grabbed.frame + by.frames), points, kSnapPixels)) {
      by.frames = snap->frame - grabbed.frame;
      stuck = snap->frame;
    }
  }
  apply(drag.before, drag.places, by, app::InTheWay::kStopBeside, kDragMerge);
  return stuck;
}

void KeyframeSelection::endDrag() {
  if (!m_drag) return;
  m_drag.reset();
  m_document.endMerge();
  emit changed();
}

void KeyframeSelection::giveUpDrag() {
  if (!m_drag) return;
  const Drag given = *std::exchange(m_drag, std::nullopt);
  m_places = given.places;
  app::setKeyframes(m_document, core::Id(m_document.currentShotId()), range(), given.before, QString(), kDragMerge);
  m_document.endMerge();
  emit changed();
}

}  // namespace pai::ui

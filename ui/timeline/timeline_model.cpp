// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timeline_model.h"

#include <algorithm>

#include "app/document/reference_edits.h"

namespace pai::ui {

TimelineModel::TimelineModel(app::Document& document, const app::MediaCatalog& catalog, const app::PackCatalog& packs, QObject* parent)
    : QObject(parent), m_document(document), m_catalog(catalog), m_packs(packs) {
  connect(&packs, &app::PackCatalog::changed, this, &TimelineModel::rebuild);
  connect(&document, &app::Document::projectReset, this, &TimelineModel::rebuild);
  connect(&document, &app::Document::structureChanged, this, &TimelineModel::rebuild);
  connect(&document, &app::Document::shotChanged, this, &TimelineModel::updateShot);
  connect(&document, &app::Document::currentShotChanged, this, &TimelineModel::changed);
  connect(&catalog, &app::MediaCatalog::mediaChanged, this, [this](const core::Id& media) {
    const bool plate = std::any_of(m_document.project().shots.begin(), m_document.project().shots.end(),
                                   [&media](const core::Shot& s) { return s.plate == media; });
    plate ? rebuild() : emit changed();
  });
  rebuild();
}

const TimelineShot* TimelineModel::shotAt(std::int64_t frame) const {
  if (m_shots.empty()) return nullptr;
  const auto after = std::upper_bound(m_shots.begin(), m_shots.end(), frame,
                                      [](std::int64_t f, const TimelineShot& s) { return f < s.begin; });
  return after == m_shots.begin() ? &m_shots.front() : &*std::prev(after);
}

const TimelineShot* TimelineModel::shot(const core::Id& id) const {
  const auto it = m_index.find(id);
  return it == m_index.end() ? nullptr : &m_shots[it->second];
}

std::pair<std::size_t, std::size_t> TimelineModel::shotsIn(core::FrameRange range) const {
  const auto first = std::partition_point(m_shots.begin(), m_shots.end(),
                                          [&range](const TimelineShot& s) { return s.end() <= range.begin.value; });
  const auto last =
      std::partition_point(first, m_shots.end(), [&range](const TimelineShot& s) { return s.begin < range.end.value; });
  return {static_cast<std::size_t>(first - m_shots.begin()), static_cast<std::size_t>(last - m_shots.begin())};
}

core::Timecode TimelineModel::code(std::int64_t frame) const {
  const TimelineShot* at = shotAt(frame);
  core::Timecode code;
  if (at) {
    const app::MediaFacts* facts = m_catalog.facts(at->plate);
    // One shot shows its plate's own timecode; a sequence counts from zero, so that the ruler runs on.
    if (m_shots.size() == 1 && facts && facts->startTimecode) {
      code = *facts->startTimecode;
      code.frames += at->sourceBegin;
    }
  }
  code.frames += frame;
  return code;
}

QString TimelineModel::timecode(std::int64_t frame) const { return QString::fromStdString(code(frame).text(m_rate)); }

std::int64_t TimelineModel::sourceNumber(std::int64_t frame) const {
  const TimelineShot* at = shotAt(frame);
  if (!at) return frame;
  const app::MediaFacts* facts = m_catalog.facts(at->plate);
  return frame - at->begin + at->sourceBegin + (facts ? facts->firstFrameNumber : 0);
}

std::vector<SnapPoint> TimelineModel::snapPoints(const TimelineShot& shot, std::int64_t playhead) const {
  const core::FrameRange range{{0}, {shot.length}};
  std::vector<SnapPoint> points{{SnapPoint::Kind::kBegin, shot.begin},
                                {SnapPoint::Kind::kMiddle, shot.begin + app::middleFrame(range)},
                                {SnapPoint::Kind::kEnd, shot.begin + app::endFrame(range)}};
  if (playhead >= shot.begin && playhead < shot.end()) points.push_back({SnapPoint::Kind::kPlayhead, playhead});
  for (const TimelineMarker& marker : shot.markers)
    if (marker.inRange) points.push_back({SnapPoint::Kind::kMarker, shot.begin + marker.frame});
  return points;
}

std::vector<SnapPoint> TimelineModel::snapPointsFor(SnapPoint::Kind dragged, const TimelineShot& shot, std::int64_t playhead) const {
  std::vector<SnapPoint> points = snapPoints(shot, playhead);
  const auto add = [&points, &shot](SnapPoint::Kind kind, std::int64_t local) {
    if (local >= 0 && local < shot.length) points.push_back({kind, shot.begin + local});
  };
  for (const TimelineFlag& flag : shot.flags)
    if (flag.inRange) add(SnapPoint::Kind::kReference, flag.frame);
  for (const core::CameraKey& key : shot.cameraKeys) add(SnapPoint::Kind::kKeyframe, key.frame.value);
  for (const TimelineOutline& outline : shot.outlines)
    for (const auto& [frame, how] : outline.keys) add(SnapPoint::Kind::kKeyframe, frame);
  for (const TimelineTake& take : takes(shot.id)) {
    add(SnapPoint::Kind::kTake, take.begin);
    add(SnapPoint::Kind::kTake, take.end - 1);
  }
  if (const core::FrameRange marked = markedPart(shot); !marked.empty()) {
    add(SnapPoint::Kind::kMarked, marked.begin.value);
    add(SnapPoint::Kind::kMarked, marked.end.value - 1);
  }
  std::erase_if(points, [dragged](const SnapPoint& point) { return point.kind == dragged; });
  return points;
}

void TimelineModel::setHeld(std::vector<core::FrameRange> held) {
  if (held == m_held) return;
  m_held = std::move(held);
  emit changed();
}

void TimelineModel::setTakes(const core::Id& shot, std::vector<TimelineTake> takes) {
  m_takes[shot] = std::move(takes);
  emit changed();
}

const std::vector<TimelineTake>& TimelineModel::takes(const core::Id& shot) const {
  static const std::vector<TimelineTake> none;
  const auto it = m_takes.find(shot);
  return it == m_takes.end() ? none : it->second;
}

TimelineShot TimelineModel::describe(const core::Shot& shot) const {
  TimelineShot out;
  out.id = shot.id;
  out.plate = shot.plate;
  out.name = QString::fromStdString(shot.name);
  const core::FrameRange range = m_catalog.rangeOf(shot);
  out.length = std::max<std::int64_t>(1, range.length());
  out.sourceBegin = range.begin.value;
  out.offline = m_catalog.state(shot.plate) == app::MediaState::kOffline;
  const app::MediaFacts* facts = m_catalog.facts(shot.plate);
  out.hasSound = facts && facts->hasAudio;
  out.plateRate = m_catalog.rateOf(shot);
  if (const core::Media* media = m_document.project().findMedia(shot.plate)) {
    out.platePath = m_document.mediaPath(*media);
    out.plateKind = media->kind;
  }
  for (const core::Reference& reference : shot.references) {
    TimelineFlag flag;
    flag.id = reference.id;
    flag.media = reference.media;
    flag.anchor = reference.anchor.kind;
    flag.strength = reference.strength;
    flag.caption = app::anchorText(reference.anchor, range);
    const auto frame = core::resolveAnchor(reference.anchor, range);
    flag.inRange = frame.has_value();
    flag.frame = frame ? frame->value
                       : std::clamp<std::int64_t>(reference.anchor.frame - range.begin, 0, out.length - 1);
    if (const core::Media* media = m_document.project().findMedia(reference.media))
      flag.name = QString::fromStdString(media->name);
    out.flags.push_back(std::move(flag));
  }
  std::stable_sort(out.flags.begin(), out.flags.end(),
                   [](const TimelineFlag& a, const TimelineFlag& b) { return a.frame < b.frame; });
  for (const core::Marker& marker : shot.markers) out.markers.push_back({marker, marker.frame - range.begin, range.contains(marker.frame)});
  std::stable_sort(out.markers.begin(), out.markers.end(), [](const TimelineMarker& a, const TimelineMarker& b) { return a.frame < b.frame; });
  out.cameraKeys = shot.camera.keys;
  for (const core::MatteLayer& layer : shot.matte) {
    if (layer.source != core::MatteSource::kShape) continue;
    TimelineOutline outline{layer.id, QString::fromStdString(layer.name), {}};
    for (const core::MatteShapeKey& key : layer.shape) outline.keys.emplace_back(key.frame - range.begin, key.interpolation);
    std::stable_sort(outline.keys.begin(), outline.keys.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    out.outlines.push_back(std::move(outline));
  }
  return out;
}

core::FrameRange TimelineModel::markedPart(const TimelineShot& shot) const {
  return core::FrameRange{m_marked.begin - shot.begin, m_marked.end - shot.begin}.intersected({{0}, {shot.length}});
}

void TimelineModel::describeRender(TimelineShot& shown, const core::Shot& shot) const {
  const core::FrameRange part = markedPart(shown);
  shown.rendered = part.empty() ? core::FrameRange{{0}, {shown.length}} : part;
  shown.grid.reset();
  for (TimelineFlag& flag : shown.flags) {
    flag.held = {};
    flag.collides = false;
  }
  const app::KnownPack* pack = m_packs.find(shot.render.engine);
  if (!pack || !pack->rules.hasSlots()) return;
  shown.grid = std::make_shared<const app::SlotGrid>(pack->rules, shown.rendered);
  const core::FrameRange range{{shown.sourceBegin}, {shown.sourceBegin + shown.length}};
  for (const app::HeldReference& held : app::heldReferences(shot, range, *shown.grid))
    for (TimelineFlag& flag : shown.flags)
      if (flag.id == held.id) {
        flag.held = shown.grid->framesOfSlot(held.slot);
        flag.collides = held.collides;
      }
}

void TimelineModel::setMarked(core::FrameRange marked) {
  if (marked == m_marked) return;
  m_marked = marked;
  for (const core::Shot& shot : m_document.project().shots)
    if (const auto it = m_index.find(shot.id); it != m_index.end()) describeRender(m_shots[it->second], shot);
  emit changed();
}

void TimelineModel::rebuild() {
  const std::int64_t before = frames();
  const core::FrameRate rateBefore = m_rate;
  m_shots.clear();
  m_index.clear();
  std::int64_t begin = 0;
  for (const core::Shot& shot : m_document.project().shots) {
    TimelineShot described = describe(shot);
    described.begin = begin;
    begin += described.length;
    describeRender(described, shot);
    m_index[shot.id] = m_shots.size();
    m_shots.push_back(std::move(described));
  }
  if (!m_document.project().shots.empty()) m_rate = m_catalog.rateOf(m_document.project().shots.front());
  if (frames() != before || m_rate != rateBefore) emit extentChanged();
  emit changed();
  tellMarkers();
}

void TimelineModel::tellMarkers() {
  std::vector<std::pair<QString, TimelineMarker>> now;
  for (const TimelineShot& shot : m_shots)
    for (const TimelineMarker& marker : shot.markers) now.emplace_back(shot.name + timecode(shot.begin + marker.frame), marker);
  if (now == m_toldMarkers) return;
  m_toldMarkers = std::move(now);
  emit markersChanged();
}

void TimelineModel::updateShot(const core::Id& id) {
  const auto it = m_index.find(id);
  const core::Shot* shot = m_document.shot(id);
  if (it == m_index.end() || !shot) return rebuild();
  TimelineShot described = describe(*shot);
  TimelineShot& target = m_shots[it->second];
  if (described.length != target.length) return rebuild();
  described.begin = target.begin;
  describeRender(described, *shot);
  target = std::move(described);
  emit changed();
  tellMarkers();
}

}  // namespace pai::ui

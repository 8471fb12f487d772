// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/keyframe_sheet.h"

#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include "app/document/camera_key_edits.h"
#include "app/document/shape_edits.h"
#include "ui/timeline/camera_channels.h"
#include "ui/timeline/time_axis.h"

namespace pai::ui {
namespace {

constexpr double kSheetReach = 8.0;
constexpr double kSheetDragReach = 4.0;  // pixels before the hand means to move

}  // namespace

KeyframeSheet::KeyframeSheet(app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback, const TimelineModel& model, QWidget* parent)
    : QWidget(parent), m_document(document), m_catalog(catalog), m_playback(playback), m_model(model) {
  setObjectName(QStringLiteral("keyframeSheet"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Keyframes over time"));
  connect(&model, &TimelineModel::changed, this, &KeyframeSheet::follow);
  connect(&playback, &app::Playback::frameChanged, this, qOverload<>(&QWidget::update));
  follow();
}

QSize KeyframeSheet::minimumSizeHint() const { return {160, static_cast<int>(m_rows.size()) * kRow + kFoot}; }

core::FrameRange KeyframeSheet::range() const {
  const core::Shot* now = m_document.currentShot();
  return now ? m_catalog.rangeOf(*now) : core::FrameRange();
}

void KeyframeSheet::follow() {
  const TimelineShot* shown = shot();
  if (const core::Id now = shown ? shown->id : core::Id(); now != m_shown) {
    m_shown = now;
    m_fitted = true;
    m_drag.reset();
    m_selected.clear();
  }
  const std::size_t before = m_rows.size();
  m_rows.clear();
  if (shown) {
    SheetRow camera{{}, tr("Camera"), {}};
    for (const core::CameraKey& key : shown->cameraKeys) camera.keys.emplace_back(key.frame.value, key.interpolation);
    m_rows.push_back(std::move(camera));
    for (const TimelineOutline& outline : shown->outlines) m_rows.push_back({outline.layer, outline.name, outline.keys});
    for (SheetRow& row : m_rows) std::erase_if(row.keys, [shown](const auto& key) { return key.first < 0 || key.first >= shown->length; });
  }
  const std::int64_t length = shown ? shown->length : 0;
  if (m_fitted || length != m_length) m_geometry.fit(length);
  m_length = length;
  const auto all = inOrder();
  if (std::erase_if(m_selected, [&all](const app::KeyframePlace& place) { return std::find(all.begin(), all.end(), place) == all.end(); }) > 0)
    emit selectionChanged();
  if (m_rows.size() != before) updateGeometry();
  describe();
  update();
}

std::vector<app::KeyframePlace> KeyframeSheet::inOrder() const {
  std::vector<app::KeyframePlace> out;
  for (const SheetRow& row : m_rows)
    for (const auto& [frame, how] : row.keys) out.push_back({row.layer, frame});
  return out;
}

QPointF KeyframeSheet::pointOf(const app::KeyframePlace& place) const {
  const auto row = std::find_if(m_rows.begin(), m_rows.end(), [&place](const SheetRow& r) { return r.layer == place.layer; });
  return {kGutter + m_geometry.xOf(static_cast<double>(place.frame) + 0.5), (static_cast<double>(row - m_rows.begin()) + 0.5) * kRow};
}

std::optional<app::KeyframePlace> KeyframeSheet::keyAt(const QPointF& at) const {
  std::optional<app::KeyframePlace> best;
  double nearest = kSheetReach;
  for (const app::KeyframePlace& place : inOrder()) {
    const QPointF away = pointOf(place) - at;
    if (const double distance = std::hypot(away.x(), away.y()); distance <= nearest) {
      nearest = distance;
      best = place;
    }
  }
  return best;
}

app::KeyframePlaces KeyframeSheet::keysIn(const QRectF& box) const {
  app::KeyframePlaces out;
  for (const app::KeyframePlace& place : inOrder())
    if (box.contains(pointOf(place))) out.insert(place);
  return out;
}

const KeyframeSheet::SheetRow* KeyframeSheet::rowAt(double y) const {
  const auto row = static_cast<std::size_t>(std::max(0.0, y) / kRow);
  return row < m_rows.size() ? &m_rows[row] : nullptr;
}

void KeyframeSheet::select(app::KeyframePlaces places) {
  if (places == m_selected) return;
  m_selected = std::move(places);
  describe();
  update();
  emit selectionChanged();
}

bool KeyframeSheet::selectNext(int direction) {
  const auto all = inOrder();
  if (all.empty()) return false;
  auto next = direction > 0 ? all.begin() : all.end() - 1;
  if (!m_selected.empty()) {
    // From the last of those selected, or the first, in the order of rows.
    const auto isSelected = [this](const app::KeyframePlace& place) { return m_selected.contains(place); };
    const auto at = direction > 0 ? std::find_if(all.rbegin(), all.rend(), isSelected).base() - 1 : std::find_if(all.begin(), all.end(), isSelected);
    if (direction > 0 ? at + 1 == all.end() : at == all.begin()) return false;
    next = at + direction;
  }
  select({*next});
  emit reached(pointOf(*next).toPoint());
  return true;
}

void KeyframeSheet::selectBeside(int rows) {
  if (m_selected.empty()) return;
  const app::KeyframePlace from = *m_selected.begin();
  auto row = std::find_if(m_rows.begin(), m_rows.end(), [&from](const SheetRow& r) { return r.layer == from.layer; }) - m_rows.begin() + rows;
  for (; row >= 0 && row < std::ssize(m_rows); row += rows) {
    const SheetRow& there = m_rows[static_cast<std::size_t>(row)];
    if (there.keys.empty()) continue;
    const auto nearest = std::min_element(there.keys.begin(), there.keys.end(),
                                          [&from](const auto& a, const auto& b) { return std::abs(a.first - from.frame) < std::abs(b.first - from.frame); });
    select({{there.layer, nearest->first}});
    return emit reached(pointOf(*m_selected.begin()).toPoint());
  }
}

void KeyframeSheet::apply(std::int64_t frames, const QString& mergeKey) {
  const core::Shot* now = m_document.currentShot();
  if (!now) return;
  const app::KeyframePlaces selected = m_drag ? m_drag->selected : m_selected;
  const std::int64_t bounded = app::boundedFrames(selected, frames, m_length);
  const auto moved = app::movedKeyframes(m_drag ? m_drag->before : app::keyframesOf(*now, range()), selected, bounded);
  if (!moved) return;  // another keyframe stands there
  app::KeyframePlaces after;
  for (app::KeyframePlace place : selected) {
    place.frame += bounded;
    after.insert(place);
  }
  m_selected = after;
  app::setKeyframes(m_document, now->id, range(), *moved, selected.size() > 1 ? tr("Move keyframes") : tr("Move keyframe"), mergeKey);
  describe();
}

void KeyframeSheet::removeSelected() {
  if (m_selected.empty()) return;
  const app::KeyframePlaces places = m_selected;
  app::removeKeyframes(m_document, core::Id(m_document.currentShotId()), range(), places);
}

void KeyframeSheet::copy() {
  const core::Shot* now = m_document.currentShot();
  if (!now || m_selected.empty()) return;
  std::int64_t first = m_length;
  for (const app::KeyframePlace& place : m_selected) first = std::min(first, place.frame);
  m_copied = app::keyframesOn(app::keyframesOf(*now, range()), m_selected);
  for (core::CameraKey& key : m_copied.camera) key.frame.value -= first;
  for (auto& [layer, keys] : m_copied.outlines)
    for (core::MatteShapeKey& key : keys) key.frame.value -= first;
}

void KeyframeSheet::paste() {
  const TimelineShot* shown = shot();
  if (!shown) return;
  const auto places = app::pasteKeyframes(m_document, core::Id(shown->id), range(), m_copied, m_playback.frame().value - shown->begin);
  if (!places.empty()) select(places);
}

void KeyframeSheet::setKey(const SheetRow& row, std::int64_t frame) {
  const TimelineShot* shown = shot();
  if (!shown || frame < 0 || frame >= m_length) return;
  const core::Id layer = row.layer;
  if (layer.empty()) app::addCameraKeys(m_document, core::Id(shown->id), {keyOnCurves(m_model, *shown, frame)}, tr("Set camera keyframe"));
  else app::addShapeKey(m_document, core::Id(shown->id), layer, range().begin + frame);
  select({{layer, frame}});
}

QString KeyframeSheet::textOf(const app::KeyframePlace& place) const {
  for (const SheetRow& row : m_rows)
    for (const auto& [frame, how] : row.keys)
      if (row.layer == place.layer && frame == place.frame) return tr("%1, frame %2, %3").arg(row.name).arg(frame).arg(nameOf(how));
  return {};
}

void KeyframeSheet::describe() {
  QString text = tr("%1 keyframes in %2 rows.").arg(inOrder().size()).arg(m_rows.size());
  if (m_selected.size() == 1) text += QLatin1Char(' ') + tr("%1, selected.").arg(textOf(*m_selected.begin()));
  else if (!m_selected.empty()) text += QLatin1Char(' ') + tr("%1 keyframes selected.").arg(m_selected.size());
  if (text != accessibleDescription()) setAccessibleDescription(text);
}

void KeyframeSheet::mousePressEvent(QMouseEvent* event) {
  const core::Shot* now = m_document.currentShot();
  if ((event->button() != Qt::LeftButton && event->button() != Qt::RightButton) || !shot() || !now) return;
  const QPointF at = event->position();
  const auto key = keyAt(at);
  if (event->button() == Qt::RightButton) {
    if (key && !m_selected.contains(*key)) select({*key});
    return;
  }
  if (!key) {
    m_bandBase = event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier) ? m_selected : app::KeyframePlaces();
    m_band = QRectF(at, at);
    return;
  }
  app::KeyframePlaces selected = m_selected;
  if (event->modifiers() & Qt::ControlModifier) {
    if (selected.erase(*key) == 0) selected.insert(*key);
    return select(selected);
  }
  if (!selected.contains(*key)) selected = {*key};
  select(selected);
  m_document.endMerge();
  m_drag = Drag{app::keyframesOf(*now, range()), m_selected, at, key->frame};
  setCursor(Qt::ClosedHandCursor);
}

void KeyframeSheet::drag(const QPointF& at, Qt::KeyboardModifiers modifiers) {
  const TimelineShot* shown = shot();
  const double by = at.x() - m_drag->pressedAt.x();
  m_drag->moved = m_drag->moved || std::abs(by) >= kSheetDragReach;
  if (!shown || !m_drag->moved) return;
  std::int64_t frames = std::llround(by / m_geometry.pixelsPerFrame());
  m_snapLine.reset();
  if (!modifiers.testFlag(Qt::ShiftModifier)) {
    auto points = m_model.snapPointsFor(SnapPoint::Kind::kKeyframe, *shown, m_playback.frame().value);
    for (SnapPoint& point : points) point.frame -= shown->begin;
    // Keyframes that stay where they are, of all rows.
    for (const app::KeyframePlace& place : app::placesOf(m_drag->before))
      if (!m_drag->selected.contains(place)) points.push_back({SnapPoint::Kind::kKeyframe, place.frame});
    if (const auto snap = nearestSnap(m_geometry, static_cast<double>(m_drag->grabbed + frames), points, kSnapPixels)) {
      frames = snap->frame - m_drag->grabbed;
      m_snapLine = snap->frame;
    }
  }
  apply(frames, QStringLiteral("keyframe-sheet"));
  update();
}

void KeyframeSheet::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_drag) return drag(at, event->modifiers());
  if (m_band) {
    m_band->setBottomRight(at);
    app::KeyframePlaces selected = m_bandBase;
    selected.merge(keysIn(m_band->normalized()));
    select(selected);
    return update();
  }
  setCursor(keyAt(at) ? Qt::OpenHandCursor : Qt::ArrowCursor);
}

void KeyframeSheet::mouseReleaseEvent(QMouseEvent* event) {
  const TimelineShot* shown = shot();
  if (const auto band = std::exchange(m_band, std::nullopt); band && shown && std::abs(band->width()) + std::abs(band->height()) < kSheetDragReach) {
    select(m_bandBase);
    const double x = event->position().x() - kGutter;
    if (x >= 0) m_playback.seek(shown->begin + std::clamp<std::int64_t>(m_geometry.frameAt(x), 0, shown->length - 1));
  }
  if (std::exchange(m_drag, std::nullopt)) {
    m_document.endMerge();
    setCursor(Qt::OpenHandCursor);
  }
  m_snapLine.reset();
  update();
}

void KeyframeSheet::giveUp() {
  if (m_band) {
    m_band.reset();
    return select(m_bandBase);
  }
  if (!m_drag) return select({});
  const Drag given = *std::exchange(m_drag, std::nullopt);
  m_selected = given.selected;
  app::setKeyframes(m_document, core::Id(m_document.currentShotId()), range(), given.before, QString(), QStringLiteral("keyframe-sheet"));
  m_snapLine.reset();
  m_document.endMerge();
  unsetCursor();
  select(given.selected);
  update();
}

void KeyframeSheet::mouseDoubleClickEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  const SheetRow* row = rowAt(at.y());
  if (event->button() == Qt::LeftButton && row && at.x() >= kGutter && !keyAt(at)) setKey(*row, m_geometry.frameAt(at.x() - kGutter));
}

void KeyframeSheet::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->angleDelta();
  if (event->modifiers().testFlag(Qt::ControlModifier)) m_geometry.zoomAt(event->position().x() - kGutter, std::pow(1.2, delta.y() / 120.0), m_length);
  else if (delta.x() != 0 || event->modifiers().testFlag(Qt::ShiftModifier)) m_geometry.scrollBy(-(delta.x() != 0 ? delta.x() : delta.y()), m_length);
  else return event->ignore();  // rows scroll
  m_fitted = m_geometry.showsAll(m_length) && event->modifiers().testFlag(Qt::ControlModifier);
  update();
  event->accept();
}

void KeyframeSheet::keyPressEvent(QKeyEvent* event) {
  const int times = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
  const TimelineShot* shown = shot();
  if (event->modifiers().testFlag(Qt::ControlModifier)) {
    const auto all = inOrder();
    if (event->key() == Qt::Key_A) return select({all.begin(), all.end()});
    if (event->key() == Qt::Key_C) return copy();
    if (event->key() == Qt::Key_V) return paste();
  }
  switch (event->key()) {
    case Qt::Key_Left: return m_selected.empty() ? m_playback.step(-times) : apply(-times, {});
    case Qt::Key_Right: return m_selected.empty() ? m_playback.step(times) : apply(times, {});
    case Qt::Key_Up:
    case Qt::Key_Down:
      if (!m_selected.empty()) return selectBeside(event->key() == Qt::Key_Up ? -1 : 1);
      break;
    case Qt::Key_Delete:
    case Qt::Key_Backspace: return removeSelected();
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (shown && !m_selected.empty()) m_playback.seek(shown->begin + m_selected.begin()->frame);
      return;
    case Qt::Key_Escape: return giveUp();
    default: break;
  }
  QWidget::keyPressEvent(event);
}

bool KeyframeSheet::event(QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Tab && selectNext(1)) return true;
    if (key == Qt::Key_Backtab && selectNext(-1)) return true;
  }
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const int code = key->key();
    const bool moves = !m_selected.empty() && (code == Qt::Key_Up || code == Qt::Key_Down || code == Qt::Key_Left || code == Qt::Key_Right);
    const bool clipboard = key->modifiers() == Qt::ControlModifier && (code == Qt::Key_A || code == Qt::Key_C || code == Qt::Key_V);
    const bool own = moves || clipboard || code == Qt::Key_Delete || code == Qt::Key_Return;
    if (own) event->accept();
    return own;
  }
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto key = keyAt(help->pos()); !key) QToolTip::hideText();
    else
      QToolTip::showText(help->globalPos(), textOf(*key) + QLatin1Char('\n') +
                                                tr("Drag to move in time, Shift for no snapping, arrow keys to nudge, right click for how it goes on, Delete to remove"), this);
    return true;
  }
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
  return QWidget::event(event);
}

}  // namespace pai::ui

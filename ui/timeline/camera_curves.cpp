// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/camera_curves.h"

#include <algorithm>
#include <cmath>

#include <QDoubleSpinBox>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include "app/document/camera_key_edits.h"
#include "ui/timeline/camera_channels.h"
#include "ui/timeline/time_axis.h"

namespace pai::ui {
namespace {

constexpr double kPointReach = 8.0;
constexpr double kMoveReach = 4.0;  // pixels in a direction before the hand means it
constexpr double kRoom = 0.14;      // of the span, above and below

const CameraChannel& channelOf(int channel) { return kCameraChannels[static_cast<std::size_t>(channel)]; }

const core::CameraKey* keyOn(const std::vector<core::CameraKey>& keys, std::int64_t frame) {
  const auto it = std::find_if(keys.begin(), keys.end(), [frame](const core::CameraKey& k) { return k.frame.value == frame; });
  return it == keys.end() ? nullptr : &*it;
}

/// Return takes the value, Escape gives it up; neither key goes on to the curves.
class KeyValueEntry : public QDoubleSpinBox {
 public:
  using QDoubleSpinBox::QDoubleSpinBox;

 protected:
  void keyPressEvent(QKeyEvent* event) override {
    if (event->key() == Qt::Key_Escape) {
      const QSignalBlocker blocker(this);
      hide();
      parentWidget()->setFocus();
    } else {
      QDoubleSpinBox::keyPressEvent(event);
    }
    event->accept();
  }
};

}  // namespace

CameraCurves::CameraCurves(app::Document& document, app::Playback& playback, const TimelineModel& model, QWidget* parent)
    : QWidget(parent), m_document(document), m_playback(playback), m_model(model) {
  setObjectName(QStringLiteral("cameraCurves"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Camera keyframes"));
  connect(&model, &TimelineModel::changed, this, &CameraCurves::follow);
  connect(&playback, &app::Playback::frameChanged, this, qOverload<>(&QWidget::update));
  follow();
}

void CameraCurves::setChannel(int channel) {
  if (channel == m_channel || channel < 0 || channel >= static_cast<int>(kCameraChannels.size())) return;
  m_channel = channel;
  follow();
  emit channelChanged(channel);
}

std::vector<double> CameraCurves::curveOf(int channel) const {
  const TimelineShot* shown = shot();
  if (!shown) return {};
  return ui::curveOf(channelOf(channel), m_model, *shown);
}

std::pair<double, double> CameraCurves::spanOf(const std::vector<double>& curve) const {
  if (curve.empty()) return {0.0, 1.0};
  const auto [least, most] = std::minmax_element(curve.begin(), curve.end());
  const double middle = (*least + *most) / 2.0, span = std::max(*most - *least, channelOf(m_channel).leastSpan);
  return {middle - span * (0.5 + kRoom), middle + span * (0.5 + kRoom)};
}

void CameraCurves::follow() {
  const TimelineShot* shown = shot();
  if (const core::Id now = shown ? shown->id : core::Id(); now != m_shown) {
    m_shown = now;
    m_fitted = true;
    m_drag.reset();
    m_selected.clear();
  }
  const std::int64_t length = shown ? shown->length : 0;
  if (m_fitted || length != m_length) m_geometry.fit(length);
  m_length = length;
  if (!m_drag) m_span = spanOf(curveOf(m_channel));
  std::erase_if(m_selected, [shown](std::int64_t frame) { return !shown || !keyOn(shown->cameraKeys, frame); });
  describe();
  update();
}

QPointF CameraCurves::pointOf(std::int64_t frame, double value) const {
  const QRectF area = plot();
  return {area.left() + m_geometry.xOf(static_cast<double>(frame) + 0.5), area.bottom() - (value - m_span.first) / (m_span.second - m_span.first) * area.height()};
}

double CameraCurves::valueAt(double y) const {
  const QRectF area = plot();
  return m_span.first + (area.bottom() - y) / area.height() * (m_span.second - m_span.first);
}

std::int64_t CameraCurves::frameAt(double x) const { return m_geometry.frameAt(x - plot().left()); }

std::optional<std::int64_t> CameraCurves::keyAt(const QPointF& at) const {
  const TimelineShot* shown = shot();
  std::optional<std::int64_t> best;
  double nearest = kPointReach;
  if (!shown) return best;
  for (const core::CameraKey& key : shown->cameraKeys) {
    if (key.frame.value < 0 || key.frame.value >= shown->length) continue;
    const QPointF away = pointOf(key.frame.value, key.*channelOf(m_channel).key) - at;
    if (const double distance = std::hypot(away.x(), away.y()); distance <= nearest) {
      nearest = distance;
      best = key.frame.value;
    }
  }
  return best;
}

void CameraCurves::select(std::set<std::int64_t> frames) {
  if (frames == m_selected) return;
  m_selected = std::move(frames);
  describe();
  update();
  emit selectionChanged();
}

void CameraCurves::selectNext(int direction, bool& moved) {
  const TimelineShot* shown = shot();
  moved = false;
  if (!shown) return;
  std::optional<std::int64_t> next;
  const std::int64_t from = m_selected.empty() ? (direction > 0 ? -1 : shown->length) : direction > 0 ? *m_selected.rbegin() : *m_selected.begin();
  for (const core::CameraKey& key : shown->cameraKeys) {
    const std::int64_t frame = key.frame.value;
    if (frame < 0 || frame >= shown->length || (direction > 0 ? frame <= from : frame >= from)) continue;
    if (!next || (direction > 0 ? frame < *next : frame > *next)) next = frame;
  }
  if (!next) return;
  moved = true;
  select({*next});
}

void CameraCurves::apply(std::int64_t frames, double amount, const QString& mergeKey) {
  const TimelineShot* shown = shot();
  const core::Shot* now = m_document.currentShot();
  if (!shown || !now) return;
  const std::set<std::int64_t> selected = m_drag ? m_drag->selected : m_selected;
  const std::int64_t bounded = app::boundedFrames(selected, frames, shown->length);
  const auto moved = app::movedCameraKeys(m_drag ? m_drag->before : now->camera.keys, selected, {bounded, channelOf(m_channel).key, amount}, shown->length);
  if (!moved) return;  // another keyframe stands there
  std::set<std::int64_t> after;
  for (const std::int64_t frame : selected) after.insert(frame + bounded);
  m_selected = after;
  app::setCameraKeys(m_document, core::Id(shown->id), *moved,
                     selected.size() > 1 ? tr("Move camera keyframes") : tr("Move camera keyframe"), mergeKey);
  describe();
}

void CameraCurves::removeSelected() {
  if (m_selected.empty()) return;
  const std::set<std::int64_t> frames = m_selected;
  app::removeCameraKeys(m_document, core::Id(m_document.currentShotId()), frames);
  emit selectionChanged();
}

void CameraCurves::copy() {
  const TimelineShot* shown = shot();
  if (!shown || m_selected.empty()) return;
  m_copied.clear();
  for (core::CameraKey key : shown->cameraKeys) {
    if (!m_selected.contains(key.frame.value)) continue;
    key.frame.value -= *m_selected.begin();
    m_copied.push_back(key);
  }
}

void CameraCurves::paste() {
  const TimelineShot* shown = shot();
  if (!shown || m_copied.empty()) return;
  std::vector<core::CameraKey> added;
  std::set<std::int64_t> frames;
  for (core::CameraKey key : m_copied) {
    key.frame.value += m_playback.frame().value - shown->begin;
    if (key.frame.value < 0 || key.frame.value >= shown->length) continue;
    frames.insert(key.frame.value);
    added.push_back(key);
  }
  app::addCameraKeys(m_document, core::Id(shown->id), added, added.size() > 1 ? tr("Paste camera keyframes") : tr("Paste camera keyframe"));
  select(frames);
}

void CameraCurves::addKey(std::int64_t frame, double value) {
  const TimelineShot* shown = shot();
  if (!shown) return;
  core::CameraKey key = keyOnCurves(m_model, *shown, frame);
  key.*channelOf(m_channel).key = m_channel == 2 ? std::max(0.01, value) : value;
  app::addCameraKeys(m_document, core::Id(m_document.currentShotId()), {key}, tr("Set camera keyframe"));
  select({frame});
}

void CameraCurves::typeValue() {
  const TimelineShot* shown = shot();
  const core::CameraKey* key = shown && !m_selected.empty() ? keyOn(shown->cameraKeys, *m_selected.begin()) : nullptr;
  if (!key) return;
  const CameraChannel& channel = channelOf(m_channel);
  if (!m_entry) {
    m_entry = new KeyValueEntry(this);
    m_entry->setAccessibleName(tr("Value of the keyframe"));
    connect(m_entry, &QDoubleSpinBox::editingFinished, this, [this] {
      if (!m_entry->isVisible()) return;
      m_entry->hide();
      setFocus();
      const core::Shot* now = m_document.currentShot();
      if (!now) return;
      std::vector<core::CameraKey> keys = now->camera.keys;
      for (core::CameraKey& each : keys)
        if (m_selected.contains(each.frame.value)) each.*channelOf(m_channel).key = m_entry->value();
      app::setCameraKeys(m_document, core::Id(now->id), std::move(keys), tr("Type camera keyframe"));
    });
  }
  m_entry->setDecimals(channel.decimals);
  m_entry->setSingleStep(channel.step);
  m_entry->setRange(m_channel == 2 ? 0.01 : -1e6, 1e6);
  m_entry->setSuffix(QString::fromUtf8(channel.unit));
  m_entry->setValue(key->*channel.key);
  const QPoint at = pointOf(key->frame.value, key->*channel.key).toPoint();
  m_entry->setGeometry(std::clamp(at.x() - 48, 0, std::max(0, width() - 96)), std::clamp(at.y() - 40, 0, std::max(0, height() - 28)), 96, 28);
  m_entry->show();
  m_entry->setFocus();
  m_entry->selectAll();
}

QString CameraCurves::textOf(double value) const {
  const CameraChannel& channel = channelOf(m_channel);
  return QStringLiteral("%1%2").arg(value, 0, 'f', channel.decimals).arg(QString::fromUtf8(channel.unit));
}

void CameraCurves::describe() {
  const TimelineShot* shown = shot();
  QString text = tr("%1, %2 keyframes.").arg(QCoreApplication::translate("Timeline", channelOf(m_channel).name)).arg(shown ? shown->cameraKeys.size() : 0);
  if (const core::CameraKey* key = shown && m_selected.size() == 1 ? keyOn(shown->cameraKeys, *m_selected.begin()) : nullptr)
    text += QLatin1Char(' ') + tr("Keyframe at frame %1, %2, %3, selected.").arg(key->frame.value).arg(textOf(key->*channelOf(m_channel).key), nameOf(key->interpolation));
  else if (m_selected.size() > 1)
    text += QLatin1Char(' ') + tr("%1 keyframes selected.").arg(m_selected.size());
  if (text != accessibleDescription()) setAccessibleDescription(text);
}

void CameraCurves::mousePressEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  const auto key = keyAt(at);
  if (event->button() == Qt::RightButton && key && !m_selected.contains(*key)) return select({*key});  // its menu opens
  if (event->button() != Qt::LeftButton || !shot() || !m_document.currentShot()) return;
  const bool more = event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier);
  if (!key) {
    m_bandBase = more ? m_selected : std::set<std::int64_t>();
    m_band = QRectF(at, at);
    return;
  }
  std::set<std::int64_t> selected = m_selected;
  if (event->modifiers() & Qt::ControlModifier) {
    if (selected.erase(*key) == 0) selected.insert(*key);
    return select(selected);
  }
  if (!selected.contains(*key)) selected = {*key};
  select(selected);
  m_document.endMerge();
  m_drag = Drag{m_document.currentShot()->camera.keys, m_selected, at, *key};
  setCursor(Qt::ClosedHandCursor);
}

void CameraCurves::drag(const QPointF& at, Qt::KeyboardModifiers modifiers) {
  const TimelineShot* shown = shot();
  if (!shown) return;
  const QPointF by = at - m_drag->pressedAt;
  m_drag->inTime = m_drag->inTime || std::abs(by.x()) >= kMoveReach;
  m_drag->inValue = m_drag->inValue || std::abs(by.y()) >= kMoveReach;
  std::int64_t frames = m_drag->inTime ? std::llround(by.x() / m_geometry.pixelsPerFrame()) : 0;
  m_snapLine.reset();
  if (m_drag->inTime && !modifiers.testFlag(Qt::ShiftModifier)) {
    auto points = m_model.snapPointsFor(SnapPoint::Kind::kKeyframe, *shown, m_playback.frame().value);
    for (SnapPoint& point : points) point.frame -= shown->begin;
    if (const auto snap = nearestSnap(m_geometry, static_cast<double>(m_drag->grabbed + frames), points, kSnapPixels)) {
      frames = snap->frame - m_drag->grabbed;
      m_snapLine = snap->frame;
    }
  }
  const double amount = m_drag->inValue ? valueAt(at.y()) - valueAt(m_drag->pressedAt.y()) : 0.0;
  apply(frames, amount, QStringLiteral("camera-curve"));
  update();
}

void CameraCurves::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_drag) return drag(at, event->modifiers());
  const TimelineShot* shown = shot();
  if (m_band && shown) {
    m_band->setBottomRight(at);
    std::set<std::int64_t> selected = m_bandBase;
    for (const core::CameraKey& key : shown->cameraKeys)
      if (key.frame.value >= 0 && key.frame.value < shown->length && m_band->normalized().contains(pointOf(key.frame.value, key.*channelOf(m_channel).key)))
        selected.insert(key.frame.value);
    select(selected);
    return update();
  }
  setCursor(keyAt(at) ? Qt::OpenHandCursor : Qt::ArrowCursor);
}

void CameraCurves::mouseReleaseEvent(QMouseEvent* event) {
  if (const auto band = std::exchange(m_band, std::nullopt); band && std::abs(band->width()) + std::abs(band->height()) < kMoveReach) {
    select(m_bandBase);
    if (const TimelineShot* shown = shot())
      m_playback.seek(shown->begin + std::clamp<std::int64_t>(frameAt(event->position().x()), 0, shown->length - 1));
  }
  if (std::exchange(m_drag, std::nullopt)) {
    m_document.endMerge();
    setCursor(Qt::OpenHandCursor);
  }
  m_snapLine.reset();
  follow();
}

void CameraCurves::giveUp() {
  if (m_band) {
    m_band.reset();
    return select(m_bandBase);
  }
  if (!m_drag) return select({});
  app::setCameraKeys(m_document, core::Id(m_document.currentShotId()), m_drag->before, QString(), QStringLiteral("camera-curve"));
  m_selected = m_drag->selected;
  m_drag.reset();
  m_snapLine.reset();
  m_document.endMerge();
  unsetCursor();
  follow();
}

void CameraCurves::mouseDoubleClickEvent(QMouseEvent* event) {
  const TimelineShot* shown = shot();
  const QPointF at = event->position();
  if (event->button() != Qt::LeftButton || !shown) return;
  if (keyAt(at)) return typeValue();
  const std::int64_t frame = frameAt(at.x());
  if (frame >= 0 && frame < shown->length && plot().contains(at)) addKey(frame, valueAt(at.y()));
}

void CameraCurves::wheelEvent(QWheelEvent* event) {
  m_fitted = false;
  const QPoint delta = event->angleDelta();
  if (event->modifiers().testFlag(Qt::ControlModifier))
    m_geometry.zoomAt(event->position().x() - plot().left(), std::pow(1.2, delta.y() / 120.0), m_length);
  else
    m_geometry.scrollBy(-(delta.x() != 0 ? delta.x() : delta.y()), m_length);
  m_fitted = m_geometry.showsAll(m_length) && event->modifiers().testFlag(Qt::ControlModifier);
  update();
  event->accept();
}

void CameraCurves::keyPressEvent(QKeyEvent* event) {
  const int times = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
  const double step = channelOf(m_channel).step * times;
  const bool control = event->modifiers().testFlag(Qt::ControlModifier);
  const TimelineShot* shown = shot();
  if (control && shown && event->key() == Qt::Key_A) {
    std::set<std::int64_t> all;
    for (const core::CameraKey& key : shown->cameraKeys)
      if (key.frame.value >= 0 && key.frame.value < shown->length) all.insert(key.frame.value);
    return select(all);
  }
  if (control && event->key() == Qt::Key_C) return copy();
  if (control && event->key() == Qt::Key_V) return paste();
  switch (event->key()) {
    case Qt::Key_Left: return m_selected.empty() ? m_playback.step(-times) : apply(-times, 0.0, {});
    case Qt::Key_Right: return m_selected.empty() ? m_playback.step(times) : apply(times, 0.0, {});
    case Qt::Key_Up:
      if (!m_selected.empty()) return apply(0, step, {});
      break;
    case Qt::Key_Down:
      if (!m_selected.empty()) return apply(0, -step, {});
      break;
    case Qt::Key_PageUp: return setChannel(m_channel - 1);
    case Qt::Key_PageDown: return setChannel(m_channel + 1);
    case Qt::Key_Delete:
    case Qt::Key_Backspace: return removeSelected();
    case Qt::Key_Return:
    case Qt::Key_Enter: return typeValue();
    case Qt::Key_Escape: return giveUp();
    default: break;
  }
  QWidget::keyPressEvent(event);
}

bool CameraCurves::event(QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    bool moved = false;
    if (key == Qt::Key_Tab || key == Qt::Key_Backtab) selectNext(key == Qt::Key_Tab ? 1 : -1, moved);
    if (moved) return true;
  }
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool moves = !m_selected.empty() && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down || key->key() == Qt::Key_Left || key->key() == Qt::Key_Right);
    const bool clipboard = key->modifiers() == Qt::ControlModifier && (key->key() == Qt::Key_A || key->key() == Qt::Key_C || key->key() == Qt::Key_V);
    const bool own = moves || clipboard || key->key() == Qt::Key_Delete || key->key() == Qt::Key_Return;
    if (own) event->accept();
    return own;
  }
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const TimelineShot* shown = shot();
    const auto key = keyAt(help->pos());
    const core::CameraKey* at = key && shown ? keyOn(shown->cameraKeys, *key) : nullptr;
    if (!at) QToolTip::hideText();
    else
      QToolTip::showText(help->globalPos(), tr("Frame %1: %2, %3\nDrag to move in time and value, Shift for no snapping, arrow keys to nudge, Enter to type, right click for how it "
                                             "goes on, Delete to remove")
                                                .arg(*key).arg(textOf(at->*channelOf(m_channel).key), nameOf(at->interpolation)), this);
    return true;
  }
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
  return QWidget::event(event);
}

}  // namespace pai::ui

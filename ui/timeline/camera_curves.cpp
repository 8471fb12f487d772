// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/camera_curves.h"

#include <algorithm>
#include <cmath>

#include <QDoubleSpinBox>
#include <QKeyEvent>
#include <QMouseEvent>

#include "ui/timeline/camera_channels.h"
#include "ui/timeline/time_axis.h"

namespace pai::ui {
namespace {

constexpr double kRoom = 0.14;  // of the span, above and below
constexpr int kZoomChannel = 2;

const CameraChannel& channelOf(int channel) { return kCameraChannels[static_cast<std::size_t>(channel)]; }

const core::CameraKey* cameraKeyOn(const TimelineShot& shot, std::int64_t frame) {
  const auto it = std::find_if(shot.cameraKeys.begin(), shot.cameraKeys.end(), [frame](const core::CameraKey& k) { return k.frame.value == frame; });
  return it == shot.cameraKeys.end() ? nullptr : &*it;
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

CameraCurves::CameraCurves(app::Playback& playback, const TimelineModel& model, KeyframeSelection& selection, QWidget* parent)
    : KeyframeView(playback, model, selection, parent) {
  setObjectName(QStringLiteral("cameraCurves"));
  setAccessibleName(tr("Camera keyframes"));
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

void CameraCurves::followShot() {
  if (!m_selection.dragging()) m_span = spanOf(curveOf(m_channel));
}

std::vector<app::KeyframePlace> CameraCurves::drawn() const {
  const TimelineShot* shown = shot();
  std::vector<app::KeyframePlace> out = shown ? keyframesIn(*shown) : std::vector<app::KeyframePlace>();
  std::erase_if(out, [](const app::KeyframePlace& place) { return !place.layer.empty(); });
  return out;
}

QPointF CameraCurves::placeOf(const app::KeyframePlace& place) const {
  const core::CameraKey* key = cameraKeyOn(*shot(), place.frame);
  return pointOf(place.frame, key ? key->*channelOf(m_channel).key : 0.0);
}

QPointF CameraCurves::pointOf(std::int64_t frame, double value) const {
  const QRectF area = plot();
  return {timeX(frame), area.bottom() - (value - m_span.first) / (m_span.second - m_span.first) * area.height()};
}

double CameraCurves::valueAt(double y) const {
  const QRectF area = plot();
  return m_span.first + (area.bottom() - y) / area.height() * (m_span.second - m_span.first);
}

std::optional<app::KeyframeMove> CameraCurves::valueMove(const QPointF& from, const QPointF& to) const {
  return app::KeyframeMove{0, channelOf(m_channel).key, valueAt(to.y()) - valueAt(from.y())};
}

void CameraCurves::addKey(std::int64_t frame, double value) {
  const TimelineShot* shown = shot();
  if (!shown) return;
  core::CameraKey key = keyOnCurves(m_model, *shown, frame);
  key.*channelOf(m_channel).key = m_channel == kZoomChannel ? std::max(app::kLeastCameraZoom, value) : value;
  m_selection.addCamera(key);
}

void CameraCurves::typeValue() {
  const TimelineShot* shown = shot();
  const std::set<std::int64_t> frames = selected();
  const core::CameraKey* key = shown && !frames.empty() ? cameraKeyOn(*shown, *frames.begin()) : nullptr;
  if (!key) return;
  const CameraChannel& channel = channelOf(m_channel);
  if (!m_entry) {
    m_entry = new KeyValueEntry(this);
    m_entry->setAccessibleName(tr("Value of the keyframe"));
    connect(m_entry, &QDoubleSpinBox::editingFinished, this, [this] {
      if (!m_entry->isVisible()) return;
      m_entry->hide();
      setFocus();
      m_selection.setCameraValue(channelOf(m_channel).key, m_entry->value());
    });
  }
  m_entry->setDecimals(channel.decimals);
  m_entry->setSingleStep(channel.step);
  m_entry->setRange(m_channel == kZoomChannel ? app::kLeastCameraZoom : -1e6, 1e6);
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

QString CameraCurves::description() const {
  const TimelineShot* shown = shot();
  const std::set<std::int64_t> frames = selected();
  QString text = tr("%1, %2 keyframes.").arg(QCoreApplication::translate("Timeline", channelOf(m_channel).name)).arg(shown ? shown->cameraKeys.size() : 0);
  if (const core::CameraKey* key = shown && frames.size() == 1 ? cameraKeyOn(*shown, *frames.begin()) : nullptr)
    text += QLatin1Char(' ') + tr("Keyframe at frame %1, %2, %3, selected.").arg(key->frame.value).arg(textOf(key->*channelOf(m_channel).key), nameOf(key->interpolation));
  else if (frames.size() > 1)
    text += QLatin1Char(' ') + tr("%1 keyframes selected.").arg(frames.size());
  return text;
}

QString CameraCurves::tipOf(const app::KeyframePlace& place) const {
  const core::CameraKey* key = cameraKeyOn(*shot(), place.frame);
  if (!key) return {};
  return tr("Frame %1: %2, %3\nDrag to move in time and value, Shift for no snapping, arrow keys to nudge, Enter to type, right click for how it "
            "goes on, Delete to remove")
      .arg(place.frame).arg(textOf(key->*channelOf(m_channel).key), nameOf(key->interpolation));
}

void CameraCurves::mouseDoubleClickEvent(QMouseEvent* event) {
  const TimelineShot* shown = shot();
  const QPointF at = event->position();
  if (event->button() != Qt::LeftButton || !shown) return;
  if (keyAt(at)) return typeValue();
  const std::int64_t frame = frameAt(at.x());
  if (frame >= 0 && frame < shown->length && plot().contains(at)) addKey(frame, valueAt(at.y()));
}

void CameraCurves::keyPressEvent(QKeyEvent* event) {
  const CameraChannel& channel = channelOf(m_channel);
  const double step = channel.step * (event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1);
  const bool any = !m_selection.places().empty();
  switch (event->key()) {
    case Qt::Key_Up:
      if (any) return m_selection.nudge({0, channel.key, step});
      break;
    case Qt::Key_Down:
      if (any) return m_selection.nudge({0, channel.key, -step});
      break;
    case Qt::Key_PageUp: return setChannel(m_channel - 1);
    case Qt::Key_PageDown: return setChannel(m_channel + 1);
    case Qt::Key_Return:
    case Qt::Key_Enter: return typeValue();
    default: break;
  }
  KeyframeView::keyPressEvent(event);
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/keyframe_view.h"

#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr double kKeyReach = 8.0;
constexpr double kHandReach = 4.0;  // pixels in a direction before the hand means it

}  // namespace

KeyframeView::KeyframeView(app::Playback& playback, const TimelineModel& model, KeyframeSelection& selection, QWidget* parent)
    : QWidget(parent), m_playback(playback), m_model(model), m_selection(selection) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  connect(&model, &TimelineModel::changed, this, &KeyframeView::follow);
  connect(&playback, &app::Playback::frameChanged, this, qOverload<>(&QWidget::update));
  connect(&selection, &KeyframeSelection::changed, this, [this] {
    if (!m_selection.dragging()) m_hand.reset();
    describe();
    update();
  });
}

std::optional<app::KeyframeMove> KeyframeView::valueMove(const QPointF&, const QPointF&) const { return {}; }

void KeyframeView::follow() {
  const TimelineShot* shown = shot();
  if (const core::Id now = shown ? shown->id : core::Id(); now != m_shown) {
    m_shown = now;
    m_fitted = true;
    m_hand.reset();
  }
  const std::int64_t length = shown ? shown->length : 0;
  if (m_fitted || length != m_length) m_geometry.fit(length);
  m_length = length;
  followShot();
  describe();
  update();
}

std::optional<app::KeyframePlace> KeyframeView::keyAt(const QPointF& at) const {
  std::optional<app::KeyframePlace> best;
  double nearest = kKeyReach;
  for (const app::KeyframePlace& place : drawn()) {
    const QPointF away = placeOf(place) - at;
    if (const double distance = std::hypot(away.x(), away.y()); distance <= nearest) {
      nearest = distance;
      best = place;
    }
  }
  return best;
}

bool KeyframeView::selectNext(int direction) {
  const auto all = drawn();
  if (all.empty()) return false;
  auto next = direction > 0 ? all.begin() : all.end() - 1;
  const auto among = [this](const app::KeyframePlace& place) { return isSelected(place); };
  if (std::any_of(all.begin(), all.end(), among)) {
    // From the last of those selected, or the first.
    const auto at = direction > 0 ? std::find_if(all.rbegin(), all.rend(), among).base() - 1 : std::find_if(all.begin(), all.end(), among);
    if (direction > 0 ? at + 1 == all.end() : at == all.begin()) return false;
    next = at + direction;
  }
  select({*next});
  emit reached(placeOf(*next).toPoint());
  return true;
}

void KeyframeView::describe() {
  if (const QString text = description(); text != accessibleDescription()) setAccessibleDescription(text);
}

void KeyframeView::paintLines(QPainter& painter) const {
  const TimelineShot* shown = shot();
  const QRectF area = plot();
  painter.save();
  painter.setClipRect(area);
  const auto line = [&](std::int64_t frame, QRgb tint) { painter.fillRect(QRectF(std::round(timeX(frame)), area.top(), 1, area.height()), QColor::fromRgb(tint)); };
  line(m_playback.frame().value - (shown ? shown->begin : 0), colour::kBright);
  if (m_snapLine) line(*m_snapLine, colour::kAccent);
  painter.restore();
}

void KeyframeView::paintBandAndFocus(QPainter& painter) const {
  if (m_band) {
    painter.setPen(QPen(QColor::fromRgb(colour::kAccent), 1, Qt::DashLine));
    painter.setBrush(QColor(0xe5, 0x9a, 0x3c, 30));
    painter.drawRect(m_band->normalized());
  }
  if (!hasFocus()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QColor::fromRgb(colour::kAccentDeep));
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void KeyframeView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  app::KeyframePlaces seen;
  for (const app::KeyframePlace& place : drawn())
    if (isSelected(place)) seen.insert(place);
  select(std::move(seen));
}

void KeyframeView::resizeEvent(QResizeEvent* event) {
  m_geometry.setWidth(static_cast<int>(plot().width()));
  if (m_fitted) m_geometry.fit(m_length);
  QWidget::resizeEvent(event);
}

void KeyframeView::mousePressEvent(QMouseEvent* event) {
  const bool left = event->button() == Qt::LeftButton;
  if ((!left && event->button() != Qt::RightButton) || !shot()) return;
  const QPointF at = event->position();
  const auto key = keyAt(at);
  if (!left) {  // its menu opens
    if (key && !isSelected(*key)) select({*key});
    return;
  }
  if (!key) {
    m_bandBase = event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier) ? m_selection.places() : app::KeyframePlaces();
    m_band = QRectF(at, at);
    return;
  }
  if (event->modifiers() & Qt::ControlModifier) {
    app::KeyframePlaces selected = m_selection.places();
    if (selected.erase(*key) == 0) selected.insert(*key);
    return select(selected);
  }
  if (!isSelected(*key)) select({*key});
  m_selection.beginDrag();
  m_hand = Hand{at, *key};
  setCursor(Qt::ClosedHandCursor);
}

void KeyframeView::drag(const QPointF& at, Qt::KeyboardModifiers modifiers) {
  const QPointF by = at - m_hand->pressedAt;
  m_hand->inTime = m_hand->inTime || std::abs(by.x()) >= kHandReach;
  const auto value = valueMove(m_hand->pressedAt, at);
  m_hand->inValue = m_hand->inValue || (value && std::abs(by.y()) >= kHandReach);
  if (!m_hand->inTime && !m_hand->inValue) return;
  app::KeyframeMove move = m_hand->inValue ? *value : app::KeyframeMove();
  move.frames = m_hand->inTime ? std::llround(by.x() / m_geometry.pixelsPerFrame()) : 0;
  m_snapLine = m_selection.dragBy(move, m_hand->grabbed, m_geometry, m_hand->inTime && !modifiers.testFlag(Qt::ShiftModifier));
  update();
}

void KeyframeView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_hand) return drag(at, event->modifiers());
  if (!m_band) return setCursor(keyAt(at) ? Qt::OpenHandCursor : Qt::ArrowCursor);
  m_band->setBottomRight(at);
  app::KeyframePlaces selected = m_bandBase;
  for (const app::KeyframePlace& place : drawn())
    if (m_band->normalized().contains(placeOf(place))) selected.insert(place);
  select(selected);
  update();
}

void KeyframeView::mouseReleaseEvent(QMouseEvent* event) {
  const TimelineShot* shown = shot();
  if (const auto band = std::exchange(m_band, std::nullopt); band && shown && std::abs(band->width()) + std::abs(band->height()) < kHandReach) {
    select(m_bandBase);
    if (const double x = event->position().x(); x >= plot().left()) m_playback.seek(shown->begin + std::clamp<std::int64_t>(frameAt(x), 0, shown->length - 1));
  }
  m_snapLine.reset();
  if (std::exchange(m_hand, std::nullopt)) {
    m_selection.endDrag();
    setCursor(Qt::OpenHandCursor);
  }
  follow();
}

void KeyframeView::giveUp() {
  if (m_band) {
    m_band.reset();
    update();
    return select(m_bandBase);
  }
  if (!m_hand) return select({});
  m_hand.reset();
  m_snapLine.reset();
  m_selection.giveUpDrag();
  unsetCursor();
  follow();
}

void KeyframeView::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->angleDelta();
  const bool zooms = event->modifiers().testFlag(Qt::ControlModifier);
  if (zooms) m_geometry.zoomAt(event->position().x() - plot().left(), std::pow(1.2, delta.y() / 120.0), m_length);
  else if (wheelScrolls() || delta.x() != 0 || event->modifiers().testFlag(Qt::ShiftModifier)) m_geometry.scrollBy(-(delta.x() != 0 ? delta.x() : delta.y()), m_length);
  else return event->ignore();
  m_fitted = m_geometry.showsAll(m_length) && zooms;
  update();
  event->accept();
}

void KeyframeView::keyPressEvent(QKeyEvent* event) {
  const int times = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
  if (event->modifiers().testFlag(Qt::ControlModifier)) {
    const auto all = drawn();
    if (event->key() == Qt::Key_A) return select({all.begin(), all.end()});
    if (event->key() == Qt::Key_C) return m_selection.copy();
    if (event->key() == Qt::Key_V) return m_selection.pasteAtPlayhead();
  }
  const auto along = [&](int frames) { m_selection.places().empty() ? m_playback.step(frames) : m_selection.nudge({frames}); };
  switch (event->key()) {
    case Qt::Key_Left: return along(-times);
    case Qt::Key_Right: return along(times);
    case Qt::Key_Delete:
    case Qt::Key_Backspace: return m_selection.remove();
    case Qt::Key_Escape: return giveUp();
    default: QWidget::keyPressEvent(event);
  }
}

bool KeyframeView::event(QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if ((key == Qt::Key_Tab && selectNext(1)) || (key == Qt::Key_Backtab && selectNext(-1))) return true;
  }
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* pressed = static_cast<QKeyEvent*>(event);
    const int key = pressed->key();
    // What Ctrl or Alt make of these keys is a command of the window.
    const bool alone = !(pressed->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
    const bool moves = !m_selection.places().empty() && (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Left || key == Qt::Key_Right);
    const bool clipboard = pressed->modifiers() == Qt::ControlModifier && (key == Qt::Key_A || key == Qt::Key_C || key == Qt::Key_V);
    const bool own = clipboard || (alone && (moves || key == Qt::Key_Delete || key == Qt::Key_Return));
    if (own) event->accept();
    return own;
  }
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto key = keyAt(help->pos());
    key ? QToolTip::showText(help->globalPos(), tipOf(*key), this) : QToolTip::hideText();
    return true;
  }
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
  return QWidget::event(event);
}

}  // namespace pai::ui

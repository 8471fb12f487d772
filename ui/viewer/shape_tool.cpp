// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/shape_tool.h"

#include <cmath>

#include "app/document/shape_edits.h"
#include "core/draft/matte_outline.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

QPointF toWidget(const core::MattePoint& p, const ViewTransform& view) {
  const QSize size = view.pictureSize();
  return view.toWidget(QPointF(p.x * size.width(), p.y * size.height()));
}

core::MattePoint toShape(const QPointF& at, const ViewTransform& view) {
  const QPointF p = view.toPicture(at);
  return {p.x() / view.pictureSize().width(), p.y() / view.pictureSize().height()};
}

QPolygonF polygonOf(const std::vector<core::MattePoint>& points, const ViewTransform& view) {
  QPolygonF polygon;
  for (const core::MattePoint& p : points) polygon << toWidget(p, view);
  return polygon;
}

}  // namespace

ShapeTool::ShapeTool(app::Document& document, app::Playback& playback, const TimelineModel& model, QObject* parent)
    : QObject(parent), m_document(document), m_playback(playback), m_model(model) {
  connect(&document, &app::Document::shotChanged, this, &ShapeTool::changed);
  connect(&playback, &app::Playback::frameChanged, this, &ShapeTool::changed);
  connect(&document, &app::Document::currentShotChanged, this, [this] {
    m_drawing = false;
    m_draft.clear();
    m_point = -1;
    emit changed();
  });
}

void ShapeTool::setLayer(const core::Id& id) {
  if (id == m_layer) return;
  m_layer = id;
  m_point = -1;
  emit changed();
}

void ShapeTool::startDrawing(core::MatteOperation operation) {
  m_operation = operation;
  m_region = false;
  m_drawing = m_enabled = true;
  m_draft.clear();
  emit changed();
}

void ShapeTool::startRegion() {
  startDrawing(core::MatteOperation::kAdd);
  m_region = true;
}

void ShapeTool::setEnabled(bool on) {
  if (on == m_enabled) return;
  m_enabled = on;
  if (!on) m_drawing = false;
  emit changed();
}

const core::MatteLayer* ShapeTool::layer() const {
  const core::Shot* shot = m_document.currentShot();
  const core::MatteLayer* found = shot ? app::findLayer(*shot, m_layer) : nullptr;
  return found && found->source == core::MatteSource::kShape ? found : nullptr;
}

std::optional<core::FrameIndex> ShapeTool::sourceFrame() const {
  const TimelineShot* shot = m_model.shot(m_document.currentShotId());
  if (!shot) return std::nullopt;
  const std::int64_t local = std::clamp<std::int64_t>(m_playback.frame().value - shot->begin, 0, shot->length - 1);
  return core::FrameIndex{shot->sourceBegin + local};
}

std::vector<core::MattePoint> ShapeTool::points() const {
  if (m_drawing) return m_draft;
  const core::MatteLayer* edited = layer();
  const auto frame = sourceFrame();
  return edited && frame ? app::shapeAt(*edited, *frame) : std::vector<core::MattePoint>();
}

bool ShapeTool::isActive() const { return m_enabled && sourceFrame() && (m_drawing || layer()); }

void ShapeTool::paint(QPainter& painter, const ViewTransform& view) const {
  const std::vector<core::MattePoint> corners = points();
  painter.setRenderHint(QPainter::Antialiasing);
  const core::MatteLayer* edited = layer();
  if (!m_drawing && edited) {
    paintOutline(painter, polygonOf(core::outlineAt(*edited, *sourceFrame()), view), true);
    // Diamonds in the corner of the picture say whether this frame is a keyframe.
    const bool key = app::shapeKeyAt(*edited, *sourceFrame()) != nullptr;
    icon(key ? QStringLiteral("keyframe-filled") : QStringLiteral("keyframe"), key ? colour::kAccent : colour::kBright)
        .paint(&painter, QRect(view.pictureRect().topLeft().toPoint() + QPoint(8, 8), QSize(16, 16)));
  } else {
    paintOutline(painter, polygonOf(corners, view), false);
  }
  for (std::size_t i = 0; i < corners.size(); ++i) paintHandle(painter, toWidget(corners[i], view), static_cast<int>(i) == m_point);
  painter.setRenderHint(QPainter::Antialiasing, false);
}

std::optional<int> ShapeTool::pointAt(const QPointF& at, const ViewTransform& view) const {
  const std::vector<core::MattePoint> corners = points();
  std::optional<int> best;
  double nearest = kHandleReach;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const QPointF apart = toWidget(corners[i], view) - at;
    const double distance = std::hypot(apart.x(), apart.y());
    if (distance > nearest) continue;
    nearest = distance;
    best = static_cast<int>(i);
  }
  return best;
}

std::optional<ShapeTool::Edge> ShapeTool::edgeAt(const QPointF& at, const ViewTransform& view) const {
  const QPolygonF polygon = polygonOf(points(), view);
  std::optional<Edge> best;
  double nearest = kHandleReach;
  for (int i = 0; i < polygon.size(); ++i) {
    const QPointF a = polygon[i], along = polygon[(i + 1) % polygon.size()] - a;
    const double length = QPointF::dotProduct(along, along);
    if (length <= 0) continue;
    const double part = std::clamp(QPointF::dotProduct(at - a, along) / length, 0.0, 1.0);
    const QPointF apart = a + along * part - at;
    const double distance = std::hypot(apart.x(), apart.y());
    if (distance > nearest) continue;
    nearest = distance;
    best = Edge{static_cast<std::size_t>(i), part};
  }
  return best;
}

bool ShapeTool::holds(const QPointF& at, const ViewTransform& view) const {
  return polygonOf(points(), view).containsPoint(at, Qt::OddEvenFill);
}

bool ShapeTool::press(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers) {
  const auto hit = pointAt(at, view);
  if (m_drawing) {
    if (hit && *hit == 0 && m_draft.size() >= 3) {
      close();
      return true;
    }
    if (m_draft.size() < app::kMaxShapePoints) m_draft.push_back(toShape(at, view));
    emit changed();
    return true;
  }
  m_last = at;
  m_document.endMerge();
  if (hit) {
    m_point = *hit;
    m_drag = Drag::kPoint;
  } else if (holds(at, view)) {
    m_point = -1;
    m_drag = Drag::kWhole;
  } else {
    m_point = -1;
    emit changed();
    return false;
  }
  emit changed();
  return true;
}

void ShapeTool::move(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers) {
  if (m_drag == Drag::kNone) return;
  const core::MattePoint from = toShape(m_last, view), to = toShape(at, view);
  m_last = at;
  if (m_drag == Drag::kPoint) return movePoint(m_point, to.x - from.x, to.y - from.y, QStringLiteral("shape-point"));
  std::vector<core::MattePoint> all = points();
  for (core::MattePoint& p : all) p = {p.x + to.x - from.x, p.y + to.y - from.y};
  put(all, tr("Move polygon"), QStringLiteral("shape-whole"));
}

void ShapeTool::release() {
  if (m_drag != Drag::kNone) m_document.endMerge();
  m_drag = Drag::kNone;
}

void ShapeTool::movePoint(int index, double dx, double dy, const QString& mergeKey) {
  std::vector<core::MattePoint> all = points();
  if (index < 0 || index >= static_cast<int>(all.size())) return;
  core::MattePoint& p = all[static_cast<std::size_t>(index)];
  p = {p.x + dx, p.y + dy};
  put(all, tr("Move polygon point"), mergeKey);
}

void ShapeTool::put(const std::vector<core::MattePoint>& all, const QString& text, const QString& mergeKey) {
  if (const auto frame = sourceFrame()) app::setShape(m_document, m_document.currentShotId(), m_layer, *frame, all, text, mergeKey);
}

bool ShapeTool::doubleClick(const QPointF& at, const ViewTransform& view) {
  if (m_drawing) return true;  // its two presses have each set a point or closed
  if (pointAt(at, view)) return true;
  const auto edge = edgeAt(at, view);
  if (!edge) return false;
  app::insertShapePoint(m_document, m_document.currentShotId(), m_layer, edge->after, edge->part);
  m_point = static_cast<int>(edge->after) + 1;
  emit changed();
  return true;
}

void ShapeTool::close() {
  const std::vector<core::MattePoint> all = std::exchange(m_draft, {});
  m_drawing = false;
  m_point = -1;
  const auto frame = sourceFrame();
  const core::Id& shot = m_document.currentShotId();
  const auto made = !frame     ? std::nullopt
                    : m_region ? app::addRegion(m_document, shot, all, *frame)
                               : app::addShape(m_document, shot, m_operation, all, *frame);
  if (made) {
    m_layer = *made;
    emit drawn(*made);
  }
  emit changed();
}

bool ShapeTool::wantsKey(const QKeyEvent& event) const {
  switch (event.key()) {
    case Qt::Key_Escape:
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Backspace:
    case Qt::Key_Delete: return m_drawing || m_point >= 0;
    case Qt::Key_Insert:
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down: return !m_drawing && m_point >= 0;
    case Qt::Key_Tab: return !m_drawing && m_point + 1 < static_cast<int>(points().size());
    case Qt::Key_Backtab: return !m_drawing && m_point > 0;
    default: return false;
  }
}

void ShapeTool::key(const QKeyEvent& event, const ViewTransform& view) {
  const double step = event.modifiers().testFlag(Qt::ShiftModifier) ? 10.0 : 1.0;
  const double dx = step / view.pictureSize().width(), dy = step / view.pictureSize().height();
  const QString nudge = QStringLiteral("shape-nudge");
  switch (event.key()) {
    case Qt::Key_Escape:
      m_drawing = false;
      m_draft.clear();
      m_point = -1;
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (m_drawing && m_draft.size() >= 3) close();
      break;
    case Qt::Key_Backspace:
    case Qt::Key_Delete:
      if (m_drawing) {
        if (!m_draft.empty()) m_draft.pop_back();
      } else {
        app::removeShapePoint(m_document, m_document.currentShotId(), m_layer, static_cast<std::size_t>(m_point));
        m_point = std::min(m_point, static_cast<int>(points().size()) - 1);
      }
      break;
    case Qt::Key_Insert:
      app::insertShapePoint(m_document, m_document.currentShotId(), m_layer, static_cast<std::size_t>(m_point), 0.5);
      ++m_point;
      break;
    case Qt::Key_Left: movePoint(m_point, -dx, 0, nudge); break;
    case Qt::Key_Right: movePoint(m_point, dx, 0, nudge); break;
    case Qt::Key_Up: movePoint(m_point, 0, -dy, nudge); break;
    case Qt::Key_Down: movePoint(m_point, 0, dy, nudge); break;
    case Qt::Key_Tab: ++m_point; break;
    case Qt::Key_Backtab: --m_point; break;
    default: return;
  }
  if (event.key() == Qt::Key_Tab || event.key() == Qt::Key_Backtab) m_document.endMerge();
  emit changed();
}

std::optional<Qt::CursorShape> ShapeTool::cursor(const QPointF& at, const ViewTransform& view) const {
  if (m_drawing) return Qt::CrossCursor;
  if (pointAt(at, view)) return Qt::PointingHandCursor;
  if (edgeAt(at, view)) return Qt::CrossCursor;
  return holds(at, view) ? std::optional(Qt::SizeAllCursor) : std::nullopt;
}

QString ShapeTool::describe() const {
  const std::vector<core::MattePoint> all = points();
  if (m_drawing) return tr("Drawing a polygon, %n points", nullptr, static_cast<int>(all.size()));
  if (m_point < 0 || m_point >= static_cast<int>(all.size())) return tr("Polygon with %n points", nullptr, static_cast<int>(all.size()));
  const core::MattePoint& p = all[static_cast<std::size_t>(m_point)];
  return tr("Point %1 of %2, at %3 % across and %4 % down").arg(m_point + 1).arg(all.size()).arg(p.x * 100, 0, 'f', 1).arg(p.y * 100, 0, 'f', 1);
}

QString ShapeTool::hintText() const {
  if (m_drawing) return tr("Click for points; the first one again or Enter closes, Escape gives up");
  return tr("Drag points or the whole; double-click an edge for a new point; Delete removes one");
}

}  // namespace pai::ui

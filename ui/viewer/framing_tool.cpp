// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/framing_tool.h"

#include <cmath>

#include "app/document/reference_edits.h"
#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr double kKnobDistance = 28.0;
constexpr QSize kPictureSize(1280, 720);
constexpr double kLeastScale = 0.01, kMostScale = 100.0;

double angleOf(const QPointF& v) { return std::atan2(v.y(), v.x()) * 180.0 / M_PI; }

}  // namespace

FramingTool::FramingTool(app::Document& document, app::FrameSource& source, QObject* parent)
    : QObject(parent), m_document(document), m_source(source) {
  connect(&document, &app::Document::shotChanged, this, &FramingTool::changed);
  connect(&source, &app::FrameSource::pictureReady, this, [this](quint64 ticket, const QImage& image) {
    if (ticket != m_ticket) return;
    m_ticket = 0;
    m_picture = image;
    emit changed();
  });
}

void FramingTool::setReference(const core::Id& id) {
  if (id == m_reference) return;
  m_reference = id;
  fetch();
  emit changed();
}

void FramingTool::setEnabled(bool on) {
  if (on == m_enabled) return;
  m_enabled = on;
  fetch();
  emit changed();
}

void FramingTool::fetch() {
  const core::Reference* shown = reference();
  const core::Media* media = shown && m_enabled ? m_document.project().findMedia(shown->media) : nullptr;
  const QString path = media ? m_document.mediaPath(*media) : QString();
  if (path == m_path) return;
  m_path = path;
  m_picture = QImage();
  m_ticket = path.isEmpty() ? 0 : m_source.requestMediaFrame(path, media->kind, {0}, kPictureSize, app::PictureChannel::kThumbnails);
}

const core::Reference* FramingTool::reference() const {
  const core::Shot* shot = m_document.currentShot();
  return shot ? app::findReference(*shot, m_reference) : nullptr;
}

bool FramingTool::isActive() const { return m_enabled && reference() && !m_picture.isNull(); }

QTransform FramingTool::placement(const ViewTransform& view) const {
  const core::Reference& r = *reference();
  const QSizeF frame = view.pictureSize(), own = m_picture.size();
  double sx = frame.width() / own.width(), sy = frame.height() / own.height();
  if (r.fit == core::Fit::kFill) sx = sy = std::max(sx, sy);
  if (r.fit == core::Fit::kFit) sx = sy = std::min(sx, sy);
  const QRectF shown = view.pictureRect();
  QTransform map;
  map.translate(shown.left(), shown.top());
  map.scale(view.zoom(), view.zoom());
  map.translate(frame.width() * (0.5 + r.offsetX), frame.height() * (0.5 + r.offsetY));
  map.rotate(r.rotationDegrees);
  map.scale(sx * r.scale, sy * r.scale);
  map.translate(-own.width() / 2.0, -own.height() / 2.0);
  return map;
}

QPolygonF FramingTool::corners(const ViewTransform& view) const {
  if (!isActive()) return {};
  const double w = m_picture.width(), h = m_picture.height();
  return placement(view).map(QPolygonF({{0, 0}, {w, 0}, {w, h}, {0, h}}));
}

QPointF FramingTool::knob(const ViewTransform& view) const {
  const QPolygonF box = corners(view);
  if (box.size() != 4) return {};
  const QPointF top = (box[0] + box[1]) / 2.0, centre = (box[0] + box[2]) / 2.0, out = top - centre;
  const double length = std::max(1e-6, std::hypot(out.x(), out.y()));
  // A reference larger than the view has its knob inside, where it can be reached.
  const QPointF outside = top + out / length * kKnobDistance;
  const QRectF reachable = view.pictureRect().adjusted(4, 4, -4, -4);
  return reachable.contains(outside) ? outside : top - out / length * kKnobDistance;
}

void FramingTool::paint(QPainter& painter, const ViewTransform& view) const {
  painter.save();
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  painter.setOpacity(m_drag == Part::kNone ? 0.35 : 0.6);
  painter.setTransform(placement(view), true);
  painter.drawImage(0, 0, m_picture);
  painter.restore();
  painter.setRenderHint(QPainter::Antialiasing);
  const QPolygonF box = corners(view);
  paintOutline(painter, box, true);
  const QPointF turn = knob(view);
  paintOutline(painter, {{(box[0] + box[1]) / 2.0, turn}}, false);
  for (const QPointF& corner : box) paintHandle(painter, corner, false);
  painter.setPen(QPen(QColor(0, 0, 0, 200), 1));
  painter.setBrush(QColor::fromRgb(colour::kAccent));
  painter.drawEllipse(turn, 5, 5);
  painter.setBrush(Qt::NoBrush);
  painter.setRenderHint(QPainter::Antialiasing, false);
}

FramingTool::Part FramingTool::partAt(const QPointF& at, const ViewTransform& view) const {
  const auto near = [&at](const QPointF& p) { return std::hypot(p.x() - at.x(), p.y() - at.y()) <= kHandleReach; };
  const QPolygonF box = corners(view);
  if (near(knob(view))) return Part::kKnob;
  for (const QPointF& corner : box)
    if (near(corner)) return Part::kCorner;
  return box.containsPoint(at, Qt::OddEvenFill) ? Part::kInside : Part::kNone;
}

bool FramingTool::press(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers) {
  m_drag = partAt(at, view);
  if (m_drag == Part::kNone) return false;
  m_pressedAt = at;
  m_before = *reference();
  m_document.endMerge();
  emit changed();
  return true;
}

void FramingTool::move(const QPointF& at, const ViewTransform& view, Qt::KeyboardModifiers modifiers) {
  if (m_drag == Part::kNone || !reference()) return;
  const bool held = modifiers.testFlag(Qt::ShiftModifier);
  core::Reference after = m_before;
  if (m_drag == Part::kInside) {
    QPointF by = (at - m_pressedAt) / view.zoom();
    if (held) std::abs(by.x()) > std::abs(by.y()) ? by.setY(0) : by.setX(0);
    after.offsetX += by.x() / view.pictureSize().width();
    after.offsetY += by.y() / view.pictureSize().height();
  } else {
    const QSizeF frame = view.pictureSize();
    const QPointF centre = view.toWidget({frame.width() * (0.5 + m_before.offsetX), frame.height() * (0.5 + m_before.offsetY)});
    const QPointF from = m_pressedAt - centre, to = at - centre;
    if (m_drag == Part::kCorner) {
      const double factor = std::hypot(to.x(), to.y()) / std::max(1.0, std::hypot(from.x(), from.y()));
      after.scale = std::clamp(m_before.scale * factor, kLeastScale, kMostScale);
    } else {
      after.rotationDegrees = std::remainder(m_before.rotationDegrees + angleOf(to) - angleOf(from), 360.0);
      if (held) after.rotationDegrees = std::round(after.rotationDegrees / 15.0) * 15.0;
    }
  }
  edit([&after](core::Reference& r) {
    r.offsetX = after.offsetX;
    r.offsetY = after.offsetY;
    r.scale = after.scale;
    r.rotationDegrees = after.rotationDegrees;
  }, QStringLiteral("framing"));
}

void FramingTool::release() {
  if (m_drag != Part::kNone) m_document.endMerge();
  m_drag = Part::kNone;
  emit changed();
}

bool FramingTool::doubleClick(const QPointF& at, const ViewTransform& view) { return partAt(at, view) != Part::kNone; }

void FramingTool::edit(const std::function<void(core::Reference&)>& change, const QString& mergeKey) {
  app::editReference(m_document, m_document.currentShotId(), m_reference, tr("Frame reference"), change, mergeKey);
}

bool FramingTool::wantsKey(const QKeyEvent& event) const {
  if (event.modifiers().testFlag(Qt::ControlModifier) || event.modifiers().testFlag(Qt::AltModifier)) return false;
  switch (event.key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus:
    case Qt::Key_Comma:
    case Qt::Key_Period:
    case Qt::Key_0: return true;
    default: return false;
  }
}

void FramingTool::key(const QKeyEvent& event, const ViewTransform& view) {
  const double step = event.modifiers().testFlag(Qt::ShiftModifier) ? 10.0 : 1.0;
  const double dx = step / view.pictureSize().width(), dy = step / view.pictureSize().height();
  const auto change = [&](core::Reference& r) {
    switch (event.key()) {
      case Qt::Key_Left: r.offsetX -= dx; break;
      case Qt::Key_Right: r.offsetX += dx; break;
      case Qt::Key_Up: r.offsetY -= dy; break;
      case Qt::Key_Down: r.offsetY += dy; break;
      case Qt::Key_Plus:
      case Qt::Key_Equal: r.scale = std::min(kMostScale, r.scale * (1.0 + 0.01 * step)); break;
      case Qt::Key_Minus: r.scale = std::max(kLeastScale, r.scale / (1.0 + 0.01 * step)); break;
      case Qt::Key_Comma: r.rotationDegrees = std::remainder(r.rotationDegrees - 0.1 * step, 360.0); break;
      case Qt::Key_Period: r.rotationDegrees = std::remainder(r.rotationDegrees + 0.1 * step, 360.0); break;
      default:
        r.offsetX = r.offsetY = r.rotationDegrees = 0.0;
        r.scale = 1.0;
    }
  };
  edit(change, QStringLiteral("framing-keys"));
}

std::optional<Qt::CursorShape> FramingTool::cursor(const QPointF& at, const ViewTransform& view) const {
  switch (partAt(at, view)) {
    case Part::kInside: return Qt::SizeAllCursor;
    case Part::kCorner: return Qt::SizeFDiagCursor;
    case Part::kKnob: return Qt::PointingHandCursor;
    case Part::kNone: break;
  }
  return std::nullopt;
}

QString FramingTool::describe() const {
  const core::Reference* r = reference();
  if (!r) return {};
  return tr("Reference framing: moved %1 % across and %2 % down, scale %3, rotated %4 degrees")
      .arg(r->offsetX * 100, 0, 'f', 1).arg(r->offsetY * 100, 0, 'f', 1).arg(r->scale, 0, 'f', 2).arg(r->rotationDegrees, 0, 'f', 1);
}

QString FramingTool::hintText() const {
  return tr("Drag to move, a corner to scale, the knob to rotate; 0 resets");
}

}  // namespace pai::ui

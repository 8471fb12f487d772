// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/viewer_canvas.h"

#include <array>
#include <cmath>

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include "ui/theme/theme.h"
#include "ui/viewer/picture_operations.h"

namespace pai::ui {
namespace {

constexpr double kWipeReach = 6.0;
constexpr double kZoomStep = 1.25;
constexpr double kMarkDistance = 3.0;  // pixels between a part that is pointed out and the line around it

}  // namespace

ViewerCanvas::ViewerCanvas(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(240, 135);
  setAccessibleName(tr("Viewer"));
}

void ViewerCanvas::setPictureSize(QSize size) {
  if (size.isEmpty() || size == m_transform.pictureSize()) return;
  m_transform.setPictureSize(size);
  emit zoomChanged(m_transform.zoom());
  update();
}

QImage ViewerCanvas::shown(const QImage& picture, bool lit) const {
  return displayable(picture, lit ? ViewLight() : ViewLight{m_exposure, m_gamma});
}

void ViewerCanvas::setPicture(const QImage& picture, bool lit, bool quick) {
  m_picture = shown(picture, lit);
  m_title.clear();
  if (quick && !m_quick) emit pixelRead({});
  m_quick = quick;
  updateDifference();
  update();
  emit pictureChanged(m_picture, quick);
}

void ViewerCanvas::setOther(const QImage& picture, bool lit) {
  m_other = shown(picture, lit);
  updateDifference();
  update();
}

void ViewerCanvas::setOverlay(const QImage& picture) {
  m_overlay = picture;
  update();
}

void ViewerCanvas::setMarks(std::vector<OutlineMark> marks) {
  if (marks == m_marks) return;
  m_marks = std::move(marks);
  updateTool();
}

void ViewerCanvas::setMessage(const QString& title, const QString& text) {
  m_title = title;
  m_text = text;
  update();
}

void ViewerCanvas::setCover(int side, const QString& words) {
  QString& cover = m_covers.at(static_cast<std::size_t>(side));
  if (words == cover) return;
  const bool was = !cover.isEmpty();
  cover = words;
  if (side == 0 && !words.isEmpty()) emit pixelRead({});
  if (side == 0 && was != !words.isEmpty()) emit coveredChanged(!words.isEmpty());
  updateTool();
}

void ViewerCanvas::setNote(int side, const QString& words) {
  QString& note = m_notes.at(static_cast<std::size_t>(side));
  if (words == note) return;
  note = words;
  updateTool();
}

void ViewerCanvas::clear() {
  m_picture = m_other = m_overlay = m_difference = QImage();
  m_notes = {};
  m_quick = false;
  updateTool();
  emit pictureChanged(m_picture);
}

void ViewerCanvas::setCompareMode(CompareMode mode) {
  m_mode = mode;
  updateDifference();
  update();
}

void ViewerCanvas::setBackdrop(Backdrop backdrop) {
  m_backdrop = backdrop;
  update();
}

void ViewerCanvas::setSafeAreas(bool on) {
  m_safeAreas = on;
  update();
}

void ViewerCanvas::setExposure(double stops, double gamma) {
  m_exposure = stops;
  m_gamma = gamma;
}

void ViewerCanvas::setChannels(Channels channels) {
  m_channels = channels;
  update();
}

void ViewerCanvas::updateDifference() {
  m_difference = m_mode == CompareMode::kDifference && !m_picture.isNull() && !m_other.isNull()
                     ? differenceOf(m_picture, m_other)
                     : QImage();
}

void ViewerCanvas::fit() {
  m_transform.fit();
  emit zoomChanged(m_transform.zoom());
  update();
}

void ViewerCanvas::zoomTo(double zoom) {
  m_transform.setZoomAt(QPointF(width() / 2.0, height() / 2.0), zoom / devicePixelRatioF());
  emit zoomChanged(m_transform.zoom());
  update();
}

void ViewerCanvas::zoomIn() { zoomTo(m_transform.zoom() * devicePixelRatioF() * kZoomStep); }
void ViewerCanvas::zoomOut() { zoomTo(m_transform.zoom() * devicePixelRatioF() / kZoomStep); }

void ViewerCanvas::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painter.fillRect(event->rect(), QColor::fromRgb(colour::kSurround));
  const QRectF target = m_transform.pictureRect();
  if (m_picture.isNull()) return paintMessage(painter);
  // Whole picture pixels stay sharp when looked at closely.
  painter.setRenderHint(QPainter::SmoothPixmapTransform, m_transform.zoom() * devicePixelRatioF() < 3.0);
  paintCompare(painter, target);
  paintNotes(painter, target);
  paintCovers(painter, target);
  if (!m_overlay.isNull()) {
    painter.setOpacity(0.5);
    painter.drawImage(target, m_overlay);
    painter.setOpacity(1.0);
  }
  if (m_safeAreas) paintSafeAreas(painter, target);
  if (m_mode != CompareMode::kSplit) paintMarks(painter, target);
  if (toolWorks()) paintTool(painter);
}

void ViewerCanvas::paintTool(QPainter& painter) {
  m_tool->paint(painter, m_transform);
  const QString words = m_tool->hintText();
  painter.setFont(smallFont());
  const QRect box = painter.fontMetrics().boundingRect(words).adjusted(-10, -5, 10, 5);
  const QRect place(QPoint((width() - box.width()) / 2, height() - box.height() - 10), box.size());
  painter.fillRect(place, QColor(0, 0, 0, 170));
  painter.setPen(QColor::fromRgb(colour::kText));
  painter.drawText(place, Qt::AlignCenter, words);
  if (hasFocus()) {
    painter.setPen(QColor::fromRgb(colour::kAccentDeep));
    painter.drawRect(QRect(0, 0, width() - 1, height() - 1));
  }
}

void ViewerCanvas::setTool(ViewerTool* tool) {
  m_tool = tool;
  m_editing = false;
  updateTool();
}

void ViewerCanvas::updateTool() {
  QStringList pointedOut;
  for (const OutlineMark& mark : m_marks) pointedOut << mark.words;
  QStringList said;
  for (std::size_t side = 0; side < m_covers.size(); ++side)
    if (const QString& words = m_covers[side].isEmpty() ? m_notes[side] : m_covers[side]; !words.isEmpty()) said << words;
  const QString words = !said.isEmpty() ? said.join(QStringLiteral("; ")) : toolWorks() ? m_tool->describe() : pointedOut.join(QStringLiteral("; "));
  if (words != accessibleDescription()) {
    setAccessibleDescription(words);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
  }
  update();
}

void ViewerCanvas::paintPicture(QPainter& painter, const QRectF& target, const QImage& image) {
  if (image.isNull()) return;
  if (m_channels != Channels::kColour) return painter.drawImage(target, channelOf(image, m_channels));
  if (image.hasAlphaChannel()) {
    if (m_backdrop == Backdrop::kChecker) {
      painter.fillRect(target, QColor::fromRgb(0xff6a6a6a));
      painter.setBrushOrigin(target.topLeft());
      painter.fillRect(target, checkerBrush());
    } else {
      painter.fillRect(target, m_backdrop == Backdrop::kBlack ? Qt::black : Qt::white);
    }
  }
  painter.drawImage(target, image);
}

void ViewerCanvas::paintCompare(QPainter& painter, const QRectF& target) {
  if (!showsBoth()) return paintPicture(painter, target, m_picture);
  if (m_mode == CompareMode::kDifference) return paintPicture(painter, target, m_difference);
  if (m_mode == CompareMode::kSplit) {
    paintPicture(painter, areaOf(0, target), m_picture);
    paintPicture(painter, areaOf(1, target), m_other);
    return;
  }
  const double edge = target.left() + target.width() * m_wipe;
  painter.save();
  painter.setClipRect(QRectF(0, 0, edge, height()));
  paintPicture(painter, target, m_picture);
  painter.setClipRect(QRectF(edge, 0, width() - edge, height()));
  paintPicture(painter, target, m_other);
  painter.restore();
  painter.fillRect(QRectF(std::round(edge), target.top(), 1, target.height()), QColor::fromRgb(colour::kBright));
  painter.setBrush(QColor::fromRgb(colour::kBright));
  painter.setPen(Qt::NoPen);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.drawEllipse(QPointF(std::round(edge) + 0.5, target.center().y()), 5, 5);
}

QRectF ViewerCanvas::areaOf(int side, const QRectF& target) const {
  if (!showsBoth() || m_mode == CompareMode::kDifference) return target;
  if (m_mode == CompareMode::kSplit) {
    const QSizeF half(target.width() / 2.0 - 2.0, target.height() / 2.0);
    return {QPointF(side == 0 ? target.left() : target.center().x() + 2.0, target.center().y() - half.height() / 2.0), half};
  }
  const double edge = target.width() * m_wipe;
  return side == 0 ? target.adjusted(0, 0, edge - target.width(), 0) : target.adjusted(edge, 0, 0, 0);
}

void ViewerCanvas::paintCovers(QPainter& painter, const QRectF& target) {
  QFont heading = font();
  heading.setPixelSize(17);
  for (int side = 0; side < (showsBoth() ? 2 : 1); ++side) {
    const QString& words = cover(side);
    if (words.isEmpty()) continue;
    const QRectF area = areaOf(side, target);
    painter.fillRect(area, QColor(0, 0, 0, 178));
    painter.setFont(heading);
    painter.setPen(QColor::fromRgb(colour::kBright));
    painter.drawText(area.intersected(QRectF(rect())), Qt::AlignCenter | Qt::TextWordWrap, words);
    if (m_mode == CompareMode::kDifference) return;  // both in one place
  }
}

void ViewerCanvas::paintNotes(QPainter& painter, const QRectF& target) {
  painter.setFont(font());
  for (int side = 0; side < (showsBoth() ? 2 : 1); ++side) {
    const QString& words = note(side);
    if (words.isEmpty()) continue;
    const QRectF area = areaOf(side, target).intersected(QRectF(rect()));
    const QRectF room = area.adjusted(12, 8, -12, -8);
    QRectF box = painter.fontMetrics().boundingRect(room.toRect(), Qt::AlignCenter | Qt::TextWordWrap, words).adjusted(-12, -6, 12, 6);
    box.moveCenter({area.center().x(), 0});
    box.moveTop(area.top() + 12);
    painter.fillRect(box, QColor(0, 0, 0, 190));
    painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), QColor::fromRgb(colour::kAccent));
    painter.setPen(QColor::fromRgb(colour::kBright));
    painter.drawText(box.adjusted(10, 0, -8, 0), Qt::AlignCenter | Qt::TextWordWrap, words);
    if (m_mode == CompareMode::kDifference) return;  // both in one place
  }
}

void ViewerCanvas::paintSafeAreas(QPainter& painter, const QRectF& target) {
  painter.setBrush(Qt::NoBrush);
  for (const double part : {0.93, 0.90}) {  // EBU R 95: action 3.5 %, graphics 5 % from each edge
    const QSizeF size = target.size() * part;
    painter.setPen(QPen(QColor(255, 255, 255, part > 0.91 ? 150 : 90), 1));
    painter.drawRect(QRectF(target.center() - QPointF(size.width() / 2, size.height() / 2), size));
  }
}

/// Lines stand off the part that they point out, so that its edge can be judged.
void ViewerCanvas::paintMarks(QPainter& painter, const QRectF& target) {
  painter.setFont(smallFont());
  painter.setRenderHint(QPainter::Antialiasing);
  for (const OutlineMark& mark : m_marks) {
    QPolygonF outline;
    for (const QPointF& p : mark.outline) outline << QPointF(target.left() + p.x() * target.width(), target.top() + p.y() * target.height());
    QPainterPath around;
    around.addPolygon(outline);
    around.closeSubpath();
    QPainterPathStroker apart;
    apart.setWidth(2 * kMarkDistance);
    apart.setJoinStyle(Qt::RoundJoin);
    around = (around | apart.createStroke(around)).simplified();
    painter.setBrush(Qt::NoBrush);
    for (const QPen& pen : {QPen(QColor(0, 0, 0, 190), 3.5), QPen(QColor::fromRgb(colour::kAccent), 1.5, mark.dashed ? Qt::DashLine : Qt::SolidLine)}) {
      painter.setPen(pen);
      painter.drawPath(around);
    }
    const QRectF bounds = around.boundingRect();
    QRectF box = painter.fontMetrics().boundingRect(mark.words).adjusted(-5, -2, 5, 2);
    box.moveTo(bounds.right() + 6, bounds.center().y() - box.height() / 2);
    if (box.right() > width()) box.moveRight(bounds.left() - 6);
    painter.fillRect(box, QColor(0, 0, 0, 190));
    painter.setPen(QColor::fromRgb(colour::kBright));
    painter.drawText(box, Qt::AlignCenter, mark.words);
  }
}

void ViewerCanvas::paintMessage(QPainter& painter) {
  const QString title = m_covers[0].isEmpty() ? m_title : m_covers[0];
  if (title.isEmpty()) return;
  QFont heading = font();
  heading.setPixelSize(17);
  painter.setFont(heading);
  painter.setPen(QColor::fromRgb(colour::kBright));
  const QRect middle = rect().adjusted(24, 0, -24, 0);
  painter.drawText(middle.adjusted(0, -18, 0, -18), Qt::AlignCenter, title);
  if (!m_covers[0].isEmpty()) return;
  painter.setFont(font());
  painter.setPen(QColor::fromRgb(0xffc8c8c8));
  painter.drawText(middle.adjusted(0, 26, 0, 26), Qt::AlignCenter | Qt::TextWordWrap, m_text);
}

void ViewerCanvas::resizeEvent(QResizeEvent*) {
  m_transform.setViewSize(size());
  emit zoomChanged(m_transform.zoom());
}

bool ViewerCanvas::onWipe(const QPointF& at) const {
  const QRectF target = m_transform.pictureRect();
  return m_mode == CompareMode::kWipe && !m_other.isNull() &&
         std::abs(at.x() - (target.left() + target.width() * m_wipe)) <= kWipeReach;
}

void ViewerCanvas::mousePressEvent(QMouseEvent* event) {
  m_last = event->position();
  m_editing = event->button() == Qt::LeftButton && toolWorks() && !m_picture.isNull() &&
              m_tool->press(event->position(), m_transform, event->modifiers());
  if (m_editing) return;
  m_wiping = event->button() == Qt::LeftButton && onWipe(event->position());
  m_panning = !m_wiping && (event->button() == Qt::MiddleButton || event->button() == Qt::LeftButton);
  if (m_panning && event->button() == Qt::LeftButton) emit clicked(m_transform.toPicture(event->position()));
}

void ViewerCanvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_editing && event->buttons().testFlag(Qt::LeftButton)) {
    m_tool->move(at, m_transform, event->modifiers());
    return readPixel(at);
  }
  if (m_wiping) {
    const QRectF target = m_transform.pictureRect();
    m_wipe = std::clamp((at.x() - target.left()) / target.width(), 0.0, 1.0);
    update();
  } else if (m_panning && event->buttons() != Qt::NoButton) {
    if ((at - m_last).manhattanLength() < 1.0) return;
    m_transform.panBy(at - m_last);
    emit zoomChanged(m_transform.zoom());
    update();
  }
  m_last = at;
  const auto ofTool = toolWorks() ? m_tool->cursor(at, m_transform) : std::nullopt;
  setCursor(m_wiping || onWipe(at) ? Qt::SizeHorCursor : ofTool.value_or(Qt::ArrowCursor));
  readPixel(at);
}

void ViewerCanvas::mouseReleaseEvent(QMouseEvent*) {
  if (m_editing && m_tool) m_tool->release();
  m_panning = m_wiping = m_editing = false;
}

void ViewerCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (toolWorks() && m_tool->doubleClick(event->position(), m_transform)) return;
  fit();
}

bool ViewerCanvas::event(QEvent* event) {
  const bool key = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
  if (key && toolWorks() && m_tool->wantsKey(*static_cast<QKeyEvent*>(event))) {
    event->accept();
    if (event->type() == QEvent::KeyPress) m_tool->key(*static_cast<QKeyEvent*>(event), m_transform);
    return true;
  }
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
  return QWidget::event(event);
}

void ViewerCanvas::wheelEvent(QWheelEvent* event) {
  const double factor = std::pow(kZoomStep, event->angleDelta().y() / 120.0);
  m_transform.setZoomAt(event->position(), m_transform.zoom() * factor);
  emit zoomChanged(m_transform.zoom());
  update();
  event->accept();
}

void ViewerCanvas::keyPressEvent(QKeyEvent* event) {
  const bool wipe = m_mode == CompareMode::kWipe && event->modifiers().testFlag(Qt::AltModifier);
  if (wipe && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
    m_wipe = std::clamp(m_wipe + (event->key() == Qt::Key_Left ? -0.05 : 0.05), 0.0, 1.0);
    return update();
  }
  QWidget::keyPressEvent(event);
}

void ViewerCanvas::leaveEvent(QEvent*) { emit pixelRead({}); }

void ViewerCanvas::readPixel(const QPointF& at) {
  const QPointF point = m_transform.toPicture(at);
  const QSize size = m_transform.pictureSize();
  if (m_picture.isNull() || m_quick || !m_covers[0].isEmpty() || point.x() < 0 || point.y() < 0 || point.x() >= size.width() || point.y() >= size.height())
    return emit pixelRead({});
  const int x = std::min(m_picture.width() - 1, static_cast<int>(point.x() * m_picture.width() / size.width()));
  const int y = std::min(m_picture.height() - 1, static_cast<int>(point.y() * m_picture.height() / size.height()));
  const QColor pixel = m_picture.pixelColor(x, y);
  emit pixelRead(tr("x %1  y %2   R %3  G %4  B %5  A %6")
                     .arg(static_cast<int>(point.x())).arg(static_cast<int>(point.y()))
                     .arg(pixel.redF(), 0, 'f', 3).arg(pixel.greenF(), 0, 'f', 3).arg(pixel.blueF(), 0, 'f', 3)
                     .arg(pixel.alphaF(), 0, 'f', 3));
}

}  // namespace pai::ui

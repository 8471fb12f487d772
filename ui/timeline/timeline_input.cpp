// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QDropEvent>
#include <QHelpEvent>
#include <QMimeData>
#include <QScrollBar>
#include <QToolTip>

#include "app/document/media_import.h"
#include "ui/timeline/reference_lane.h"
#include "ui/timeline/ruler_lane.h"
#include "ui/timeline/timeline_view.h"

namespace pai::ui {
namespace {

QStringList clipFiles(const QMimeData& data) {
  QStringList files;
  for (const QUrl& url : data.urls()) {
    const auto kind = url.isLocalFile() ? app::kindOfFile(url.toLocalFile()) : std::nullopt;
    if (kind && *kind != core::MediaKind::kImage) files << url.toLocalFile();
  }
  return files;
}

std::vector<core::Id> clipIds(const QMimeData& data, const core::Project& project) {
  std::vector<core::Id> ids;
  for (const QByteArray& id : data.data(kMediaMimeType).split('\n')) {
    const core::Media* media = project.findMedia(id.toStdString());
    if (media && media->kind != core::MediaKind::kImage) ids.push_back(media->id);
  }
  return ids;
}

}  // namespace

void TimelineView::mousePressEvent(QMouseEvent* event) {
  setFocus(Qt::MouseFocusReason);
  const QPoint at = event->position().toPoint();
  if (event->button() == Qt::MiddleButton) {
    m_panning = true;
    m_panFrom = at;
    return;
  }
  if (event->button() != Qt::LeftButton || at.x() < kHeaderWidth) return;
  Row* row = rowAt(at.y());
  if (row && row->lane.get() != m_ruler) selectMarker({});
  m_dragRow = row && row->lane->press(inLane(*row, at), *event) ? row : nullptr;
  if (m_dragRow && cursor().shape() == Qt::OpenHandCursor) setCursor(Qt::ClosedHandCursor);
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const QPoint at = event->position().toPoint();
  if (m_panning) {
    m_fitted = false;
    m_context.geometry.scrollBy(m_panFrom.x() - at.x(), m_context.model.frames());
    m_panFrom = at;
    updateScrollBar();
    return update();
  }
  if (m_dragRow) return m_dragRow->lane->move(inLane(*m_dragRow, at), *event);
  Row* row = rowAt(at.y());
  setCursor(row && at.x() >= kHeaderWidth ? row->lane->cursor(inLane(*row, at)) : Qt::ArrowCursor);
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  m_panning = false;
  if (Row* row = std::exchange(m_dragRow, nullptr)) row->lane->release(inLane(*row, event->position().toPoint()), *event);
  if (std::exchange(m_context.holdView, false)) onExtent();
  if (cursor().shape() == Qt::ClosedHandCursor) setCursor(Qt::OpenHandCursor);
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
  const QPoint at = event->position().toPoint();
  if (Row* row = rowAt(at.y()); row && at.x() >= kHeaderWidth) row->lane->doubleClick(inLane(*row, at));
}

void TimelineView::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->pixelDelta().isNull() ? event->angleDelta() : event->pixelDelta();
  m_fitted = false;
  if (event->modifiers().testFlag(Qt::ControlModifier)) {
    m_context.geometry.zoomAt(event->position().x() - kHeaderWidth, std::pow(1.2, event->angleDelta().y() / 120.0),
                              m_context.model.frames());
  } else {
    const int along = delta.x() != 0 ? delta.x() : delta.y();
    m_context.geometry.scrollBy(-along, m_context.model.frames());
  }
  updateScrollBar();
  update();
  event->accept();
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
  const bool far = event->modifiers().testFlag(Qt::ShiftModifier);
  const int step = far ? 10 : 1;
  const bool selected = !m_context.selectedReference.empty();
  const bool bySlot = event->modifiers().testFlag(Qt::AltModifier);
  if (bySlot && selected && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
    m_references->nudgeSlots(event->key() == Qt::Key_Left ? -1 : 1);
    return;
  }
  switch (event->key()) {
    case Qt::Key_Left:
      if (!nudgeSelected(-step)) m_context.playback.step(-step);
      return;
    case Qt::Key_Right:
      if (!nudgeSelected(step)) m_context.playback.step(step);
      return;
    case Qt::Key_Delete:
    case Qt::Key_Backspace: removeSelected(); return;
    case Qt::Key_Return:
    case Qt::Key_Enter: openSelected(); return;
    case Qt::Key_Escape: m_dragRow ? cancelDrag() : selectReference({}); return;
    case Qt::Key_Home: m_context.playback.seek(m_context.playback.playRange().begin.value); return;
    case Qt::Key_End: m_context.playback.seek(m_context.playback.playRange().end.value - 1); return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoomIn(); return;
    case Qt::Key_Minus: zoomOut(); return;
    default: QWidget::keyPressEvent(event);
  }
}

bool TimelineView::event(QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    // Tab walks the flags and markers of the shot before it leaves the timeline.
    if (key->key() == Qt::Key_Tab && selectNext(1)) return true;
    if (key->key() == Qt::Key_Backtab && selectNext(-1)) return true;
  }
  if (event->type() == QEvent::ShortcutOverride) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const Qt::KeyboardModifiers more = static_cast<QKeyEvent*>(event)->modifiers();
    const bool alone = !(more & (Qt::ControlModifier | Qt::AltModifier));
    const bool along = key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
    // What Ctrl or Alt make of these keys is a command of the window, but for the step by a slot.
    const bool own = along ? !more.testFlag(Qt::ControlModifier) : alone && (key == Qt::Key_Delete || key == Qt::Key_Return);
    if (own) event->accept();
    return own;
  }
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    Row* row = rowAt(help->pos().y());
    const QString text = row && help->pos().x() >= kHeaderWidth ? row->lane->toolTip(inLane(*row, help->pos())) : QString();
    text.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), text, this);
    return true;
  }
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
  return QWidget::event(event);
}

void TimelineView::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls() || event->mimeData()->hasFormat(kMediaMimeType)) event->acceptProposedAction();
}

void TimelineView::dragMoveEvent(QDragMoveEvent* event) {
  const QPoint at = event->position().toPoint();
  const bool clips = !clipFiles(*event->mimeData()).isEmpty() ||
                     !clipIds(*event->mimeData(), m_context.document.project()).empty();
  if (clips) return event->acceptProposedAction();
  // Pictures may be let go anywhere over the timeline: they always land on the reference lane.
  if (at.x() >= kHeaderWidth && m_references->dragOver({at.x() - kHeaderWidth, 0}, *event->mimeData()))
    return event->acceptProposedAction();
  m_references->dragGone();
  event->ignore();
}

void TimelineView::dragLeaveEvent(QDragLeaveEvent*) { m_references->dragGone(); }

void TimelineView::dropEvent(QDropEvent* event) {
  const QPoint at = event->position().toPoint();
  const QStringList files = clipFiles(*event->mimeData());
  const std::vector<core::Id> ids = clipIds(*event->mimeData(), m_context.document.project());
  if (!files.isEmpty() || !ids.empty()) {
    m_references->dragGone();
    event->acceptProposedAction();
    emit clipsDropped(files, ids);
    return;
  }
  if (m_references->drop({at.x() - kHeaderWidth, 0}, *event->mimeData())) {
    event->acceptProposedAction();
    setFocus();
  }
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timeline_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <QSpinBox>

#include "ui/theme/marker_look.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanes.h"
#include "ui/timeline/reference_lane.h"
#include "ui/timeline/ruler_lane.h"

namespace pai::ui {
namespace {

constexpr int kScrollHeight = 10, kLegendRoom = 28;
constexpr double kZoomStep = 1.4;

/// Typed frame of a flag: Return takes it, Escape gives up; neither key goes on to the timeline.
class FrameEntry : public QSpinBox {
 public:
  using QSpinBox::QSpinBox;

 protected:
  void keyPressEvent(QKeyEvent* event) override {
    if (event->key() == Qt::Key_Escape) {
      QSignalBlocker blocker(this);
      hide();
    } else {
      QSpinBox::keyPressEvent(event);
    }
    event->accept();
  }
};

}  // namespace

TimelineView::TimelineView(app::Document& document, app::MediaCatalog& catalog, app::Playback& playback,
                           app::Thumbnails& thumbnails, app::Waveforms& waveforms, TimelineModel& model, QWidget* parent)
    : QWidget(parent),
      m_context{document, catalog, playback, thumbnails, waveforms, model, {}, {}, {}, true, false, {}, false, {}, {}, {}, {}, {}, {}, {}} {
  m_context.repaint = [this] { update(); };
  m_context.select = [this](const core::Id& id) { selectReference(id); };
  m_context.selectMarker = [this](const core::Id& id) { selectMarker(id); };
  m_context.preview = [this](const std::optional<DragPreview>& preview) { emit dragPreviewChanged(preview); };
  m_context.editFrame = [this](const core::Id& id) { showFrameEntry(id); };
  m_context.editMarker = [this](const core::Id& shot, const core::Id& marker) { emit markerEditRequested(shot, marker); };
  m_context.say = [this](const QString& text) { emit said(text); };
  const auto add = [this](std::unique_ptr<Lane> lane) { m_rows.push_back({std::move(lane), 0}); };
  auto ruler = std::make_unique<RulerLane>(m_context);
  m_ruler = ruler.get();
  add(std::move(ruler));
  add(std::make_unique<FilmstripLane>(m_context));
  add(std::make_unique<SoundLane>(m_context));
  auto references = std::make_unique<ReferenceLane>(m_context);
  m_references = references.get();
  add(std::move(references));
  add(std::make_unique<MatteLane>(m_context));
  add(std::make_unique<CameraLane>(m_context));
  add(std::make_unique<TakesLane>(m_context));
  m_scroll = new QScrollBar(Qt::Horizontal, this);
  m_scroll->setFocusPolicy(Qt::NoFocus);
  m_scroll->setAccessibleName(tr("Timeline position"));
  layoutRows();

  setMouseTracking(true);
  setAcceptDrops(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Timeline"));
  describeSelection();
  connect(&model, &TimelineModel::changed, this, &TimelineView::followLanes);
  connect(&model, &TimelineModel::changed, this, &TimelineView::describeSelection);
  connect(&waveforms, &app::Waveforms::changed, this, qOverload<>(&QWidget::update));
  connect(&model, &TimelineModel::extentChanged, this, &TimelineView::onExtent);
  connect(&thumbnails, &app::Thumbnails::changed, this, qOverload<>(&QWidget::update));
  connect(&playback, &app::Playback::frameChanged, this, &TimelineView::onFrame);
  connect(&playback, &app::Playback::rangeChanged, this, qOverload<>(&QWidget::update));
  connect(&document, &app::Document::currentShotChanged, this, [this] {
    // The playhead stands in the shot that viewer and inspector show.
    const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
    const std::int64_t frame = m_context.playback.frame().value;
    if (shot && (frame < shot->begin || frame >= shot->end())) m_context.playback.seek(shot->begin);
  });
  connect(m_scroll, &QScrollBar::valueChanged, this, [this](int value) {
    const double target = value / m_context.geometry.pixelsPerFrame() - 0.5 * m_context.geometry.width() / m_context.geometry.pixelsPerFrame();
    m_context.geometry.scrollBy((target - m_context.geometry.firstFrame()) * m_context.geometry.pixelsPerFrame(),
                                m_context.model.frames());
    update();
  });
  onExtent();
}

TimelineView::~TimelineView() = default;

QSize TimelineView::sizeHint() const { return {1200, heightOfAll(&Lane::height) + kScrollHeight}; }
QSize TimelineView::minimumSizeHint() const { return {480, heightOfAll(&Lane::leastHeight) + kScrollHeight}; }

int TimelineView::heightOfAll(int (Lane::*height)() const) const {
  int all = 0;
  for (const Row& row : m_rows)
    if (const int own = (*row.lane.*height)(); own > 0) all += own + 1;
  return all;
}

void TimelineView::layoutRows() {
  // What is missing is taken from each by what it can give.
  const int full = heightOfAll(&Lane::height), give = full - heightOfAll(&Lane::leastHeight);
  const int missing = std::clamp(full + kScrollHeight - height(), 0, give);
  int top = 0, taken = 0, given = 0;
  for (Row& row : m_rows) {
    row.top = top;
    given += row.lane->height() - row.lane->leastHeight();
    const int less = give > 0 ? missing * given / give - taken : 0;
    taken += less;
    row.height = row.lane->height() - less;
    if (row.height > 0) top += row.height + 1;
  }
  m_contentHeight = top;
}

void TimelineView::followLanes() {
  if (const int full = heightOfAll(&Lane::height); full != std::exchange(m_fullHeight, full)) updateGeometry();
  layoutRows();
  update();
}

void TimelineView::setSoundMuted(bool muted) {
  m_context.soundMuted = muted;
  update();
}

TimelineView::Row* TimelineView::rowAt(int y) {
  for (Row& row : m_rows)
    if (row.height > 0 && y >= row.top && y <= row.top + row.height) return &row;
  return nullptr;
}

QRect TimelineView::areaOf(const Row& row) const {
  return {kHeaderWidth, row.top, std::max(0, width() - kHeaderWidth), row.height};
}

QPoint TimelineView::referenceLanePoint(std::int64_t frame) const {
  for (const Row& row : m_rows) {
    if (row.lane.get() != m_references) continue;
    const double x = m_context.geometry.xOf(static_cast<double>(frame) + 0.5);
    return {kHeaderWidth + static_cast<int>(std::floor(x)), row.top + row.height / 2};
  }
  return {};
}

std::optional<QPoint> TimelineView::flagCentre(const core::Id& reference) const {
  const auto box = m_references->boxOf(reference);
  for (const Row& row : m_rows)
    if (box && row.lane.get() == m_references) return box->center().toPoint() + QPoint(kHeaderWidth, row.top);
  return std::nullopt;
}

void TimelineView::fitAll() {
  m_context.geometry.fit(m_context.model.frames());
  m_fitted = true;
  updateScrollBar();
  update();
}

void TimelineView::zoomIn() {
  m_fitted = false;
  m_context.geometry.zoomAt(m_context.geometry.xOf(m_context.playback.frame().value), kZoomStep, m_context.model.frames());
  updateScrollBar();
  update();
}

void TimelineView::zoomOut() {
  m_fitted = false;
  m_context.geometry.zoomAt(m_context.geometry.xOf(m_context.playback.frame().value), 1.0 / kZoomStep,
                            m_context.model.frames());
  updateScrollBar();
  update();
}

void TimelineView::selectReference(const core::Id& reference) {
  if (reference == m_context.selectedReference && m_context.selectedMarker.empty()) return;
  const bool changed = reference != m_context.selectedReference;
  m_context.selectedReference = reference;
  m_context.selectedMarker.clear();
  describeSelection();
  if (changed) emit referenceSelected(reference);
  update();
}

void TimelineView::selectMarker(const core::Id& marker) {
  if (marker == m_context.selectedMarker) return;
  if (!marker.empty()) selectReference({});
  m_context.selectedMarker = marker;
  describeSelection();
  if (const auto hit = m_ruler->selected()) emit markerSelected(core::Id(hit->shot->id), marker);
  update();
}

void TimelineView::describeSelection() {
  QString text = tr("Shots, references, matte, camera and takes over time");
  if (const auto hit = m_ruler->selected()) {
    text = tr("Marker %1, %2, selected. Arrow keys move it, Enter opens it, Delete removes it, Escape leaves it.")
               .arg(nameOf(hit->marker->marker), hit->marker->inRange ? m_context.model.timecode(hit->shot->begin + hit->marker->frame) : tr("outside the shot"));
  } else if (const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId()); shot && !m_context.selectedReference.empty()) {
    for (const TimelineFlag& flag : shot->flags)
      if (flag.id == m_context.selectedReference)
        text = tr("Reference %1, %2, frame %3, selected. Arrow keys move it, Enter types a frame, Delete removes it, Escape leaves it.")
                   .arg(flag.name, flag.caption).arg(flag.frame);
  }
  if (text != accessibleDescription()) setAccessibleDescription(text);
}

void TimelineView::removeSelected() {
  if (!m_ruler->removeSelected()) m_references->removeSelected();
}

void TimelineView::openSelected() {
  if (const auto hit = m_ruler->selected()) return m_context.editMarker(core::Id(hit->shot->id), core::Id(hit->marker->marker.id));
  typeFrame();
}

bool TimelineView::nudgeSelected(int frames) {
  if (!m_context.selectedMarker.empty()) return m_ruler->nudge(frames);
  return !m_context.selectedReference.empty() && m_references->nudge(frames);
}

bool TimelineView::selectNext(int direction) {
  // Forward through the flags, then the markers; backward the other way round.
  const bool atMarkers = m_ruler->selected().has_value();
  if (direction > 0) {
    if (!atMarkers && m_references->selectNext(1)) return true;
    return m_ruler->selectNext(1);
  }
  const bool atFlags = !m_context.selectedReference.empty();
  if (!atFlags && m_ruler->selectNext(-1)) return true;
  return m_references->selectNext(-1);
}

void TimelineView::cancelDrag() {
  if (Row* row = std::exchange(m_dragRow, nullptr)) row->lane->cancel();
  if (std::exchange(m_context.holdView, false)) onExtent();
  unsetCursor();
}

void TimelineView::separateReferences() { m_references->separate(m_context.document.currentShotId()); }

void TimelineView::typeFrame() {
  if (!m_context.selectedReference.empty()) showFrameEntry(m_context.selectedReference);
}

void TimelineView::onFrame(qint64 frame) {
  const TimelineShot* shot = m_context.model.shotAt(frame);
  if (shot) m_context.document.setCurrentShot(shot->id);
  if (m_context.playback.isPlaying()) {
    m_context.geometry.reveal(frame, m_context.model.frames());
    updateScrollBar();
  }
  update();
}

void TimelineView::onExtent() {
  m_context.playback.setFrames(m_context.model.frames());
  m_context.playback.setRate(m_context.model.rate());
  if (m_fitted && !m_context.holdView) m_context.geometry.fit(m_context.model.frames());
  updateScrollBar();
  update();
}

void TimelineView::updateScrollBar() {
  const TimelineGeometry& g = m_context.geometry;
  const double total = static_cast<double>(m_context.model.frames()) * g.pixelsPerFrame();
  const QSignalBlocker blocker(m_scroll);
  m_scroll->setVisible(!g.showsAll(m_context.model.frames()));
  m_scroll->setRange(0, static_cast<int>(std::min(total, 2e9)));
  m_scroll->setPageStep(g.width());
  m_scroll->setValue(static_cast<int>(std::clamp((g.firstFrame() * g.pixelsPerFrame()) + g.width() / 2.0, 0.0, 2e9)));
}

void TimelineView::resizeEvent(QResizeEvent* event) {
  m_context.geometry.setWidth(std::max(1, width() - kHeaderWidth));
  if (m_fitted) m_context.geometry.fit(m_context.model.frames());
  m_scroll->setGeometry(kHeaderWidth, height() - kScrollHeight, width() - kHeaderWidth, kScrollHeight);
  layoutRows();
  updateScrollBar();
  QWidget::resizeEvent(event);
}

void TimelineView::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painter.fillRect(event->rect(), QColor::fromRgb(colour::kWell));
  m_context.thumbnails.beginPaint();
  for (const Row& row : m_rows) {
    const QRect area = areaOf(row);
    if (area.height() == 0) continue;
    const bool ruler = row.top == 0;
    painter.fillRect(area, QColor::fromRgb(ruler ? colour::kPanel : colour::kWell));
    painter.save();
    painter.setClipRect(area);
    row.lane->paint(painter, area);
    painter.restore();
    paintHeader(painter, row);
    painter.fillRect(QRect(0, area.bottom() + 1, width(), 1), QColor::fromRgb(0xff0f0f0f));
  }
  m_context.thumbnails.endPaint();
  paintPlayhead(painter);
  paintSnapLine(painter);
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QColor::fromRgb(colour::kAccentDeep));
    painter.drawRect(QRect(0, 0, width() - 1, height() - 1));
  }
}

void TimelineView::paintHeader(QPainter& painter, const Row& row) {
  const QRect header(0, row.top, kHeaderWidth - 1, row.height);
  painter.fillRect(header, QColor::fromRgb(colour::kPanel));
  painter.fillRect(QRect(kHeaderWidth - 1, row.top, 1, row.height), QColor::fromRgb(0xff0f0f0f));
  if (row.lane->name().isEmpty()) {
    painter.setFont(digitsFont(12));
    painter.setPen(QColor::fromRgb(colour::kText));
    if (m_context.model.frames() > 0)
      painter.drawText(header.adjusted(12, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft,
                       m_context.model.timecode(m_context.playback.frame().value));
    return;
  }
  const QRect below = header.adjusted(12, 22, -4, -2);
  const int high = below.height() >= kLegendRoom && row.lane->paintLegend(painter, below) ? 22 : row.height;
  icon(row.lane->iconName(), colour::kDim).paint(&painter, QRect(12, row.top + (high - 16) / 2, 16, 16));
  painter.setFont(smallFont());
  painter.setPen(QColor::fromRgb(colour::kDim));
  painter.drawText(QRect(36, row.top, kHeaderWidth - 41, high), Qt::AlignVCenter | Qt::AlignLeft,
                   painter.fontMetrics().elidedText(row.lane->name(), Qt::ElideRight, kHeaderWidth - 40));
}

void TimelineView::paintPlayhead(QPainter& painter) {
  if (m_context.model.frames() == 0) return;
  const double x = kHeaderWidth + m_context.geometry.xOf(m_context.playback.frame().value);
  const double frameWidth = std::max(1.0, m_context.geometry.pixelsPerFrame());
  if (x + frameWidth < kHeaderWidth || x > width()) return;
  painter.setClipRect(QRect(kHeaderWidth, 0, width() - kHeaderWidth, m_contentHeight));
  if (frameWidth > 3.0)
    painter.fillRect(QRectF(x, m_rows.front().height, frameWidth, m_contentHeight), QColor(255, 255, 255, 14));
  painter.fillRect(QRectF(std::round(x), 0, 1, m_contentHeight), QColor::fromRgb(colour::kBright));
  const double tip = std::round(x) + 0.5;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor::fromRgb(colour::kBright));
  painter.drawPolygon(QPolygonF{{QPointF(tip - 5, m_rows.front().height - 11.0), QPointF(tip + 5, m_rows.front().height - 11.0),
                                 QPointF(tip + 5, m_rows.front().height - 6.0), QPointF(tip, m_rows.front().height - 1.0),
                                 QPointF(tip - 5, m_rows.front().height - 6.0)}});
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setClipping(false);
}

void TimelineView::paintSnapLine(QPainter& painter) {
  if (!m_context.snapLine) return;
  const double x = kHeaderWidth + m_context.geometry.xOf(static_cast<double>(*m_context.snapLine));
  painter.fillRect(QRectF(std::round(x), 0, 1, m_contentHeight), QColor::fromRgb(colour::kAccent));
}

void TimelineView::showFrameEntry(const core::Id& reference) {
  const auto centre = flagCentre(reference);
  const TimelineShot* shot = m_context.model.shot(m_context.document.currentShotId());
  if (!centre || !shot) return;
  if (!m_entry) {
    m_entry = new FrameEntry(this);
    m_entry->setAccessibleName(tr("Frame of the reference"));
    m_entry->setAlignment(Qt::AlignCenter);
    connect(m_entry, &QSpinBox::editingFinished, this, [this] {
      if (!m_entry->isVisible()) return;
      m_entry->hide();
      m_references->placeSelected(m_entry->value());
      setFocus();
    });
  }
  m_entry->setRange(0, static_cast<int>(shot->length - 1));
  for (const TimelineFlag& flag : shot->flags)
    if (flag.id == reference) m_entry->setValue(static_cast<int>(flag.frame));
  m_entry->setGeometry(centre->x() - 34, centre->y() - 14, 68, 28);
  m_entry->show();
  m_entry->setFocus();
  m_entry->selectAll();
}

}  // namespace pai::ui

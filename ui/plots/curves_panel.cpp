// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/curves_panel.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <qcustomplot.h>

#include "ui/inspector/controls.h"
#include "ui/plots/keyframe_commands.h"
#include "ui/theme/theme.h"
#include "ui/timeline/camera_channels.h"
#include "ui/timeline/camera_curves.h"
#include "ui/timeline/keyframe_sheet.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kRedrawMs = 150;
constexpr int kRoomyHeight = 260, kRoomForLegend = 130;
constexpr std::size_t kMostTimings = 4096;

struct Stroke {
  QRgb tint;
  Qt::PenStyle style;
};
/// As the camera lane draws them: colours that most eyes tell apart, and strokes that all do.
constexpr std::array<Stroke, 4> kStrokes{{{0xff6ec1f0, Qt::SolidLine}, {0xfff2e05a, Qt::DashLine}, {0xff4fd1a5, Qt::DotLine}, {0xffe79ac4, Qt::DashDotLine}}};

void dress(QCPAxis* axis) {
  const QPen line(QColor::fromRgb(colour::kLine)), grid(QColor::fromRgb(colour::kRaised));
  axis->setBasePen(line);
  axis->setTickPen(line);
  axis->setSubTickPen(line);
  axis->setTickLabelColor(QColor::fromRgb(colour::kDim));
  axis->setLabelColor(QColor::fromRgb(colour::kDim));
  axis->setTickLabelFont(smallFont());
  axis->setLabelFont(smallFont());
  axis->grid()->setPen(grid);
  axis->grid()->setZeroLinePen(line);
}

}  // namespace

CurvesPanel::CurvesPanel(app::Document& document, const app::MediaCatalog& catalog, app::Playback& playback, TimelineModel& model,
                         app::RenderQueue& queue, const app::JobPreviews& previews, Actions& actions, QWidget* parent)
    : QWidget(parent), m_document(document), m_playback(playback), m_model(model), m_queue(queue), m_previews(previews) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->setSpacing(4);
  m_kind = new QComboBox;
  m_kind->addItems({tr("Camera"), tr("Keyframes"), tr("Matte"), tr("Light"), tr("Render speed"), tr("Change by step")});
  m_kind->setAccessibleName(tr("Curves of"));
  makeKeyViews(catalog, actions);
  auto* top = new QHBoxLayout;
  top->setSpacing(4);
  makeChannels();
  // The two share what room there is.
  for (QComboBox* box : {m_kind, m_channels}) box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  top->addWidget(m_kind, 1);
  top->addWidget(m_channels, 1);
  top->addWidget(makeKeyButtons(actions));
  layout->addLayout(top);
  layout->addWidget(m_camera, 1);
  layout->addWidget(m_sheetArea, 1);
  m_empty = hint({});
  layout->addWidget(m_empty);
  m_plot = new QCustomPlot;
  m_plot->setObjectName(QStringLiteral("curvesPlot"));
  m_plot->setMinimumSize(160, 60);
  m_plot->setBackground(QColor::fromRgb(colour::kWell));
  m_plot->setAccessibleName(tr("Curves over the shot"));
  for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis, m_plot->yAxis2}) dress(axis);
  m_plot->yAxis2->grid()->setVisible(false);
  m_plot->legend->setBrush(Qt::NoBrush);
  m_plot->legend->setBorderPen(Qt::NoPen);
  m_plot->legend->setTextColor(QColor::fromRgb(colour::kText));
  m_plot->legend->setFont(smallFont());
  m_plot->legend->setRowSpacing(-4);
  // Below the curves, where it covers none, two to a row.
  m_plot->axisRect()->insetLayout()->take(m_plot->legend);
  m_plot->plotLayout()->addElement(1, 0, m_plot->legend);
  m_plot->plotLayout()->setRowStretchFactor(1, 0.001);
  m_plot->legend->setFillOrder(QCPLayoutGrid::foColumnsFirst);
  m_plot->legend->setWrap(2);
  m_plot->legend->setColumnSpacing(12);
  m_plot->legend->setMargins(QMargins(4, 0, 4, 2));
  // Where there is hardly room for the curves they have it all; their colours are the camera lane's.
  connect(m_plot, &QCustomPlot::beforeReplot, this, [this] {
    QCPLayoutGrid* grid = m_plot->plotLayout();
    const bool roomy = m_plot->height() > kRoomForLegend;
    if (roomy == grid->hasElement(1, 0)) return;
    if (roomy) {
      grid->addElement(1, 0, m_plot->legend);
      grid->setRowStretchFactor(1, 0.001);
    } else {
      grid->take(m_plot->legend);
      grid->simplify();
    }
    m_plot->legend->setVisible(roomy && !m_curves.empty());
  });
  m_playhead = new QCPItemLine(m_plot);
  m_playhead->setPen(QPen(QColor::fromRgb(colour::kBright), 1));
  layout->addWidget(m_plot, 1);
  connect(m_kind, &QComboBox::currentIndexChanged, this, &CurvesPanel::rebuild);
  connect(&model, &TimelineModel::changed, this, &CurvesPanel::rebuildSoon);
  connect(&document, &app::Document::currentShotChanged, this, &CurvesPanel::rebuildSoon);
  connect(&playback, &app::Playback::frameChanged, this, &CurvesPanel::drawPlayhead);
  connect(&queue, &app::RenderQueue::changed, this, &CurvesPanel::record);
  connect(&previews, &app::JobPreviews::changed, this, [this](qint64 job) {
    m_previewed = job;
    if (kind() == CurveKind::kChange) rebuildSoon();
  });
  connect(m_plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
    const TimelineShot* shot = m_model.shot(m_document.currentShotId());
    if (!shot || !overFrames()) return;
    const auto frame = static_cast<std::int64_t>(std::lround(m_plot->xAxis->pixelToCoord(event->position().x())));
    m_playback.seek(shot->begin + std::clamp<std::int64_t>(frame, 0, shot->length - 1));
  });
  m_clock.start();
}

CurvesPanel::~CurvesPanel() = default;

void CurvesPanel::makeChannels() {
  m_channels = new QComboBox;
  m_channels->setAccessibleName(tr("Value of the camera to edit"));
  m_channels->setToolTip(tr("The value to edit; the others lie behind it, each as high as it goes"));
  for (const CameraChannel& channel : kCameraChannels) {
    const qreal ratio = 3.0;  // sharp up to there
    QPixmap stroke((QSizeF(16, 16) * ratio).toSize());
    stroke.setDevicePixelRatio(ratio);
    stroke.fill(Qt::transparent);
    QPainter painter(&stroke);
    painter.setPen(QPen(QColor::fromRgb(channel.tint), 2.0, channel.style));
    painter.drawLine(QPointF(0, 8), QPointF(16, 8));
    painter.end();
    m_channels->addItem(QIcon(stroke), QCoreApplication::translate("Timeline", channel.name));
  }
  connect(m_channels, &QComboBox::currentIndexChanged, m_camera, &CameraCurves::setChannel);
  connect(m_camera, &CameraCurves::channelChanged, m_channels, &QComboBox::setCurrentIndex);
}

void CurvesPanel::makeKeyViews(const app::MediaCatalog& catalog, Actions& actions) {
  m_keys = new KeyframeSelection(m_document, catalog, m_playback, m_model, this);
  m_camera = new CameraCurves(m_playback, m_model, *m_keys);
  m_sheet = new KeyframeSheet(m_playback, m_model, *m_keys);
  m_sheetArea = new QScrollArea;
  m_sheetArea->setWidgetResizable(true);
  m_sheetArea->setFrameShape(QFrame::NoFrame);
  m_sheetArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_sheetArea->setFocusPolicy(Qt::NoFocus);
  m_sheetArea->setMinimumHeight(20);
  m_sheetArea->setWidget(m_sheet);
  connect(m_sheet, &KeyframeSheet::reached, m_sheetArea, [this](const QPoint& at) { m_sheetArea->ensureVisible(at.x(), at.y(), 0, 24); });
  new KeyframeCommands(actions, m_document, catalog, m_playback, m_model, {m_camera, m_sheet}, *m_keys, this);
}

QWidget* CurvesPanel::makeKeyButtons(Actions& actions) {
  m_keyButtons = new QWidget;
  auto* row = new QHBoxLayout(m_keyButtons);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  const auto add = [row](const QString& iconName, const QString& words) {
    auto* button = new QToolButton;
    button->setIcon(icon(iconName));
    button->setToolTip(words);
    button->setAccessibleName(words);
    row->addWidget(button);
    return button;
  };
  connect(add(QStringLiteral("keyframe"), tr("Set a keyframe at the playhead")), &QToolButton::clicked, actions.cameraKeyHere, &QAction::trigger);
  auto* how = new QToolButton;
  how->setIcon(icon(QStringLiteral("key-smooth")));
  how->setToolTip(tr("How the keyframe goes on to the next"));
  how->setAccessibleName(how->toolTip());
  how->setPopupMode(QToolButton::InstantPopup);
  for (QAction* action : {actions.keySmooth, actions.keyLinear, actions.keyHold}) how->addAction(action);
  row->addWidget(how);
  auto* remove = add(QStringLiteral("trash"), tr("Remove the selected keyframes"));
  remove->setEnabled(false);
  connect(remove, &QToolButton::clicked, m_keys, &KeyframeSelection::remove);
  connect(m_keys, &KeyframeSelection::changed, remove, [this, remove] { remove->setEnabled(!m_keys->places().empty()); });
  return m_keyButtons;
}

CurveKind CurvesPanel::kind() const { return static_cast<CurveKind>(m_kind->currentIndex()); }
void CurvesPanel::setKind(CurveKind kind) { m_kind->setCurrentIndex(static_cast<int>(kind)); }
void CurvesPanel::showEvent(QShowEvent*) { rebuild(); }

void CurvesPanel::rebuildSoon() {
  if (!isVisible() || std::exchange(m_waiting, true)) return;
  QTimer::singleShot(kRedrawMs, this, [this] {
    m_waiting = false;
    rebuild();
  });
}

void CurvesPanel::record() {
  for (const core::QueueEntry& entry : m_queue.jobs().entries()) {
    if (entry.state != core::JobState::kRunning) continue;
    const bool steps = entry.stage == core::JobStage::kGenerate;
    if (!steps && entry.stage != core::JobStage::kFinish) continue;
    const std::int64_t unit = steps ? entry.step : entry.done;
    if (m_timing.job != entry.id || m_timing.steps != steps || unit < m_timing.unit) {
      m_timing = {entry.id, unit, steps, {}, {}};
      m_clock.restart();
      continue;
    }
    if (unit == m_timing.unit) continue;
    const auto units = static_cast<double>(unit - m_timing.unit);
    if (m_timing.at.size() < kMostTimings) {
      m_timing.at.push_back(static_cast<double>(unit));
      m_timing.seconds.push_back(static_cast<double>(m_clock.restart()) * 1e-3 / units);
    }
    m_timing.unit = unit;
    if (kind() == CurveKind::kRender) rebuildSoon();
  }
}

void CurvesPanel::collect() {
  m_curves.clear();
  if (kind() == CurveKind::kKeyframes) return;
  if (kind() == CurveKind::kRender) {
    if (!m_timing.at.empty())
      m_curves.push_back({m_timing.steps ? tr("Seconds per step") : tr("Seconds per frame"), m_timing.at, m_timing.seconds});
    return;
  }
  if (kind() == CurveKind::kChange) {
    const app::JobPreview* preview = m_previews.of(m_previewed);
    if (preview && !preview->steps.empty()) m_curves.push_back({tr("Change of the preview, %"), preview->steps, preview->changes});
    return;
  }
  const auto add = [this](const QString& name, auto value, const auto& frames) {
    Curve curve{name, {}, {}};
    for (const auto& [frame, facts] : frames) {
      curve.at.push_back(static_cast<double>(frame));
      curve.values.push_back(value(facts));
    }
    if (!curve.at.empty()) m_curves.push_back(std::move(curve));
  };
  if (kind() == CurveKind::kMatte) {
    const auto& frames = m_model.matteFacts();
    add(tr("Coverage, %"), [](const app::MatteFacts& f) { return f.coverage * 100; }, frames);
    add(tr("Holes, %"), [](const app::MatteFacts& f) { return f.holes * 100; }, frames);
    add(tr("Chatter, %"), [](const app::MatteFacts& f) { return f.chatter * 100; }, frames);
    add(tr("Spill, %"), [](const app::MatteFacts& f) { return f.spill * 100; }, frames);
    return;
  }
  if (kind() == CurveKind::kLight) {
    std::vector<std::pair<std::size_t, app::LightFacts>> frames;
    for (std::size_t i = 0; i < m_model.light().size(); ++i) frames.emplace_back(i, m_model.light()[i]);
    add(tr("Exposure, stops"), [](const app::LightFacts& f) { return f.exposure; }, frames);
    add(tr("Red over blue, stops"), [](const app::LightFacts& f) { return f.warmth; }, frames);
    add(tr("Left to right, stops"), [](const app::LightFacts& f) { return f.across; }, frames);
    add(tr("Top to bottom, stops"), [](const app::LightFacts& f) { return f.down; }, frames);
    return;
  }
  std::vector<std::pair<std::size_t, app::CameraFacts>> frames;
  for (std::size_t i = 0; i < m_model.camera().frames.size(); ++i) frames.emplace_back(i, m_model.camera().frames[i]);
  add(tr("Pan, px"), [](const app::CameraFacts& f) { return f.pan; }, frames);
  add(tr("Tilt, px"), [](const app::CameraFacts& f) { return f.tilt; }, frames);
  add(tr("Zoom, %"), [](const app::CameraFacts& f) { return (f.zoom - 1) * 100; }, frames);
  add(tr("Roll, °"), [](const app::CameraFacts& f) { return f.roll; }, frames);
}

void CurvesPanel::rebuild() {
  if (!isVisible()) return;
  collect();
  const bool camera = kind() == CurveKind::kCamera, sheet = kind() == CurveKind::kKeyframes;
  m_channels->setVisible(camera);
  m_keyButtons->setVisible(camera || sheet);
  m_camera->setVisible(camera);
  m_sheetArea->setVisible(sheet);
  m_plot->setVisible(!camera && !sheet && !m_curves.empty());
  m_empty->setVisible(!camera && !sheet && m_curves.empty());
  m_empty->setText(kind() == CurveKind::kMatte ? tr("The matte's curves appear as frames are analysed.")
                   : kind() == CurveKind::kLight ? tr("How the light is changed appears when the scene is solved.")
                   : kind() == CurveKind::kRender ? tr("The speed of a render appears while it runs.")
                                                  : tr("How much each step changes the pictures appears while a model pack samples."));
  draw();
}

void CurvesPanel::draw() {
  m_plot->clearGraphs();
  QStringList words;
  bool second = false;
  for (std::size_t i = 0; i < m_curves.size(); ++i) {
    const Curve& curve = m_curves[i];
    // Pixels and percent on the left; zoom and roll are of another order and stand on the right.
    const bool right = kind() == CurveKind::kCamera && i >= 2;
    second = second || right;
    QCPGraph* graph = m_plot->addGraph(m_plot->xAxis, right ? m_plot->yAxis2 : m_plot->yAxis);
    const Stroke& stroke = kStrokes[i % kStrokes.size()];
    graph->setPen(QPen(QColor::fromRgb(stroke.tint), 1.4, stroke.style));
    graph->setName(curve.name);
    graph->setData(QVector<double>(curve.at.begin(), curve.at.end()), QVector<double>(curve.values.begin(), curve.values.end()), true);
    const auto [least, most] = std::minmax_element(curve.values.begin(), curve.values.end());
    words << tr("%1 from %2 to %3").arg(curve.name).arg(*least, 0, 'f', 2).arg(*most, 0, 'f', 2);
  }
  m_plot->yAxis2->setVisible(second);
  m_plot->legend->setVisible(!m_curves.empty() && m_plot->plotLayout()->hasElement(1, 0));
  const bool roomy = height() > kRoomyHeight;  // a low panel keeps its room for the curves
  m_plot->xAxis->setLabel(!roomy ? QString() : kind() == CurveKind::kChange || (kind() == CurveKind::kRender && m_timing.steps) ? tr("Step") : tr("Frame"));
  m_plot->rescaleAxes();
  for (QCPAxis* axis : {m_plot->yAxis, m_plot->yAxis2}) {
    if (axis->range().size() < 1e-9) axis->setRange(axis->range().center() - 1, axis->range().center() + 1);
    axis->scaleRange(1.15);
  }
  m_plot->setAccessibleDescription(words.join(QStringLiteral("; ")));
  drawPlayhead();
}

void CurvesPanel::drawPlayhead() {
  if (!isVisible() || m_curves.empty()) return;
  const TimelineShot* shot = m_model.shot(m_document.currentShotId());
  m_playhead->setVisible(shot && overFrames());
  if (shot) {
    const double at = static_cast<double>(m_playback.frame().value - shot->begin);
    m_playhead->start->setCoords(at, m_plot->yAxis->range().lower);
    m_playhead->end->setCoords(at, m_plot->yAxis->range().upper);
  }
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace pai::ui

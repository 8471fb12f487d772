// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/viewer_panel.h"

#include <cmath>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidgetAction>

#include "ui/theme/theme.h"
#include "ui/viewer/display_panel.h"
#include "ui/viewer/position_field.h"
#include "ui/viewer/sound_meter.h"
#include "ui/viewer/viewer_controller.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

constexpr int kBarHeight = 40;
constexpr int kLeastWidth = 420;

QToolButton* button(QAction* action, bool words = false) {
  auto* tool = new QToolButton;
  tool->setDefaultAction(action);
  tool->setFocusPolicy(Qt::TabFocus);
  tool->setAutoRaise(true);
  tool->setToolButtonStyle(words ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  tool->setAccessibleName(plainText(action->text()));
  return tool;
}

QFrame* divider() {
  auto* line = new QFrame;
  line->setFixedSize(1, 20);
  line->setStyleSheet(QStringLiteral("background: #3d3d3d;"));
  return line;
}

QWidget* bar(QHBoxLayout*& layout) {
  auto* widget = new QWidget;
  widget->setProperty("role", "bar");
  widget->setAttribute(Qt::WA_StyledBackground);
  widget->setFixedHeight(kBarHeight);
  layout = new QHBoxLayout(widget);
  layout->setContentsMargins(8, 0, 8, 0);
  layout->setSpacing(2);
  return widget;
}

}  // namespace

ViewerPanel::ViewerPanel(Actions& actions, app::Playback& playback, TimelineModel& model, QWidget* parent)
    : QWidget(parent), m_actions(actions), m_playback(playback), m_model(model), m_canvas(new ViewerCanvas) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  m_bar = makeTopBar();
  layout->addWidget(m_bar);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(m_canvas, 1);
  m_meter = new SoundMeter;
  m_meter->hide();  // until there is sound
  middle->addWidget(m_meter);
  layout->addLayout(middle, 1);
  layout->addWidget(makeBottomBar());
  connect(&playback, &app::Playback::frameChanged, this, &ViewerPanel::showRate);
  connect(&model, &TimelineModel::extentChanged, this, &ViewerPanel::showRate);
  connect(&playback, &app::Playback::stateChanged, this, [this] {
    m_actions.play->setIcon(icon(m_playback.isPlaying() ? QStringLiteral("pause") : QStringLiteral("play")));
  });
  connect(m_canvas, &ViewerCanvas::zoomChanged, this, &ViewerPanel::showZoom);
  connect(m_canvas, &ViewerCanvas::pixelRead, this, [this](const QString& text) { m_pixel->setText(text); });
  connect(actions.fitView, &QAction::triggered, m_canvas, &ViewerCanvas::fit);
  connect(actions.zoomPixels, &QAction::triggered, m_canvas, [this] { m_canvas->zoomTo(1.0); });
  connect(actions.zoomViewIn, &QAction::triggered, m_canvas, &ViewerCanvas::zoomIn);
  connect(actions.zoomViewOut, &QAction::triggered, m_canvas, &ViewerCanvas::zoomOut);
  connect(actions.safeAreas, &QAction::toggled, m_canvas, &ViewerCanvas::setSafeAreas);
}

QWidget* ViewerPanel::makeTopBar() {
  QHBoxLayout* layout = nullptr;
  QWidget* widget = bar(layout);
  // What does not fit goes away by itself: the window may be small.
  widget->setMinimumWidth(kLeastWidth);
  for (QAction* action : {m_actions.viewPlate, m_actions.viewMatte, m_actions.viewComposite, m_actions.viewTake}) {
    m_views << button(action, true);
    layout->addWidget(m_views.back());
  }
  layout->addStretch(1);
  for (QAction* action : {m_actions.compareSingle, m_actions.compareWipe, m_actions.compareSplit, m_actions.compareDifference})
    layout->addWidget(button(action));
  m_other = new QComboBox;
  for (const auto& [text, kind] : {std::pair(tr("Plate"), ViewKind::kPlate), std::pair(tr("Matte"), ViewKind::kMatte),
                                   std::pair(tr("Composite"), ViewKind::kComposite), std::pair(tr("Take"), ViewKind::kTake)})
    m_other->addItem(text, static_cast<int>(kind));
  m_other->setObjectName(QStringLiteral("compareWith"));
  m_other->setCurrentIndex(2);
  m_other->hide();  // until two pictures are compared
  m_other->setAccessibleName(tr("Compare with"));
  m_other->setToolTip(tr("What to compare with"));
  layout->addWidget(m_other);
  layout->addSpacing(8);
  layout->addWidget(divider());
  layout->addSpacing(8);
  m_backdrop = new QComboBox;
  m_backdrop->addItems({tr("Checker"), tr("Black"), tr("White")});
  m_backdrop->setAccessibleName(tr("Behind transparent pictures"));
  m_backdrop->setToolTip(tr("What shows through where a picture is transparent"));
  connect(m_backdrop, &QComboBox::currentIndexChanged, this,
          [this](int index) { m_canvas->setBackdrop(static_cast<Backdrop>(index)); });
  layout->addWidget(m_backdrop);
  layout->addSpacing(4);
  m_display = new QToolButton;
  m_display->setIcon(icon(QStringLiteral("display")));
  m_display->setToolTip(tr("Display: viewer transform, exposure, gamma, channels"));
  m_display->setAccessibleName(tr("Display"));
  m_display->setFocusPolicy(Qt::TabFocus);
  m_display->setCheckable(true);
  m_display->setPopupMode(QToolButton::InstantPopup);
  layout->addWidget(m_display);
  layout->addWidget(button(m_actions.safeAreas));
  layout->addWidget(button(m_actions.fitView));
  m_zoom = new QComboBox;
  for (int percent : {25, 50, 100, 200, 400}) m_zoom->addItem(tr("%1 %").arg(percent), percent);
  m_zoom->setEditable(true);
  m_zoom->setInsertPolicy(QComboBox::NoInsert);
  m_zoom->setFixedWidth(76);
  m_zoom->setAccessibleName(tr("Zoom"));
  connect(m_zoom, &QComboBox::activated, this, [this](int index) { m_canvas->zoomTo(m_zoom->itemData(index).toInt() / 100.0); });
  layout->addWidget(m_zoom);
  return widget;
}

QWidget* ViewerPanel::makeBottomBar() {
  QHBoxLayout* layout = nullptr;
  QWidget* widget = m_bottomBar = bar(layout);
  widget->setMinimumWidth(kLeastWidth);  // as the bar above
  m_position = new PositionField(m_playback, m_model, *m_actions.typePosition);
  layout->addWidget(m_position);
  layout->addStretch(1);
  for (QAction* action : {m_actions.markIn, m_actions.goBegin, m_actions.stepBack, m_actions.play, m_actions.stepForward,
                          m_actions.goEnd, m_actions.markOut, m_actions.loop})
    layout->addWidget(button(action));
  layout->addSpacing(8);
  addVolume(*layout);
  m_pixel = new QLabel;
  m_pixel->setFont(digitsFont(11));
  m_pixel->setProperty("role", "small");
  m_pixel->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_pixel->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // its words never widen the window
  m_rate = new QLabel;
  m_rate->setProperty("role", "small");
  m_rate->setFont(digitsFont(11));
  layout->addWidget(m_pixel, 1);
  layout->addSpacing(12);
  layout->addWidget(m_rate);
  layout->addSpacing(4);
  return widget;
}

void ViewerPanel::addVolume(QHBoxLayout& layout) {
  layout.addWidget(button(m_actions.mute));
  m_volume = new QSlider(Qt::Horizontal);
  m_volume->setRange(0, 100);
  m_volume->setPageStep(10);
  m_volume->setMinimumWidth(36);  // in a small window
  m_volume->setMaximumWidth(64);
  m_volume->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  m_volume->setFocusPolicy(Qt::TabFocus);
  m_volume->setObjectName(QStringLiteral("volume"));
  m_volume->setAccessibleName(tr("Volume"));
  m_volume->setToolTip(tr("Volume"));
  connect(m_actions.mute, &QAction::toggled, m_volume, [this](bool muted) {
    m_volume->setDisabled(muted);
    m_actions.mute->setIcon(icon(muted ? QStringLiteral("audio-off") : QStringLiteral("audio")));
  });
  layout.addWidget(m_volume);
}

void ViewerPanel::setSound(app::SoundPlayer& sound) {
  m_volume->setValue(static_cast<int>(std::lround(sound.volume() * 100)));
  connect(m_volume, &QSlider::valueChanged, &sound, [&sound](int value) { sound.setVolume(value / 100.0); });
  m_meter->setSound(sound, m_playback);
  const auto showMeter = [this, &sound] { m_meter->setVisible(sound.hasSpans() && m_actions.meters->isChecked()); };
  connect(&sound, &app::SoundPlayer::spansChanged, m_meter, showMeter);
  connect(m_actions.meters, &QAction::toggled, m_meter, [showMeter](bool on) {
    QSettings().setValue(QStringLiteral("sound/meters"), on);
    showMeter();
  });
  m_actions.meters->setChecked(QSettings().value(QStringLiteral("sound/meters"), true).toBool());
  showMeter();
}

void ViewerPanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fitBar();
  fitBottomBar();
}

void ViewerPanel::fitBottomBar() {
  const auto tooWide = [this] {
    m_bottomBar->layout()->invalidate();
    return m_bottomBar->layout()->minimumSize().width() > width();
  };
  m_position->setBrief(false);
  m_volume->show();
  m_rate->show();
  if (!tooWide()) return;
  m_rate->hide();
  m_position->setBrief(tooWide());
  m_volume->setVisible(!tooWide());
}

void ViewerPanel::fitBar() {
  m_backdrop->show();
  for (QToolButton* each : m_views) each->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  const auto tooWide = [this] {
    m_bar->layout()->invalidate();
    return m_bar->layout()->sizeHint().width() > width();
  };
  if (!tooWide()) return;
  for (QToolButton* each : m_views) each->setToolButtonStyle(Qt::ToolButtonIconOnly);
  m_backdrop->setVisible(!tooWide());
}

void ViewerPanel::setController(ViewerController& controller) {
  const auto show = [&controller](QAction* action, ViewKind kind) {
    connect(action, &QAction::triggered, &controller, [&controller, kind] { controller.setView(kind); });
  };
  show(m_actions.viewPlate, ViewKind::kPlate);
  show(m_actions.viewMatte, ViewKind::kMatte);
  show(m_actions.viewComposite, ViewKind::kComposite);
  show(m_actions.viewTake, ViewKind::kTake);
  show(m_actions.viewBackground, ViewKind::kBackground);
  show(m_actions.viewForeground, ViewKind::kForeground);
  const auto compare = [this, &controller](QAction* action, CompareMode mode) {
    connect(action, &QAction::triggered, &controller, [this, &controller, mode] {
      m_other->setVisible(mode != CompareMode::kSingle);
      fitBar();
      controller.setCompareMode(mode);
    });
  };
  compare(m_actions.compareSingle, CompareMode::kSingle);
  compare(m_actions.compareWipe, CompareMode::kWipe);
  compare(m_actions.compareSplit, CompareMode::kSplit);
  compare(m_actions.compareDifference, CompareMode::kDifference);
  connect(m_other, &QComboBox::currentIndexChanged, &controller, [this, &controller](int index) {
    controller.setOtherView(static_cast<ViewKind>(m_other->itemData(index).toInt()));
  });
  connect(&controller, &ViewerController::playbackCounted, this, [this, &controller] {
    setRate(controller.droppedFrames() > 0 ? tr("%1 fps, %2 dropped").arg(m_model.rate().framesPerSecond(), 0, 'g', 5)
                                                          .arg(controller.droppedFrames())
                                                   : tr("%1 fps").arg(m_model.rate().framesPerSecond(), 0, 'g', 5));
  });
  const QList<QPair<QAction*, ViewKind>> kinds{{m_actions.viewPlate, ViewKind::kPlate}, {m_actions.viewMatte, ViewKind::kMatte},
                                               {m_actions.viewComposite, ViewKind::kComposite}, {m_actions.viewTake, ViewKind::kTake},
                                               {m_actions.viewBackground, ViewKind::kBackground},
                                               {m_actions.viewForeground, ViewKind::kForeground}};
  connect(&controller, &ViewerController::viewChanged, this, [kinds, &controller] {
    for (const auto& [action, kind] : kinds)
      if (kind == controller.view()) action->setChecked(true);
  });
}

void ViewerPanel::setColours(app::Document& document, app::ColourSpaces& colours, ViewerController& controller) {
  auto* panel = new DisplayPanel(document, colours, controller);
  auto* menu = new QMenu(m_display);
  auto* holder = new QWidgetAction(menu);
  holder->setDefaultWidget(panel);
  menu->addAction(holder);
  m_display->setMenu(menu);
  connect(panel, &DisplayPanel::altered, m_display, &QToolButton::setChecked);
  connect(menu, &QMenu::aboutToHide, m_display, [this, panel] { m_display->setChecked(panel->isAltered()); });
}

void ViewerPanel::showRate() {
  if (m_model.frames() == 0) return;
  setRate(tr("%1 fps").arg(m_model.rate().framesPerSecond(), 0, 'g', 5));
}

void ViewerPanel::setRate(const QString& words) {
  if (words == m_rate->text()) return;
  m_rate->setText(words);
  fitBottomBar();
}

void ViewerPanel::showZoom(double zoom) {
  m_zoom->setEditText(tr("%1 %").arg(std::lround(zoom * devicePixelRatioF() * 100.0)));
}

}  // namespace pai::ui

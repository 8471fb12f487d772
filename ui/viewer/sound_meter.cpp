// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/sound_meter.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr int kTurnMs = 33, kWidth = 52, kBarWidth = 8, kHeadHeight = 20, kFoot = 8;
constexpr double kFallPerSecond = 20.0, kHoldSeconds = 1.5;
constexpr double kLoud = -18.0, kHot = -6.0;
constexpr QRgb kQuietColour = 0xff6fae6a, kLoudColour = 0xffe0b34a, kHotColour = 0xffec6459;

QRgb colourAt(double level) { return level >= kHot ? kHotColour : level >= kLoud ? kLoudColour : kQuietColour; }

QString decibels(double level) { return level <= MeterBallistics::kFloor ? QStringLiteral("−∞") : QString::number(level, 'f', 1).replace(QLatin1Char('-'), QChar(0x2212)); }

}  // namespace

void MeterBallistics::take(double sample, double seconds) {
  const double now = sample > 0.0 ? std::max(kFloor, 20.0 * std::log10(sample)) : kFloor;
  m_level = std::max({now, m_level - kFallPerSecond * seconds, kFloor});
  m_heldSeconds += seconds;
  if (now >= m_hold || m_heldSeconds > kHoldSeconds) {
    m_hold = m_level;
    m_heldSeconds = 0.0;
  }
  m_highest = std::max(m_highest, now);
  m_clipped = m_clipped || sample >= 1.0;
}

void MeterBallistics::rest() { m_level = m_hold = kFloor; }

void MeterBallistics::reset() { *this = {}; }

SoundMeter::SoundMeter(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::TabFocus);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Ignored);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Sound level"));
  setToolTip(tr("Peak level of the sound in dBFS, before volume and mute. Click to clear the peak."));
  m_turn.setInterval(kTurnMs);
  connect(&m_turn, &QTimer::timeout, this, &SoundMeter::look);
  describe();
}

QSize SoundMeter::sizeHint() const { return {kWidth, 120}; }

void SoundMeter::setSound(app::SoundPlayer& sound, app::Playback& playback) {
  m_sound = &sound;
  m_playback = &playback;
  connect(&playback, &app::Playback::stateChanged, this, &SoundMeter::follow);
}

void SoundMeter::follow() {
  if (m_playback->isPlaying() == m_turn.isActive()) return;
  if (m_playback->isPlaying()) {
    clear();
    m_since.start();
    return m_turn.start();
  }
  m_turn.stop();
  for (MeterBallistics& ear : m_ears) ear.rest();
  describe();
  update();
}

void SoundMeter::look() {
  const double seconds = std::min(0.5, static_cast<double>(m_since.restart()) * 1e-3);
  const std::optional<app::SoundPeak> peak = m_sound->peak();
  for (std::size_t i = 0; i < m_ears.size(); ++i) m_ears[i].take(peak ? (*peak)[i] / 32767.0 : 0.0, seconds);
  update();
}

void SoundMeter::clear() {
  for (MeterBallistics& ear : m_ears) ear.reset();
  describe();
  update();
}

/// Told when it stands still: a reader that speaks thirty times a second says nothing.
void SoundMeter::describe() {
  const double highest = std::max(m_ears[0].highest(), m_ears[1].highest());
  setAccessibleDescription(highest <= MeterBallistics::kFloor ? QString()
                           : m_ears[0].clipped() || m_ears[1].clipped() ? tr("The sound was clipped")
                                                                        : tr("Highest peak %1 dBFS").arg(decibels(highest)));
}

void SoundMeter::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), QColor::fromRgb(colour::kPanel));
  const bool clipped = m_ears[0].clipped() || m_ears[1].clipped();
  painter.setFont(digitsFont(10));
  const QRect head(0, 0, width(), kHeadHeight);
  if (clipped) painter.fillRect(head.adjusted(4, 3, -4, -3), QColor::fromRgb(kHotColour));
  painter.setPen(QColor::fromRgb(clipped ? colour::kOnAccent : colour::kDim));
  painter.drawText(head, Qt::AlignCenter, decibels(std::max(m_ears[0].highest(), m_ears[1].highest())));
  const QRectF scale(0, kHeadHeight + 4, width(), height() - kHeadHeight - kFoot - 4);
  if (scale.height() < 20) return;
  const auto yOf = [&scale](double level) { return scale.bottom() - scale.height() * (level - MeterBallistics::kFloor) / -MeterBallistics::kFloor; };
  const double left = width() - 2 * kBarWidth - 8;
  for (const int level : {0, -6, -12, -18, -24, -36, -48, -60}) {
    painter.setPen(QColor::fromRgb(colour::kLine));
    painter.drawLine(QPointF(left - 4, yOf(level)), QPointF(left - 1, yOf(level)));
    painter.setPen(QColor::fromRgb(colour::kDim));
    painter.drawText(QRectF(0, yOf(level) - 7, left - 6, 14), Qt::AlignRight | Qt::AlignVCenter, QString::number(-level));
  }
  for (std::size_t i = 0; i < m_ears.size(); ++i) {
    const double x = left + static_cast<double>(i) * (kBarWidth + 2);
    painter.fillRect(QRectF(x, scale.top(), kBarWidth, scale.height()), QColor::fromRgb(colour::kWell));
    double from = MeterBallistics::kFloor;
    for (const double to : {kLoud, kHot, 0.0}) {
      const double until = std::min(to, m_ears[i].level());
      if (until > from) painter.fillRect(QRectF(QPointF(x, yOf(until)), QPointF(x + kBarWidth, yOf(from))), QColor::fromRgb(colourAt(to - 0.01)));
      from = to;
    }
    if (m_ears[i].hold() > MeterBallistics::kFloor) painter.fillRect(QRectF(x, yOf(m_ears[i].hold()) - 1, kBarWidth, 2), QColor::fromRgb(colourAt(m_ears[i].hold())));
  }
  if (!hasFocus()) return;
  painter.setPen(QColor::fromRgb(colour::kAccent));
  painter.drawRect(QRect(0, 0, width() - 1, height() - 1));
}

void SoundMeter::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) clear();
}

void SoundMeter::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return clear();
  QWidget::keyPressEvent(event);
}

}  // namespace pai::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewer/position_field.h"

#include <algorithm>

#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include "ui/theme/theme.h"

namespace pai::ui {

PositionField::PositionField(app::Playback& playback, TimelineModel& model, QAction& typePosition, QWidget* parent)
    : QWidget(parent), m_playback(playback), m_model(model), m_timecode(new QToolButton), m_entry(new QLineEdit),
      m_duration(new QLabel), m_frame(new QLabel) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  m_timecode->setObjectName(QStringLiteral("timecode"));
  m_timecode->setFont(digitsFont(15));
  m_timecode->setFocusPolicy(Qt::TabFocus);
  m_timecode->setCursor(Qt::IBeamCursor);
  m_timecode->setAccessibleName(tr("Timecode"));
  m_entry->setObjectName(QStringLiteral("positionEntry"));
  m_entry->setFont(digitsFont(15));
  m_entry->setAccessibleName(tr("Timecode or frame to go to"));
  m_entry->setToolTip(tr("A timecode or its last parts, a frame of the shot, or a step: 10:24:37:05, 1:05, 48, +12, -1:00"));
  m_entry->installEventFilter(this);
  m_entry->hide();
  m_duration->setObjectName(QStringLiteral("duration"));
  m_frame->setObjectName(QStringLiteral("frame"));
  for (QLabel* label : {m_duration, m_frame}) {
    label->setProperty("role", "small");
    label->setFont(digitsFont(11));
  }
  layout->addWidget(m_timecode);
  layout->addWidget(m_entry);
  layout->addSpacing(4);
  layout->addWidget(m_duration);
  layout->addSpacing(12);
  layout->addWidget(m_frame);
  const auto tip = [this, &typePosition] { m_timecode->setToolTip(typePosition.toolTip()); };
  connect(&typePosition, &QAction::changed, m_timecode, tip);
  tip();
  connect(m_timecode, &QToolButton::clicked, &typePosition, &QAction::trigger);
  connect(&typePosition, &QAction::triggered, this, &PositionField::open);
  connect(m_entry, &QLineEdit::returnPressed, this, &PositionField::go);
  connect(m_entry, &QLineEdit::textEdited, this, [this] { say({}); });
  connect(&playback, &app::Playback::frameChanged, this, &PositionField::showFrame);
  connect(&model, &TimelineModel::extentChanged, this, &PositionField::showFrame);
  connect(&model, &TimelineModel::changed, this, &PositionField::showFrame);  // a cut numbers frames anew
  showFrame();
}

void PositionField::setBrief(bool brief) {
  m_frame->setVisible(!brief);
  layout()->activate();  // whoever lays it out asks for its size at once
}

PositionScale PositionField::scale() const {
  PositionScale scale{m_model.rate(), m_model.code(0), m_model.frames(), m_playback.frame().value, 0, 0};
  if (const TimelineShot* shot = m_model.shotAt(scale.current)) {
    scale.shotBegin = shot->begin;
    scale.shotLength = shot->length;
  }
  return scale;
}

void PositionField::showFrame() {
  const PositionScale at = scale();
  m_timecode->setEnabled(at.frames > 0);
  if (at.frames == 0) {
    m_timecode->setText(QStringLiteral("--:--:--:--"));
    m_duration->clear();
    m_frame->clear();
    return;
  }
  m_timecode->setText(m_model.timecode(at.current));
  if (!m_playback.isPlaying()) m_timecode->setAccessibleDescription(m_timecode->text());
  m_duration->setText(QStringLiteral("/ ") + durationText(at));
  m_duration->setToolTip(tr("Length of the timeline; in frames: %1").arg(at.frames));
  m_frame->setText(tr("frame %1").arg(at.current - at.shotBegin));
  m_frame->setToolTip(tr("Frame of the shot, counted from 0; the last one is %1").arg(at.shotLength - 1));
}

void PositionField::open() {
  if (m_model.frames() == 0 || m_entry->isVisible()) return;
  m_playback.pause();  // a step is counted from what is shown
  m_before = QApplication::focusWidget();
  m_entry->setFixedWidth(std::max(m_timecode->width(), m_entry->fontMetrics().horizontalAdvance(m_timecode->text()) + 24));
  m_entry->setText(m_timecode->text());
  m_timecode->hide();
  m_entry->show();
  m_entry->setFocus(Qt::ShortcutFocusReason);
  m_entry->selectAll();
}

void PositionField::go() {
  const auto frame = readPosition(m_entry->text(), scale());
  if (!frame) {
    say(QString::fromStdString(frame.error().detail));
    return m_entry->selectAll();
  }
  close(true);
  m_playback.seek(frame->value);
}

void PositionField::close(bool back) {
  if (!m_entry->isVisible()) return;
  say({});
  QWidget* before = back && m_before && m_before != m_timecode ? m_before.data() : nullptr;
  m_before.clear();
  if (before) before->setFocus(Qt::OtherFocusReason);
  m_timecode->show();
  if (back && !before) m_timecode->setFocus(Qt::OtherFocusReason);
  m_entry->hide();
}

void PositionField::say(const QString& words) {
  if (m_entry->accessibleDescription() != words) {
    m_entry->setAccessibleDescription(words);
    QAccessibleEvent event(m_entry, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
  }
  if (words.isEmpty()) {
    if (m_note) m_note->hide();
    return;
  }
  if (!m_note) {
    m_note = new QLabel(window());
    m_note->setObjectName(QStringLiteral("positionNote"));
    m_note->setStyleSheet(QStringLiteral("background: #1f1f1f; color: #f5f5f5; border: 1px solid #454545; border-radius: 4px; padding: 5px 9px;"));
    m_note->setAttribute(Qt::WA_TransparentForMouseEvents);
  }
  m_note->setText(words);
  m_note->adjustSize();
  const QPoint above = m_entry->mapTo(window(), QPoint(0, -m_note->height() - 6));
  m_note->move(std::max(0, std::min(above.x(), window()->width() - m_note->width())), above.y());
  m_note->raise();
  m_note->show();
}

bool PositionField::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusOut) {
    const auto reason = static_cast<QFocusEvent*>(event)->reason();
    if (reason != Qt::PopupFocusReason && reason != Qt::ActiveWindowFocusReason) close(false);
  }
  const bool key = event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
  if (key && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();
    if (event->type() == QEvent::KeyPress) close(true);
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace pai::ui
